import type { ArrayValue, ColumnValues, Table } from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';

/** Rows that one step over MAIN looks at: a few numbers per row, so memory stays at some MiB. */
export const ROWS_PER_STEP = 131_072;

/**
 * A whole numeric scalar column of a small table.
 *
 * @returns [row]; `fallback` in every row when the column is absent
 */
export function readNumbers(table: Table, name: string, fallback?: number): number[] {
  if (fallback !== undefined && !table.hasColumn(name)) return new Array<number>(table.rowCount).fill(fallback);
  const values = table.rowCount === 0 ? [] : table.column(name).getRange(0, table.rowCount);
  return Array.from(values as Iterable<number | bigint>, Number);
}

/** A whole text column of a small table; empty texts when it is absent. */
export function readTexts(table: Table, name: string): string[] {
  if (!table.hasColumn(name)) return new Array<string>(table.rowCount).fill('');
  return table.rowCount === 0 ? [] : [...(table.column(name).getRange(0, table.rowCount) as string[])];
}

/** The array in one cell as numbers, flat; undefined when the column or the cell is. */
export function readArray(table: Table, name: string, row: number): number[] | undefined {
  const cell = readCell(table, name, row);
  return cell && Array.from(cell.values as ArrayLike<number>);
}

/** The array in one cell as texts, flat; undefined when the column or the cell is. */
export function readTextArray(table: Table, name: string, row: number): string[] | undefined {
  const cell = readCell(table, name, row);
  return cell && [...(cell.values as string[])];
}

function readCell(table: Table, name: string, row: number): ArrayValue | undefined {
  if (!table.hasColumn(name)) return undefined;
  const column = table.column(name);
  return column.isDefined(row) ? (column.get(row) as ArrayValue) : undefined;
}

/** A step over MAIN: the values of the asked columns for `count` rows from `start`, flat [row, ...cell]. */
export interface RowStep<Name extends string> {
  readonly start: number;
  readonly count: number;
  readonly values: Readonly<Record<Name, ColumnValues>>;
}

/** Goes over the rows of a table in order, a bounded number at a time. */
export function* stepRows<Name extends string>(
  table: Table,
  names: readonly Name[],
  rowsPerStep = ROWS_PER_STEP,
): Generator<RowStep<Name>> {
  const columns = names.map((name) => table.column(name));
  for (let start = 0; start < table.rowCount; start += rowsPerStep) {
    const count = Math.min(rowsPerStep, table.rowCount - start);
    const values = {} as Record<Name, ColumnValues>;
    columns.forEach((column, index) => {
      values[names[index]] = column.getRange(start, count);
    });
    yield { start, count, values };
  }
}

/** Rows one after the other that have the same value in each of the asked columns. */
export interface RowRun<Name extends string> {
  /** How many of them are chosen; at least one. */
  readonly count: number;
  readonly values: Readonly<Record<Name, number>>;
}

/**
 * Goes over the rows of a table in order, equal ones together: the baselines of an integration differ in few columns, so that
 * there are some hundred times fewer runs than rows.
 *
 * @param names columns of numbers
 * @param isChosen for each row; undefined: all
 */
export function* stepRuns<Name extends string>(
  table: Table,
  names: readonly Name[],
  isChosen?: Uint8Array,
): Generator<RowRun<Name>> {
  for (const { start, count, values } of stepRows(table, names)) {
    const columns = names.map((name) => values[name] as ArrayLike<number>);
    const ends = names.map(() => 0);
    for (let first = 0, end = 0; first < count; first = end) {
      columns.forEach((column, index) => {
        if (ends[index] <= first) ends[index] = endOfRun(column, first, count);
      });
      end = Math.min(...ends);
      const chosen = isChosen ? countOnes(isChosen, start + first, start + end) : end - first;
      if (chosen === 0) continue;
      const found = {} as Record<Name, number>;
      names.forEach((name, index) => {
        found[name] = columns[index][first];
      });
      yield { count: chosen, values: found };
    }
  }
}

function endOfRun(column: ArrayLike<number>, first: number, limit: number): number {
  let end = first + 1;
  while (end < limit && column[end] === column[first]) end++;
  return end;
}

function countOnes(values: Uint8Array, first: number, end: number): number {
  let count = 0;
  for (let at = first; at < end; at++) count += values[at];
  return count;
}

/** Checks that an index points into a subtable; @throws bad-format */
export function checkedIndex(value: number, count: number, table: string, column: string, row: number): number {
  if (value < 0 || value >= count) {
    fail('bad-format', `The index ${value} points outside a table of ${count} rows.`, { table, column, row });
  }
  return value;
}
