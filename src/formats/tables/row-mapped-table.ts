import { fail } from '../../foundation/base/index.ts';
import { holdsType, makeValues, typeInfo } from './data-types.ts';
import type { ShapeRun } from './storage.ts';
import type { TableInfo } from './table-files.ts';
import type {
  CellValue,
  Column,
  ColumnDescription,
  ColumnValues,
  KeywordValue,
  StorageManagerDescription,
  Table,
  TableRecord,
} from './types.ts';

/** Rows that follow each other in one of the tables behind. */
export interface RowSpan {
  readonly table: Table;
  readonly row: number;
  readonly count: number;
}

/** Where the rows of a table without cells of its own lie. */
export interface RowSource {
  readonly rowCount: number;
  /** Where a row lies, and how many rows from it on follow it there. */
  locate(row: number, limit: number): RowSpan;
}

/** Rows of one table, in any order. */
export class SelectedRows implements RowSource {
  private readonly root: Table;
  private readonly rows: Float64Array;

  constructor(root: Table, rows: Float64Array) {
    this.root = root;
    this.rows = rows;
  }

  get rowCount(): number {
    return this.rows.length;
  }

  locate(row: number, limit: number) {
    const first = this.rows[row];
    let count = 1;
    while (count < limit && this.rows[row + count] === first + count) count++;
    return { table: this.root, row: first, count };
  }
}

export interface RowMappedParts {
  readonly path: string;
  readonly source: RowSource;
  /** Names of columns here, and there. */
  readonly names: ReadonlyMap<string, string>;
  readonly keywords: TableRecord;
  readonly info: TableInfo;
  /** The tables behind; closed with this one. */
  readonly tables: readonly Table[];
}

/** A table that shows rows of others: a selection (reference table) or a concatenation. Cells are written through. */
export class RowMappedTable implements Table {
  readonly path: string;
  readonly keywords: TableRecord;
  readonly info: TableInfo;
  private readonly parts: RowMappedParts;
  protected readonly columns = new Map<string, Column>();

  constructor(parts: RowMappedParts) {
    this.path = parts.path;
    this.keywords = parts.keywords;
    this.info = parts.info;
    this.parts = parts;
    for (const [name, original] of parts.names) this.columns.set(name, new MappedColumn(parts, name, original));
  }

  get rowCount(): number {
    return this.parts.source.rowCount;
  }

  get columnNames(): readonly string[] {
    return [...this.columns.keys()];
  }

  get isLittleEndian(): boolean {
    return this.parts.tables[0].isLittleEndian;
  }

  hasColumn(name: string): boolean {
    return this.columns.has(name);
  }

  column(name: string): Column {
    return this.columns.get(name) ?? fail('missing', `There is no column ${name}.`, { table: this.path });
  }

  /** Where a row lies. */
  locate(row: number): RowSpan {
    return this.parts.source.locate(row, 1);
  }

  /** The name that a column has in the tables behind. */
  originalName(name: string): string {
    return this.parts.names.get(name) ?? name;
  }

  storageOf(name: string): { readonly type: string; readonly group: string } {
    this.column(name);
    return this.parts.tables[0].storageOf(this.parts.names.get(name) ?? name);
  }

  subtable(keyword: string): Table {
    return this.parts.tables[0].subtable(keyword);
  }

  flush(): void {
    for (const table of this.parts.tables) table.flush();
  }

  close(): void {
    for (const table of this.parts.tables) table.close();
  }

  addRows(): void {
    this.refuse();
  }
  removeRows(): void {
    this.refuse();
  }
  addColumns(_columns: readonly ColumnDescription[], _storage: StorageManagerDescription): void {
    this.refuse();
  }
  removeColumns(_names: readonly string[]): void {
    this.refuse();
  }
  checkRemoval(_names: readonly string[]): void {
    this.refuse();
  }
  setKeyword(): void {
    this.refuse();
  }
  removeKeyword(): void {
    this.refuse();
  }
  setColumnKeyword(_column: string, _name: string, _value: KeywordValue): void {
    this.refuse();
  }
  removeColumnKeyword(_column: string, _name: string): void {
    this.refuse();
  }
  renameColumn(): void {
    this.refuse();
  }
  setInfo(): void {
    this.refuse();
  }
  adoptColumn(): boolean {
    return false;
  }

  private refuse(): never {
    return fail(
      'unsupported',
      'The table shows rows of other tables; change those, or copy it to a table of its own.',
      {
        table: this.path,
      },
    );
  }
}

export class MappedColumn implements Column {
  readonly name: string;
  private readonly source: RowSource;
  private readonly original: string;
  private readonly first: Column;
  private readonly path: string;

