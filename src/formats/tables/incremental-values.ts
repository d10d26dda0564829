import { fail } from '../../foundation/base/index.ts';
import { elementCount, makeValues, typeInfo } from './data-types.ts';
import type { ColumnLayout } from './storage.ts';
import { decodeText, encodeText } from './text.ts';
import type { ColumnValues } from './types.ts';
import { bytesUnder, packBits, toHostOrder, unpackBits } from './value-codec.ts';

/** What an interval of rows has in common: a number, a text, or the packed bytes of an array or complex number. */
export type IntervalValue = number | bigint | string | Uint8Array | readonly string[];

/** How the values of one column of an IncrementalStMan are kept and stored. */
export interface IntervalCodec {
  /** Value of rows that were never written. */
  readonly initial: IntervalValue;
  /** Decodes the value at an offset of a bucket's data. */
  decode(data: Uint8Array, offset: number): IntervalValue;
  /** The bytes stored; good until this codec encodes again. */
  encode(value: IntervalValue): Uint8Array;
  isEqual(left: IntervalValue, right: IntervalValue): boolean;
  /** Value of one cell out of an array of cells. */
  take(values: ColumnValues, at: number): IntervalValue;
  /** How many cells from `at` on, of at most `limit`, surely have the value of the cell before; 0 where that is not looked at. */
  repeats?(values: ColumnValues, at: number, limit: number): number;
  /** Fills `count` cells with a value. */
  fill(value: IntervalValue, values: ColumnValues, at: number, count: number): void;
}

/** The codec of a column whose cells stand in the buckets. */
export function directCodec(layout: ColumnLayout, isLittleEndian: boolean, file: string): IntervalCodec {
  const count = elementCount(layout.shape ?? []);
  if (layout.type === 'String')
    return count === 1 && layout.isScalar ? textCodec(isLittleEndian, file) : textsCodec(count, isLittleEndian, file);
  if (layout.isScalar && typeInfo(layout.type).units === 1) return numberCodec(layout, isLittleEndian, file);
  return arrayCodec(layout, count, isLittleEndian, file);
}

function checked(data: Uint8Array, offset: number, length: number, file: string): Uint8Array {
  if (length < 0 || offset + length > data.length)
    fail('bad-format', 'A value lies beyond the end of its bucket.', { file });
  return data.subarray(offset, offset + length);
}

function numberCodec(layout: ColumnLayout, isLittleEndian: boolean, file: string): IntervalCodec {
  const info = typeInfo(layout.type);
  const isBool = layout.type === 'Bool';
  const length = isBool ? 1 : info.bytes;
  const one = makeValues(layout.type, 1);
  const bytes = bytesUnder(one);
  const first = () => (one as { [index: number]: number | bigint })[0];
  return {
    initial: one instanceof BigInt64Array ? 0n : 0,
    decode(data, offset) {
      bytes.set(checked(data, offset, length, file));
      toHostOrder(bytes, info.swapBytes, isLittleEndian);
      return isBool ? Number(first()) & 1 : first();
    },
    encode(value) {
      (one as { [index: number]: number | bigint })[0] = value as number | bigint;
      toHostOrder(bytes, info.swapBytes, isLittleEndian);
      return bytes;
    },
    isEqual: (left, right) => Object.is(left, right),
    take: (values, at) => (isBool ? Number((values as Uint8Array)[at] !== 0) : (values as Float64Array)[at]),
    repeats(values, at, limit) {
      if (values instanceof Float64Array) return repeatedDoubles(values, at, limit);
      return values instanceof Int32Array ? repeatedIntegers(values, at, limit) : 0;
    },
    fill(value, values, at, count) {
      (values as Float64Array).fill(value as number, at, at + count);
    },
  };
}

// A function for each kind of array: millions of rows go through them, and code that meets one kind alone is ten times as fast.
function repeatedDoubles(values: Float64Array, at: number, limit: number): number {
  const value = values[at - 1];
  let count = 0;
  while (count < limit && Object.is(values[at + count], value)) count++;
  return count;
}

function repeatedIntegers(values: Int32Array, at: number, limit: number): number {
  const value = values[at - 1];
  let count = 0;
  while (count < limit && values[at + count] === value) count++;
  return count;
}

