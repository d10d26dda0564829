import { appendCells, type MeasurementSet, type Renumbering } from '../../astronomy/ms/index.ts';
import type { CellValue, Table } from '../../formats/tables/index.ts';

/** The subtable of both MSs, when both have it. */
export function bothTables(
  target: MeasurementSet,
  input: MeasurementSet,
  name: string,
): readonly [to: Table, from: Table] | undefined {
  if (!input.hasSubtable(name) || !target.hasSubtable(name)) return undefined;
  return [target.subtable(name), input.subtable(name)];
}

/** Appends one row of a table to another with the same or fewer columns; its number there. */
export function appendRow(from: Table, to: Table, row: number, renumbering: Renumbering = {}): number {
  const number = to.rowCount;
  to.addRows(1);
  appendCells(from, to, [row], number, renumbering);
  return number;
}

/**
 * Numbers in `to` of all rows of `from`: the row whose listed columns are equal, or one that is appended.
 *
 * Columns that either table lacks do not count.
 */
export function matchEqualRows(to: Table, from: Table, columns: readonly string[]): number[] {
  const names = columns.filter((name) => to.hasColumn(name) && from.hasColumn(name));
  const keyOf = (table: Table, row: number) => names.map((name) => cellKey(table, name, row)).join('\u0001');
  const known = new Map<string, number>();
  for (let row = to.rowCount - 1; row >= 0; row--) known.set(keyOf(to, row), row);
  return Array.from({ length: from.rowCount }, (_, row) => {
    const key = keyOf(from, row);
    const number = known.get(key) ?? appendRow(from, to, row);
    known.set(key, number);
    return number;
  });
}

/** Content of a cell as a text; undefined cells are alike. */
export function cellKey(table: Table, name: string, row: number): string {
  const column = table.column(name);
  return column.isDefined(row) ? keyOfValue(column.get(row)) : '';
}

function keyOfValue(cell: CellValue): string {
  if (typeof cell !== 'object') return String(cell);
  if ('shape' in cell) return `${cell.shape.join('x')}:${Array.from(cell.values as ArrayLike<unknown>).join(',')}`;
  return cell.join(',');
}
