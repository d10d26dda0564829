import { fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { copyCells } from './cell-copy.ts';
import { describeColumn, layoutOf, storedColumnOf } from './column-layout.ts';
import { sameBytes } from './data-types.ts';
import { linkNames } from './links.ts';
import type { LinkNames } from './records.ts';
import {
  type ColumnLayout,
  type StorageColumn,
  type StorageContext,
  type StorageManager,
  storageManagerFactory,
} from './storage.ts';
import { TableColumn } from './table-column.ts';
import { type StoredColumn, type StoredManager, type StoredTable, writePlainTable } from './table-dat.ts';
import { tableDisk } from './table-disk.ts';
import { readSync, type SyncData, type TableInfo, writeInfo, writeSync } from './table-files.ts';
import { lockTable, type TableLock } from './table-lock.ts';
import type {
  Column,
  ColumnDescription,
  KeywordValue,
  StorageManagerDescription,
  Table,
  TableMode,
  TableRecord,
} from './types.ts';

/** Counter of changes that this thread left in the table.lock of each table. */
const ownChanges = new Map<string, number>();

/** A table whose cells lie in its own files. */
export class PlainTable implements Table {
  readonly path: string;
  private readonly mode: TableMode;
  private readonly stored: StoredTable;
  private readonly links: LinkNames;
  private readonly openSubtable: (path: string, mode: TableMode) => Table;
  private readonly managers = new Map<number, StorageManager>();
  private readonly columns = new Map<string, TableColumn>();
  private readonly cellsByName = new Map<string, StorageColumn>();
  private readonly subtables = new Map<string, Table>();
  private tableInfo: TableInfo;
  private writtenDat: Uint8Array | undefined;
  private writtenInfo: string | undefined;
  private isDataChanged = false;
  private lock: TableLock | undefined;
  private isLockSought = false;
  private readonly openedAt: number | undefined;
  private isOpen = true;

  constructor(
    path: string,
    stored: StoredTable,
    info: TableInfo,
    mode: TableMode,
    openSubtable: (path: string, mode: TableMode) => Table,
    openedAt?: number,
  ) {
    this.path = path;
    this.stored = stored;
    this.tableInfo = info;
    this.mode = mode;
    this.links = linkNames(path);
    this.openSubtable = openSubtable;
    this.openedAt = openedAt;
    for (const column of stored.columns) this.addColumnObject(column);
    for (const [name, value] of stored.keywords) stored.keywords.set(name, this.linked(value));
  }

  get rowCount(): number {
    return this.stored.rowCount;
  }

  get columnNames(): readonly string[] {
    return this.stored.columns.map((column) => column.name);
  }

  get keywords(): TableRecord {
    return this.stored.keywords;
  }

  get info(): TableInfo {
    return this.tableInfo;
  }

  get isLittleEndian(): boolean {
    return this.stored.isLittleEndian;
  }

  hasColumn(name: string): boolean {
    return this.columns.has(name);
  }

  column(name: string): Column {
    return this.columns.get(name) ?? fail('missing', `There is no column ${name}.`, { table: this.path });
  }

  storageOf(name: string): { readonly type: string; readonly group: string } {
    const column = this.storedColumn(name);
    const manager = this.storedManager(column.managerNumber);
    return { type: manager.type, group: this.manager(manager).name };
  }

  subtable(keyword: string): Table {
    const value = this.keywords.get(keyword);
    if (value?.type !== 'Table') fail('missing', `There is no subtable ${keyword}.`, { table: this.path });
    const known = this.subtables.get(keyword);
    if (known && !(known as { isClosed?: boolean }).isClosed) return known;
    const table = this.openSubtable(value.path, this.mode);
    this.subtables.set(keyword, table);
    return table;
  }

  get isClosed(): boolean {
    return !this.isOpen;
  }

  addRows(count: number): void {
    this.beforeChange();
    if (!(Number.isInteger(count) && count >= 0)) fail('usage', `${count} rows cannot be added.`, { table: this.path });
    if (count === 0) return;
    for (const manager of this.stored.managers) this.manager(manager).addRows(count);
    this.stored.rowCount += count;
  }

  /** Takes rows out; row numbers in any order. @throws unsupported when a storage manager cannot */
  removeRows(rows: ArrayLike<number>): void {
    this.beforeChange();
    const sorted = Float64Array.from(new Set(Array.from(rows))).sort();
    if (sorted.length === 0) return;
    if (sorted[0] < 0 || sorted[sorted.length - 1] >= this.rowCount) {
      fail('usage', 'A row to remove is not in the table.', { table: this.path, row: sorted[sorted.length - 1] });
    }
    const managers = this.stored.managers.map((manager) => this.manager(manager));
    this.stored.managers.forEach((stored, k) => {
      if (!managers[k].removeRows) {
        fail(
          'unsupported',
          `Rows cannot be removed from columns in a ${stored.type}; copy the rows to keep into a new table.`,
          {
            table: this.path,
          },
        );
      }
    });
    for (const manager of managers) manager.removeRows?.(sorted);
    this.stored.rowCount -= sorted.length;
  }

  addColumns(columns: readonly ColumnDescription[], storage: StorageManagerDescription): void {
    this.beforeChange();
    for (const column of columns) {
      if (this.hasColumn(column.name))
        fail('exists', `There is a column ${column.name} already.`, { table: this.path });
    }
    const number = this.stored.managerCount++;
    const added = columns.map((column) => storedColumnOf(column, storage, number));
    const stored: StoredManager = { type: storage.type, number, blob: new Uint8Array(0) };
    const factory = storageManagerFactory(storage.type, this.path);
    if (!factory.create) fail('unsupported', `Columns in a ${storage.type} can only be read.`, { table: this.path });
    const manager = factory.create({ ...this.context(stored, added), rowCount: 0 }, storage);
    this.stored.managers.push(stored);
    this.managers.set(number, manager);
    this.stored.columns.push(...added);
    for (const column of added) this.addColumnObject(column);
    if (this.rowCount > 0) manager.addRows(this.rowCount);
  }

  checkRemoval(names: readonly string[]): void {
    this.planRemoval(names);
  }

  /** Managers of columns that shall go, and the other columns that lie in these. */
  private planRemoval(names: readonly string[]) {
    this.beforeChange();
    const numbers = new Set(names.map((name) => this.storedColumn(name).managerNumber));
    const staying = this.stored.columns.filter(
      (column) => numbers.has(column.managerNumber) && !names.includes(column.name),
    );
    for (const column of staying) {
      const { type } = this.storedManager(column.managerNumber);
      if (type === 'StandardStMan') continue;
      fail(
        'unsupported',
        `Column ${column.name} lies in the same ${type} as columns to remove; remove all of them, or none.`,
        { table: this.path, column: column.name },
      );
    }
    return { numbers, staying };
  }

  /** Puts the columns into an order; only before rows are written, as managers know columns by their order. */
  arrangeColumns(names: readonly string[]): void {
    const rank = new Map(names.map((name, k) => [name, k]));
    const place = (column: StoredColumn) => rank.get(column.name) ?? names.length;
    this.stored.columns.sort((a, b) => place(a) - place(b));
    this.cellsByName.clear();
  }

  /** Closes the table without writing. */
  abandon(): void {
    this.isOpen = false;
    for (const manager of this.managers.values()) manager.close();
    this.unlock();
  }

  /**
   * Takes columns out, together with the files of the storage managers that held them; the other columns of a StandardStMan move to
   * a new one.
   */
  removeColumns(names: readonly string[]): void {
    const { numbers, staying } = this.planRemoval(names);
    for (const number of numbers) {
      this.moveColumns(staying.filter((column) => column.managerNumber === number));
      this.managers.get(number)?.close();
      this.managers.delete(number);
      const own = new RegExp(`^table\\.f${number}(i|_TSM\\d+)?$`);
      for (const file of tableDisk.list(this.path)) if (own.test(file)) tableDisk.remove(joinPath(this.path, file));
    }
    this.stored.managers = this.stored.managers.filter((manager) => !numbers.has(manager.number));
    this.stored.columns = this.stored.columns.filter((column) => !names.includes(column.name));
    for (const name of names) {
      this.columns.delete(name);
      this.cellsByName.delete(name);
    }
    this.flush();
  }

  /** Moves columns of one storage manager to a new one of the same type and name. */
  private moveColumns(moved: readonly StoredColumn[]): void {
    if (moved.length === 0) return;
    const from = this.storedManager(moved[0].managerNumber);
    const cells = moved.map((column) => this.cells(column.name));
    const group = { type: from.type, name: this.manager(from).name, columns: moved.map(({ name }) => name) };
    const number = this.stored.managerCount++;
    const stored: StoredManager = { type: from.type, number, blob: new Uint8Array(0) };
    const factory = storageManagerFactory(from.type, this.path);
    const manager = factory.create?.(
      { ...this.context(stored, moved), rowCount: 0 },
      group as StorageManagerDescription,
    );
    if (!manager) fail('unsupported', `Columns in a ${from.type} can only be read.`, { table: this.path });
    if (this.rowCount > 0) manager.addRows(this.rowCount);
    moved.forEach((column, index) => {
      copyCells(cells[index], manager.column(index), layoutOf(column), this.rowCount);
      column.managerNumber = number;
      this.cellsByName.delete(column.name);
    });
    this.stored.managers.push(stored);
    this.managers.set(number, manager);
  }

  renameColumn(name: string, to: string): void {
    this.beforeChange();
    if (this.hasColumn(to)) fail('exists', `There is a column ${to} already.`, { table: this.path });
    const column = this.storedColumn(name);
    // Storage managers know columns by their place and first name: only the table knows this one.
    column.name = to;
    this.columns.delete(name);
    this.cellsByName.delete(name);
    this.addColumnObject(column);
  }

  adoptColumn(name: string, from: Table, source = name): boolean {
    this.beforeChange();
    if (!(from instanceof PlainTable) || from.rowCount !== this.rowCount) return false;
    if (from.isLittleEndian !== this.isLittleEndian || !from.hasColumn(source)) return false;
    const own = this.manager(this.storedManager(this.storedColumn(name).managerNumber));
    const other = from.manager(from.storedManager(from.storedColumn(source).managerNumber));
    return own.adopt?.(other) ?? false;
  }

  setKeyword(name: string, value: KeywordValue): void {
    this.beforeChange();
    this.keywords.set(name, this.linked(value));
    this.subtables.get(name)?.close();
    this.subtables.delete(name);
  }

  removeKeyword(name: string): void {
    this.beforeChange();
    this.keywords.delete(name);
  }

  setColumnKeyword(column: string, name: string, value: KeywordValue): void {
    this.beforeChange();
    this.column(column).keywords.set(name, value);
  }

  removeColumnKeyword(column: string, name: string): void {
    this.beforeChange();
    this.column(column).keywords.delete(name);
  }

  setInfo(info: TableInfo): void {
    this.beforeChange();
    this.tableInfo = info;
  }

  flush(): void {
    for (const table of this.subtables.values()) table.flush();
    if (this.mode !== 'update' || !this.isOpen) return;
    this.writeChanges();
    this.unlock(true);
  }

  private writeChanges(): void {
    if (!this.isDataChanged) return;
    for (const manager of this.stored.managers) {
      const opened = this.managers.get(manager.number);
      if (opened) manager.blob = opened.flush();
    }
    const dat = writePlainTable(this.stored, this.links);
    const isDatChanged = !this.writtenDat || !sameBytes(dat, this.writtenDat);
    if (isDatChanged) {
      const file = this.datFile;
      tableDisk.writeFile(`${file}_tmp`, dat);
      tableDisk.rename(`${file}_tmp`, file);
      this.writtenDat = dat.slice();
    }
    const info = JSON.stringify(this.tableInfo);
    if (info !== this.writtenInfo) writeInfo(this.path, this.tableInfo);
    this.writtenInfo = info;
    this.writeLock(isDatChanged);
    this.isDataChanged = false;
  }

  close(): void {
    if (!this.isOpen) return;
    for (const table of this.subtables.values()) table.close();
    try {
      this.flush();
    } finally {
      this.isOpen = false;
      for (const manager of this.managers.values()) manager.close();
      this.managers.clear();
      this.unlock();
    }
  }

  beforeChange(): void {
    this.checkOpen();
    if (this.mode !== 'update')
      fail('usage', 'The table is open for reading only; open it for update.', { table: this.path });
    if (!this.isLockSought) this.acquireLock();
    if (!this.writtenDat && disk().exists(this.datFile)) {
      this.writtenDat = writePlainTable(this.stored, this.links).slice();
      this.writtenInfo = JSON.stringify(this.tableInfo);
    }
    this.isDataChanged = true;
  }

  private get datFile(): string {
    return joinPath(this.path, 'table.dat');
  }

  /** Keeps other programs away until the change is written whole; what they changed meanwhile must not be mixed with ours. */
  private acquireLock(): void {
    this.lock = lockTable(this.path);
    this.isLockSought = true;
    const counter = this.lock && readSync(this.path)?.modifyCounter;
    if (counter === undefined || counter === this.openedAt || counter === ownChanges.get(this.path)) return;
    this.unlock();
    fail('io', 'Another program has changed the table since it was opened; run again.', { table: this.path });
  }

  private unlock(isWhole = false): void {
    const { lock } = this;
    this.lock = undefined;
    this.isLockSought = false;
    lock?.release(isWhole);
  }

  cells(name: string): StorageColumn {
    const known = this.cellsByName.get(name);
    if (known && this.isOpen) return known;
    this.checkOpen();
    const column = this.storedColumn(name);
    const inManager = this.stored.columns.filter((other) => other.managerNumber === column.managerNumber);
    const cells = this.manager(this.storedManager(column.managerNumber)).column(inManager.indexOf(column));
    this.cellsByName.set(name, cells);
    return cells;
  }

  /** A keyword with the link in it, if it is one, as a path that can be opened. */
  private linked(value: KeywordValue): KeywordValue {
    return value.type === 'Table' ? { type: 'Table', path: this.links.resolve(this.links.store(value.path)) } : value;
  }

  private checkOpen(): void {
    if (!this.isOpen) fail('internal', 'The table was used after it was closed.', { table: this.path });
  }

  private writeLock(isTableChanged: boolean): void {
    const count = this.stored.managers.length;
    const before: SyncData = readSync(this.path) ?? {
      rowCount: 0,
      columnCount: 0,
      modifyCounter: 0,
      tableCounter: 0,
      managerCounters: [],
    };
    ownChanges.set(this.path, before.modifyCounter + 1);
    writeSync(this.path, {
      rowCount: this.rowCount,
      columnCount: this.stored.columns.length,
      modifyCounter: before.modifyCounter + 1,
      tableCounter: before.tableCounter + (isTableChanged ? 1 : 0),
      managerCounters: Array.from({ length: count }, (_, k) => (before.managerCounters[k] ?? 0) + 1),
    });
  }

  private addColumnObject(column: StoredColumn): void {
    this.columns.set(column.name, new TableColumn(this, layoutOf(column), describeColumn(column)));
  }

  private storedColumn(name: string): StoredColumn {
    return (
      this.stored.columns.find((column) => column.name === name) ??
      fail('missing', `There is no column ${name}.`, { table: this.path })
    );
  }

  private storedManager(number: number): StoredManager {
    return (
      this.stored.managers.find((manager) => manager.number === number) ??
      fail('bad-format', `There is no data manager ${number}.`, { table: this.path })
    );
  }

  private manager(stored: StoredManager): StorageManager {
    const known = this.managers.get(stored.number);
    if (known) return known;
    this.checkOpen();
    const columns = this.stored.columns.filter((column) => column.managerNumber === stored.number);
    const manager = storageManagerFactory(stored.type, this.path).open(this.context(stored, columns));
    this.managers.set(stored.number, manager);
    return manager;
  }

  private context(stored: StoredManager, columns: readonly StoredColumn[]): StorageContext {
    return {
      tablePath: this.path,
      file: joinPath(this.path, `table.f${stored.number}`),
      number: stored.number,
      isLittleEndian: this.stored.isLittleEndian,
      isWritable: this.mode === 'update',
      keepsFiles: () => this.lock?.keepsFiles ?? false,
      columns: columns.map((column): ColumnLayout => layoutOf(column)),
      rowCount: this.stored.rowCount,
      blob: stored.blob,
      privateKeywords: this.stored.privateKeywords,
      storedColumn: (name) => this.cells(name),
      layoutOf: (name) => layoutOf(this.storedColumn(name)),
    };
  }
}
