import { fail } from '../../foundation/base/index.ts';
import { elementCount, holdsType, makeValues, sameShape, typeInfo } from './data-types.ts';
import { scalarAt, setScalar } from './records.ts';
import type { ColumnLayout, ShapeRun, StorageColumn } from './storage.ts';
import type {
  ArrayValue,
  CellValue,
  Column,
  ColumnDescription,
  ColumnValues,
  ScalarValue,
  TableRecord,
  ValueRuns,
} from './types.ts';

/** What a column needs of its table. */
export interface ColumnHost {
  readonly path: string;
  readonly rowCount: number;
  /** @throws usage when the table is not open for update */
  beforeChange(): void;
  /** Cells of the column in its storage manager. */
  cells(name: string): StorageColumn;
}

/** Largest array that a column read makes by itself. */
const MAX_VALUES = 2 ** 31;
const MAX_TEXTS = 2 ** 26;

/** A column of an open table. */
export class TableColumn implements Column {
  readonly description: ColumnDescription;
  readonly name: string;
  readonly keywords: TableRecord;
  private readonly host: ColumnHost;
  private readonly layout: ColumnLayout;

  constructor(host: ColumnHost, layout: ColumnLayout, description: ColumnDescription) {
    this.host = host;
    this.layout = layout;
    this.description = description;
    this.name = description.name;
    this.keywords = description.keywords ?? new Map();
  }

  isDefined(row: number): boolean {
    return this.cellShape(row) !== undefined;
  }

  cellShape(row: number): readonly number[] | undefined {
    this.checkRows(row, 1);
    return this.layout.isScalar ? [] : this.cells.shapeRun(row, 1).shape;
  }

  shapeRun(start: number, limit: number): ShapeRun {
    this.checkRows(start, limit);
    return this.layout.isScalar ? { shape: [], count: limit } : this.cells.shapeRun(start, limit);
  }

  get(row: number): CellValue {
    const shape = this.shapeOf(row, 1);
    const values = makeValues(this.layout.type, this.checkedCount(shape, 1));
    this.cells.read(row, 1, values, 0);
    return this.layout.isScalar ? scalarAt(values, this.layout.type, 0) : { shape, values };
  }

  getRange(start: number, count: number, into?: ColumnValues): ColumnValues {
    if (count === 0) {
      this.checkRows(start, 0);
      return this.target(0, into);
    }
    const shape = this.shapeOf(start, count);
    const values = this.target(this.checkedCount(shape, count), into);
    this.cells.read(start, count, values, 0);
    return values;
  }

  getRuns(start: number, count: number): ValueRuns | undefined {
    const { units } = typeInfo(this.layout.type);
    const isNumber = this.layout.isScalar && units === 1 && !['String', 'Int64'].includes(this.layout.type);
    if (!isNumber || count === 0 || !this.cells.runs) return undefined;
    this.checkRows(start, count);
    return this.cells.runs(start, count);
  }

  getSlice(
    start: number,
    count: number,
    from: readonly number[],
    size: readonly number[],
    into?: ColumnValues,
  ): ColumnValues {
    const values = this.target(this.checkedCount(size, count), into);
    if (count === 0 || size.includes(0)) return values;
    const shape = this.shapeOf(start, count);
    this.checkBox(shape, from, size, start);
    if (this.cells.readBox) {
      this.cells.readBox(start, count, from, size, values, 0);
      return values;
    }
    const { units } = typeInfo(this.layout.type);
    const cell = makeValues(this.layout.type, this.checkedCount(shape, 1));
    const each = elementCount(size) * units;
    for (let row = 0; row < count; row++) {
      this.cells.read(start + row, 1, cell, 0);
      eachLine(shape, from, size, units, (inCell, inBox, length) => {
        for (let k = 0; k < length; k++) values[row * each + inBox + k] = cell[inCell + k];
      });
    }
    return values;
  }

  put(row: number, value: CellValue): void {
    if (this.layout.isScalar) {
      if (isArrayValue(value)) this.misuse('A scalar column takes one value a row, not an array.', row);
      const one = makeValues(this.layout.type, 1);
      setScalar(one, 0, value as ScalarValue);
      this.putRange(row, 1, one);
      return;
    }
    if (!isArrayValue(value)) this.misuse('An array column takes arrays with their shape.', row);
    this.putRange(row, 1, value.values, value.shape);
  }

  putRange(start: number, count: number, values: ColumnValues, shape?: readonly number[]): void {
    this.host.beforeChange();
    this.checkRows(start, count);
    if (count === 0) return;
    this.checkType(values);
    const cell = this.shapeToWrite(start, count, shape);
    const expected = elementCount(cell) * count * typeInfo(this.layout.type).units;
    if (values.length < expected) {
      this.misuse(
        `${count} cells of shape [${cell.join(', ')}] need ${expected} elements, ${values.length} are given.`,
        start,
      );
    }
    if (!this.layout.isScalar) this.cells.setShape(start, count, cell);
    this.cells.write(start, count, values, 0);
  }

