import { fail } from '../../foundation/base/index.ts';
import { elementCount, typeInfo } from './data-types.ts';
import { PagedFile } from './paged-file.ts';
import { tableDisk } from './table-disk.ts';
import { decodeText, encodeText } from './text.ts';
import type { ColumnValues, DataType } from './types.ts';
import { bytesUnder, packBits, toHostOrder, unpackBits } from './value-codec.ts';

/** Bytes before the first array: version, length of the file, padding. */
const HEADER_BYTES = 16;

/** Place and shape of one array. */
export interface StoredArray {
  /** Slow to fast. */
  readonly shape: readonly number[];
  readonly dataOffset: number;
}

/** Arrays of one shape that lie at equal distances, as those do that were written together. */
interface ArrayRun {
  readonly shape: readonly number[];
  readonly count: number;
  /** Bytes from one array to the next, and from the head of each to its values. */
  readonly stride: number;
  readonly headBytes: number;
  /** From the head of the first array on; good until the file is used again. */
  readonly bytes: Uint8Array;
}

/** Bytes of a run that are looked at together. */
const RUN_BYTES = 32_768;
const NO_VALUES: readonly number[] = [0];
const NO_BYTES = new Uint8Array(0);

/**
 * The file table.fNi with the arrays of cells whose shape varies. Each array begins at a multiple of eight bytes:
 * reference count (version 1 only), number of axes, axes fast to slow, values. Texts are offsets of length + bytes.
 */
export class ArrayFile {
  private readonly file: PagedFile;
  private readonly isLittleEndian: boolean;
  private readonly isWritable: boolean;
  private readonly version: number;
  private end: number;
  private isChanged = false;
  /** Shape that was met last: most arrays of a column share it. */
  private recentShape: readonly number[] = [];

  /** @param newVersion 1 with reference counts (IncrementalStMan), 0 without; used when the file does not exist yet */
  constructor(path: string, isLittleEndian: boolean, isWritable: boolean, newVersion: 0 | 1) {
    const isThere = tableDisk.exists(path);
    this.file = new PagedFile(path, { isWritable });
    this.isLittleEndian = isLittleEndian;
    this.isWritable = isWritable;
    this.version = newVersion;
    this.end = HEADER_BYTES;
    if (isThere && this.file.length >= 12) {
      const header = this.view(0, 12);
      this.version = header.getUint32(0, isLittleEndian);
      this.end = Number(header.getBigInt64(4, isLittleEndian));
      if (this.version > 1) {
        fail('unsupported', `The array file has version ${this.version}; versions 0 and 1 are known.`, { file: path });
      }
    } else if (isWritable) {
      this.file.extend(HEADER_BYTES);
      this.isChanged = true;
    }
  }

  /** Looks up the array at an offset; its values must lie in the file. */
  find(offset: number, type: DataType): StoredArray {
    const prefix = this.version > 0 ? 4 : 0;
    const at = this.file.locate(offset + prefix, 4);
    const axisCount = this.file.window.getUint32(at, this.isLittleEndian);
    if (axisCount > 32) this.bad('an array has more than 32 axes', offset);
    // An array without axes has no values; casacore writes one for a cell that was given an empty array.
    const shape = axisCount === 0 ? NO_VALUES : this.shape(offset + prefix + 4, axisCount, offset);
    const dataOffset = offset + prefix + 4 + 4 * axisCount;
    if (storedBytes(type, elementCount(shape)) > this.file.length - dataOffset) {
      this.bad(`an array of shape [${shape.join(', ')}] does not fit in the file`, offset);
    }
    return { shape, dataOffset };
  }

  private shape(axesOffset: number, axisCount: number, offset: number): readonly number[] {
    const at = this.file.locate(axesOffset, 4 * axisCount);
    const axes = this.file.window;
    const recent = this.recentShape;
    let isRecent = recent.length === axisCount;
    for (let k = 0; k < axisCount && isRecent; k++) {
      isRecent = axes.getInt32(at + 4 * k, this.isLittleEndian) === recent[axisCount - 1 - k];
    }
    if (isRecent) return recent;
    const shape: number[] = [];
    for (let k = axisCount - 1; k >= 0; k--) {
      const length = axes.getInt32(at + 4 * k, this.isLittleEndian);
      if (length < 0) this.bad('an array has an axis of negative length', offset);
      shape.push(length);
    }
    this.recentShape = shape;
    return shape;
  }

