import { fail } from '../../foundation/base/index.ts';
import type { AipsReader, AipsWriter } from './aipsio.ts';
import {
  arrayTypeOf,
  elementCount,
  makeValues,
  RECORD_CODE,
  scalarTypeOf,
  TABLE_CODE,
  typeInfo,
} from './data-types.ts';
import type { ArrayValue, ColumnValues, DataType, KeywordValue, ScalarValue, TableRecord } from './types.ts';
import { packBits, unpackBits } from './value-codec.ts';

/** casacore: a record whose fields may change. */
const VARIABLE_RECORD = 1;

interface Field {
  readonly name: string;
  readonly code: number;
  readonly fields?: readonly Field[];
}

/** Turns table names as stored into paths, and back; keywords outside a table use names as they are. */
export interface LinkNames {
  resolve(stored: string): string;
  store(path: string): string;
}

/** Reads a TableRecord or Record object. */
export function readRecord(reader: AipsReader, links: LinkNames): TableRecord {
  const type = reader.peekType();
  if (type.endsWith('KeywordSet')) {
    fail(
      'unsupported',
      'The table has keywords in the form used before 1995; open it once with casacore to renew it.',
      {
        file: reader.cursor.name,
      },
    );
  }
  reader.start((name) => name === 'TableRecord' || name === 'Record');
  const fields = readDescription(reader);
  reader.cursor.i32();
  const record = readFields(reader, fields, links);
  reader.end();
  return record;
}

function readDescription(reader: AipsReader): Field[] {
  const version = reader.start('RecordDesc');
  const fields: Field[] = [];
  const count = reader.count(8);
  for (let k = 0; k < count; k++) {
    const name = reader.string();
    const code = reader.cursor.i32();
    let inner: Field[] | undefined;
    if (code === RECORD_CODE) inner = readDescription(reader);
    else if (code === TABLE_CODE) reader.string();
    else if (arrayTypeOf(code)) reader.position();
    if (version > 1) reader.string();
    fields.push({ name, code, fields: inner });
  }
  reader.end();
  return fields;
}

function readFields(reader: AipsReader, fields: readonly Field[], links: LinkNames): TableRecord {
  const record: TableRecord = new Map();
  for (const field of fields) record.set(field.name, readField(reader, field, links));
  return record;
}

function readField(reader: AipsReader, field: Field, links: LinkNames): KeywordValue {
  if (field.code === RECORD_CODE) {
    const isWhole = field.fields === undefined || field.fields.length === 0;
    const record = isWhole ? readRecord(reader, links) : readFields(reader, field.fields, links);
    return { type: 'Record', record };
  }
  if (field.code === TABLE_CODE) return { type: 'Table', path: links.resolve(reader.string()) };
  const scalar = scalarTypeOf(field.code);
  if (scalar) return { type: scalar.type, value: readScalar(reader, scalar.type) };
  const element = arrayTypeOf(field.code);
  if (element) return { type: element.type, array: readArray(reader, element.type) };
  return fail('unsupported', `Keyword ${field.name} has a data type (number ${field.code}) that is not known.`, {
    file: reader.cursor.name,
  });
}

/** One value of a type, as AipsIO stores it. */
export function readScalar(reader: AipsReader, type: DataType): ScalarValue {
  const cursor = reader.cursor;
  switch (type) {
    case 'Bool':
      return reader.bool();
    case 'UChar':
      return cursor.u8();
    case 'Short':
      return cursor.i16();
    case 'UShort':
      return cursor.u16();
    case 'Int':
      return cursor.i32();
    case 'UInt':
      return cursor.u32();
    case 'Int64':
      return cursor.i64();
    case 'Float':
      return cursor.f32();
    case 'Double':
      return cursor.f64();
    case 'Complex':
      return [cursor.f32(), cursor.f32()];
    case 'DComplex':
      return [cursor.f64(), cursor.f64()];
    case 'String':
      return reader.string();
  }
}

/** An Array object; its axes are turned to slow to fast. */
export function readArray(reader: AipsReader, type: DataType): ArrayValue {
  const version = reader.start((name) => name.startsWith('Array'));
  const axes = reader.count(4);
  const shape: number[] = [];
  if (version < 3) for (let k = 0; k < axes; k++) reader.cursor.i32();
  for (let k = 0; k < axes; k++) shape.unshift(reader.cursor.u32());
  const values = readValues(reader, type);
  const expected = axes === 0 ? 0 : elementCount(shape);
  if (values.length !== expected * typeInfo(type).units)
    reader.bad('an array has not as many values as its shape says.');
  reader.end();
  return { shape, values };
}

