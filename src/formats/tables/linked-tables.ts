import { fail } from '../../foundation/base/index.ts';
import type { AipsReader } from './aipsio.ts';
import { linkNames } from './links.ts';
import { readArray } from './records.ts';
import { MappedColumn, type RowMappedParts, RowMappedTable, type RowSource, SelectedRows } from './row-mapped-table.ts';
import type { TableHead } from './table-dat.ts';
import { readInfo } from './table-files.ts';
import type { ColumnDescription, KeywordValue, StorageManagerDescription, Table, TableMode } from './types.ts';

type OpenTable = (path: string, mode: TableMode) => Table;

/** Tables that refer to each other in a ring would be opened without end. */
const MAX_DEPTH = 16;
let depth = 0;

function openNested(path: string, mode: TableMode, open: OpenTable, file: string): Table {
  if (depth >= MAX_DEPTH) fail('bad-format', 'Tables refer to each other in a ring.', { file });
  depth++;
  try {
    return open(path, mode);
  } finally {
    depth--;
  }
}

/** Opens a reference table: some rows and columns of another table, as selections write them. */
export function openReference(table: string, head: TableHead, mode: TableMode, open: OpenTable): Table {
  const { reader } = head;
  const file = reader.cursor.name;
  const version = reader.start('RefTable');
  if (version > 3)
    fail('unsupported', `The reference table has version ${version}; versions up to 3 are known.`, { file });
  const rootPath = linkNames(table).resolve(reader.string());
  const mapped = readNameMap(reader);
  const order = version > 1 ? (readArray(reader, 'String').values as string[]) : [...mapped.keys()];
  const count = () => (version > 2 ? reader.count64() : reader.cursor.u32());
  const rootRows = count();
  reader.bool();
  const rowCount = count();
  if (rowCount * (version > 2 ? 8 : 4) > reader.cursor.remaining) reader.bad('it announces more rows than it holds.');
  const rows = new Float64Array(rowCount);
  for (let k = 0; k < rowCount; k++) rows[k] = count();
  reader.end();
  const root = openNested(rootPath, mode, open, file);
  if (root.rowCount < rootRows || rows.some((row) => row >= root.rowCount)) {
    root.close();
    fail('bad-format', 'The table that it refers to has lost rows since.', { file });
  }
  const names = new Map<string, string>();
  for (const name of order) {
    const original = mapped.get(name) ?? name;
    if (root.hasColumn(original)) names.set(name, original);
  }
  const source = new SelectedRows(root, rows);
  return new RowMappedTable({
    path: table,
    source,
    names,
    keywords: root.keywords,
    info: readInfo(table),
    tables: [root],
  });
}

function readNameMap(reader: AipsReader): Map<string, string> {
  reader.start((type) => type === 'SimpleOrderedMap' || type.startsWith('Map'));
  reader.string();
  const count = reader.count(8);
  reader.cursor.u32();
  const names = new Map<string, string>();
  for (let k = 0; k < count; k++) names.set(reader.string(), reader.string());
  reader.end();
  return names;
}

/** Opens a concatenated table: the rows of several tables of the same columns, one table after another. */
export function openConcatenation(table: string, head: TableHead, mode: TableMode, open: OpenTable): Table {
  const { reader } = head;
  const file = reader.cursor.name;
  const version = reader.start('ConcatTable');
  if (version !== 0)
    fail('unsupported', `The concatenated table has version ${version}; version 0 is known.`, { file });
  const count = reader.count(4);
  const links = linkNames(table);
  const paths = Array.from({ length: count }, () => links.resolve(reader.string()));
  const joined = readNames(reader);
  reader.end();
  if (count === 0) fail('bad-format', 'It concatenates no tables.', { file });
  const tables = paths.map((path) => openNested(path, mode, open, file));
  const names = new Map(tables[0].columnNames.map((name) => [name, name]));
  for (const other of tables) {
    const lost = tables[0].columnNames.find((name) => !other.hasColumn(name));
    if (lost) fail('bad-data', `The concatenated tables differ: ${other.path} has no column ${lost}.`, { file });
  }
  const parts = { path: table, names, keywords: tables[0].keywords, info: readInfo(table), tables };
  return new ConcatenatedTable({ ...parts, source: new JoinedRows(tables) }, joined);
}

/** A Block of texts. */
function readNames(reader: AipsReader): string[] {
  reader.start('Block');
  const names = Array.from({ length: reader.count(4) }, () => reader.string());
  reader.end();
  return names;
}

class JoinedRows implements RowSource {
  private readonly tables: readonly Table[];

  constructor(tables: readonly Table[]) {
    this.tables = tables;
  }

  get rowCount(): number {
    return this.tables.reduce((sum, table) => sum + table.rowCount, 0);
  }

  locate(row: number, limit: number) {
    let left = row;
    for (const table of this.tables) {
      if (left < table.rowCount) return { table, row: left, count: Math.min(limit, table.rowCount - left) };
      left -= table.rowCount;
    }
    return fail('internal', 'A row beyond the end of concatenated tables was asked for.', { row });
  }
}

/** Columns, and what is said of them, are changed in all tables that it joins. */
class ConcatenatedTable extends RowMappedTable {
  private readonly joined: readonly string[];
  private readonly own: RowMappedParts;
  private readonly behind: readonly Table[];

  constructor(parts: RowMappedParts, joined: readonly string[]) {
    super(parts);
    this.joined = joined;
    this.own = parts;
    this.behind = parts.tables;
  }

  override addColumns(columns: readonly ColumnDescription[], storage: StorageManagerDescription): void {
    for (const { name } of columns) {
      const other = this.behind.find((table) => table.hasColumn(name));
      if (other) fail('exists', `There is a column ${name} already.`, { table: other.path });
    }
    for (const table of this.behind) table.addColumns(columns, storage);
    for (const { name } of columns) this.columns.set(name, new MappedColumn(this.own, name, name));
  }

  override removeColumns(names: readonly string[]): void {
    this.checkRemoval(names);
    for (const table of this.behind) table.removeColumns(names);
    for (const name of names) this.columns.delete(name);
  }

  override checkRemoval(names: readonly string[]): void {
    for (const table of this.behind) table.checkRemoval(names);
  }

  override setColumnKeyword(column: string, name: string, value: KeywordValue): void {
    for (const table of this.behind) table.setColumnKeyword(column, name, value);
  }

  override removeColumnKeyword(column: string, name: string): void {
    for (const table of this.behind) table.removeColumnKeyword(column, name);
  }

  /** Subtables that were concatenated too are shown together; others are those of the first table. */
  override subtable(keyword: string): Table {
    if (!this.joined.includes(keyword)) return super.subtable(keyword);
    const tables = this.behind.map((table) => table.subtable(keyword));
    const names = new Map(tables[0].columnNames.map((name) => [name, name]));
    const { keywords, info, path } = tables[0];
    return new ConcatenatedTable({ path, source: new JoinedRows(tables), names, keywords, info, tables }, []);
  }
}