  /**
   * Reads whole arrays, one after another, into `values` from index `at`.
   *
   * @param offsets where they are, none 0
   */
  readAll(offsets: Float64Array, type: DataType, values: ColumnValues, at: number): void {
    const info = typeInfo(type);
    if (info.bytes === 0) {
      this.readPacked(offsets, type, values, at);
      return;
    }
    const bytes = bytesUnder(values);
    const start = (at * info.bytes) / info.units;
    let target = start;
    for (let k = 0; k < offsets.length; ) {
      const run = this.runFrom(offsets, k, type);
      const length = elementCount(run.shape) * info.bytes;
      if (run.count === 1) this.file.copy(offsets[k] + run.headBytes, length, bytes, target);
      for (let array = 0; run.count > 1 && array < run.count; array++) {
        copyBytes(run.bytes, array * run.stride + run.headBytes, bytes, target + array * length, length);
      }
      target += run.count * length;
      k += run.count;
    }
    toHostOrder(bytes.subarray(start, target), info.swapBytes, this.isLittleEndian);
  }

  /** {@link readAll} of truth values and texts. */
  private readPacked(offsets: Float64Array, type: DataType, values: ColumnValues, at: number): void {
    let target = at;
    for (let k = 0; k < offsets.length; ) {
      const run = this.runFrom(offsets, k, type);
      const count = elementCount(run.shape);
      const single = { shape: run.shape, dataOffset: offsets[k] + run.headBytes };
      if (run.count === 1) this.read(single, type, 0, count, values, target);
      for (let array = 0; run.count > 1 && array < run.count; array++) {
        const bit = 8 * (array * run.stride + run.headBytes);
        unpackBits(run.bytes, bit, values as Uint8Array, target + array * count, count);
      }
      target += run.count * count;
      k += run.count;
    }
  }

  /** The shape of an array, and how many in a row are known to have it; all of them need not be. */
  shapeFrom(offsets: Float64Array, first: number, type: DataType): { shape: readonly number[]; count: number } {
    return this.runFrom(offsets, first, type);
  }

  private runFrom(offsets: Float64Array, first: number, type: DataType): ArrayRun {
    const offset = offsets[first];
    const { shape, dataOffset } = this.find(offset, type);
    const headBytes = dataOffset - offset;
    const length = headBytes + storedBytes(type, elementCount(shape));
    const stride = first + 1 < offsets.length ? offsets[first + 1] - offset : 0;
    const single = { shape, count: 1, stride, headBytes, bytes: NO_BYTES };
    if (stride < length || length + stride > RUN_BYTES || type === 'String') return single;
    const most = Math.min(offsets.length - first, 1 + Math.floor((RUN_BYTES - length) / stride));
    let count = 2;
    while (count < most && offsets[first + count] === offset + count * stride) count++;
    const total = (count - 1) * stride + length;
    if (offset + total > this.file.length) return single;
    const bytes = this.file.view(offset, total);
    const alike = countAlike(bytes, stride, this.version > 0 ? 4 : 0, headBytes, count);
    return alike === 1 ? single : { ...single, count: alike, bytes };
  }

  /** Reads `count` values from value number `first` of an array. */
  read(array: StoredArray, type: DataType, first: number, count: number, values: ColumnValues, at: number): void {
    const info = typeInfo(type);
    if (count === 0) return;
    if (type === 'Bool') {
      const start = array.dataOffset + Math.floor(first / 8);
      const bit = first % 8;
      const packed = this.file.view(start, Math.ceil((bit + count) / 8));
      unpackBits(packed, bit, values as Uint8Array, at, count);
    } else if (type === 'String') {
      this.readTexts(array.dataOffset + 4 * first, count, values as string[], at);
    } else {
      const width = info.bytes / info.units;
      const target = bytesUnder(values).subarray(at * width, at * width + count * info.bytes);
      this.file.read(array.dataOffset + first * info.bytes, target);
      toHostOrder(target, info.swapBytes, this.isLittleEndian);
    }
  }

