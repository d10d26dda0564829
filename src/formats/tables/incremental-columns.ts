import { fail } from '../../foundation/base/index.ts';
import type { ArrayFile } from './array-file.ts';
import { elementCount, sameShape, typeInfo } from './data-types.ts';
import type { IntervalCodec, IntervalValue } from './incremental-values.ts';
import type { IntervalList } from './interval-list.ts';
import type { ColumnLayout, ShapeRun, StorageColumn } from './storage.ts';
import type { ColumnValues, ValueRuns } from './types.ts';

/** What a column needs of its IncrementalStMan. */
export interface IncrementalHost {
  readonly context: { readonly file: string; readonly rowCount: number };
  readonly codecs: readonly IntervalCodec[];
  readonly rows: number;
  readonly largestBucket: number;
  /** Cells of columns whose arrays differ in shape. */
  readonly arrays: ArrayFile;
  /** Intervals of a column from a row on, to change. */
  list(column: number, firstRow: number): IntervalList;
  /** Calls `act` for each interval that touches a range of rows: its value and the rows of the range in it. */
  eachInterval(
    column: number,
    row: number,
    count: number,
    act: (value: IntervalValue, row: number, rows: number) => void,
  ): void;
}

/** Whether cells of a column lie in a file of arrays, and the intervals have their offsets. */
export function isIndirect(layout: ColumnLayout): boolean {
  return !layout.isScalar && !layout.isDirect;
}

/** A column of an IncrementalStMan. */
export abstract class IncrementalColumn implements StorageColumn {
  /** Rows from here on were never written one by one: a value put there holds to the end. */
  written: number;
  protected readonly host: IncrementalHost;
  protected readonly layout: ColumnLayout;
  protected readonly column: number;

  constructor(host: IncrementalHost, column: number, layout: ColumnLayout) {
    this.host = host;
    this.column = column;
    this.layout = layout;
    this.written = host.context.rowCount;
  }

  abstract shapeRun(row: number, limit: number): ShapeRun;
  abstract read(row: number, count: number, values: ColumnValues, at: number): void;
  abstract write(row: number, count: number, values: ColumnValues, at: number): void;
  abstract setShape(row: number, count: number, shape: readonly number[]): void;

  /** Stores values for rows [starts[0], end). */
  protected store(end: number, starts: readonly number[], values: readonly IntervalValue[]): void {
    const open = this.openEnd(starts[0], end);
    if (open) for (let k = 0; k < starts.length; k++) open.append(starts[k], values[k]);
    else this.host.list(this.column, starts[0]).replace(starts[0], end, starts, values);
    this.written = Math.max(this.written, end);
  }

  /** The intervals up to a row, to append to, when no row from `end` on keeps a value of its own. */
  protected openEnd(row: number, end: number): IntervalList | undefined {
    if (end <= this.written && end < this.host.rows) return undefined;
    const list = this.host.list(this.column, row);
    list.cutFrom(row);
    return list;
  }
}

/** Cells that stand in the buckets themselves. */
export class DirectColumn extends IncrementalColumn {
  shapeRun(_row: number, limit: number): ShapeRun {
    if (elementCount(this.layout.shape ?? []) > 8 * this.host.largestBucket) {
      fail('bad-format', 'Cells are larger than a bucket.', { file: this.host.context.file, column: this.layout.name });
    }
    return { shape: this.layout.shape ?? [], count: limit };
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    const step = elementCount(this.layout.shape ?? []) * typeInfo(this.layout.type).units;
    const codec = this.host.codecs[this.column];
    this.host.eachInterval(this.column, row, count, (value, from, rows) =>
      codec.fill(value, values, at + (from - row) * step, rows),
    );
  }

  runs(row: number, count: number): ValueRuns {
    const starts: number[] = [];
    const values: number[] = [];
    this.host.eachInterval(this.column, row, count, (value, from) => {
      starts.push(from);
      values.push(value as number);
    });
    return { starts, values };
  }

  write(row: number, count: number, values: ColumnValues, at: number): void {
    const step = elementCount(this.layout.shape ?? []) * typeInfo(this.layout.type).units;
    const codec = this.host.codecs[this.column];
    const open = count > 0 ? this.openEnd(row, row + count) : undefined;
    if (open) {
      for (let k = 0; k < count; k++) open.append(row + k, codec.take(values, at + k * step));
      this.written = Math.max(this.written, row + count);
      return;
    }
    const starts: number[] = [];
    const taken: IntervalValue[] = [];
    for (let k = 0; k < count; k++) {
      const value = codec.take(values, at + k * step);
      if (k > 0 && codec.isEqual(value, taken[taken.length - 1])) continue;
      starts.push(row + k);
      taken.push(value);
    }
    if (count > 0) this.store(row + count, starts, taken);
  }

  setShape(): void {}
}

/** Cells that are arrays elsewhere. */
export class IndirectColumn extends IncrementalColumn {
  /** Row behind the last cells that got a shape which holds to the end: so do the values that are put there next. */
  private shapedEnd = -1;

  shapeRun(row: number, limit: number): ShapeRun {
    let shape: readonly number[] | undefined;
    let count = 0;
    let isOver = false;
    this.host.eachInterval(this.column, row, limit, (value, from, rows) => {
      if (isOver) return;
      const own = value === 0 ? undefined : this.host.arrays.find(value as number, this.layout.type).shape;
      if (from === row) shape = own;
      else if (!sameShape(shape, own)) isOver = true;
      if (!isOver) count += rows;
    });
    return { shape, count };
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    const { units } = typeInfo(this.layout.type);
    this.host.eachInterval(this.column, row, count, (value, from, rows) => {
      const array = this.host.arrays.find(value as number, this.layout.type);
      const each = elementCount(array.shape);
      const step = each * units;
      const first = at + (from - row) * step;
      this.host.arrays.read(array, this.layout.type, 0, each, values, first);
      for (let k = 1; k < rows; k++) copyInside(values, first, step, first + k * step);
    });
  }

  write(row: number, count: number, values: ColumnValues, at: number): void {
    const { units, type } = typeInfo(this.layout.type);
    const { arrays } = this.host;
    const shape = this.shapeRun(row, 1).shape ?? fail('internal', 'A cell is written before its shape is set.');
    const each = elementCount(shape);
    if (row + count === this.shapedEnd) this.written = Math.min(this.written, row);
    this.shapedEnd = -1;
    const starts: number[] = [];
    const offsets: number[] = [];
    for (let k = 0; k < count; k++) {
      const from = at + k * each * units;
      if (k > 0 && isSameInside(values, from - each * units, from, each * units)) continue;
      const offset = arrays.allocate(type, shape);
      arrays.write(arrays.find(offset, this.layout.type), type, 0, each, values, from);
      starts.push(row + k);
      offsets.push(offset);
    }
    if (count > 0) this.store(row + count, starts, offsets);
  }

  setShape(row: number, count: number, shape: readonly number[]): void {
    const run = this.shapeRun(row, count);
    if (run.count === count && sameShape(run.shape, shape)) return;
    if (row + count > this.written) this.shapedEnd = row + count;
    this.store(row + count, [row], [this.host.arrays.allocate(this.layout.type, shape)]);
  }
}

function copyInside(values: ColumnValues, from: number, count: number, to: number): void {
  if (Array.isArray(values)) for (let k = 0; k < count; k++) values[to + k] = values[from + k];
  else values.copyWithin(to, from, from + count);
}

function isSameInside(values: ColumnValues, left: number, right: number, count: number): boolean {
  for (let k = 0; k < count; k++) if (!Object.is(values[left + k], values[right + k])) return false;
  return true;
}
