import {
  type Column,
  type ColumnDescription,
  type ColumnValues,
  createTable,
  type StorageManagerDescription,
  type StorageManagerType,
  type Table,
  type TableDescription,
} from '../../formats/tables/index.ts';
import { disk } from '../../foundation/bytes/index.ts';

/** New values for a column of a copied table, one per copied row; given the source's values of those rows. */
export type Renumbering = Readonly<Record<string, (old: number) => number>>;

const WRITTEN_MANAGERS: readonly string[] = [
  'StandardStMan',
  'IncrementalStMan',
  'TiledShapeStMan',
  'TiledColumnStMan',
  'TiledCellStMan',
];

/**
 * Description of an open table, for making another like it.
 *
 * Columns under a storage manager that we do not write come under a StandardStMan.
 */
export function describeTable(table: Table, omit: readonly string[] = []): TableDescription {
  const names = table.columnNames.filter((name) => !omit.includes(name));
  const columns: ColumnDescription[] = names.map((name) => {
    const column = table.column(name);
    return { ...column.description, keywords: column.keywords };
  });
  const groups = new Map<string, { type: StorageManagerType; columns: string[] }>();
  for (const name of names) {
    const { type, group } = table.storageOf(name);
    const isWritten = WRITTEN_MANAGERS.includes(type);
    const key = isWritten ? group : 'StandardStMan';
    const entry = groups.get(key) ?? { type: isWritten ? (type as StorageManagerType) : 'StandardStMan', columns: [] };
    entry.columns.push(name);
    groups.set(key, entry);
  }
  const storageManagers: StorageManagerDescription[] = [...groups].map(([name, entry]) => ({ name, ...entry }));
  return { columns, storageManagers, keywords: table.keywords, info: table.info };
}

/**
 * Makes a table with some rows of another, in the given order.
 *
 * @param path directory to make; what is there is replaced
 * @param rows row numbers of the source
 * @param renumbering changes of integer scalar columns
 * @param leftEmpty columns whose cells are not copied
 * @returns the new table, open for update
 */
export function copyRows(
  source: Table,
  path: string,
  rows: readonly number[],
  renumbering: Renumbering = {},
  leftEmpty: readonly string[] = [],
): Table {
  disk().remove(path);
  const target = createTable(path, describeTable(source), rows.length);
  appendCells(source, target, rows, 0, renumbering, leftEmpty);
  return target;
}

/**
 * Copies the cells of some rows into rows of another table that exist already; columns that the target lacks are left out.
 *
 * @param at first row of the target
 */
export function appendCells(
  source: Table,
  target: Table,
  rows: readonly number[],
  at: number,
  renumbering: Renumbering = {},
  leftEmpty: readonly string[] = [],
): void {
  if (rows.length === 0) return;
  for (const name of source.columnNames) {
    if (!target.hasColumn(name) || leftEmpty.includes(name)) continue;
    const from = source.column(name);
    const to = target.column(name);
    const change = renumbering[name];
    if (from.description.kind === 'scalar') {
      to.putRange(at, rows.length, scalarsOf(from.getRange(0, source.rowCount), rows, change));
      continue;
    }
    copyArrays(from, to, rows, at);
  }
}

/** Rows of one shape are copied together, at most so many at a time. */
const ROWS_PER_COPY = 4096;

function copyArrays(from: Column, to: Column, rows: readonly number[], at: number): void {
  let first = 0;
  while (first < rows.length) {
    const shape = from.cellShape(rows[first]);
    if (!shape) {
      first++;
      continue;
    }
    let end = first + 1;
    while (end < rows.length && end - first < ROWS_PER_COPY && rows[end] === rows[end - 1] + 1) {
      const next = from.cellShape(rows[end]);
      if (!next || next.length !== shape.length || next.some((length, axis) => length !== shape[axis])) break;
      end++;
    }
    to.putRange(at + first, end - first, from.getRange(rows[first], end - first), shape);
    first = end;
  }
}

/** Picks rows of a scalar column; complex scalars do not occur in the tables of an MS. */
function scalarsOf(values: ColumnValues, rows: readonly number[], change?: (old: number) => number): ColumnValues {
  if (Array.isArray(values)) return rows.map((row) => values[row]);
  const picked = new (values.constructor as Int32ArrayConstructor)(rows.length);
  const flat = values as Int32Array;
  rows.forEach((row, index) => {
    picked[index] = change ? change(flat[row]) : flat[row];
  });
  return picked;
}