  write(array: StoredArray, type: DataType, first: number, count: number, values: ColumnValues, at: number): void {
    const info = typeInfo(type);
    this.isChanged = true;
    if (count === 0) return;
    if (type === 'Bool') {
      const start = array.dataOffset + Math.floor(first / 8);
      const bit = first % 8;
      const packed = this.file.view(start, Math.ceil((bit + count) / 8)).slice();
      packBits(values as Uint8Array, at, packed, bit, count);
      this.file.write(start, packed);
    } else if (type === 'String') {
      this.writeTexts(array.dataOffset + 4 * first, count, values as string[], at);
    } else {
      const width = info.bytes / info.units;
      let bytes = bytesUnder(values).subarray(at * width, at * width + count * info.bytes);
      if (!this.isLittleEndian && info.swapBytes > 1) {
        bytes = bytes.slice();
        toHostOrder(bytes, info.swapBytes, this.isLittleEndian);
      }
      this.file.write(array.dataOffset + first * info.bytes, bytes);
    }
  }

  /** Writes whole arrays, one after another, from `values` at index `at`; the twin of {@link readAll}. */
  writeAll(offsets: Float64Array, type: DataType, values: ColumnValues, at: number): void {
    const info = typeInfo(type);
    if (info.bytes === 0) {
      this.writePacked(offsets, type, values, at);
      return;
    }
    this.isChanged = true;
    let bytes = bytesUnder(values).subarray((at * info.bytes) / info.units);
    if (!this.isLittleEndian && info.swapBytes > 1) {
      bytes = bytes.slice();
      toHostOrder(bytes, info.swapBytes, this.isLittleEndian);
    }
    let source = 0;
    for (let k = 0; k < offsets.length; ) {
      const run = this.runFrom(offsets, k, type);
      const length = elementCount(run.shape) * info.bytes;
      if (run.count === 1) this.file.put(offsets[k] + run.headBytes, bytes, source, length);
      else {
        const changed = run.bytes.slice();
        for (let array = 0; array < run.count; array++) {
          copyBytes(bytes, source + array * length, changed, array * run.stride + run.headBytes, length);
        }
        this.file.write(offsets[k], changed);
      }
      source += run.count * length;
      k += run.count;
    }
  }

  /** {@link writeAll} of truth values and texts. */
  private writePacked(offsets: Float64Array, type: DataType, values: ColumnValues, at: number): void {
    let source = at;
    for (let k = 0; k < offsets.length; ) {
      const run = this.runFrom(offsets, k, type);
      const count = elementCount(run.shape);
      const single = { shape: run.shape, dataOffset: offsets[k] + run.headBytes };
      if (run.count === 1) this.write(single, type, 0, count, values, source);
      else {
        const changed = run.bytes.slice();
        for (let array = 0; array < run.count; array++) {
          const bit = 8 * (array * run.stride + run.headBytes);
          packBits(values as Uint8Array, source + array * count, changed, bit, count);
        }
        this.isChanged = true;
        this.file.write(offsets[k], changed);
      }
      source += run.count * count;
      k += run.count;
    }
  }

  /** Makes room for new arrays of zeros of one shape and fills `offsets` with their places. */
  allocateAll(type: DataType, shape: readonly number[], offsets: Float64Array): void {
    const head = this.head(shape);
    const bytes = head.length + storedBytes(type, elementCount(shape));
    const stride = Math.ceil(bytes / 8) * 8;
    const start = Math.ceil(this.end / 8) * 8;
    for (let k = 0; k < offsets.length; k++) offsets[k] = start + k * stride;
    const perBlock = Math.max(1, Math.min(offsets.length, Math.floor(RUN_BYTES / stride)));
    // Of a large array only the head is written: what is never written is zero.
    const block = new Uint8Array(perBlock > 1 ? perBlock * stride : head.length);
    for (let array = 0; array < perBlock; array++) block.set(head, array * stride);
    for (let k = 0; k < offsets.length; k += perBlock) {
      const count = Math.min(perBlock, offsets.length - k);
      this.file.write(offsets[k], perBlock > 1 ? block.subarray(0, (count - 1) * stride + bytes) : block);
    }
    if (offsets.length > 0) this.end = start + (offsets.length - 1) * stride + bytes;
    this.file.extend(this.end);
    this.isChanged = true;
  }

