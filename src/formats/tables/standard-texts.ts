import { fail } from '../../foundation/base/index.ts';
import { elementCount, sameShape } from './data-types.ts';
import { StandardCells, type StandardHost } from './standard-columns.ts';
import type { ColumnLayout, ShapeRun } from './storage.ts';
import { encodeTexts, type HeapPlace } from './string-heap.ts';
import { decodeText, encodeText } from './text.ts';
import type { ColumnValues } from './types.ts';

/** Texts up to this length stand in the bucket itself. */
const SHORT_TEXT = 8;
const SHORT_ASCII = /^[\0-\x7f]{0,8}$/;
/** More texts in one cell are taken for damage. */
const MAX_TEXTS = 1e7;

/** Texts of limited length, inside the buckets. */
export class FixedTexts extends StandardCells {
  protected readonly cellBytes: number;

  constructor(host: StandardHost, column: number, layout: ColumnLayout) {
    super(host, column, layout);
    this.cellBytes = layout.maxLength;
  }

  shapeRun(_row: number, limit: number): ShapeRun {
    return { shape: [], count: limit };
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    this.eachBucket(row, count, false, (bytes, inside, rows, done) => {
      for (let k = 0; k < rows; k++) {
        const cell = bytes.subarray((inside + k) * this.cellBytes, (inside + k + 1) * this.cellBytes);
        const end = cell.indexOf(0);
        (values as string[])[at + done + k] = decodeText(end < 0 ? cell : cell.subarray(0, end));
      }
    });
  }

  write(row: number, count: number, values: ColumnValues, at: number): void {
    for (let k = 0; k < count; k++) {
      const text = encodeText((values as string[])[at + k]);
      if (text.length > this.cellBytes) {
        fail('usage', `A text of ${text.length} bytes does not fit; the column takes ${this.cellBytes}.`, {
          column: this.layout.name,
          row: row + k,
        });
      }
      const cell = new Uint8Array(this.cellBytes);
      cell.set(text);
      this.setCell(row + k, cell);
    }
  }

  setShape(): void {}
}

/** Columns whose bucket cell is a place in the heap: bucket, offset, length. */
abstract class HeapCells extends StandardCells {
  protected readonly cellBytes = 12;

  protected place(row: number): HeapPlace {
    return this.placeOf(this.cell(row));
  }

  protected placeOf(cell: Uint8Array): HeapPlace {
    const view = new DataView(cell.buffer, cell.byteOffset, 12);
    const isLittle = this.host.context.isLittleEndian;
    return {
      bucket: view.getInt32(0, isLittle),
      offset: view.getInt32(4, isLittle),
      length: view.getInt32(8, isLittle),
    };
  }

  protected setPlace(row: number, place: HeapPlace, short?: Uint8Array): void {
    const cell = new Uint8Array(12);
    const view = new DataView(cell.buffer);
    const isLittle = this.host.context.isLittleEndian;
    view.setInt32(0, place.bucket, isLittle);
    view.setInt32(4, place.offset, isLittle);
    view.setInt32(8, place.length, isLittle);
    if (short) cell.set(short);
    this.setCell(row, cell);
  }

  /** Replaces what a row has in the heap. */
  protected replace(row: number, content: Uint8Array): void {
    const old = this.place(row);
    if (old.length > 0) this.host.heap.remove(old);
    this.setPlace(row, content.length === 0 ? { bucket: 0, offset: 0, length: 0 } : this.host.heap.write(content));
  }

  override removeRows(rows: ArrayLike<number>): void {
    for (let k = 0; k < rows.length; k++) this.release(this.place(rows[k]));
    super.removeRows(rows);
  }

  protected release(place: HeapPlace): void {
    if (place.length > 0) this.host.heap.remove(place);
  }
}

/** Texts of any length: short ones in the bucket, others in the heap. */
export class Texts extends HeapCells {
  shapeRun(_row: number, limit: number): ShapeRun {
    return { shape: [], count: limit };
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    const cells = new Uint8Array(12 * count);
    this.eachBucket(row, count, false, (bytes, inside, rows, done) =>
      cells.set(bytes.subarray(inside * 12, (inside + rows) * 12), done * 12),
    );
    for (let k = 0; k < count; k++) {
      const cell = cells.subarray(12 * k, 12 * k + 12);
      const place = this.placeOf(cell);
      const isShort = place.length >= 0 && place.length <= SHORT_TEXT;
      (values as string[])[at + k] = isShort ? decodeText(cell.subarray(0, place.length)) : this.host.heap.text(place);
    }
  }

  write(row: number, count: number, values: ColumnValues, at: number): void {
    const texts = values as string[];
    for (const k of this.putShort(row, count, texts, at)) {
      const text = encodeText(texts[at + k]);
      this.release(this.place(row + k));
      if (text.length <= SHORT_TEXT) this.setPlace(row + k, { bucket: 0, offset: 0, length: text.length }, text);
      else this.setPlace(row + k, this.host.heap.write(text));
    }
  }

