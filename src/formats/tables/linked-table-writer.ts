import { fail } from '../../foundation/base/index.ts';
import { disk, joinPath, normalizePath } from '../../foundation/bytes/index.ts';
import { AipsWriter } from './aipsio.ts';
import { linkNames } from './links.ts';
import { writeArray } from './records.ts';
import { RowMappedTable } from './row-mapped-table.ts';
import { writeInfo } from './table-files.ts';
import type { Table } from './types.ts';

/** Tables whose cells are those of others are written with as few 32-bit numbers as casacore's version 2 of the form holds. */
const MAX_ROWS = 0xffffffff;

/**
 * Writes a reference table: chosen rows and columns of another table, in the order given, as a selection with a name leaves it.
 *
 * @param rows row numbers of `table` from 0
 * @param names columns by their new names; all when left out
 * @throws exists; unsupported for rows of several tables
 */
export function writeReference(
  path: string,
  table: Table,
  rows: ArrayLike<number>,
  names: ReadonlyMap<string, string> = new Map(table.columnNames.map((name) => [name, name])),
): void {
  const directory = freeDirectory(path);
  const root = rootOf(table, rows, names);
  if (root.table.rowCount > MAX_ROWS) fail('unsupported', 'The table has too many rows.', { table: table.path });
  const links = linkNames(directory);
  const writer = new AipsWriter(false);
  writer.start('Table', 2).u32(rows.length).u32(0).string('RefTable');
  writer.start('RefTable', 2).string(links.store(root.table.path));
  writer.start('SimpleOrderedMap', 1).string('').u32(root.names.size).u32(1);
  for (const [name, original] of root.names) writer.string(name).string(original);
  writer.end();
  writeArray(writer, 'String', { shape: [root.names.size], values: [...root.names.keys()] });
  writer.u32(root.table.rowCount).bool(isAscending(root.rows)).u32(root.rows.length);
  for (let k = 0; k < root.rows.length; k++) writer.u32(root.rows[k]);
  finish(directory, writer.end().end().bytes(), table.info);
}

/**
 * Writes a concatenated table: the rows of several tables of the same columns, one table after another.
 *
 * @param joined subtables (by keyword) that are concatenated too; others are those of the first table
 */
export function writeConcatenation(path: string, tables: readonly Table[], joined: readonly string[] = []): void {
  const directory = freeDirectory(path);
  const links = linkNames(directory);
  const rows = tables.reduce((sum, table) => sum + table.rowCount, 0);
  const writer = new AipsWriter(false);
  writer.start('Table', 2).u32(rows).u32(0).string('ConcatTable');
  writer.start('ConcatTable', 0).u32(tables.length);
  for (const table of tables) writer.string(links.store(table.path));
  writer.start('Block', 1).u32(joined.length);
  for (const name of joined) writer.string(name);
  finish(directory, writer.end().end().end().bytes(), tables[0].info);
}

function freeDirectory(path: string): string {
  const directory = normalizePath(path);
  if (disk().exists(joinPath(directory, 'table.dat')))
    fail('exists', 'There is a table already; remove it or choose another name.', { file: directory });
  disk().makeDirectory(directory);
  return directory;
}

function finish(directory: string, bytes: Uint8Array, info: { type: string; subType: string }): void {
  writeInfo(directory, info);
  const file = joinPath(directory, 'table.dat');
  disk().writeFile(`${file}_tmp`, bytes);
  disk().rename(`${file}_tmp`, file);
}

interface Root {
  readonly table: Table;
  readonly rows: ArrayLike<number>;
  readonly names: ReadonlyMap<string, string>;
}

/** The table that has the cells: references are not chained. */
function rootOf(table: Table, rows: ArrayLike<number>, names: ReadonlyMap<string, string>): Root {
  if (!(table instanceof RowMappedTable)) return { table, rows, names };
  const spans = Array.from(rows, (row) => table.locate(row));
  const root = spans[0]?.table ?? table.locate(0).table;
  if (spans.some((span) => span.table !== root))
    fail('unsupported', 'Rows of several tables make no reference table; select from one of them.', {
      table: table.path,
    });
  const inner = new Map([...names].map(([name, original]) => [name, table.originalName(original)]));
  return rootOf(
    root,
    spans.map((span) => span.row),
    inner,
  );
}

function isAscending(rows: ArrayLike<number>): boolean {
  for (let k = 1; k < rows.length; k++) if (rows[k] <= rows[k - 1]) return false;
  return true;
}