  putSlice(start: number, count: number, from: readonly number[], size: readonly number[], values: ColumnValues): void {
    this.host.beforeChange();
    this.checkType(values);
    if (count === 0 || size.includes(0)) return;
    const shape = this.shapeOf(start, count);
    this.checkBox(shape, from, size, start);
    if (this.cells.writeBox) {
      this.cells.writeBox(start, count, from, size, values, 0);
      return;
    }
    const { units } = typeInfo(this.layout.type);
    const cell = makeValues(this.layout.type, this.checkedCount(shape, 1));
    const each = elementCount(size) * units;
    for (let row = 0; row < count; row++) {
      this.cells.read(start + row, 1, cell, 0);
      eachLine(shape, from, size, units, (inCell, inBox, length) => {
        for (let k = 0; k < length; k++) cell[inCell + k] = values[row * each + inBox + k];
      });
      this.cells.write(start + row, 1, cell, 0);
    }
  }

  setShape(start: number, count: number, shape: readonly number[]): void {
    this.host.beforeChange();
    this.checkRows(start, count);
    this.cells.setShape(start, count, this.shapeToWrite(start, count, shape));
  }

  private get cells(): StorageColumn {
    return this.host.cells(this.name);
  }

  /** The one shape of some cells. */
  private shapeOf(start: number, count: number): readonly number[] {
    this.checkRows(start, count);
    if (this.layout.isScalar) return [];
    const run = this.cells.shapeRun(start, count);
    if (run.shape === undefined) this.complain('missing', 'The cell has no value.', start);
    if (run.count < count) {
      const row = start + run.count;
      const isUndefined = this.cells.shapeRun(row, 1).shape === undefined;
      if (isUndefined) this.complain('missing', 'The cell has no value.', row);
      this.complain('bad-data', `The cells from row ${start} on differ in shape, so they do not make one array.`, row);
    }
    return run.shape;
  }

  private shapeToWrite(start: number, count: number, shape: readonly number[] | undefined): readonly number[] {
    const { layout } = this;
    if (layout.isScalar) return [];
    if (layout.shape) {
      if (shape && !sameShape(shape, layout.shape)) {
        this.misuse(`Cells have the fixed shape [${layout.shape.join(', ')}], not [${shape.join(', ')}].`, start);
      }
      return layout.shape;
    }
    if (!shape) return this.shapeOf(start, count);
    if (layout.axisCount !== undefined && layout.axisCount > 0 && shape.length !== layout.axisCount) {
      this.misuse(`Cells have ${layout.axisCount} axes, not ${shape.length}.`, start);
    }
    return shape;
  }

  private target(count: number, into: ColumnValues | undefined): ColumnValues {
    if (!into) return makeValues(this.layout.type, count);
    this.checkType(into);
    const expected = count * typeInfo(this.layout.type).units;
    if (into.length !== expected) this.misuse(`The array to fill has ${into.length} elements, ${expected} are needed.`);
    return into;
  }

  private checkedCount(shape: readonly number[], count: number): number {
    const total = elementCount(shape) * count;
    if (!(total <= (this.layout.type === 'String' ? MAX_TEXTS : MAX_VALUES))) {
      this.complain('unsupported', `${total} values are too many for one array; read fewer rows or a slice.`);
    }
    return total;
  }

  private checkBox(shape: readonly number[], from: readonly number[], size: readonly number[], row: number): void {
    const isInside = from.length === shape.length && size.length === shape.length;
    if (!isInside || shape.some((length, axis) => from[axis] < 0 || from[axis] + size[axis] > length)) {
      this.misuse(
        `The slice from [${from.join(', ')}] of [${size.join(', ')}] is not inside cells of [${shape.join(', ')}].`,
        row,
      );
    }
  }

  private checkRows(start: number, count: number): void {
    if (!(Number.isInteger(start) && start >= 0 && count >= 0 && start + count <= this.host.rowCount)) {
      this.misuse(`Rows ${start} to ${start + count - 1} were asked for; the table has ${this.host.rowCount}.`, start);
    }
  }

  private checkType(values: ColumnValues): void {
    if (!holdsType(values, this.layout.type))
      this.misuse(`The column holds ${this.layout.type}, not the kind of array given.`);
  }

  private misuse(sentence: string, row?: number): never {
    return this.complain('usage', sentence, row);
  }

  private complain(tag: 'usage' | 'missing' | 'bad-data' | 'unsupported', sentence: string, row?: number): never {
    return fail(tag, sentence, { table: this.host.path, column: this.name, row });
  }
}

/** True for an array with its shape; a complex number is an array too, to JavaScript. */
function isArrayValue(value: CellValue): value is ArrayValue {
  return typeof value === 'object' && !Array.isArray(value);
}

/** Visits the lines of a box along the fastest axis: element offsets in the cell and in the box. */
function eachLine(
  shape: readonly number[],
  from: readonly number[],
  size: readonly number[],
  units: number,
  act: (inCell: number, inBox: number, length: number) => void,
): void {
  const last = shape.length - 1;
  const lines = elementCount(size.slice(0, -1));
  const length = size[last] * units;
  for (let line = 0; line < lines; line++) {
    let left = line;
    let stride = shape[last];
    let inCell = from[last];
    for (let axis = last - 1; axis >= 0; axis--) {
      inCell += (from[axis] + (left % size[axis])) * stride;
      left = Math.floor(left / size[axis]);
      stride *= shape[axis];
    }
    act(inCell * units, line * length, length);
  }
}
