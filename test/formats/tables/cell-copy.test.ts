import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type ColumnDescription, createTable, openTable } from '../../../src/formats/tables/index.ts';

const work = mkdtempSync(join(tmpdir(), 'cells-'));
afterAll(() => rmSync(work, { recursive: true }));

test('a column goes alone, and its neighbours of all kinds keep their cells', () => {
  const path = join(work, 'four');
  const columns: ColumnDescription[] = [
    { name: 'GONE', type: 'Double', kind: 'scalar' },
    { name: 'NAME', type: 'String', kind: 'scalar' },
    { name: 'VALUE', type: 'Complex', kind: 'array' },
    { name: 'PAIR', type: 'Bool', kind: 'array', shape: [2] },
  ];
  const made = createTable(
    path,
    { columns, storageManagers: [{ type: 'StandardStMan', name: 'SSM', columns: columns.map(({ name }) => name) }] },
    3,
  );
  made.column('NAME').putRange(0, 3, ['a longer text', '', 'c']);
  made.column('VALUE').put(0, { shape: [2], values: Float32Array.of(1, 2, 3, 4) });
  made.column('VALUE').put(2, { shape: [1, 1], values: Float32Array.of(5, 6) });
  made.column('PAIR').putRange(0, 3, Uint8Array.of(1, 0, 1, 1, 0, 1), [2]);
  made.removeColumns(['GONE']);
  made.addRows(1);
  made.close();
  const table = openTable(path);
  expect(table.columnNames).toEqual(['NAME', 'VALUE', 'PAIR']);
  expect(table.storageOf('NAME')).toEqual({ type: 'StandardStMan', group: 'SSM' });
  expect(table.column('NAME').getRange(0, 4)).toEqual(['a longer text', '', 'c', '']);
  expect([0, 1, 2, 3].map((row) => table.column('VALUE').cellShape(row))).toEqual([[2], undefined, [1, 1], undefined]);
  expect(table.column('VALUE').get(0)).toEqual({ shape: [2], values: Float32Array.of(1, 2, 3, 4) });
  expect([...(table.column('PAIR').getRange(0, 3) as Uint8Array)]).toEqual([1, 0, 1, 1, 0, 1]);
  table.close();
  expect(readdirSync(path).filter((name) => name.startsWith('table.f0'))).toEqual([]);
});
