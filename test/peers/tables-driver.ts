import { readFileSync, writeFileSync } from 'node:fs';
import {
  type ColumnDescription,
  type ColumnValues,
  createTable,
  type DataType,
  type KeywordValue,
  openTable,
  type StorageManagerDescription,
  scalarKeyword,
  type Table,
  type TableRecord,
} from '../../src/formats/tables/index.ts';
import { installDisk } from '../../src/foundation/bytes/index.ts';
import { nodeDisk } from '../../src/foundation/bytes/node.ts';

installDisk(nodeDisk());

/** One table of the matrix; the same JSON is read by tables_matrix.py. */
interface Case {
  path: string;
  manager: StorageManagerDescription['type'];
  type: DataType;
  kind: 'scalar' | 'fixed' | 'fixedindirect' | 'variable';
  rows: number;
}

const FIXED = [3, 2];

/** Shape of a variable cell; undefined for every fifth row. */
function shapeOf(item: Case, row: number): number[] | undefined {
  if (item.kind === 'scalar') return [];
  if (item.kind.startsWith('fixed')) return FIXED;
  return row % 5 === 4 && item.manager !== 'IncrementalStMan' ? undefined : [2 + (row % 3), 2];
}

/** The same formula as in tables_matrix.py. */
function fill(type: DataType, row: number, count: number): ColumnValues {
  const numbers = Array.from({ length: count }, (_, k) => row * 7 + k * 3 + 1);
  switch (type) {
    case 'Bool':
      return Uint8Array.from(numbers, (n) => Number(n % 3 === 0));
    case 'UChar':
      return Uint8Array.from(numbers, (n) => n % 251);
    case 'Short':
      return Int16Array.from(numbers, (n) => ((n * 13) % 30000) - 15000);
    case 'UShort':
      return Uint16Array.from(numbers, (n) => (n * 13) % 60000);
    case 'Int':
      return Int32Array.from(numbers, (n) => n * 1001 - 500000);
    case 'UInt':
      return Uint32Array.from(numbers, (n) => n * 100003);
    case 'Int64':
      return BigInt64Array.from(numbers, (n) => BigInt(n) * 10000000001n);
    case 'Float':
      return Float32Array.from(numbers, (n) => n * 0.5 - 3);
    case 'Double':
      return Float64Array.from(numbers, (n) => n * 1.25 + 0.1);
    case 'Complex':
      return Float32Array.from(numbers.flatMap((n) => [n * 0.5, -n]));
    case 'DComplex':
      return Float64Array.from(numbers.flatMap((n) => [n * 0.1, -n]));
    case 'String':
      return numbers.map((n) => `s${n}${'x'.repeat((n % 4) * 7)}`);
  }
}

function writeCase(item: Case): void {
  const column: ColumnDescription = {
    name: 'C',
    type: item.type,
    kind: item.kind === 'scalar' ? 'scalar' : 'array',
    shape: item.kind === 'fixed' ? FIXED : undefined,
    axisCount: item.kind === 'variable' ? 2 : undefined,
    comment: 'matrix',
    keywords: new Map([['UNIT', scalarKeyword('String', 'Jy')]]),
  };
  const isTiled = item.manager.startsWith('Tiled');
  const storage: StorageManagerDescription = {
    type: item.manager,
    name: 'SM',
    columns: ['C'],
    tileShape: isTiled ? (item.kind === 'scalar' ? [7] : [5, 2, 2]) : undefined,
    bucketBytes: item.manager === 'IncrementalStMan' ? 1024 : undefined,
  };
  const first = Math.floor(item.rows / 2);
  const table = createTable(
    item.path,
    {
      columns: [column, { name: 'ROW', type: 'Int', kind: 'scalar' }],
      storageManagers: [storage, { type: 'StandardStMan', name: 'rows', columns: ['ROW'] }],
      keywords: keywords(),
      info: { type: 'Matrix', subType: item.manager, readme: 'one case\n' },
    },
    first,
  );
  table.addRows(item.rows - first);
  const cells = table.column('C');
  for (let row = 0; row < item.rows; row++) {
    const shape = shapeOf(item, row);
    table.column('ROW').put(row, row);
    if (shape)
      cells.putRange(
        row,
        1,
        fill(
          item.type,
          row,
          shape.reduce((a, b) => a * b, 1),
        ),
        shape,
      );
  }
  table.close();
}

function putRow(table: Table, item: Case, row: number): void {
  const shape = shapeOf(item, row);
  table.column('ROW').put(row, row);
  if (shape)
    table.column('C').putRange(
      row,
      1,
      fill(
        item.type,
        row,
        shape.reduce((a, b) => a * b, 1),
      ),
      shape,
    );
}

/** Appends three rows to a table that casacore wrote, and writes its first row again. */
function extendCase(item: Case): void {
  const table = openTable(item.path, 'update');
  table.addRows(3);
  if (item.rows > 0) putRow(table, item, 0);
  for (let row = item.rows; row < item.rows + 3; row++) putRow(table, item, row);
  table.close();
}

