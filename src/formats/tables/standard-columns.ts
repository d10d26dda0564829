import { fail } from '../../foundation/base/index.ts';
import type { ArrayFile } from './array-file.ts';
import type { BucketFile } from './bucket-file.ts';
import { elementCount, sameShape, typeInfo } from './data-types.ts';
import type { StandardIndex } from './standard-index.ts';
import type { ColumnLayout, ShapeRun, StorageColumn } from './storage.ts';
import type { StringHeap } from './string-heap.ts';
import type { ColumnValues } from './types.ts';
import { bytesUnder, packBits, toHostOrder, unpackBits } from './value-codec.ts';

/** What the columns of a StandardStMan need of it. */
export interface StandardHost {
  readonly context: { readonly isLittleEndian: boolean; readonly file: string };
  readonly buckets: BucketFile;
  readonly heap: StringHeap;
  readonly arrays: ArrayFile;
  index(column: number): StandardIndex;
  offset(column: number): number;
  touch(): void;
}

/** The cells of one column of a StandardStMan. */
export abstract class StandardCells implements StorageColumn {
  protected readonly host: StandardHost;
  protected readonly layout: ColumnLayout;
  private readonly column: number;
  /** Bytes of a cell in a bucket; 0 for packed truth values. */
  protected abstract readonly cellBytes: number;

  constructor(host: StandardHost, column: number, layout: ColumnLayout) {
    this.host = host;
    this.column = column;
    this.layout = layout;
  }

  abstract shapeRun(row: number, limit: number): ShapeRun;
  abstract read(row: number, count: number, values: ColumnValues, at: number): void;
  abstract write(row: number, count: number, values: ColumnValues, at: number): void;
  abstract setShape(row: number, count: number, shape: readonly number[]): void;

  /** Calls `act` for each bucket of a range of rows: the column's bytes in it, the first row inside, how many, how many before. */
  protected eachBucket(
    row: number,
    count: number,
    isEdit: boolean,
    act: (bytes: Uint8Array, inside: number, rows: number, done: number) => void,
  ): void {
    const index = this.host.index(this.column);
    const offset = this.host.offset(this.column);
    for (let done = 0; done < count; ) {
      const entry = index.entryOf(row + done);
      if (entry < 0)
        fail('bad-format', 'The index of buckets ends before the last row.', {
          file: this.host.context.file,
          row: row + done,
        });
      const bucket = index.bucketOf(entry);
      const bytes = isEdit ? this.host.buckets.edit(bucket) : this.host.buckets.view(bucket);
      const inside = row + done - index.firstRow(entry);
      const rows = Math.min(count - done, index.lastRow(entry) + 1 - row - done);
      act(bytes.subarray(offset), inside, rows, done);
      done += rows;
    }
    if (isEdit) this.host.touch();
  }

  /** A copy of a cell's bytes. */
  protected cell(row: number): Uint8Array {
    const copy = new Uint8Array(this.cellBytes);
    this.eachBucket(row, 1, false, (bytes, inside) => {
      const start = inside * this.cellBytes;
      copy.set(bytes.subarray(start, start + this.cellBytes));
    });
    return copy;
  }

  /** Cells that are whole numbers of eight bytes. */
  protected numbers(row: number, count: number): Float64Array {
    const numbers = new Float64Array(count);
    const { isLittleEndian } = this.host.context;
    const low = isLittleEndian ? 0 : 4;
    this.eachBucket(row, count, false, (bytes, inside, rows, done) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset + 8 * inside, 8 * rows);
      for (let k = 0; k < rows; k++) {
        numbers[done + k] =
          view.getInt32(8 * k + 4 - low, isLittleEndian) * 2 ** 32 + view.getUint32(8 * k + low, isLittleEndian);
      }
    });
    return numbers;
  }

  protected setNumbers(row: number, numbers: Float64Array): void {
    const { isLittleEndian } = this.host.context;
    const low = isLittleEndian ? 0 : 4;
    this.eachBucket(row, numbers.length, true, (bytes, inside, rows, done) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset + 8 * inside, 8 * rows);
      for (let k = 0; k < rows; k++) {
        const number = numbers[done + k];
        view.setUint32(8 * k + low, number % 2 ** 32, isLittleEndian);
        view.setInt32(8 * k + 4 - low, Math.floor(number / 2 ** 32), isLittleEndian);
      }
    });
  }

  protected setCell(row: number, content: Uint8Array): void {
    this.eachBucket(row, 1, true, (bytes, inside) => bytes.set(content, inside * this.cellBytes));
  }

  /** Closes the gaps that removed rows leave in the buckets; rows ascend. */
  removeRows(rows: ArrayLike<number>): void {
    const index = this.host.index(this.column);
    for (let k = 0; k < rows.length; ) {
      const entry = index.entryOf(rows[k]);
      const first = index.firstRow(entry);
      const size = index.lastRow(entry) + 1 - first;
      const kept: number[] = [];
      let removed = k;
      for (let inside = 0; inside < size; inside++) {
        if (removed < rows.length && rows[removed] === first + inside) removed++;
        else kept.push(inside);
      }
      k = removed;
      this.eachBucket(first, size, true, (bytes) => this.compact(bytes, kept, size));
    }
  }

  protected compact(bytes: Uint8Array, kept: readonly number[], size: number): void {
    const width = this.cellBytes;
    kept.forEach((from, to) => {
      bytes.copyWithin(to * width, from * width, (from + 1) * width);
    });
    bytes.fill(0, kept.length * width, size * width);
  }
}

