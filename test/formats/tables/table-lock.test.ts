import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createTable, openTable } from '../../../src/formats/tables/index.ts';
import { disk } from '../../../src/foundation/bytes/index.ts';

const work = mkdtempSync(join(tmpdir(), 'lock-'));
afterAll(() => rmSync(work, { recursive: true }));

function makeTable(name: string): string {
  const path = join(work, name);
  const columns = ['A', 'SLOW'].map((column) => ({ name: column, type: 'Int', kind: 'scalar' }) as const);
  createTable(
    path,
    {
      columns,
      storageManagers: [
        { type: 'StandardStMan', name: 'SSM', columns: ['A'] },
        { type: 'IncrementalStMan', name: 'ISM', columns: ['SLOW'] },
      ],
    },
    5,
  ).close();
  return path;
}

/** Whether another program could lock the table now for reading. */
function isFree(path: string): boolean {
  const lock = disk().openLock(join(path, 'table.lock'));
  const free = lock?.lock(0, 1, 'read');
  lock?.close();
  return free ?? fail();
}
function fail(): never {
  throw new Error('This system has no locks that Node can take.');
}

test('others are kept away from the first change until it is written', () => {
  const path = makeTable('kept');
  const table = openTable(path, 'update');
  expect(isFree(path)).toBe(true);
  table.column('A').put(2, 7);
  expect(isFree(path)).toBe(false);
  const second = openTable(path, 'update'); // the same thread shares the lock
  second.column('A').put(3, 8);
  second.close();
  expect(isFree(path)).toBe(false);
  table.flush();
  expect(isFree(path)).toBe(true);
  table.column('A').put(2, 9);
  table.close();
  expect(isFree(path)).toBe(true);
});

test('a change by another program since the table was opened is not mixed with ours', () => {
  const path = makeTable('mixed');
  const twin = makeTable('twin');
  const other = openTable(twin, 'update');
  other.column('A').put(0, 1);
  other.close();
  const table = openTable(path, 'update');
  copyFileSync(join(twin, 'table.lock'), join(path, 'table.lock')); // counts one change more
  expect(() => table.column('A').put(1, 1)).toThrow(/changed the table since it was opened/);
  expect(isFree(path)).toBe(true);
});

test('files keep their identity, and open readers see the new content', () => {
  const path = makeTable('identity');
  const reader = openTable(path);
  expect(reader.column('SLOW').get(4)).toBe(0);
  const inode = disk().open(join(path, 'table.f1'));
  const table = openTable(path, 'update');
  table.column('SLOW').putRange(1, 3, Int32Array.of(5, 6, 7));
  table.close();
  const held = new Uint8Array(inode.length);
  inode.read(0, held);
  expect(Buffer.from(held).equals(readFileSync(join(path, 'table.f1')).subarray(0, held.length))).toBe(true);
  expect(reader.column('SLOW').getRange(0, 5)).toEqual(Int32Array.of(0, 5, 6, 7, 0));
  inode.close();
  reader.close();
});

test('files are written only where something has changed', () => {
  const path = makeTable('unchanged');
  const files = ['table.dat', 'table.info', 'table.f0', 'table.f1', 'table.lock'];
  const identity = () => files.map((name) => `${statSync(join(path, name)).ino} ${statSync(join(path, name)).mtimeMs}`);
  const before = identity();
  openTable(path, 'update').close();
  expect(identity()).toEqual(before);

  const table = openTable(path, 'update');
  table.column('A').put(2, 7);
  table.close();
  const after = identity();
  expect(files.filter((_, index) => after[index] !== before[index])).toEqual(['table.f0', 'table.lock']);

  const named = openTable(path, 'update');
  named.setKeyword('UNIT', { type: 'String', value: 'm' });
  named.close();
  expect(identity()[0]).not.toBe(before[0]);
  expect(openTable(path).keywords.get('UNIT')).toEqual({ type: 'String', value: 'm' });
});
