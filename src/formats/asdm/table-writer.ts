import { fail } from '../../foundation/base/index.ts';
import { ByteBuilder, joinPath } from '../../foundation/bytes/index.ts';
import { BufferedSink, escapeXml } from './buffered-sink.ts';
import { formatTag } from './identifiers.ts';
import type { ColumnSchema, ColumnType, TableSchema } from './schema.ts';
import { type AsdmArray, type AsdmValue, formatValue } from './values.ts';

/** Cells of a row to write; columns that are undefined are left out. */
export type RowInput = Readonly<Record<string, AsdmValue | undefined>>;

/** What the files of a table say about whose they are. */
export interface TableIdentity {
  readonly entityId: string;
  readonly containerUid: string;
  readonly schemaVersion: number;
}

/** Writes the rows of one table to its file as they come. */
export interface TableWriter {
  readonly rowCount: number;
  readonly entityId: string;
  append(row: RowInput): void;
  close(): void;
}

export const XML_HEAD = '<?xml version="1.0" encoding="ISO-8859-1"?>\n';

/** The `Entity` or `ContainerEntity` element of an archive entity. */
export function entityXml(element: string, entityId: string, typeName: string): string {
  return (
    `<${element} entityId="${entityId}" entityIdEncrypted="na" entityTypeName="${typeName}" ` +
    'schemaVersion="1" documentVersion="1"/>\n'
  );
}

/** Opening tag of a table or of the container. */
export function rootXml(name: string, prefix: string, schemaVersion: number): string {
  return (
    `<${name} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:${prefix}="http://Alma/XASDM/${name}" ` +
    `xsi:schemaLocation="http://Alma/XASDM/${name} http://almaobservatory.org/XML/XASDM/${schemaVersion}/${name}.xsd" ` +
    `schemaVersion="${schemaVersion}" schemaRevision="-1">\n`
  );
}

/** Begins an XML table in directory `path`. */
export function createXmlTable(path: string, schema: TableSchema, identity: TableIdentity): TableWriter {
  const root = `${schema.name}Table`;
  const sink = new BufferedSink(joinPath(path, `${schema.name}.xml`));
  sink.text(XML_HEAD + rootXml(root, 'tbl', identity.schemaVersion) + entities(root, identity));
  let rowCount = 0;
  return {
    get rowCount() {
      return rowCount;
    },
    entityId: identity.entityId,
    append(row) {
      sink.text(rowXml(schema, row));
      rowCount++;
    },
    close() {
      sink.text(`</${root}>\n`);
      sink.close();
    },
  };
}

/** Begins a binary table: a stub in XML and the rows in a MIME file, big endian. */
export function createBinaryTable(path: string, schema: TableSchema, identity: TableIdentity): TableWriter {
  const root = `${schema.name}Table`;
  const names = [...schema.columns.keys()].map((name) => `<${name}/>\n`).join('');
  const header =
    `${XML_HEAD}${rootXml(root, 'tbl', identity.schemaVersion)}${entities(root, identity)}` +
    `<BulkStoreRef file_id='${identity.entityId.replace(/^uid:\/\//, '')}' byteOrder='Big_Endian' />\n` +
    `<Attributes>\n${names}</Attributes>\n</${root}>\n`;
  const stub = new BufferedSink(joinPath(path, `${schema.name}.xml`));
  stub.text(header);
  stub.close();
  const sink = new BufferedSink(joinPath(path, `${schema.name}.bin`));
  sink.text(binaryPreamble(identity, header));
  sink.bytes(entityBytes(root, identity));
  const countAt = sink.position;
  sink.bytes(new ByteBuilder(false).i32(0).bytes());
  let rowCount = 0;
  return {
    get rowCount() {
      return rowCount;
    },
    entityId: identity.entityId,
    append(row) {
      sink.bytes(rowBytes(schema, row));
      rowCount++;
    },
    close() {
      sink.patch(countAt, new ByteBuilder(false).i32(rowCount).bytes());
      sink.text('\n--MIME_boundary--\n');
      sink.close();
    },
  };
}

function entities(root: string, identity: TableIdentity): string {
  return entityXml('Entity', identity.entityId, root) + entityXml('ContainerEntity', identity.containerUid, 'ASDM');
}

