import type { ArrayValue, Column, ColumnValues, Table, ValueRuns } from '../../formats/tables/index.ts';
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
  /** One object for all runs: it holds the values of this run until the next is asked for. */
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
  const columns = names.map((name) => table.column(name));
  const values = Object.fromEntries(names.map((name) => [name, Number.NaN])) as Record<Name, number>;
  for (let start = 0; start < table.rowCount; start += ROWS_PER_STEP) {
    const limit = Math.min(start + ROWS_PER_STEP, table.rowCount);
    const runs = columns.map((column) => runsOf(column, start, limit));
    const ends = new Float64Array(names.length).fill(start); // where each column's run ends
    const next = new Int32Array(names.length);
    for (let first = start; first < limit; ) {
      let end = limit;
      for (let index = 0; index < runs.length; index++) {
        // Most columns go on with the same value.
        if (ends[index] <= first) {
          const run = next[index]++;
          values[names[index]] = runs[index].values[run];
          ends[index] = runs[index].starts[run + 1];
        }
        if (ends[index] < end) end = ends[index];
      }
      const count = isChosen ? countOnes(isChosen, first, end) : end - first;
      first = end;
      if (count > 0) yield { count, values };
    }
  }
}

/** Runs of equal values in rows [start, limit); neighbours differ, and one more start is the limit. */
function runsOf(column: Column, start: number, limit: number): ValueRuns {
  const stored = column.getRuns?.(start, limit - start);
  const runs = stored ? joinedRuns(stored) : runsOfRows(column.getRange(start, limit - start) as Int32Array, start);
  runs.starts.push(limit);
  return runs;
}

/** Storage managers may begin an interval anew with the value of the last. */
function joinedRuns({ starts, values }: ValueRuns): { starts: number[]; values: number[] } {
  const isNew = (value: number, at: number) => at === 0 || value !== values[at - 1];
  return { starts: starts.filter((_, at) => isNew(values[at], at)), values: values.filter(isNew) };
}

/** The loop over all rows stands alone, so that it is compiled for one kind of array. */
function runsOfRows(numbers: Int32Array | Float64Array, start: number): { starts: number[]; values: number[] } {
  const starts: number[] = [];
  const values: number[] = [];
  for (let at = 0; at < numbers.length; at++) {
    if (at > 0 && numbers[at] === numbers[at - 1]) continue;
    starts.push(start + at);
    values.push(numbers[at]);
  }
  return { starts, values };
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
