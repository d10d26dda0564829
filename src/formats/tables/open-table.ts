import { fail } from '../../foundation/base/index.ts';
import { disk, joinPath, latin1Text, normalizePath } from '../../foundation/bytes/index.ts';
import { openConcatenation, openReference } from './linked-tables.ts';
import { linkNames } from './links.ts';
import { PlainTable } from './plain-table.ts';
import { storageManagerFactory } from './storage.ts';
import { readPlainTable, readTableHead, type StoredTable } from './table-dat.ts';
import { tableDisk } from './table-disk.ts';
import { readInfo, readSync } from './table-files.ts';
import type { ColumnDescription, StorageManagerDescription, Table, TableDescription, TableMode } from './types.ts';

/** True when a directory holds a table. */
export function isTable(path: string): boolean {
  return disk().info(joinPath(path, 'table.dat'))?.kind === 'file';
}

/**
 * Whether a table may have a keyword of this name, itself or in a column: true also where its columns are in other tables. Takes a
 * hundredth of the time of opening it.
 *
 * @param path directory of a table
 */
export function mayHaveKeyword(path: string, name: string): boolean {
  const file = joinPath(path, 'table.dat');
  const bytes = tableDisk.readFile(file);
  return readTableHead(bytes, file).kind !== 'PlainTable' || latin1Text(bytes).includes(name);
}

/**
 * Opens a table.
 *
 * @param path directory of the table
 * @throws missing when there is none; bad-format when its description is damaged; unsupported for kinds that are not read
 */
export function openTable(path: string, mode: TableMode = 'read'): Table {
  const table = normalizePath(path);
  const file = joinPath(table, 'table.dat');
  if (!isTable(table)) {
    fail(
      'missing',
      disk().exists(table) ? 'The directory is not a table: it has no table.dat.' : 'There is no such table.',
      {
        file: table,
      },
    );
  }
  const head = readTableHead(tableDisk.readFile(file), file);
  if (head.kind === 'RefTable') return openReference(table, head, mode, openTable);
  if (head.kind === 'ConcatTable') return openConcatenation(table, head, mode, openTable);
  if (head.kind !== 'PlainTable') fail('unsupported', `Tables of the kind ${head.kind} are not read.`, { file });
  const stored = readPlainTable(head, linkNames(table));
  if (stored.storageOption > 1) {
    fail(
      'unsupported',
      'The table keeps all its data in one container file (MultiFile); copy it with casacore to separate files.',
      {
        file,
      },
    );
  }
  const sync = readSync(table);
  if (sync && sync.rowCount > 0) stored.rowCount = sync.rowCount;
  return new PlainTable(table, stored, readInfo(table), mode, openTable, sync?.modifyCounter);
}

/**
 * Makes a table and opens it for update. All bytes are little-endian, as CASA writes them.
 *
 * @param path directory to make; what stands there must not be a table
 * @param rowCount rows to begin with: scalars 0 or empty, arrays of free shape undefined
 * @throws exists, usage
 */
export function createTable(path: string, description: TableDescription, rowCount = 0): Table {
  const directory = normalizePath(path);
  if (isTable(directory))
    fail('exists', 'There is a table already; remove it or choose another name.', { file: directory });
  checkDescription(description, directory);
  const isNew = !disk().exists(directory);
  disk().makeDirectory(directory);
  const stored: StoredTable = {
    rowCount: 0,
    isLittleEndian: true,
    name: '',
    version: '',
    comment: '',
    keywords: new Map(description.keywords ?? []),
    privateKeywords: new Map(),
    columns: [],
    managerCount: 0,
    managers: [],
    storageOption: 0,
    blockSize: 0,
  };
  const table = new PlainTable(directory, stored, description.info ?? { type: '', subType: '' }, 'update', openTable);
  try {
    for (const storage of description.storageManagers) {
      // A manager knows its columns by their order in the table.
      const columns = storage.columns
        .map((name) => columnNamed(description, name, directory))
        .sort((a, b) => description.columns.indexOf(a) - description.columns.indexOf(b));
      table.addColumns(columns, storage);
    }
    table.arrangeColumns(description.columns.map((column) => column.name));
    table.addRows(rowCount);
    table.flush();
  } catch (error) {
    table.abandon();
    if (isNew) disk().remove(directory);
    throw error;
  }
  return table;
}

function columnNamed(description: TableDescription, name: string, table: string): ColumnDescription {
  return (
    description.columns.find((column) => column.name === name) ??
    fail('usage', `A storage manager lists column ${name}, which is not described.`, { table })
  );
}

function checkDescription(description: TableDescription, table: string): void {
  const names = new Set<string>();
  for (const { name } of description.columns) {
    if (names.has(name)) fail('usage', `Column ${name} is described twice.`, { table });
    names.add(name);
  }
  const groups = new Set<string>();
  const kept = new Set<string>();
  for (const storage of description.storageManagers) {
    checkStorage(storage, groups, kept, table);
  }
  for (const name of names)
    if (!kept.has(name)) fail('usage', `No storage manager is named for column ${name}.`, { table });
}

function checkStorage(storage: StorageManagerDescription, groups: Set<string>, kept: Set<string>, table: string): void {
  if (groups.has(storage.name)) fail('usage', `Two storage managers have the name ${storage.name}.`, { table });
  groups.add(storage.name);
  if (!storageManagerFactory(storage.type, table).create)
    fail('unsupported', `A ${storage.type} can only be read.`, { table });
  for (const name of storage.columns) {
    if (kept.has(name)) fail('usage', `Column ${name} is given to two storage managers.`, { table });
    kept.add(name);
  }
}