/** Takes every third row out. */
function removeCase(item: Case): void {
  const table = openTable(item.path, 'update');
  table.removeRows(Array.from({ length: table.rowCount }, (_, row) => row).filter((row) => row % 3 === 1));
  table.close();
}

interface HistoryStep {
  act: 'put' | 'add' | 'remove';
  column: string;
  row: number;
  count: number;
  shape: number[];
  values: number[] | string[];
  rows: number[];
}

/** Changes a table step by step, makes it before that where it is asked to, and tells all cells after each step. */
function takeSteps({ path, isNew, steps }: { path: string; isNew: boolean; steps: HistoryStep[] }): unknown {
  const columns: ColumnDescription[] = [
    { name: 'NUMBER', type: 'Int', kind: 'scalar' },
    { name: 'TEXT', type: 'String', kind: 'scalar' },
    { name: 'DIRECT', type: 'Int', kind: 'array', shape: [2] },
    { name: 'FREE', type: 'Int', kind: 'array', axisCount: 1 },
  ];
  const names = columns.map(({ name }) => name);
  const table = isNew
    ? createTable(path, { columns, storageManagers: [{ type: 'IncrementalStMan', name: 'ISM', columns: names }] })
    : openTable(path, 'update');
  const seen = steps.map(({ act, column, row, count, shape, values, rows }) => {
    if (act === 'add') table.addRows(count);
    else if (act === 'remove') table.removeRows(rows);
    else {
      const taken = column === 'TEXT' ? (values as string[]) : Int32Array.from(values as number[]);
      table.column(column).putRange(row, count, taken, shape);
    }
    return table.columnNames.map((name) => {
      const cells = table.column(name);
      return Array.from({ length: table.rowCount }, (_, at) =>
        cells.cellShape(at) === undefined ? null : plain(cells.getRange(at, 1)),
      );
    });
  });
  table.close();
  return seen;
}

function keywords(): TableRecord {
  const inner: TableRecord = new Map<string, KeywordValue>([
    ['a', scalarKeyword('Int', 7)],
    ['names', { type: 'String', array: { shape: [2], values: ['one', 'two'] } }],
  ]);
  return new Map<string, KeywordValue>([
    ['VERSION', scalarKeyword('Float', 2.5)],
    ['FLAGS', { type: 'Bool', array: { shape: [3], values: new Uint8Array([1, 0, 1]) } }],
    ['GRID', { type: 'Double', array: { shape: [2, 3], values: new Float64Array([0, 1, 2, 3, 4, 5]) } }],
    ['INNER', { type: 'Record', record: inner }],
  ]);
}

/** Values as JSON: numbers, texts, null for undefined cells; what JSON cannot say is a text. */
function plain(values: ColumnValues): (number | string)[] {
  return Array.from(values as ArrayLike<number | bigint | string>, (value) =>
    typeof value === 'number' && Number.isFinite(value) ? value : String(value),
  );
}

function keywordJson(keyword: KeywordValue): unknown {
  if (keyword.type === 'Record') return recordJson(keyword.record);
  if (keyword.type === 'Table') return `Table: ${keyword.path}`;
  if ('array' in keyword) return { shape: keyword.array.shape, values: plain(keyword.array.values) };
  return typeof keyword.value === 'bigint' ? String(keyword.value) : keyword.value;
}

function recordJson(record: TableRecord): Record<string, unknown> {
  return Object.fromEntries([...record].map(([name, keyword]) => [name, keywordJson(keyword)]));
}

/** Everything in a table as JSON. */
function readAll(path: string, maxRows = Number.POSITIVE_INFINITY): unknown {
  const table = openTable(path);
  const rows = Math.min(table.rowCount, maxRows);
  const columns: Record<string, unknown> = {};
  for (const name of table.columnNames) {
    const column = table.column(name);
    const cells: unknown[] = [];
    try {
      for (let row = 0; row < rows; row++) {
        const shape = column.cellShape(row);
        cells.push(shape === undefined ? null : { shape, values: plain(column.getRange(row, 1)) });
      }
    } catch (error) {
      columns[name] = { error: String(error) };
      continue;
    }
    const { type, kind } = column.description;
    columns[name] = { type, kind, storage: table.storageOf(name).type, keywords: recordJson(column.keywords), cells };
  }
  const { rowCount, isLittleEndian, info } = table;
  const result = { rowCount, isLittleEndian, info, keywords: recordJson(table.keywords), columns };
  table.close();
  return result;
}

const [command, input, output] = process.argv.slice(2);
const list = JSON.parse(readFileSync(input, 'utf8'));
const results: unknown[] = [];
for (const item of list) {
  try {
    const act = { write: writeCase, extend: extendCase, remove: removeCase }[command as string];
    if (act) {
      act(item);
      results.push({ ok: true });
    } else if (command === 'steps') results.push(takeSteps(item));
    else results.push(readAll(item.path, item.maxRows));
  } catch (error) {
    results.push({ error: (error as Error).stack });
  }
}
writeFileSync(output, JSON.stringify(results));
