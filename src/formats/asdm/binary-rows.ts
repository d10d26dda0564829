import { fail } from '../../foundation/base/index.ts';
import type { ByteSource } from '../../foundation/bytes/index.ts';
import { parseTag } from './identifiers.ts';
import { LineScanner, mimeBoundary, readMimeHeaders } from './line-scanner.ts';
import type { DecodedRow } from './row.ts';
import type { ColumnSchema, ColumnType, TableSchema } from './schema.ts';
import { StreamCursor } from './stream-cursor.ts';
import { type AsdmArray, type AsdmValue, allocateValues, shapeSize, valuesPerElement } from './values.ts';

/** What stands in front of the rows of a binary table. */
export interface BinaryTableHead {
  readonly entityId: string;
  /** -1 where the writer did not know it: then rows go on to the closing boundary. */
  readonly rowCount: number;
  readonly boundary: string;
  readonly isLittleEndian: boolean;
  /** Columns in stored order. */
  readonly columns: readonly ColumnSchema[];
  /** Where the rows start. */
  readonly rowsOffset: number;
}

const LONGEST_TEXT = 1 << 24;
const ENTITY_STRINGS = 5;
const HEADER_LINES = 1000;

/**
 * Reads the head of a binary table (a MIME message of an XML header and the packed rows).
 *
 * @param source e.g. Pointing.bin
 * @param schema types of the columns; the format does not state them, so every listed column must be known
 * @throws bad-format, unsupported (a column that the schema lacks: its length cannot be known)
 */
export function readBinaryHead(source: ByteSource, schema: TableSchema): BinaryTableHead {
  const scanner = new LineScanner(source);
  const { headers } = readMimeHeaders(scanner);
  const boundary =
    mimeBoundary(headers) ??
    fail('bad-format', 'The binary table states no MIME boundary.', { file: source.name, byte: 0 });
  const xml = readXmlPart(scanner, boundary);
  readMimeHeaders(scanner);
  const isLittleEndian = /byteOrder\s*=\s*["']Little_Endian/i.test(xml);
  const cursor = new StreamCursor(source, scanner.offset, isLittleEndian);
  scanner.release();
  const strings = Array.from({ length: 2 * ENTITY_STRINGS }, () => cursor.text(cursor.length(LONGEST_TEXT)));
  const rowCount = cursor.i32();
  if (rowCount < -1)
    fail('bad-format', `The binary table announces ${rowCount} rows.`, { file: source.name, byte: cursor.offset - 4 });
  return {
    entityId: strings[0],
    rowCount,
    boundary,
    isLittleEndian,
    columns: listedColumns(xml, schema, source.name),
    rowsOffset: cursor.offset,
  };
}

/** Reads the rows of a binary table one by one. */
export function* binaryRows(source: ByteSource, schema: TableSchema): Generator<DecodedRow> {
  const head = readBinaryHead(source, schema);
  const cursor = new StreamCursor(source, head.rowsOffset, head.isLittleEndian);
  const closing = `\n--${head.boundary}`;
  for (let row = 0; head.rowCount < 0 ? !cursor.startsWith(closing) : row < head.rowCount; row++) {
    const values: Record<string, AsdmValue> = {};
    const byte = cursor.offset;
    for (const column of head.columns) {
      if (column.isOptional && cursor.u8() === 0) continue;
      values[column.name] = column.axisCount === 0 ? readScalar(cursor, column.type) : readArray(cursor, column);
    }
    yield { values, byte };
  }
}

/** The lines between the first boundary's headers and the second boundary. */
function readXmlPart(scanner: LineScanner, boundary: string): string {
  const place = { file: scanner.source.name };
  let line = scanner.readLine();
  while (line !== undefined && !line.startsWith(`--${boundary}`)) line = scanner.readLine();
  readMimeHeaders(scanner);
  const lines: string[] = [];
  for (let count = 0; count < HEADER_LINES; count++) {
    line = scanner.readLine();
    if (line === undefined)
      fail('bad-format', 'The binary table has no second part.', { ...place, byte: scanner.offset });
    if (line.startsWith(`--${boundary}`)) return lines.join('\n');
    lines.push(line);
  }
  return fail('bad-format', 'The XML header of the binary table does not end.', { ...place, byte: scanner.offset });
}

function listedColumns(xml: string, schema: TableSchema, file: string): ColumnSchema[] {
  const list = /<Attributes>([\s\S]*?)<\/Attributes>/.exec(xml)?.[1];
  if (list === undefined) fail('bad-format', 'The header of the binary table lists no columns.', { file });
  return Array.from(
    list.matchAll(/<\s*(\w+)\s*\/?>/g),
    (match) =>
      schema.columns.get(match[1]) ??
      fail(
        'unsupported',
        `The binary table has a column ${match[1]} whose type is unknown, so its rows cannot be told apart.`,
        {
          file,
          table: schema.name,
        },
      ),
  );
}

function readScalar(cursor: StreamCursor, type: ColumnType): AsdmValue {
  switch (type) {
    case 'int':
      return cursor.i32();
    case 'long':
    case 'time':
    case 'interval':
      return cursor.i64();
    case 'timespan':
      return { midNs: cursor.i64(), durationNs: cursor.i64() };
    case 'float':
      return cursor.f32();
    case 'double':
      return cursor.f64();
    case 'bool':
      return cursor.u8() !== 0;
    case 'complex':
      return [cursor.f64(), cursor.f64()];
    case 'tag':
      return parseTag(readText(cursor), cursor.place());
    case 'entity':
      return readEntity(cursor);
    default:
      return readText(cursor);
  }
}

/** An entity reference is its UID, part, type and version. */
function readEntity(cursor: StreamCursor): string {
  const uid = readText(cursor);
  for (let rest = 0; rest < 3; rest++) readText(cursor);
  return uid;
}

function readText(cursor: StreamCursor): string {
  return cursor.text(cursor.length(LONGEST_TEXT));
}

function readArray(cursor: StreamCursor, column: ColumnSchema): AsdmArray {
  const shape = Array.from({ length: column.axisCount }, () => cursor.length(cursor.remaining));
  const count = shapeSize(shape) * valuesPerElement(column.type);
  // Every stored value takes at least one byte, so a shape that the file cannot hold is refused before allocating.
  cursor.require(count, `the array ${column.name} of ${shape.join(' x ')}`);
  const values = allocateValues(column.type, count);
  let tagTable: string | undefined;
  for (let at = 0; at < count; at++) {
    if (column.type === 'tag') {
      const tag = parseTag(readText(cursor), cursor.place());
      tagTable ??= tag.table;
      (values as Int32Array)[at] = tag.id;
    } else if (values instanceof BigInt64Array) values[at] = cursor.i64();
    else if (values instanceof Float64Array) values[at] = cursor.f64();
    else if (values instanceof Float32Array) values[at] = cursor.f32();
    else if (values instanceof Int32Array) values[at] = cursor.i32();
    else if (values instanceof Uint8Array) values[at] = cursor.u8();
    else values[at] = column.type === 'entity' ? readEntity(cursor) : readText(cursor);
  }
  return tagTable === undefined ? { shape, values } : { shape, values, tagTable };
}
