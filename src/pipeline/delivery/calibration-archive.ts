import { disk, joinPath, listTarMembers, writeTgz } from '../../foundation/bytes/index.ts';
import { type ScriptPlan, taskCalls } from '../reduction/index.ts';

/** Names of the calibration tables that a plan's tasks write. */
export function tablesOf(plan: ScriptPlan): string[] {
  const names = taskCalls(plan).flatMap((call) => [call.args.caltable, call.args.fluxtable]);
  return [...new Set(names.filter((name): name is string => typeof name === 'string'))];
}

/**
 * Packs calibration tables into `<uid>.calibration.tgz`; inside they lie in `<uid>.calibration/`.
 *
 * @param directory holds the tables
 * @param tables names; those that do not exist are left out
 * @param target path of the tgz
 */
export async function archiveTables(
  directory: string,
  tables: readonly string[],
  uid: string,
  target: string,
): Promise<void> {
  const present = tables.filter((name) => disk().exists(joinPath(directory, name)));
  const members = present.flatMap((name) => listTarMembers(joinPath(directory, name), `${uid}.calibration/${name}`));
  await writeTgz(target, members);
}
