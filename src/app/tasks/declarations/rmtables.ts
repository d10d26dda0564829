import { deleteTable, isTable } from '../../../formats/tables/index.ts';
import { baseName, directoryName, disk, joinPath } from '../../../foundation/bytes/index.ts';
import { texts } from '../parameters.ts';
import type { TaskDeclaration } from '../types.ts';

/** Names in a directory that fit a pattern with * and ?. */
function matchingPaths(path: string): string[] {
  const folder = directoryName(path);
  const name = baseName(path);
  if (!/[*?]/.test(name)) return [path];
  if (!disk().exists(folder)) return [];
  const escaped = name
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${escaped}$`);
  return disk()
    .list(folder)
    .filter((entry) => expression.test(entry))
    .map((entry) => joinPath(folder, entry));
}

export const rmtablesTask: TaskDeclaration = {
  name: 'rmtables',
  summary: 'Removes tables',
  parameters: [texts('tablenames', undefined, 'tables to remove, * allowed')],
  run(context, args) {
    for (const name of args.tablenames as string[]) {
      for (const path of matchingPaths(joinPath(context.cwd, name))) {
        if (isTable(path)) deleteTable(path);
        else context.log.post(`${path} is no table and stays.`, 'WARN');
      }
    }
    return undefined;
  },
};