  /** Makes room for a new array of zeros and returns its offset. */
  allocate(type: DataType, shape: readonly number[]): number {
    const offsets = new Float64Array(1);
    this.allocateAll(type, shape, offsets);
    return offsets[0];
  }

  /** What stands before the values of an array. */
  private head(shape: readonly number[]): Uint8Array {
    const head = new Uint8Array((this.version > 0 ? 8 : 4) + 4 * shape.length);
    const view = new DataView(head.buffer);
    const numbers = [...(this.version > 0 ? [1] : []), shape.length, ...shape.toReversed()];
    numbers.forEach((number, k) => {
      view.setUint32(4 * k, number, this.isLittleEndian);
    });
    return head;
  }

  /** Says how many buckets refer to an array; only IncrementalStMan counts. */
  setReferences(offset: number, count: number): void {
    if (this.version === 0) return;
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, count, this.isLittleEndian);
    this.file.write(offset, bytes);
    this.isChanged = true;
  }

  flush(): void {
    if (!this.isWritable || !this.isChanged) return;
    const header = new Uint8Array(HEADER_BYTES);
    const view = new DataView(header.buffer);
    view.setUint32(0, this.version, this.isLittleEndian);
    view.setBigInt64(4, BigInt(this.end), this.isLittleEndian);
    this.file.write(0, header);
    this.file.flush();
    this.isChanged = false;
  }

  close(): void {
    this.file.close();
  }

  private readTexts(offset: number, count: number, values: string[], at: number): void {
    const offsets = this.file.view(offset, 4 * count).slice();
    const view = new DataView(offsets.buffer);
    for (let k = 0; k < count; k++) {
      const place = view.getUint32(4 * k, this.isLittleEndian);
      if (place === 0) {
        values[at + k] = '';
        continue;
      }
      const length = this.view(place, 4).getUint32(0, this.isLittleEndian);
      values[at + k] = decodeText(this.file.view(place + 4, length));
    }
  }

  private writeTexts(offset: number, count: number, values: readonly string[], at: number): void {
    const offsets = new Uint8Array(4 * count);
    const view = new DataView(offsets.buffer);
    for (let k = 0; k < count; k++) {
      const text = encodeText(values[at + k]);
      if (this.end + 4 + text.length > 0xffffffff) {
        fail('unsupported', 'The texts of an array column exceed 4 GiB, which casacore cannot address.', {
          file: this.file.name,
        });
      }
      const entry = new Uint8Array(4 + text.length);
      new DataView(entry.buffer).setUint32(0, text.length, this.isLittleEndian);
      entry.set(text, 4);
      view.setUint32(4 * k, this.end, this.isLittleEndian);
      this.file.write(this.end, entry);
      this.end += entry.length;
    }
    this.file.write(offset, offsets);
  }

  private view(offset: number, length: number): DataView {
    const bytes = this.file.view(offset, length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  private bad(sentence: string, byte: number): never {
    return fail('bad-format', `The array file is damaged: ${sentence}.`, { file: this.file.name, byte });
  }
}

/** Bytes that the values of an array take, without the texts themselves. */
function storedBytes(type: DataType, count: number): number {
  if (type === 'Bool') return Math.ceil(count / 8);
  return type === 'String' ? 4 * count : count * typeInfo(type).bytes;
}

/** How many of the heads at equal distances are the first one's; reference counts before them may differ. */
function countAlike(bytes: Uint8Array, stride: number, from: number, to: number, count: number): number {
  for (let array = 1; array < count; array++) {
    for (let byte = from; byte < to; byte++) if (bytes[array * stride + byte] !== bytes[byte]) return array;
  }
  return count;
}

/** Cells are mostly short: a loop is quicker than a view and its copy. */
function copyBytes(source: Uint8Array, from: number, target: Uint8Array, to: number, length: number): void {
  for (let byte = 0; byte < length; byte++) target[to + byte] = source[from + byte];
}
