import {
  type ArrayValue,
  arrayKeyword,
  type CellValue,
  type ColumnValues,
  type DataType,
  type KeywordValue,
  recordKeyword,
  type ScalarValue,
  scalarKeyword,
  type TableRecord,
  tableKeyword,
} from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { TaskValue } from './types.ts';
import { type ArrayReply, complex, type EngineValue, real, toComplex } from './values.ts';

/** The Python kind of a casacore type. */
export function kindOf(type: DataType): ArrayReply['type'] {
  if (type === 'Bool') return 'bool';
  if (type === 'String') return 'string';
  if (type === 'Float' || type === 'Double') return 'float';
  return type === 'Complex' || type === 'DComplex' ? 'complex' : 'int';
}

/** An array in CASA's axis order from flat values whose axes go slow to fast. */
export function arrayReply(type: DataType, shape: readonly number[], values: ColumnValues): ArrayReply {
  return { kind: 'array', type: kindOf(type), shape: [...shape].reverse(), values };
}

export function isArrayCell(value: CellValue): value is ArrayValue {
  return typeof value === 'object' && 'shape' in value;
}

/** A cell for Python. */
export function cellReply(type: DataType, value: CellValue): EngineValue {
  return isArrayCell(value) ? arrayReply(type, value.shape, value.values) : scalarReply(type, value);
}

/** Values of one type as an array for Python. */
export function scalarsReply(type: DataType, values: readonly ScalarValue[]): ArrayReply {
  const shape = [values.length];
  const kind = kindOf(type);
  if (kind === 'string') return arrayReply(type, shape, values as string[]);
  if (kind === 'complex') return arrayReply(type, shape, Float64Array.from((values as [number, number][]).flat()));
  if (kind === 'int')
    return arrayReply(
      type,
      shape,
      BigInt64Array.from(values, (value) => BigInt(Number(value))),
    );
  return arrayReply(type, shape, (kind === 'bool' ? Uint8Array : Float64Array).from(values.map(Number)));
}

function scalarReply(type: DataType, value: ScalarValue): TaskValue {
  const kind = kindOf(type);
  if (kind === 'bool') return Boolean(value);
  if (kind === 'float') return real(Number(value));
  if (kind === 'string') return String(value);
  if (kind === 'complex') {
    const [re, im] = value as readonly [number, number];
    return complex(re, im);
  }
  return Number(value);
}

/** A keyword for Python; tables read `Table: <path>` as in CASA. */
export function keywordReply(value: KeywordValue): EngineValue {
  if (value.type === 'Table') return `Table: ${value.path}`;
  if (value.type === 'Record') return recordReply(value.record);
  if ('array' in value) return arrayReply(value.type, value.array.shape, value.array.values);
  return 'value' in value ? scalarReply(value.type, value.value) : null;
}

export function recordReply(record: TableRecord): EngineValue {
  const entries = [...record].map(([name, value]) => [name, keywordReply(value)] as const);
  return Object.fromEntries(entries) as EngineValue;
}

/** Shape (slow to fast as nested) of a nested list. */
function nestedShape(value: TaskValue): number[] {
  const shape: number[] = [];
  for (let part = value; Array.isArray(part); part = part[0]) shape.push(part.length);
  return shape;
}

/**
 * Flat values from a nested list in CASA's axis order (first index fastest).
 *
 * @returns values with axes slow to fast, and their shape in that order
 * @throws usage when the list is ragged or holds a value of another type
 */
export function flattenNested(value: TaskValue, type: DataType): { shape: number[]; values: ColumnValues } {
  const outer = nestedShape(value);
  const shape = [...outer].reverse();
  const size = outer.reduce((product, length) => product * length, 1);
  const store = makeStore(type, size);
  const visit = (part: TaskValue, axis: number, offset: number, step: number): void => {
    if (axis === outer.length) {
      store.put(offset, part);
      return;
    }
    if (!Array.isArray(part) || part.length !== outer[axis])
      fail('usage', 'The nested lists of an array differ in length.');
    part.forEach((inner, index) => {
      visit(inner, axis + 1, offset + index * step, step * outer[axis]);
    });
  };
  visit(value, 0, 0, 1);
  return { shape, values: store.values };
}

interface Store {
  readonly values: ColumnValues;
  put(at: number, value: TaskValue): void;
}

function makeStore(type: DataType, size: number): Store {
  const number = (value: TaskValue) =>
    typeof value === 'number'
      ? value
      : typeof value === 'boolean'
        ? Number(value)
        : fail('usage', `${JSON.stringify(value)} is not a number.`);
  if (type === 'String') {
    const values = new Array<string>(size).fill('');
    return { values, put: (at, value) => values.fill(String(value), at, at + 1) };
  }
  if (type === 'Complex' || type === 'DComplex') {
    const values = type === 'Complex' ? new Float32Array(2 * size) : new Float64Array(2 * size);
    return { values, put: (at, value) => values.set(toComplex(value), 2 * at) };
  }
  if (type === 'Int64') {
    const values = new BigInt64Array(size);
    return { values, put: (at, value) => values.fill(BigInt(number(value)), at, at + 1) };
  }
  const values = new NUMBER_ARRAYS[type](size);
  return { values, put: (at, value) => values.fill(number(value), at, at + 1) };
}

const NUMBER_ARRAYS = {
  Bool: Uint8Array,
  UChar: Uint8Array,
  Short: Int16Array,
  UShort: Uint16Array,
  Int: Int32Array,
  UInt: Uint32Array,
  Float: Float32Array,
  Double: Float64Array,
} as const;

/** A scalar of a column's type. */
export function scalarValue(value: TaskValue, type: DataType): ScalarValue {
  if (type === 'String') return String(value);
  if (type === 'Bool') return Boolean(value);
  if (type === 'Complex' || type === 'DComplex') return toComplex(value);
  if (typeof value !== 'number' && typeof value !== 'boolean')
    fail('usage', `${JSON.stringify(value)} is not a number.`);
  return type === 'Int64' ? BigInt(Number(value)) : Number(value);
}

/** A keyword's value: whole numbers as Int, others as Double, lists of one type as arrays, dictionaries as records. */
export function keywordValue(value: TaskValue): KeywordValue {
  const typeOf = (one: TaskValue) =>
    typeof one === 'boolean' ? 'Bool' : typeof one === 'string' ? 'String' : Number.isInteger(one) ? 'Int' : 'Double';
  if (typeof value === 'string' && /^Table: /.test(value)) return tableKeyword(value.slice('Table: '.length));
  if (typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number')
    return scalarKeyword(typeOf(value), value);
  if (Array.isArray(value)) {
    const kinds = [...new Set(value.flat(8).map((one) => typeOf(one as TaskValue)))];
    const type =
      kinds.every((kind) => kind === 'Int' || kind === 'Double') && kinds.includes('Double') ? 'Double' : kinds[0];
    const { shape, values } = flattenNested(value, type ?? 'Double');
    return arrayKeyword(type ?? 'Double', shape, values);
  }
  if (typeof value === 'object' && value !== null)
    return recordKeyword(new Map(Object.entries(value).map(([name, part]) => [name, keywordValue(part)])));
  return fail('usage', 'A keyword is a number, a text, a list or a dictionary.');
}
