import { SaxesParser } from 'saxes';
import { fail, isQa2Error } from '../../foundation/base/index.ts';
import { type ByteSource, latin1Text } from '../../foundation/bytes/index.ts';
import type { DecodedRow } from './row.ts';
import { type ColumnSchema, type TableSchema, unknownColumn } from './schema.ts';
import { type AsdmValue, parseValue } from './values.ts';

const CHUNK_BYTES = 1 << 18;
/** Depth of the elements: root 1, row 2, column 3. */
const ROW_DEPTH = 2;
const COLUMN_DEPTH = 3;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What the head of a table file says besides its rows. */
export interface XmlTableHead {
  /** Element name of the root without prefix, e.g. `MainTable`. */
  root: string;
  schemaVersion?: string;
  entityId?: string;
  containerEntityId?: string;
  /** True when the rows are in a binary file beside. */
  hasBulkStore: boolean;
}

/** Elements of a table file that are rows are handed over one by one, the rest is its head. */
interface RowCollector {
  readonly head: XmlTableHead;
  readonly rows: DecodedRow[];
}

/**
 * Reads the rows of an XML table, a piece of the file at a time.
 *
 * @param source the file; its bytes are taken one a character, so positions in messages are bytes
 * @param schema types of the columns; columns it lacks are kept as text
 * @param onHead called once, when the root element and its entities are known
 * @throws bad-format on text that is no such table
 */
export function* xmlRows(
  source: ByteSource,
  schema: TableSchema,
  onHead: (head: XmlTableHead) => void = () => {},
): Generator<DecodedRow> {
  const collector: RowCollector = { head: { root: '', hasBulkStore: false }, rows: [] };
  const parser = rowParser(source.name, schema, collector);
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, source.length));
  for (let offset = 0; offset < source.length; offset += buffer.length) {
    const part = buffer.subarray(0, Math.min(buffer.length, source.length - offset));
    source.read(offset, part);
    feed(source.name, () => void parser.write(latin1Text(part)));
    yield* collector.rows;
    collector.rows.length = 0;
  }
  feed(source.name, () => void parser.close());
  yield* collector.rows;
  if (collector.head.root === '') fail('bad-format', 'The file holds no XML element.', { file: source.name, byte: 0 });
  onHead(collector.head);
}

/** Errors of the XML parser become ours; its own carry no tag. */
function feed(file: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (isQa2Error(error)) throw error;
    fail(
      'bad-format',
      `The XML is broken: ${error instanceof Error ? error.message : String(error)}.`,
      { file },
      error,
    );
  }
}

function rowParser(file: string, schema: TableSchema, collector: RowCollector): SaxesParser {
  const parser = new SaxesParser({ xmlns: false, position: true });
  let depth = 0;
  let row: DecodedRow | undefined;
  let column: ColumnSchema | undefined;
  let text = '';
  let byte = 0;
  parser.on('error', (error) => {
    fail('bad-format', `The XML is broken: ${error.message.replace(/^\d+:\d+: /, '')}`, {
      file,
      byte: parser.position,
    });
  });
  parser.on('opentag', (tag) => {
    depth++;
    const name = localName(tag.name);
    if (depth === 1) collector.head.root = name;
    if (depth === 1) collector.head.schemaVersion = tag.attributes.schemaVersion;
    else if (depth === ROW_DEPTH && name === 'row') row = { values: {}, byte: parser.position };
    else if (depth === ROW_DEPTH) readHeadElement(name, tag.attributes, collector.head);
    else if (depth === COLUMN_DEPTH && row) {
      column = schema.columns.get(name) ?? unknownColumn(name);
      text = '';
      byte = parser.position;
    } else if (column && name === 'EntityRef') text = tag.attributes.entityId ?? '';
  });
  parser.on('text', (piece) => {
    if (column && depth === COLUMN_DEPTH && !(column.type === 'entity' && text !== '')) text += piece;
  });
  parser.on('closetag', () => {
    if (depth === COLUMN_DEPTH && row && column) {
      const place = { file, table: schema.name, column: column.name, byte };
      const value = cellValue(fromUtf8(text), column, place);
      if (value !== undefined) row.values[column.name] = value;
      column = undefined;
    } else if (depth === ROW_DEPTH && row) {
      collector.rows.push(row);
      row = undefined;
    }
    depth--;
  });
  return parser;
}

/** An empty element is an absent cell, unless it is an empty text. */
function cellValue(text: string, column: ColumnSchema, place: object): AsdmValue | undefined {
  const isText = column.type === 'string' || column.type === 'text';
  if (text.trim() === '' && !(isText && column.axisCount === 0)) return undefined;
  return parseValue(column.type === 'entity' && column.axisCount === 0 ? text.trim() : text, column, place);
}

function readHeadElement(name: string, attributes: Record<string, string>, head: XmlTableHead): void {
  if (name === 'Entity') head.entityId = attributes.entityId?.trim();
  else if (name === 'ContainerEntity') head.containerEntityId = attributes.entityId?.trim();
  else if (name === 'BulkStoreRef') head.hasBulkStore = true;
}

/** An element's name without its namespace prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/**
 * Characters that are bytes of UTF-8 become text, whatever the file declares: ASDMs say ISO-8859-1 and may hold either. Character
 * references beyond a byte show that it is text already.
 */
function fromUtf8(text: string): string {
  let highest = 0;
  for (let at = 0; at < text.length; at++) highest = Math.max(highest, text.charCodeAt(at));
  if (highest < 0x80 || highest > 0xff) return text;
  try {
    return utf8.decode(Uint8Array.from(text, (char) => char.charCodeAt(0)));
  } catch {
    return text;
  }
}