function arrayCodec(layout: ColumnLayout, count: number, isLittleEndian: boolean, file: string): IntervalCodec {
  const info = typeInfo(layout.type);
  const isBool = layout.type === 'Bool';
  const memory = isBool ? count : count * info.bytes;
  const stored = isBool ? Math.ceil(count / 8) : memory;
  const elementBytes = isBool ? 1 : info.bytes / info.units;
  const encoded = new Uint8Array(stored);
  return {
    initial: new Uint8Array(memory),
    decode(data, offset) {
      const source = checked(data, offset, stored, file);
      const value = new Uint8Array(memory);
      if (isBool) unpackBits(source, 0, value, 0, count);
      else value.set(source);
      toHostOrder(value, info.swapBytes, isLittleEndian);
      return value;
    },
    encode(value) {
      if (isBool) packBits(value as Uint8Array, 0, encoded, 0, count);
      else encoded.set(value as Uint8Array);
      toHostOrder(encoded, info.swapBytes, isLittleEndian);
      return encoded;
    },
    isEqual(left, right) {
      const [a, b] = [left as Uint8Array, right as Uint8Array];
      for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
      return true;
    },
    take(values, at) {
      const start = at * elementBytes;
      return bytesUnder(values).slice(start, start + memory);
    },
    fill(value, values, at, cells) {
      const target = bytesUnder(values);
      for (let k = 0; k < cells; k++) target.set(value as Uint8Array, at * elementBytes + k * memory);
    },
  };
}

function textCodec(isLittleEndian: boolean, file: string): IntervalCodec {
  return {
    initial: '',
    decode(data, offset) {
      const length = lengthAt(data, offset, isLittleEndian, file);
      return decodeText(checked(data, offset + 4, length - 4, file));
    },
    encode(value) {
      const text = encodeText(value as string);
      const bytes = new Uint8Array(4 + text.length);
      new DataView(bytes.buffer).setUint32(0, bytes.length, isLittleEndian);
      bytes.set(text, 4);
      return bytes;
    },
    isEqual: (left, right) => left === right,
    take: (values, at) => (values as string[])[at],
    fill(value, values, at, count) {
      (values as string[]).fill(value as string, at, at + count);
    },
  };
}

function textsCodec(count: number, isLittleEndian: boolean, file: string): IntervalCodec {
  const single = textCodec(isLittleEndian, file);
  return {
    initial: new Array<string>(count).fill(''),
    decode(data, offset) {
      if (count === 1) return [single.decode(data, offset) as string];
      const texts: string[] = [];
      for (let k = 0, at = offset + 4; k < count; k++) {
        const length = lengthAt(data, at, isLittleEndian, file);
        texts.push(decodeText(checked(data, at + 4, length, file)));
        at += 4 + length;
      }
      return texts;
    },
    encode(value) {
      const texts = (value as readonly string[]).map(encodeText);
      if (count === 1) return single.encode((value as readonly string[])[0]);
      const bytes = new Uint8Array(4 + texts.reduce((sum, text) => sum + 4 + text.length, 0));
      const view = new DataView(bytes.buffer);
      view.setUint32(0, bytes.length, isLittleEndian);
      let at = 4;
      for (const text of texts) {
        view.setUint32(at, text.length, isLittleEndian);
        bytes.set(text, at + 4);
        at += 4 + text.length;
      }
      return bytes;
    },
    isEqual: (left, right) => (left as string[]).every((text, k) => text === (right as string[])[k]),
    take: (values, at) => (values as string[]).slice(at, at + count),
    fill(value, values, at, cells) {
      for (let k = 0; k < cells; k++) {
        for (let j = 0; j < count; j++) (values as string[])[at + k * count + j] = (value as readonly string[])[j];
      }
    },
  };
}

function lengthAt(data: Uint8Array, offset: number, isLittleEndian: boolean, file: string): number {
  const bytes = checked(data, offset, 4, file);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, isLittleEndian);
}

/** The codec of a column whose cells are arrays elsewhere: the value is the array's offset. */
export function offsetCodec(isLittleEndian: boolean, file: string): IntervalCodec {
  return {
    initial: 0,
    decode(data, offset) {
      const bytes = checked(data, offset, 8, file);
      return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, isLittleEndian));
    },
    encode(value) {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigInt64(0, BigInt(value as number), isLittleEndian);
      return bytes;
    },
    isEqual: (left, right) => left === right,
    take: () => fail('internal', 'Offsets of arrays are not taken from values.'),
    fill: () => fail('internal', 'Offsets of arrays are not filled into values.'),
  };
}
