import type { Context } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { flagmanager, listFlagVersions } from '../../pipeline/flagging/index.ts';

/** Saves the flags of an MS under the next free name `<task>_1`, `<task>_2` …, as CASA's tasks do before they flag. */
export function backUpFlags(context: Context, vis: string, task: string): void {
  const taken = new Set(listFlagVersions(joinPath(context.cwd, vis)).map(({ name }) => name));
  let number = 1;
  while (taken.has(`${task}_${number}`)) number++;
  const comment = `Flags autosave before ${task}`;
  flagmanager(context, { vis, mode: 'save', versionname: `${task}_${number}`, comment });
}
