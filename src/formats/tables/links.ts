import { baseName, directoryName, disk, joinPath } from '../../foundation/bytes/index.ts';
import type { LinkNames } from './records.ts';

/**
 * Table names in keywords as casacore stores them: "././X" lies inside the table, "./X" beside it, others stand as they are.
 *
 * @param table directory of the table with the keywords
 */
export function linkNames(table: string): LinkNames {
  return { resolve: (stored) => resolveLink(stored, table), store: (path) => storeLink(path, table) };
}

function resolveLink(stored: string, table: string): string {
  const dots = /^(\.\/)+/.exec(stored)?.[0].length ?? 0;
  const rest = stored.slice(dots);
  if (dots >= 4) return joinPath(table, rest);
  if (dots === 2) return joinPath(directoryName(table), rest);
  if (rest.endsWith('/.')) {
    const head = `/${rest.slice(0, -2)}`;
    const absolute = disk().resolve(table);
    const cut = absolute.lastIndexOf(head);
    if (cut > 0 && (absolute.length === cut + head.length || absolute[cut + head.length] === '/'))
      return absolute.slice(0, cut);
  }
  return rest;
}

function storeLink(path: string, table: string): string {
  if (path.startsWith('./')) return path;
  if (!path.includes('/')) return `././${path}`;
  const inside = relativeTo(path, table);
  if (inside !== undefined) return `././${inside}`;
  const beside = relativeTo(path, directoryName(disk().resolve(table)));
  return beside !== undefined ? `./${beside}` : disk().resolve(path);
}

/** The rest of a path below a directory; undefined when it is elsewhere. Names are compared before the disk is asked. */
function relativeTo(path: string, directory: string): string | undefined {
  return below(joinPath(path), joinPath(directory)) ?? below(absolute(path), disk().resolve(directory));
}

function below(path: string, base: string): string | undefined {
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : undefined;
}

function absolute(path: string): string {
  return joinPath(disk().resolve(directoryName(path)), baseName(path));
}
