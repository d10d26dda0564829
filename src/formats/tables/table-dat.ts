import { fail } from '../../foundation/base/index.ts';
import { AipsReader, AipsWriter } from './aipsio.ts';
import { RECORD_CODE, scalarTypeOf, typeInfo } from './data-types.ts';
import { type LinkNames, readRecord, readScalar, writeRecord, writeScalar } from './records.ts';
import type { DataType, KeywordValue, ScalarValue, TableRecord } from './types.ts';

/** casacore's column options, as bits. */
export const OPTION_DIRECT = 1;
export const OPTION_FIXED_SHAPE = 4;

/** A column as table.dat describes it; shapes are in casacore's order, fast to slow. */
export interface StoredColumn {
  name: string;
  readonly type: DataType;
  readonly isScalar: boolean;
  /** A column of records, which casacore stores as byte vectors. */
  readonly isRecord: boolean;
  comment: string;
  readonly dataManagerType: string;
  readonly dataManagerGroup: string;
  readonly options: number;
  /** Number of axes: 0 free or scalar, -1 undefined. */
  readonly axisCount: number;
  readonly shape: readonly number[];
  readonly maxLength: number;
  readonly keywords: TableRecord;
  readonly defaultValue: ScalarValue;
  /** Data manager that holds it. */
  managerNumber: number;
  /** Name at creation: the data manager knows it by this. */
  readonly originalName: string;
  /** Fixed shape that was set for this table, when it was. */
  readonly fixedShape: readonly number[] | undefined;
}

export interface StoredManager {
  readonly type: string;
  /** Number in the file names table.fN. */
  readonly number: number;
  /** What the manager wrote about itself into table.dat. */
  blob: Uint8Array;
}

/** The content of table.dat for a plain table. */
export interface StoredTable {
  rowCount: number;
  readonly isLittleEndian: boolean;
  readonly name: string;
  readonly version: string;
  readonly comment: string;
  keywords: TableRecord;
  privateKeywords: TableRecord;
  columns: StoredColumn[];
  /** Number that the next data manager gets. */
  managerCount: number;
  managers: StoredManager[];
  /** 0 or 1: one file a manager; others are containers that we do not read. */
  readonly storageOption: number;
  readonly blockSize: number;
}

/** What stands at the beginning of table.dat. */
export interface TableHead {
  readonly reader: AipsReader;
  readonly version: number;
  readonly rowCount: number;
  readonly isLittleEndian: boolean;
  /** PlainTable, RefTable or ConcatTable. */
  readonly kind: string;
}

export function readTableHead(bytes: Uint8Array, file: string): TableHead {
  const reader = new AipsReader(bytes, false, file);
  const version = reader.start('Table');
  if (version > 3) fail('unsupported', `The table has version ${version}; versions up to 3 are known.`, { file });
  const rowCount = version > 2 ? reader.count64() : reader.cursor.u32();
  const format = reader.cursor.u32();
  return { reader, version, rowCount, isLittleEndian: format !== 0, kind: reader.string() };
}

/** Reads the rest of a plain table's table.dat. */
export function readPlainTable(head: TableHead, links: LinkNames): StoredTable {
  const { reader } = head;
  const version = reader.start('TableDesc');
  const name = reader.string();
  const tableVersion = reader.string();
  const comment = reader.string();
  const keywords = readRecord(reader, links);
  const privateKeywords = version === 1 ? new Map<string, KeywordValue>() : readRecord(reader, links);
  const columns: StoredColumn[] = [];
  const columnCount = reader.count(40);
  for (let k = 0; k < columnCount; k++) columns.push(readColumn(reader, links));
  reader.end();
  if (head.version === 1) mergeInto(keywords, readRecord(reader, links));
  const table = {
    rowCount: head.rowCount,
    isLittleEndian: head.isLittleEndian,
    name,
    version: tableVersion,
    comment,
    keywords,
    privateKeywords,
    columns,
    managerCount: 0,
    managers: [] as StoredManager[],
    storageOption: 0,
    blockSize: 0,
  };
  readColumnSet(reader, table, links);
  reader.end();
  return table;
}

function readColumnSet(
  reader: AipsReader,
  table: StoredTable & { storageOption: number; blockSize: number },
  links: LinkNames,
) {
  const cursor = reader.cursor;
  let version = cursor.i32();
  if (version >= 0) version = 1;
  else {
    version = -version;
    if (version <= 2) cursor.u32();
    else reader.count64();
  }
  if (version >= 3) {
    table.storageOption = cursor.i32();
    table.blockSize = cursor.i32();
  }
  table.managerCount = cursor.u32();
  const managerCount = reader.count(8);
  const managers: StoredManager[] = [];
  for (let k = 0; k < managerCount; k++) {
    const type = reader.string();
    managers.push({ type, number: cursor.u32(), blob: new Uint8Array(0) });
  }
  const order = version === 1 ? table.columns.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : table.columns;
  for (const column of order) readColumnBinding(reader, column, links);
  for (const manager of managers) manager.blob = cursor.raw(cursor.u32()).slice();
  table.managers = managers;
  for (const column of table.columns) {
    if (!managers.some((manager) => manager.number === column.managerNumber)) {
      reader.bad(`column ${column.name} belongs to data manager ${column.managerNumber}, which does not exist.`);
    }
  }
}

