import { fail } from '../../foundation/base/index.ts';
import type { ColumnValues, DataType } from './types.ts';

/** How one casacore data type is stored and held in memory. */
export interface TypeInfo {
  readonly type: DataType;
  /** casacore's number of the scalar type in table.dat. */
  readonly code: number;
  /** casacore's number of an array of it. */
  readonly arrayCode: number;
  /** The eight letters that name the type inside a column class. */
  readonly id: string;
  /** Class name of an array keyword. */
  readonly arrayName: string;
  /** Bytes of one value in a file; 0 for Bool (bits) and String (variable). */
  readonly bytes: number;
  /** Bytes that swap together on the other byte order; 1 when nothing swaps. */
  readonly swapBytes: number;
  /** Typed array elements of one value: 2 for complex numbers. */
  readonly units: number;
}

const rows: readonly [DataType, number, number, string, string, number, number, number][] = [
  ['Bool', 0, 13, 'Bool    ', 'Array<void>', 0, 1, 1],
  ['UChar', 2, 15, 'uChar   ', 'Array<uChar>', 1, 1, 1],
  ['Short', 3, 16, 'Short   ', 'Array<short>', 2, 2, 1],
  ['UShort', 4, 17, 'uShort  ', 'Array<ushort>', 2, 2, 1],
  ['Int', 5, 18, 'Int     ', 'Array<Int>', 4, 4, 1],
  ['UInt', 6, 19, 'uInt    ', 'Array<uInt>', 4, 4, 1],
  ['Int64', 29, 30, 'Int64   ', 'Array<Int64>', 8, 8, 1],
  ['Float', 7, 20, 'float   ', 'Array<float>', 4, 4, 1],
  ['Double', 8, 21, 'double  ', 'Array<double>', 8, 8, 1],
  ['Complex', 9, 22, 'Complex ', 'Array<void>', 8, 4, 2],
  ['DComplex', 10, 23, 'DComplex', 'Array<void>', 16, 8, 2],
  ['String', 11, 24, 'String  ', 'Array<String>', 0, 1, 1],
];

const infos: readonly TypeInfo[] = rows.map(([type, code, arrayCode, id, arrayName, bytes, swapBytes, units]) => ({
  type,
  code,
  arrayCode,
  id,
  arrayName,
  bytes,
  swapBytes,
  units,
}));

const byType = new Map(infos.map((info) => [info.type, info]));
const byCode = new Map(infos.map((info) => [info.code, info]));
const byArrayCode = new Map(infos.map((info) => [info.arrayCode, info]));

/** casacore's numbers of the keyword types that are not values. */
export const TABLE_CODE = 12;
export const RECORD_CODE = 25;

export function typeInfo(type: DataType): TypeInfo {
  return byType.get(type) ?? fail('usage', `${type} is not a data type of tables.`);
}

/** The scalar type with a number of casacore, or undefined. */
export function scalarTypeOf(code: number): TypeInfo | undefined {
  return byCode.get(code);
}

/** The element type of an array type with a number of casacore, or undefined. */
export function arrayTypeOf(code: number): TypeInfo | undefined {
  return byArrayCode.get(code);
}

/** A zeroed array (empty texts for String) for `count` values of a type. @throws unsupported when there is no room for it */
export function makeValues(type: DataType, count: number): ColumnValues {
  try {
    return allocate(type, count);
  } catch (error) {
    return fail(
      'unsupported',
      `There is no room for an array of ${count} values; read fewer rows or a slice.`,
      {},
      error,
    );
  }
}

function allocate(type: DataType, count: number): ColumnValues {
  switch (type) {
    case 'Bool':
    case 'UChar':
      return new Uint8Array(count);
    case 'Short':
      return new Int16Array(count);
    case 'UShort':
      return new Uint16Array(count);
    case 'Int':
      return new Int32Array(count);
    case 'UInt':
      return new Uint32Array(count);
    case 'Int64':
      return new BigInt64Array(count);
    case 'Float':
      return new Float32Array(count);
    case 'Double':
      return new Float64Array(count);
    case 'Complex':
      return new Float32Array(2 * count);
    case 'DComplex':
      return new Float64Array(2 * count);
    case 'String':
      return new Array<string>(count).fill('');
  }
}

/** True when `values` is the kind of array that holds values of `type`. */
export function holdsType(values: ColumnValues, type: DataType): boolean {
  switch (type) {
    case 'Bool':
    case 'UChar':
      return values instanceof Uint8Array;
    case 'Short':
      return values instanceof Int16Array;
    case 'UShort':
      return values instanceof Uint16Array;
    case 'Int':
      return values instanceof Int32Array;
    case 'UInt':
      return values instanceof Uint32Array;
    case 'Int64':
      return values instanceof BigInt64Array;
    case 'Float':
    case 'Complex':
      return values instanceof Float32Array;
    case 'Double':
    case 'DComplex':
      return values instanceof Float64Array;
    case 'String':
      return Array.isArray(values);
  }
}

/** Number of values in a cell of a shape; 1 for scalars. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (let axis = 0; axis < shape.length; axis++) count *= shape[axis];
  return count;
}

export function sameShape(left: readonly number[] | undefined, right: readonly number[] | undefined): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined || left.length !== right.length) return false;
  for (let axis = 0; axis < left.length; axis++) if (left[axis] !== right[axis]) return false;
  return true;
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, k) => byte === right[k]);
}