function binaryPreamble(identity: TableIdentity, header: string): string {
  return (
    "MIME-Version: 1.0\nContent-Type: Multipart/Related; boundary='MIME_boundary'; type='text/xml'; " +
    `start= '<header.xml>'\nContent-Description: Correlator\nalma-uid:${identity.entityId}\n\n--MIME_boundary\n` +
    "Content-Type: text/xml; charset='ISO-8859-1'\nContent-Transfer-Encoding: 8bit\nContent-ID: <header.xml>\n\n" +
    `${header}--MIME_boundary\nContent-Type: binary/octet-stream\nContent-ID: <content.bin>\n\n`
  );
}

function entityBytes(root: string, identity: TableIdentity): Uint8Array {
  const builder = new ByteBuilder(false);
  for (const [uid, typeName] of [
    [identity.entityId, root],
    [identity.containerUid, 'ASDM'],
  ]) {
    for (const word of [uid, 'na', typeName, '1', '1']) putText(builder, word);
  }
  return builder.bytes();
}

function rowXml(schema: TableSchema, row: RowInput): string {
  let text = '  <row>\n';
  for (const [name, value] of Object.entries(row)) {
    if (value === undefined) continue;
    const column = schema.columns.get(name) ?? fail('internal', `${schema.name} has no column ${name}.`);
    text += `    <${name}>${cellXml(column, value)}</${name}>\n`;
  }
  return `${text}  </row>\n`;
}

function cellXml(column: ColumnSchema, value: AsdmValue): string {
  if (column.type !== 'entity') return escapeText(formatValue(value, column.type));
  const typeName = ENTITY_TYPES[column.name] ?? 'Main';
  return `<EntityRef entityId="${escapeXml(String(value))}" partId="X00000000" entityTypeName="${typeName}" documentVersion="1"/>`;
}

/** What kind of archive entity a column refers to. */
const ENTITY_TYPES: Readonly<Record<string, string>> = {
  dataUID: 'Main',
  execBlockUID: 'ExecBlock',
  projectUID: 'ObsProject',
  sessionReference: 'OUSStatus',
  sbSummaryUID: 'SchedBlock',
  obsUnitSetUID: 'ObsUnitSet',
};

/** Quotes must stay as they are: they delimit texts in lists. What is not ASCII becomes a character reference. */
function escapeText(text: string): string {
  const safe = /[&<>]/.test(text) ? escapeXml(text).replaceAll('&quot;', '"') : text;
  return safe.replace(/[\u0080-\uffff]/gu, (char) => `&#${char.codePointAt(0)};`);
}

function rowBytes(schema: TableSchema, row: RowInput): Uint8Array {
  const builder = new ByteBuilder(false);
  for (const column of schema.columns.values()) {
    const value = row[column.name];
    if (column.isOptional) builder.u8(value === undefined ? 0 : 1);
    else if (value === undefined) fail('internal', `A row of ${schema.name} lacks the required column ${column.name}.`);
    if (value !== undefined) putValue(builder, value, column);
  }
  return builder.bytes();
}

function putValue(builder: ByteBuilder, value: AsdmValue, { type, name }: ColumnSchema): void {
  if (typeof value === 'object' && 'shape' in value) putArray(builder, value, type);
  else if (typeof value === 'object' && 'table' in value) putText(builder, formatTag(value.table, value.id));
  else if (typeof value === 'object' && 'midNs' in value) builder.i64(value.midNs).i64(value.durationNs);
  else if (typeof value === 'object') builder.f64(value[0]).f64(value[1]);
  else if (typeof value === 'bigint') builder.i64(value);
  else if (typeof value === 'boolean') builder.u8(value ? 1 : 0);
  else if (typeof value === 'string') {
    putText(builder, value);
    if (type === 'entity') for (const word of ['X00000000', ENTITY_TYPES[name] ?? 'Main', '1']) putText(builder, word);
  } else if (type === 'int') builder.i32(value);
  else if (type === 'float') builder.f32(value);
  else builder.f64(value);
}

function putArray(builder: ByteBuilder, array: AsdmArray, type: ColumnType): void {
  for (const length of array.shape) builder.i32(length);
  const { values } = array;
  if (Array.isArray(values)) for (const text of values) putText(builder, text);
  else if (array.tagTable !== undefined) {
    for (const id of values as Int32Array) putText(builder, formatTag(array.tagTable, id));
  } else if (values instanceof BigInt64Array) for (const value of values) builder.i64(value);
  else if (type === 'int') for (const value of values) builder.i32(value);
  else if (type === 'bool') for (const value of values) builder.u8(value);
  else if (type === 'float') for (const value of values) builder.f32(value);
  else for (const value of values) builder.f64(value);
}

function putText(builder: ByteBuilder, text: string): void {
  const bytes = new TextEncoder().encode(text);
  builder.i32(bytes.length).raw(bytes);
}