  /** Writes the short texts of ASCII, bucket by bucket. @returns those left out, which go to the heap or replace what is there */
  private putShort(row: number, count: number, texts: readonly string[], at: number): number[] {
    const left: number[] = [];
    const { isLittleEndian } = this.host.context;
    this.eachBucket(row, count, true, (bytes, inside, rows, done) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset + 12 * inside, 12 * rows);
      for (let k = 0; k < rows; k++) {
        const text = texts[at + done + k];
        if (view.getInt32(12 * k + 8, isLittleEndian) > SHORT_TEXT || !SHORT_ASCII.test(text)) {
          left.push(done + k);
          continue;
        }
        for (let place = 0; place < SHORT_TEXT; place++)
          view.setUint8(12 * k + place, place < text.length ? text.charCodeAt(place) : 0);
        view.setInt32(12 * k + 8, text.length, isLittleEndian);
      }
    });
    return left;
  }

  setShape(): void {}

  protected override release(place: HeapPlace): void {
    if (place.length > SHORT_TEXT) this.host.heap.remove(place);
  }
}

/** Arrays of texts of a fixed shape: all texts of a cell one after another in the heap. */
export class DirectTexts extends HeapCells {
  shapeRun(_row: number, limit: number): ShapeRun {
    return { shape: this.layout.shape ?? [], count: limit };
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    const each = elementCount(this.layout.shape ?? []);
    for (let k = 0; k < count; k++) {
      const place = this.place(row + k);
      const bytes = place.length > 0 ? this.host.heap.read(place) : undefined;
      readTexts(bytes, 0, each, values as string[], at + k * each, this.host.context.file);
    }
  }

  write(row: number, count: number, values: ColumnValues, at: number): void {
    const each = elementCount(this.layout.shape ?? []);
    for (let k = 0; k < count; k++) this.replace(row + k, encodeTexts(values as string[], at + k * each, each));
  }

  setShape(): void {}
}

/** Arrays of texts of any shape: shape, whether filled, and texts in the heap. */
export class IndirectTexts extends HeapCells {
  shapeRun(row: number, limit: number): ShapeRun {
    const shape = this.shapeOf(row);
    let count = 1;
    while (count < limit && sameShape(this.shapeOf(row + count), shape)) count++;
    return { shape, count };
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    for (let k = 0, target = at; k < count; k++) {
      const bytes = this.host.heap.read(this.place(row + k));
      const shape = decodeShape(bytes, this.host.context.file);
      const start = 4 + 4 * shape.length;
      const isFilled = bytes.length >= start + 4 && new DataView(bytes.buffer).getInt32(start) !== 0;
      const each = elementCount(shape);
      readTexts(isFilled ? bytes : undefined, start + 4, each, values as string[], target, this.host.context.file);
      target += each;
    }
  }

  write(row: number, count: number, values: ColumnValues, at: number): void {
    for (let k = 0, source = at; k < count; k++) {
      const shape = this.shapeOf(row + k) ?? fail('internal', 'A cell is written before its shape is set.');
      const each = elementCount(shape);
      this.replace(row + k, encodeTexts(values as string[], source, each, shape));
      source += each;
    }
  }

  setShape(row: number, count: number, shape: readonly number[]): void {
    const head = new Uint8Array(8 + 4 * shape.length);
    const view = new DataView(head.buffer);
    view.setInt32(0, shape.length);
    shape.toReversed().forEach((length, axis) => {
      view.setInt32(4 + 4 * axis, length);
    });
    for (let k = 0; k < count; k++) if (!sameShape(this.shapeOf(row + k), shape)) this.replace(row + k, head);
  }

  private shapeOf(row: number): number[] | undefined {
    const place = this.place(row);
    return place.length > 0 ? decodeShape(this.host.heap.read(place), this.host.context.file) : undefined;
  }
}

function decodeShape(bytes: Uint8Array, file: string): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const axes = bytes.length >= 4 ? view.getInt32(0) : -1;
  if (axes < 0 || 4 + 4 * axes > bytes.length)
    fail('bad-format', 'The shape of an array of texts is damaged.', { file });
  if (axes === 0) return [0]; // casacore writes an array without axes for a cell that was given an empty one
  const shape: number[] = [];
  for (let axis = axes; axis > 0; axis--) shape.push(view.getInt32(4 * axis));
  if (shape.some((length) => length < 0) || elementCount(shape) > MAX_TEXTS)
    fail('bad-format', 'The shape of an array of texts is damaged.', { file });
  return shape;
}

/** Reads `count` texts (length, text) from bytes; empty texts when there are no bytes. */
function readTexts(
  bytes: Uint8Array | undefined,
  start: number,
  count: number,
  values: string[],
  at: number,
  file: string,
): void {
  if (!bytes) {
    for (let k = 0; k < count; k++) values[at + k] = '';
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = start;
  for (let k = 0; k < count; k++) {
    const length = offset + 4 <= bytes.length ? view.getInt32(offset) : -1;
    if (length < 0 || offset + 4 + length > bytes.length) fail('bad-format', 'An array of texts is damaged.', { file });
    values[at + k] = decodeText(bytes.subarray(offset + 4, offset + 4 + length));
    offset += 4 + length;
  }
}