/** Numbers and truth values of a fixed shape, inside the buckets. */
export class FixedCells extends StandardCells {
  protected readonly cellBytes: number;
  private readonly values: number;
  private readonly shape: readonly number[];

  constructor(host: StandardHost, column: number, layout: ColumnLayout) {
    super(host, column, layout);
    this.shape = layout.shape ?? [];
    this.values = elementCount(this.shape);
    this.cellBytes = this.values * typeInfo(layout.type).bytes;
  }

  shapeRun(_row: number, limit: number): ShapeRun {
    const { bucketBytes } = this.host.buckets;
    if (this.cellBytes > bucketBytes || this.values > 8 * bucketBytes) {
      fail('bad-format', `Cells of shape [${this.shape.join(', ')}] do not fit in buckets of ${bucketBytes} bytes.`, {
        file: this.host.context.file,
      });
    }
    return { shape: this.shape, count: limit };
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    if (this.layout.type === 'Bool') {
      this.eachBucket(row, count, false, (bytes, inside, rows, done) =>
        unpackBits(bytes, inside * this.values, values as Uint8Array, at + done * this.values, rows * this.values),
      );
      return;
    }
    const info = typeInfo(this.layout.type);
    const target = bytesUnder(values);
    const start = (at * info.bytes) / info.units;
    const width = this.cellBytes;
    this.eachBucket(row, count, false, (bytes, inside, rows, done) => {
      target.set(bytes.subarray(inside * width, (inside + rows) * width), start + done * width);
    });
    toHostOrder(target.subarray(start, start + count * width), info.swapBytes, this.host.context.isLittleEndian);
  }

  write(row: number, count: number, values: ColumnValues, at: number): void {
    if (this.layout.type === 'Bool') {
      this.eachBucket(row, count, true, (bytes, inside, rows, done) =>
        packBits(values as Uint8Array, at + done * this.values, bytes, inside * this.values, rows * this.values),
      );
      return;
    }
    const info = typeInfo(this.layout.type);
    const source = bytesUnder(values);
    const start = (at * info.bytes) / info.units;
    const width = this.cellBytes;
    this.eachBucket(row, count, true, (bytes, inside, rows, done) => {
      const target = bytes.subarray(inside * width, (inside + rows) * width);
      target.set(source.subarray(start + done * width, start + (done + rows) * width));
      toHostOrder(target, info.swapBytes, this.host.context.isLittleEndian);
    });
  }

  setShape(): void {}

  protected override compact(bytes: Uint8Array, kept: readonly number[], size: number): void {
    if (this.layout.type !== 'Bool') {
      super.compact(bytes, kept, size);
      return;
    }
    const flags = new Uint8Array(size * this.values);
    unpackBits(bytes, 0, flags, 0, flags.length);
    kept.forEach((from, to) => {
      flags.copyWithin(to * this.values, from * this.values, (from + 1) * this.values);
    });
    flags.fill(0, kept.length * this.values);
    packBits(flags, 0, bytes, 0, flags.length);
  }
}

/** Rows whose shapes are compared before the next are looked up. */
const SHAPE_ROWS = 1024;

/** Arrays outside the buckets: a cell is the array's offset in the array file, 0 when undefined. */
export class IndirectArrays extends StandardCells {
  protected readonly cellBytes = 8;

  shapeRun(row: number, limit: number): ShapeRun {
    const shape = this.shapeAt(this.arrayOffset(row));
    let count = 1;
    while (count < limit) {
      const offsets = this.numbers(row + count, Math.min(limit - count, SHAPE_ROWS));
      for (let k = 0; k < offsets.length; ) {
        const next = this.shapesFrom(offsets, k);
        if (!sameShape(next.shape, shape)) return { shape, count };
        k += next.count;
        count += next.count;
      }
    }
    return { shape, count };
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    this.host.arrays.readAll(this.numbers(row, count), this.layout.type, values, at);
  }

  write(row: number, count: number, values: ColumnValues, at: number): void {
    this.host.arrays.writeAll(this.numbers(row, count), this.layout.type, values, at);
    this.host.touch();
  }

  setShape(row: number, count: number, shape: readonly number[]): void {
    const offsets = this.numbers(row, count);
    for (let first = 0; first < count; ) {
      let end = first;
      while (end < count && !sameShape(this.shapeAt(offsets[end]), shape)) end++;
      if (end > first) {
        const fresh = offsets.subarray(first, end);
        this.host.arrays.allocateAll(this.layout.type, shape, fresh);
        this.setNumbers(row + first, fresh);
      }
      first = end + 1;
    }
  }

  private shapesFrom(offsets: Float64Array, first: number): ShapeRun {
    if (offsets[first] === 0) return { shape: undefined, count: 1 };
    return this.host.arrays.shapeFrom(offsets, first, this.layout.type);
  }

  private shapeAt(offset: number): readonly number[] | undefined {
    return offset === 0 ? undefined : this.host.arrays.find(offset, this.layout.type).shape;
  }

  private arrayOffset(row: number): number {
    return this.numbers(row, 1)[0];
  }
}
