import type { AsdmRow } from '../../formats/asdm/index.ts';
import type { ArrayValue, CellValue, ColumnValues, DataType, Table } from '../../formats/tables/index.ts';
import { DEGREE } from '../../foundation/base/index.ts';

/** Cells of one row to write, by column; what is left out stays undefined (arrays) or zero, false, empty (scalars). */
export type RowCells = Readonly<Record<string, CellValue | undefined>>;

/** Appends rows to a small table, cell by cell for arrays and column-wise for scalars. */
export function appendRows(table: Table, rows: readonly RowCells[]): void {
  if (rows.length === 0) return;
  const start = table.rowCount;
  table.addRows(rows.length);
  for (const name of table.columnNames) {
    const column = table.column(name);
    const { kind, type } = column.description;
    if (kind === 'scalar') {
      column.putRange(
        start,
        rows.length,
        scalars(
          type,
          rows.map((row) => row[name]),
        ),
      );
      continue;
    }
    for (let index = 0; index < rows.length; index++) {
      const value = rows[index][name];
      if (value !== undefined) column.put(start + index, value);
    }
  }
}

function scalars(type: DataType, values: readonly (CellValue | undefined)[]): ColumnValues {
  const numbers = () => values.map((value) => Number(value ?? 0));
  switch (type) {
    case 'String':
      return values.map((value) => (value === undefined ? '' : String(value)));
    case 'Bool':
      return Uint8Array.from(values, (value) => (value === true ? 1 : 0));
    case 'Double':
      return Float64Array.from(numbers());
    case 'Float':
      return Float32Array.from(numbers());
    case 'Int64':
      return BigInt64Array.from(values, (value) => BigInt((value as number | bigint | undefined) ?? 0));
    default:
      return Int32Array.from(numbers());
  }
}

/** An array cell of doubles. */
export const doubles = (values: ArrayLike<number>, shape: readonly number[] = [values.length]): ArrayValue => ({
  shape,
  values: Float64Array.from(values),
});
/** An array cell of floats; also complex ones, as re, im. */
export const floats = (values: ArrayLike<number>, shape: readonly number[] = [values.length]): ArrayValue => ({
  shape,
  values: Float32Array.from(values),
});
export const integers = (values: ArrayLike<number>, shape: readonly number[] = [values.length]): ArrayValue => ({
  shape,
  values: Int32Array.from(values),
});
export const texts = (values: readonly string[], shape: readonly number[] = [values.length]): ArrayValue => ({
  shape,
  values: [...values],
});

/** Seconds of an ASDM time as importasdm computes them: over days in double precision, which may lose the last microsecond. */
export const msTime = (ns: bigint): number => (Number(ns) / 8.64e13) * 86_400;

/** Longitude brought into -π…π as casacore prints directions. */
export function normalLongitude(longitude: number, latitude: number): readonly [number, number] {
  if (longitude > -Math.PI && longitude <= Math.PI && Math.abs(latitude) <= 90 * DEGREE) return [longitude, latitude];
  const cosine = Math.cos(latitude);
  const z = Math.sin(latitude);
  const [x, y] = [Math.cos(longitude) * cosine, Math.sin(longitude) * cosine];
  return [Math.atan2(y, x), Math.asin(z)];
}

/** Optional number of a row; `fallback` when the cell is absent. */
export const numberOr = (row: AsdmRow, name: string, fallback: number): number =>
  row.has(name) ? row.number(name) : fallback;
/** Optional text of a row; '' when the cell is absent. */
export const textOr = (row: AsdmRow, name: string, fallback = ''): string =>
  row.has(name) ? row.text(name) : fallback;
