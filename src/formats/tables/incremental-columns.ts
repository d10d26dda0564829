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
  /** Behind the last row that was put, or that was there when the table was opened: a value put from here on holds to the end. */
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

  /** Rows were removed; casacore takes the first row to come for one that was put. */
  rowsRemoved(): void {
    this.written = Math.min(this.written, this.host.rows + 1);
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
    const end = row + count;
    const list = this.host.list(this.column, row);
    const inside = Math.min(end, Math.max(row, this.written));
    const starts: number[] = [];
    const taken: IntervalValue[] = [];
    for (let next = row; next < inside; next++) {
      const value = codec.take(values, at + (next - row) * step);
      if (next > row && codec.isEqual(value, taken[taken.length - 1])) continue;
      starts.push(next);
      taken.push(value);
    }
    if (inside > row) list.replace(row, inside, starts, taken, this.host.rows);
    for (let next = inside; next < end; ) {
      list.hold(next, codec.take(values, at + (next - row) * step));
      next++;
      const isHeld = list.starts[list.starts.length - 1] < next;
      if (isHeld && codec.repeats) next += codec.repeats(values, at + (next - row) * step, end - next);
    }
    this.written = Math.max(this.written, end);
  }

  setShape(): void {}
}

/** Cells that are arrays elsewhere. */
export class IndirectColumn extends IncrementalColumn {
  override rowsRemoved(): void {
    super.rowsRemoved();
    if (this.host.rows === 0) this.written = 0;
  }

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
    const { arrays, rows } = this.host;
    const shape = this.shapeRun(row, 1).shape ?? fail('internal', 'A cell is written before its shape is set.');
    const each = elementCount(shape) * units;
    const end = row + count;
    const list = this.host.list(this.column, row);
    const allocate = (from: number) => {
      const offset = arrays.allocate(type, shape);
      arrays.write(arrays.find(offset, this.layout.type), type, 0, elementCount(shape), values, from);
      return offset;
    };
    // The last row that was put is put again for all rows that hold its value.
    const isAgain = row < this.written && this.written <= end;
    const inside = isAgain ? this.written : Math.min(end, Math.max(row, this.written));
    const starts: number[] = [];
    const offsets: number[] = [];
    for (let next = row; next < inside; next++) {
      const from = at + (next - row) * each;
      if (next > row && isSameInside(values, from - each, from, each)) continue;
      starts.push(next);
      offsets.push(allocate(from));
    }
    if (inside > row) {
      list.replace(row, isAgain ? list.endOf(inside - 1, rows) : inside, starts, offsets, rows);
    }
    for (let next = inside; next < end; next++) {
      const from = at + (next - row) * each;
      const isHeld = next > row && list.at(next) === list.at(next - 1);
      if (!isHeld || !isSameInside(values, from - each, from, each)) list.hold(next, allocate(from));
    }
    this.written = Math.max(this.written, end);
  }

  setShape(row: number, count: number, shape: readonly number[]): void {
    const end = row + count;
    for (let at = row; at < end; ) {
      const isPut = at < this.written;
      const run = this.shapeRun(at, (isPut ? Math.min(end, this.written) : end) - at);
      if (sameShape(run.shape, shape)) {
        at += run.count;
        continue;
      }
      const list = this.host.list(this.column, at);
      const offset = this.host.arrays.allocate(this.layout.type, shape);
      if (isPut) {
        list.replace(at, at + run.count, [at], [offset], this.host.rows);
        at += run.count;
        continue;
      }
      list.hold(at, offset);
      at++;
      this.written = at;
    }
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
