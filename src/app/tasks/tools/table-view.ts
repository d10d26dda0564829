import type { Column, ColumnValues, Table } from '../../../formats/tables/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { arrayReply, cellReply, flattenNested, scalarValue } from '../table-values.ts';
import type { TaskValue } from '../types.ts';
import type { ArrayReply, EngineValue } from '../values.ts';

/** A table shared by the views on it; closed with the last of them. */
interface Shared {
  readonly table: Table;
  readonly isWritable: boolean;
  users: number;
}

/** A table, or chosen rows of one, as the tb tool shows it. */
export class TableView {
  private readonly shared: Shared;
  /** Row numbers of the table; undefined: all. */
  private rows: Int32Array | undefined;
  private isOpen = true;

  constructor(table: Table, isWritable: boolean, shared?: Shared, rows?: Int32Array) {
    this.shared = shared ?? { table, isWritable, users: 0 };
    this.shared.users++;
    this.rows = rows;
  }

  get table(): Table {
    return this.isOpen ? this.shared.table : fail('usage', 'This table is closed.');
  }

  get isWritable(): boolean {
    return this.shared.isWritable;
  }

  get rowCount(): number {
    return this.rows?.length ?? this.table.rowCount;
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    if (--this.shared.users === 0) this.shared.table.close();
  }

  /** After rows were removed, a view by row numbers means nothing any more. */
  forget(): void {
    this.rows = this.rows && new Int32Array(0);
  }

  /** A view of these rows of the table, in their order. */
  view(baseRows: Int32Array): TableView {
    return new TableView(this.table, this.isWritable, this.shared, baseRows);
  }

  rowNumbersBase(): Int32Array {
    return this.rows ?? Int32Array.from({ length: this.table.rowCount }, (_, row) => row);
  }

  rowNumbers(): ArrayReply {
    const values = this.rowNumbersBase();
    return { kind: 'array', type: 'int', shape: [values.length], values };
  }

  /** Row numbers of the table for row numbers of this view. */
  baseRows(rows: Int32Array): Int32Array {
    return rows.map((row) => this.baseRow(row));
  }

  isDefined(name: string, row: number): boolean {
    return this.table.column(name).isDefined(this.baseRow(row));
  }

  getCell(name: string, row: number): EngineValue {
    const column = this.table.column(name);
    return cellReply(column.description.type, column.get(this.baseRow(row)));
  }

  putCell(name: string, row: number, value: TaskValue): void {
    const column = this.table.column(name);
    const { type, kind } = column.description;
    if (kind === 'scalar') column.put(this.baseRow(row), scalarValue(value, type));
    else column.put(this.baseRow(row), flattenNested(value, type));
  }

  /** All cells of a column, which must have one shape. */
  getColumn(name: string, start: number, count: number, step: number): ArrayReply {
    const column = this.table.column(name);
    const rows = this.chosenRows(start, count, step);
    const { type, kind } = column.description;
    if (rows.length === 0) return arrayReply(type, [0], emptyValues(column));
    const cell = kind === 'scalar' ? [] : (column.cellShape(rows[0]) ?? []);
    return arrayReply(type, [rows.length, ...cell], gather(column, rows));
  }

  /** Every cell as a column of one row: r1, r2 … as CASA names them; False where a cell has no value. */
  getVariableColumn(name: string, start: number, count: number, step: number): EngineValue {
    const column = this.table.column(name);
    const cells: Record<string, EngineValue> = {};
    this.chosenRows(start, count, step).forEach((row, index) => {
      const place = start + index * step;
      cells[variableKey(place)] = column.isDefined(row) ? this.getColumn(name, place, 1, 1) : false;
    });
    return cells as EngineValue;
  }

  /** Cells as `getVariableColumn` gives them. */
  putVariableColumn(name: string, value: Record<string, TaskValue>, start: number, count: number, step: number): void {
    const rows = this.chosenRows(start, count, step);
    const places = Array.from(rows, (_, index) => start + index * step);
    const missing = places.find((place) => !(variableKey(place) in value));
    if (missing !== undefined || Object.keys(value).length !== rows.length) {
      const detail = missing === undefined ? '' : `; ${variableKey(missing)} is missing`;
      const given = Object.keys(value).length;
      fail('usage', `putvarcol: ${given} cells were given for ${rows.length} rows${detail}.`, { column: name });
    }
    for (const place of places) this.putColumn(name, value[variableKey(place)], place, 1, 1);
  }

  putColumn(name: string, value: TaskValue, start: number, count: number, step: number): void {
    const column = this.table.column(name);
    const rows = this.chosenRows(start, count, step);
    const { shape, values } = flattenNested(value, column.description.type);
    if (shape[0] !== rows.length) {
      fail('usage', `putcol: ${shape[0] ?? 1} values were given for ${rows.length} rows.`, { column: name });
    }
    const cell = shape.slice(1);
    const size = values.length / Math.max(1, rows.length);
    for (const [at, length] of runsOf(rows)) {
      const part = values.slice(at * size, (at + length) * size) as ColumnValues;
      column.putRange(rows[at], length, part, column.description.kind === 'scalar' ? undefined : cell);
    }
  }

  private baseRow(row: number): number {
    if (!Number.isInteger(row) || row < 0 || row >= this.rowCount) {
      fail('usage', `Row ${row} does not exist; there are ${this.rowCount} rows.`, { file: this.table.path });
    }
    return this.rows ? this.rows[row] : row;
  }

  private chosenRows(start: number, count: number, step: number): Int32Array {
    if (step < 1) fail('usage', 'rowincr must be at least 1.');
    const all = this.rowNumbersBase().subarray(start);
    const strided = step === 1 ? all : all.filter((_, index) => index % step === 0);
    return count < 0 ? strided : strided.subarray(0, count);
  }
}

/** Runs of consecutive row numbers: [position, length]. */
function runsOf(rows: Int32Array): [at: number, length: number][] {
  const runs: [number, number][] = [];
  for (let at = 0; at < rows.length; ) {
    let length = 1;
    while (at + length < rows.length && rows[at + length] === rows[at] + length) length++;
    runs.push([at, length]);
    at += length;
  }
  return runs;
}

function emptyValues(column: Column): ColumnValues {
  return column.description.type === 'String' ? [] : new Float64Array(0);
}

function gather(column: Column, rows: Int32Array): ColumnValues {
  const runs = runsOf(rows);
  if (runs.length === 1) return column.getRange(rows[0], rows.length);
  const parts = runs.map(([at, length]) => column.getRange(rows[at], length));
  if (Array.isArray(parts[0])) return (parts as string[][]).flat();
  const typed = parts as Exclude<ColumnValues, string[]>[];
  const total = typed.reduce((sum, part) => sum + part.length, 0);
  const joined = new (typed[0].constructor as new (length: number) => Float64Array)(total);
  let position = 0;
  for (const part of typed) {
    joined.set(part as Float64Array, position);
    position += part.length;
  }
  return joined;
}

/** The name of a row in the records of getvarcol and putvarcol. */
function variableKey(row: number): string {
  return `r${row + 1}`;
}
