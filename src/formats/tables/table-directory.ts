import { fail } from '../../foundation/base/index.ts';
import { disk, normalizePath } from '../../foundation/bytes/index.ts';
import { isTable, openTable } from './open-table.ts';
import type { Table } from './types.ts';

function mustBeTable(path: string): void {
  if (!isTable(path)) fail('missing', 'There is no such table.', { file: path });
}

function mustBeFree(path: string): void {
  if (disk().exists(path))
    fail('exists', 'The name is taken; remove what is there or choose another name.', { file: path });
}

/** Copies a table with its subtables: a copy of the directory. @throws missing, exists */
export function copyTable(from: string, to: string): void {
  mustBeTable(from);
  mustBeFree(to);
  disk().copy(normalizePath(from), normalizePath(to));
}

/** Renames a table; links to subtables inside it stay right. @throws missing, exists */
export function renameTable(from: string, to: string): void {
  mustBeTable(from);
  mustBeFree(to);
  disk().rename(normalizePath(from), normalizePath(to));
}

/** Removes a table with its subtables. @throws missing */
export function deleteTable(path: string): void {
  mustBeTable(path);
  disk().remove(normalizePath(path));
}

/** Takes rows out of an open table. @throws unsupported for tables with tiled columns, as in casacore */
export function removeRows(table: Table, rows: ArrayLike<number>): void {
  table.removeRows(rows);
}

/** A table and its subtables in words: rows, columns with types and storage, keywords; nothing of the cells. */
export interface TableOutline {
  readonly path: string;
  readonly type: string;
  readonly rowCount: number;
  readonly columns: readonly { name: string; type: string; shape: string; storage: string }[];
  readonly keywords: readonly string[];
  /** Subtables by keyword; undefined where the link leads nowhere. */
  readonly subtables: ReadonlyMap<string, TableOutline | undefined>;
}

/** Describes a table and all tables it links to. @throws what openTable throws, for the table itself */
export function outlineTable(path: string, seen: ReadonlySet<string> = new Set()): TableOutline {
  const table = openTable(path);
  try {
    const subtables = new Map<string, TableOutline | undefined>();
    const keywords: string[] = [];
    const within = new Set([...seen, disk().resolve(path)]);
    for (const [name, keyword] of table.keywords) {
      if (keyword.type !== 'Table') keywords.push(name);
      else if (!isTable(keyword.path) || within.has(disk().resolve(keyword.path))) subtables.set(name, undefined);
      else subtables.set(name, outlineTable(keyword.path, within));
    }
    const columns = table.columnNames.map((name) => {
      const { type, kind, shape, axisCount } = table.column(name).description;
      const axes = shape
        ? `[${shape.join(', ')}]`
        : kind === 'scalar'
          ? 'scalar'
          : axisCount
            ? `${axisCount} axes`
            : 'array';
      return { name, type, shape: axes, storage: table.storageOf(name).type };
    });
    return { path: table.path, type: table.info.type, rowCount: table.rowCount, columns, keywords, subtables };
  } finally {
    table.close();
  }
}
