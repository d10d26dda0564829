import { isQa2Error } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { AipsReader, AipsWriter } from './aipsio.ts';
import { REQUEST_BYTES, tableDisk } from './table-disk.ts';

/** The content of table.info. */
export interface TableInfo {
  readonly type: string;
  readonly subType: string;
  readonly readme?: string;
}

/** Reads table.info; empty when it is not there. */
export function readInfo(table: string): TableInfo {
  const file = joinPath(table, 'table.info');
  if (!tableDisk.exists(file)) return { type: '', subType: '', readme: '' };
  const lines = new TextDecoder().decode(tableDisk.readFile(file)).split('\n');
  return {
    type: (lines[0] ?? '').slice('Type = '.length),
    subType: (lines[1] ?? '').slice('SubType = '.length),
    readme: lines.slice(3).join('\n'),
  };
}

export function writeInfo(table: string, info: TableInfo): void {
  const text = `Type = ${info.type}\nSubType = ${info.subType}\n\n${info.readme ?? ''}`;
  tableDisk.writeFile(joinPath(table, 'table.info'), text);
}

/** The counters that casacore keeps in table.lock, by which readers see that another process changed a table. */
export interface SyncData {
  rowCount: number;
  columnCount: number;
  modifyCounter: number;
  tableCounter: number;
  managerCounters: number[];
}

/** Reads the counters of table.lock; undefined when there are none. */
export function readSync(table: string): SyncData | undefined {
  const file = joinPath(table, 'table.lock');
  if (!tableDisk.exists(file)) return undefined;
  const bytes = tableDisk.readFile(file);
  if (bytes.length <= REQUEST_BYTES + 4) return undefined;
  try {
    const reader = new AipsReader(bytes, false, file, REQUEST_BYTES);
    if (reader.cursor.u32() === 0) return undefined;
    const version = reader.start('sync');
    const rowCount = version > 1 ? reader.count64() : reader.cursor.u32();
    const columnCount = reader.cursor.i32();
    const modifyCounter = reader.cursor.u32();
    if (columnCount < 0) return { rowCount, columnCount, modifyCounter, tableCounter: 0, managerCounters: [] };
    return { rowCount, columnCount, modifyCounter, tableCounter: reader.cursor.u32(), managerCounters: reader.block() };
  } catch (error) {
    if (isQa2Error(error, 'bad-format')) return undefined;
    throw error;
  }
}

/** Writes table.lock with an empty list of waiting processes. */
export function writeSync(table: string, sync: SyncData): void {
  const writer = new AipsWriter(false);
  const isLong = sync.rowCount > 0xffffffff;
  writer.start('sync', isLong ? 2 : 1);
  if (isLong) writer.u64(sync.rowCount);
  else writer.u32(sync.rowCount);
  writer.i32(sync.columnCount).u32(sync.modifyCounter).u32(sync.tableCounter).block(sync.managerCounters).end();
  const body = writer.bytes();
  const bytes = new Uint8Array(REQUEST_BYTES + 4 + body.length);
  new DataView(bytes.buffer).setUint32(REQUEST_BYTES, body.length);
  bytes.set(body, REQUEST_BYTES + 4);
  const file = joinPath(table, 'table.lock');
  if (!tableDisk.exists(file)) {
    tableDisk.writeFile(file, bytes);
    return;
  }
  const lock = tableDisk.openUpdate(file);
  lock.write(REQUEST_BYTES, bytes.subarray(REQUEST_BYTES));
  lock.close();
}