/** A count followed by that many values. */
export function readValues(reader: AipsReader, type: DataType): ColumnValues {
  const info = typeInfo(type);
  if (type === 'Bool') {
    const count = reader.cursor.u32();
    const packed = reader.cursor.raw(Math.ceil(count / 8));
    const flags = new Uint8Array(count);
    unpackBits(packed, 0, flags, 0, count);
    return flags;
  }
  const count = reader.count(type === 'String' ? 4 : info.bytes);
  if (type === 'String') return Array.from({ length: count }, () => reader.string());
  const values = makeValues(type, count);
  for (let k = 0; k < count; k++) setScalar(values, k, readScalar(reader, type));
  return values;
}

/** Stores one value at index `at` (in values, so complex pairs go to 2 at). */
export function setScalar(values: ColumnValues, at: number, value: ScalarValue): void {
  if (Array.isArray(values)) values[at] = String(value);
  else if (values instanceof BigInt64Array) values[at] = typeof value === 'bigint' ? value : BigInt(value as number);
  else if (Array.isArray(value)) {
    values[2 * at] = value[0];
    values[2 * at + 1] = value[1];
  } else values[at] = Number(value);
}

/** The value at index `at` (in values) of an array of a type. */
export function scalarAt(values: ColumnValues, type: DataType, at: number): ScalarValue {
  if (Array.isArray(values)) return values[at];
  if (type === 'Bool') return values[at] !== 0;
  if (type === 'Complex' || type === 'DComplex') return [values[2 * at] as number, values[2 * at + 1] as number];
  return values[at];
}

/** Writes keywords as a TableRecord (or Record) object. */
export function writeRecord(writer: AipsWriter, record: TableRecord, links: LinkNames, type = 'TableRecord'): void {
  writer.start(type, 1);
  writer.start('RecordDesc', 2).i32(record.size);
  for (const [name, keyword] of record) {
    writer.string(name).i32(codeOf(name, keyword));
    if (keyword.type === 'Record') writer.start('RecordDesc', 2).i32(0).end();
    else if (keyword.type === 'Table') writer.string('');
    else if ('array' in keyword) writer.position(keyword.array.shape.length === 0 ? [] : [-1]);
    writer.string('');
  }
  writer.end().i32(VARIABLE_RECORD);
  for (const keyword of record.values()) {
    if (keyword.type === 'Record') writeRecord(writer, keyword.record, links, type);
    else if (keyword.type === 'Table') writer.string(links.store(keyword.path));
    else if ('array' in keyword) writeArray(writer, keyword.type, keyword.array);
    else writeScalar(writer, keyword.type, keyword.value);
  }
  writer.end();
}

function codeOf(name: string, keyword: KeywordValue): number {
  if (keyword.type === 'Record') return RECORD_CODE;
  if (keyword.type === 'Table') return TABLE_CODE;
  if (keyword.type === 'UShort')
    fail('unsupported', `Keyword ${name}: casacore has no keywords of type UShort; use Int.`);
  const info = typeInfo(keyword.type);
  return 'array' in keyword ? info.arrayCode : info.code;
}

export function writeScalar(writer: AipsWriter, type: DataType, value: ScalarValue): void {
  const builder = writer.builder;
  const number = () => Number(value);
  const pair = () => (Array.isArray(value) ? (value as [number, number]) : [Number(value), 0]);
  switch (type) {
    case 'Bool':
      return void writer.bool(Boolean(value));
    case 'UChar':
      return void builder.u8(number());
    case 'Short':
    case 'UShort':
      return void builder.i16(number());
    case 'Int':
      return void builder.i32(number());
    case 'UInt':
      return void builder.u32(number());
    case 'Int64':
      return void builder.i64(BigInt(value as number | bigint));
    case 'Float':
      return void builder.f32(number());
    case 'Double':
      return void builder.f64(number());
    case 'Complex':
      return void builder.f32(pair()[0]).f32(pair()[1]);
    case 'DComplex':
      return void builder.f64(pair()[0]).f64(pair()[1]);
    case 'String':
      return void writer.string(String(value));
  }
}

/** Writes an Array object; the given shape is slow to fast. */
export function writeArray(writer: AipsWriter, type: DataType, array: ArrayValue): void {
  const info = typeInfo(type);
  writer.start(info.arrayName, 3).u32(array.shape.length);
  for (const length of array.shape.toReversed()) writer.u32(length);
  const count = array.values.length / info.units;
  writer.u32(count);
  if (type === 'Bool') {
    const packed = new Uint8Array(Math.ceil(count / 8));
    packBits(array.values as Uint8Array, 0, packed, 0, count);
    writer.builder.raw(packed);
  } else {
    for (let k = 0; k < count; k++) writeScalar(writer, type, scalarAt(array.values, type, k));
  }
  writer.end();
}