function readColumnBinding(reader: AipsReader, column: StoredColumn, links: LinkNames): void {
  const version = reader.cursor.u32();
  if (version === 1) mergeInto(column.keywords, readRecord(reader, links));
  const writable = column as { originalName: string; fixedShape: readonly number[] | undefined };
  writable.originalName = reader.string();
  reader.cursor.u32();
  column.managerNumber = reader.cursor.u32();
  if (!column.isScalar && !column.isRecord && reader.bool()) writable.fixedShape = reader.position();
}

function mergeInto(target: TableRecord, source: TableRecord): void {
  for (const [name, value] of source) target.set(name, value);
}

function readColumn(reader: AipsReader, links: LinkNames): StoredColumn {
  const cursor = reader.cursor;
  cursor.u32();
  const className = reader.string();
  cursor.u32();
  const name = reader.string();
  const comment = reader.string();
  const dataManagerType = reader.string();
  const dataManagerGroup = reader.string();
  const code = cursor.i32();
  const options = cursor.i32();
  const axisCount = cursor.i32();
  const isRecord = code === RECORD_CODE || className.startsWith('ScalarRecordColumnDesc');
  const isArray = className.startsWith('ArrayColumnDesc');
  if (!isArray && !isRecord && !className.startsWith('ScalarColumnDesc')) {
    fail('unsupported', `Column ${name} is of the kind ${className}, which is not known.`, { file: cursor.name });
  }
  const shape = isArray ? reader.position() : [];
  const maxLength = cursor.u32();
  const keywords = readRecord(reader, links);
  const type = isRecord ? 'UChar' : scalarTypeOf(code)?.type;
  if (type === undefined) {
    fail('unsupported', `Column ${name} has a data type (number ${code}) that is not known.`, { file: cursor.name });
  }
  cursor.u32();
  let defaultValue: ScalarValue = 0;
  if (isArray) reader.bool();
  else if (!isRecord) defaultValue = readScalar(reader, type);
  return {
    name,
    type,
    isScalar: !isArray && !isRecord,
    isRecord,
    comment,
    dataManagerType,
    dataManagerGroup,
    options,
    axisCount,
    shape,
    maxLength,
    keywords,
    defaultValue,
    managerNumber: -1,
    originalName: name,
    fixedShape: undefined,
  };
}

/** The bytes of table.dat for a plain table; the newest form that old casacore still reads, as casacore chooses. */
export function writePlainTable(table: StoredTable, links: LinkNames): Uint8Array {
  const writer = new AipsWriter(false);
  const isLong = table.rowCount > 0x7fffffff;
  writer.start('Table', isLong ? 3 : 2);
  if (isLong) writer.u64(table.rowCount);
  else writer.u32(table.rowCount);
  writer.u32(table.isLittleEndian ? 1 : 0).string('PlainTable');
  writer.start('TableDesc', 2).string(table.name).string(table.version).string(table.comment);
  writeRecord(writer, table.keywords, links);
  writeRecord(writer, table.privateKeywords, links);
  writer.u32(table.columns.length);
  for (const column of table.columns) writeColumn(writer, column, links);
  writer.end();
  if (isLong) writer.i32(-3).u64(table.rowCount).i32(1).i32(0);
  else writer.i32(-2).u32(table.rowCount);
  writer.u32(table.managerCount).u32(table.managers.length);
  for (const manager of table.managers) writer.string(manager.type).u32(manager.number);
  for (const column of table.columns) {
    writer.u32(2).string(column.originalName).u32(1).u32(column.managerNumber);
    if (column.isScalar || column.isRecord) continue;
    writer.bool(column.fixedShape !== undefined);
    if (column.fixedShape) writer.position(column.fixedShape);
  }
  for (const manager of table.managers) {
    writer.u32(manager.blob.length);
    writer.builder.raw(manager.blob);
  }
  return writer.end().bytes();
}

function writeColumn(writer: AipsWriter, column: StoredColumn, links: LinkNames): void {
  const info = typeInfo(column.type);
  const kind = column.isScalar ? 'ScalarColumnDesc' : 'ArrayColumnDesc';
  writer.u32(1).string(column.isRecord ? 'ScalarRecordColumnDesc' : `${kind}<${info.id}`);
  writer.u32(1).string(column.name).string(column.comment);
  writer.string(column.dataManagerType).string(column.dataManagerGroup);
  writer
    .i32(column.isRecord ? RECORD_CODE : info.code)
    .i32(column.options)
    .i32(column.axisCount);
  if (!column.isScalar && !column.isRecord) writer.position(column.shape);
  writer.u32(column.maxLength);
  writeRecord(writer, column.keywords, links);
  writer.u32(1);
  if (column.isRecord) return;
  if (column.isScalar) writeScalar(writer, column.type, column.defaultValue);
  else writer.bool(false);
}
