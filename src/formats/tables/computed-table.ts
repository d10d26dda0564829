import { fail } from '../../foundation/base/index.ts';
import type { Column, ColumnDescription, ColumnValues, DataType, Table, TableRecord } from './types.ts';

/** The cells of a column that a query has computed: one flat array, or cells of their own shapes. */
export interface ComputedCells {
  readonly name: string;
  readonly type: DataType;
  readonly isScalar: boolean;
  /** Shape of each array cell; [] for scalars. */
  readonly shapes: readonly (readonly number[])[];
  /** Values of each cell. */
  readonly cells: readonly ColumnValues[];
}

/** A table in memory with the results of a query. It cannot be changed. */
export class ComputedTable implements Table {
  readonly path: string;
  readonly rowCount: number;
  readonly keywords: TableRecord = new Map();
  readonly info = { type: '', subType: '' };
  readonly isLittleEndian = true;
  private readonly columns: ReadonlyMap<string, Column>;

  /** @param path what messages call it */
  constructor(path: string, rowCount: number, columns: readonly ComputedCells[]) {
    this.path = path;
    this.rowCount = rowCount;
    this.columns = new Map(columns.map((cells) => [cells.name, new ComputedColumn(cells, path)]));
  }

  get columnNames(): readonly string[] {
    return [...this.columns.keys()];
  }

  hasColumn(name: string): boolean {
    return this.columns.has(name);
  }

  column(name: string): Column {
    return this.columns.get(name) ?? fail('missing', `There is no column ${name}.`, { table: this.path });
  }

  storageOf(name: string): { readonly type: string; readonly group: string } {
    this.column(name);
    return { type: 'MemoryStMan', group: 'MSMTAB' };
  }

  subtable(keyword: string): Table {
    return fail('missing', `There is no subtable ${keyword}.`, { table: this.path });
  }

  addRows = refuse;
  removeRows = refuse;
  addColumns = refuse;
  removeColumns = refuse;
  checkRemoval = refuse;
  setKeyword = refuse;
  removeKeyword = refuse;
  setColumnKeyword = refuse;
  removeColumnKeyword = refuse;
  renameColumn = refuse;
  setInfo = refuse;
  adoptColumn = (): boolean => false;
  flush(): void {}
  close(): void {}
}

function refuse(): never {
  return fail(
    'unsupported',
    'The results of a query cannot be changed; read them and write them to a table of your own.',
  );
}

class ComputedColumn implements Column {
  readonly keywords: TableRecord = new Map();
  private readonly cells: ComputedCells;
  private readonly path: string;

  constructor(cells: ComputedCells, path: string) {
    this.cells = cells;
    this.path = path;
  }

  get name(): string {
    return this.cells.name;
  }

  get description(): ColumnDescription {
    const { name, type, isScalar } = this.cells;
    return { name, type, kind: isScalar ? 'scalar' : 'array' };
  }

  isDefined(): boolean {
    return true;
  }

  cellShape(row: number): readonly number[] {
    return this.cells.shapes[row] ?? [];
  }

  shapeRun(start: number, limit: number) {
    const shape = this.cellShape(start);
    let count = 1;
    while (count < limit && String(this.cellShape(start + count)) === String(shape)) count++;
    return { shape, count };
  }

  get(row: number) {
    const { type, isScalar, cells } = this.cells;
    const values = cells[row] ?? fail('usage', `Row ${row} is not in the result.`, { table: this.path });
    if (!isScalar) return { shape: this.cellShape(row), values };
    if (type === 'DComplex') return [Number(values[0]), Number(values[1])] as const;
    return type === 'Bool' ? values[0] !== 0 : values[0];
  }

  getRange(start: number, count: number, into?: ColumnValues): ColumnValues {
    if (this.shapeRun(start, count).count < count)
      fail('bad-data', 'The cells differ in shape, so they do not make one array.', { table: this.path, row: start });
    const pieces = this.cells.cells.slice(start, start + count);
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const target = into ?? emptyValues(this.cells.type, length);
    let at = 0;
    for (const piece of pieces) for (const value of piece) target[at++] = value;
    return target;
  }

  getSlice = refuse;
  put = refuse;
  putRange = refuse;
  putSlice = refuse;
  setShape = refuse;
}

/** Room for values of the types that queries give. */
export function emptyValues(type: DataType, length: number): ColumnValues {
  if (type === 'String') return new Array<string>(length).fill('');
  if (type === 'Bool') return new Uint8Array(length);
  if (type === 'Int64') return new BigInt64Array(length);
  return type === 'Int' ? new Int32Array(length) : new Float64Array(length);
}