  constructor(parts: RowMappedParts, name: string, original: string) {
    this.name = name;
    this.path = parts.path;
    this.source = parts.source;
    this.original = original;
    this.first = parts.tables[0].column(original);
  }

  get description(): ColumnDescription {
    return { ...this.first.description, name: this.name };
  }

  get keywords(): TableRecord {
    return this.first.keywords;
  }

  isDefined(row: number): boolean {
    const { column, row: inner } = this.at(row);
    return column.isDefined(inner);
  }

  cellShape(row: number): readonly number[] | undefined {
    const { column, row: inner } = this.at(row);
    return column.cellShape(inner);
  }

  shapeRun(start: number, limit: number): ShapeRun {
    this.check(start, limit);
    const span = this.source.locate(start, limit);
    return span.table.column(this.original).shapeRun(span.row, span.count);
  }

  get(row: number): CellValue {
    const { column, row: inner } = this.at(row);
    return column.get(inner);
  }

  getRange(start: number, count: number, into?: ColumnValues): ColumnValues {
    return this.gather(start, count, into, (column, row, rows, part) => column.getRange(row, rows, part));
  }

  getSlice(
    start: number,
    count: number,
    from: readonly number[],
    size: readonly number[],
    into?: ColumnValues,
  ): ColumnValues {
    return this.gather(start, count, into, (column, row, rows, part) => column.getSlice(row, rows, from, size, part));
  }

  put(row: number, value: CellValue): void {
    const { column, row: inner } = this.at(row);
    column.put(inner, value);
  }

  putRange(start: number, count: number, values: ColumnValues, shape?: readonly number[]): void {
    this.scatter(start, count, values, (column, row, rows, part) => column.putRange(row, rows, part, shape));
  }

  putSlice(start: number, count: number, from: readonly number[], size: readonly number[], values: ColumnValues): void {
    this.scatter(start, count, values, (column, row, rows, part) => column.putSlice(row, rows, from, size, part));
  }

  setShape(start: number, count: number, shape: readonly number[]): void {
    this.eachSpan(start, count, (column, row, rows) => column.setShape(row, rows, shape));
  }

  private at(row: number): { column: Column; row: number } {
    this.check(row, 1);
    const span = this.source.locate(row, 1);
    return { column: span.table.column(this.original), row: span.row };
  }

  private gather(
    start: number,
    count: number,
    into: ColumnValues | undefined,
    read: (column: Column, row: number, rows: number, part: ColumnValues | undefined) => ColumnValues,
  ): ColumnValues {
    const { type } = this.description;
    if (into && !holdsType(into, type))
      fail('usage', `The column holds ${type}, not the kind of array given.`, { table: this.path });
    if (count === 0) return into ?? makeValues(type, 0);
    let target = into;
    let done = 0;
    this.eachSpan(start, count, (column, row, rows, before) => {
      if (!target) {
        const first = read(column, row, rows, undefined);
        if (rows === count) {
          target = first;
          return;
        }
        target = makeValues(type, ((first.length / rows) * count) / typeInfo(type).units);
        copyInto(target, first, 0);
        done = first.length;
        return;
      }
      const length = (target.length / count) * rows;
      if (Array.isArray(target)) copyInto(target, read(column, row, rows, undefined), (target.length / count) * before);
      else read(column, row, rows, target.subarray(done, done + length));
      done += length;
    });
    return target as ColumnValues;
  }

  private scatter(
    start: number,
    count: number,
    values: ColumnValues,
    write: (column: Column, row: number, rows: number, part: ColumnValues) => void,
  ): void {
    const each = values.length / count;
    this.eachSpan(start, count, (column, row, rows, before) => {
      const [from, to] = [before * each, (before + rows) * each];
      write(column, row, rows, Array.isArray(values) ? values.slice(from, to) : values.subarray(from, to));
    });
  }

  private eachSpan(
    start: number,
    count: number,
    act: (column: Column, row: number, rows: number, before: number) => void,
  ): void {
    this.check(start, count);
    for (let done = 0; done < count; ) {
      const span = this.source.locate(start + done, count - done);
      act(span.table.column(this.original), span.row, span.count, done);
      done += span.count;
    }
  }

  private check(start: number, count: number): void {
    if (!(Number.isInteger(start) && start >= 0 && count >= 0 && start + count <= this.source.rowCount)) {
      fail('usage', `Rows ${start} to ${start + count - 1} were asked for; the table has ${this.source.rowCount}.`, {
        table: this.path,
        column: this.name,
      });
    }
  }
}

function copyInto(target: ColumnValues, source: ColumnValues, at: number): void {
  for (let k = 0; k < source.length; k++) target[at + k] = source[k];
}
