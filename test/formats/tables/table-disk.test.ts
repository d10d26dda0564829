import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTable, openTable } from '../../../src/formats/tables/index.ts';
import { type Disk, installDisk } from '../../../src/foundation/bytes/index.ts';
import { nodeDisk } from '../../../src/foundation/bytes/node.ts';

const work = mkdtempSync(join(tmpdir(), 'copies-'));
afterAll(() => rmSync(work, { recursive: true }));

function withoutLocks(other: Partial<Disk> = {}): void {
  installDisk({ ...nodeDisk(), openLock: () => undefined, ...other });
}
beforeEach(() => withoutLocks());
afterEach(() => installDisk(nodeDisk()));

const ROWS = 5;
function makeTable(name: string): string {
  const path = join(work, name);
  const table = createTable(
    path,
    {
      columns: [
        { name: 'A', type: 'Int', kind: 'scalar' },
        { name: 'TEXT', type: 'String', kind: 'scalar' },
        { name: 'SLOW', type: 'Int', kind: 'scalar' },
        { name: 'CELLS', type: 'Float', kind: 'array', axisCount: 1 },
        { name: 'FREE', type: 'Float', kind: 'array', axisCount: 1 },
      ],
      storageManagers: [
        { type: 'StandardStMan', name: 'SSM', columns: ['A', 'TEXT', 'FREE'] },
        { type: 'IncrementalStMan', name: 'ISM', columns: ['SLOW'] },
        { type: 'TiledShapeStMan', name: 'TSM', columns: ['CELLS'], tileShape: [2, 4] },
      ],
    },
    ROWS,
  );
  change(table, 1);
  table.close();
  return path;
}

function change(table: ReturnType<typeof openTable>, generation: number): void {
  const rows = table.rowCount;
  for (const name of ['A', 'SLOW']) table.column(name).putRange(0, rows, new Int32Array(rows).fill(generation));
  table.column('TEXT').putRange(0, rows, new Array<string>(rows).fill(`a text of generation ${generation}`));
  for (const name of ['CELLS', 'FREE'])
    table.column(name).putRange(0, rows, new Float32Array(4 * rows).fill(generation), [4]);
  table.setKeyword('GENERATION', { type: 'Int', value: generation });
}

/** The generations that all cells and the keyword show. */
function generations(path: string): Set<unknown> {
  const table = openTable(path);
  const seen = new Set<unknown>();
  for (const name of ['A', 'SLOW', 'CELLS', 'FREE'])
    for (const value of table.column(name).getRange(0, table.rowCount) as Float32Array) seen.add(value);
  for (const text of table.column('TEXT').getRange(0, table.rowCount) as string[])
    seen.add(Number(text.split(' ').at(-1)));
  const keyword = table.keywords.get('GENERATION');
  seen.add(keyword && 'value' in keyword ? keyword.value : undefined);
  table.close();
  return seen;
}

const contents = (path: string) =>
  Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name)).toString('base64')]));
const isLeftOver = (name: string) => name.includes('changed') || name.endsWith('tmp');

test('no file of the table changes until the change is whole, then all are replaced', () => {
  const path = makeTable('whole');
  const before = contents(path);
  const inode = statSync(join(path, 'table.f0')).ino;
  const table = openTable(path, 'update');
  table.column('A').get(0); // files are open before the change begins
  table.column('CELLS').get(0);
  table.addRows(2);
  change(table, 2);
  const during = contents(path);
  for (const name of Object.keys(before)) expect(during[name], name).toBe(before[name]);
  table.flush();
  expect(generations(path)).toEqual(new Set([2]));
  expect(statSync(join(path, 'table.f0')).ino).not.toBe(inode);
  expect(readdirSync(path).filter(isLeftOver)).toEqual([]);
  change(table, 3); // the same handle goes on
  table.close();
  expect(generations(path)).toEqual(new Set([3]));
});

test('open readers see the new content', () => {
  const path = makeTable('readers');
  const reader = openTable(path);
  expect(reader.column('SLOW').get(4)).toBe(1);
  const table = openTable(path, 'update');
  change(table, 2);
  table.close();
  expect(reader.column('SLOW').get(4)).toBe(2);
  expect(reader.column('CELLS').getRange(4, 1)).toEqual(new Float32Array(4).fill(2));
  reader.close();
});

test('columns come and go with the change', () => {
  const path = makeTable('columns');
  const table = openTable(path, 'update');
  table.addColumns([{ name: 'NEW', type: 'Int', kind: 'scalar' }], {
    type: 'StandardStMan',
    name: 'NEWS',
    columns: ['NEW'],
  });
  table.column('NEW').put(3, 7);
  table.removeColumns(['SLOW']);
  table.close();
  const after = openTable(path);
  expect(after.hasColumn('SLOW')).toBe(false);
  expect(after.column('NEW').get(3)).toBe(7);
  after.close();
  expect(existsSync(join(path, 'table.f1'))).toBe(false);
  expect(readdirSync(path).filter(isLeftOver)).toEqual([]);
});

test('a column that comes and goes in one change leaves no file', () => {
  const path = makeTable('brief');
  const before = readdirSync(path).sort();
  const table = openTable(path, 'update');
  const column = { name: 'NEW', type: 'Int', kind: 'scalar' } as const;
  table.addColumns([column], { type: 'StandardStMan', name: 'NEWS', columns: ['NEW'] });
  table.column('NEW').put(3, 7);
  table.removeColumns(['NEW']);
  table.close();
  expect(readdirSync(path).sort()).toEqual(before);
  expect(generations(path)).toEqual(new Set([1]));
});

test('what lies in a table is not taken for work to be done', () => {
  const path = makeTable('foreign');
  mkdirSync(join(work, 'precious'));
  writeFileSync(join(path, 'table.changed'), `-../precious\n-${join(work, 'precious')}\n`);
  writeFileSync(join(path, 'table.f0.changed-other'), 'half');
  expect(generations(path)).toEqual(new Set([1]));
  const table = openTable(path, 'update');
  change(table, 2);
  table.close();
  expect(generations(path)).toEqual(new Set([2]));
  expect(existsSync(join(work, 'precious'))).toBe(true);
  expect(readFileSync(join(path, 'table.f0.changed-other'), 'utf8')).toBe('half');
});

test('of two programs that write at once the second is refused', async () => {
  const path = makeTable('two');
  vi.resetModules(); // another instance of the room stands for another program
  const other = await import('../../../src/formats/tables/index.ts');
  const bytes = await import('../../../src/foundation/bytes/index.ts');
  bytes.installDisk({ ...nodeDisk(), openLock: () => undefined });
  const first = openTable(path, 'update');
  change(first, 2);
  const second = other.openTable(path, 'update');
  change(second, 3);
  first.close();
  expect(generations(path)).toEqual(new Set([2]));
  expect(() => second.close()).toThrow(/changed the table meanwhile; nothing was written/);
  expect(generations(path)).toEqual(new Set([2]));
  expect(readdirSync(path).filter(isLeftOver)).toEqual([]);
});

test('a change by another program meanwhile is not overwritten', () => {
  const path = makeTable('shared');
  const table = openTable(path, 'update');
  change(table, 2);
  const lock = readFileSync(join(path, 'table.lock'));
  lock[lock.length - 1]++;
  writeFileSync(join(path, 'table.lock'), lock);
  expect(() => table.close()).toThrow(/changed the table meanwhile; nothing was written/);
  expect(generations(path)).toEqual(new Set([1]));
  expect(readdirSync(path).filter(isLeftOver)).toEqual([]);
});
