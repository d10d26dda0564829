import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  createTable,
  openTable,
  scalarKeyword,
  type Table,
  writeConcatenation,
  writeReference,
} from '../../../src/formats/tables/index.ts';

const work = mkdtempSync(join(tmpdir(), 'linked-'));
afterAll(() => rmSync(work, { recursive: true }));

function makeTable(name: string, first: number): Table {
  const columns = ['A', 'B'].map((column) => ({ name: column, type: 'Int', kind: 'scalar' }) as const);
  const storageManagers = [{ type: 'StandardStMan', name: 'S', columns: ['A', 'B'] }] as const;
  const table = createTable(join(work, name), { columns, storageManagers }, 4);
  table.column('A').putRange(
    0,
    4,
    Int32Array.from({ length: 4 }, (_, row) => first + row),
  );
  table.flush();
  return table;
}

it('a concatenation shows the rows of its tables one after another and writes through', () => {
  const tables = [makeTable('a.tab', 0), makeTable('b.tab', 10)];
  const path = join(work, 'both.tab');
  writeConcatenation(path, tables);
  for (const table of tables) table.close();
  const both = openTable(path, 'update');
  expect(both.column('A').getRange(0, 8)).toEqual(Int32Array.of(0, 1, 2, 3, 10, 11, 12, 13));
  both.column('B').put(6, 99);
  both.close();
  expect(openTable(join(work, 'b.tab')).column('B').get(2)).toBe(99);
  expect(() => writeConcatenation(path, tables)).toThrow(/a table already/);
});

it('columns of a concatenation are changed in all of its tables or in none', () => {
  const tables = [makeTable('g.tab', 0), makeTable('h.tab', 10)];
  const path = join(work, 'gh.tab');
  writeConcatenation(path, tables);
  const storage = { type: 'StandardStMan', name: 'C', columns: ['C'] };
  tables[1].addColumns([{ name: 'C', type: 'Int', kind: 'scalar' }], storage);
  for (const table of tables) table.close();
  const both = openTable(path, 'update');
  expect(() => both.addColumns([{ name: 'C', type: 'Int', kind: 'scalar' }], storage)).toThrow(/C already.*h\.tab/);
  both.close();
  const columnsOf = (name: string) => {
    const table = openTable(join(work, name));
    const names = table.columnNames;
    table.close();
    return names;
  };
  expect(columnsOf('g.tab')).not.toContain('C');
  const described = (name: string) => ({ name, type: 'Int', kind: 'scalar' }) as const;
  const [alone, joined] = ['g.tab', 'h.tab'].map((name) => openTable(join(work, name), 'update'));
  alone.addColumns([described('D')], { type: 'StandardStMan', name: 'D', columns: ['D'] });
  alone.close();
  const together = { type: 'IncrementalStMan', name: 'D', columns: ['D', 'E'] };
  joined.addColumns([described('D'), described('E')], together);
  joined.close();
  const again = openTable(path, 'update');
  expect(() => again.removeColumns(['D'])).toThrow(/E lies in the same IncrementalStMan.*h\.tab/);
  again.close();
  expect(columnsOf('g.tab')).toContain('D');
});

it('columns of a concatenation, and their keywords, are changed in all of its tables', () => {
  const tables = [makeTable('e.tab', 0), makeTable('f.tab', 10)];
  const path = join(work, 'ef.tab');
  writeConcatenation(path, tables);
  for (const table of tables) table.close();
  const both = openTable(path, 'update');
  both.addColumns([{ name: 'C', type: 'Int', kind: 'scalar' }], {
    type: 'StandardStMan',
    name: 'C',
    columns: ['C'],
  });
  both.column('C').putRange(0, 8, Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  both.setColumnKeyword('C', 'UNIT', scalarKeyword('String', 'm'));
  both.setColumnKeyword('B', 'GONE', scalarKeyword('Int', 1));
  both.removeColumnKeyword('B', 'GONE');
  both.close();
  const second = openTable(join(work, 'f.tab'));
  expect(second.column('C').getRange(0, 4)).toEqual(Int32Array.of(5, 6, 7, 8));
  expect(second.column('C').keywords.has('UNIT')).toBe(true);
  expect(second.column('B').keywords.has('GONE')).toBe(false);
  second.close();
  const again = openTable(path, 'update');
  again.removeColumns(['C']);
  expect(again.hasColumn('C')).toBe(false);
  again.close();
  expect(openTable(join(work, 'e.tab')).hasColumn('C')).toBe(false);
});

it('a reference to rows of a reference refers to the table with the cells', () => {
  const root = makeTable('root.tab', 20);
  writeReference(join(work, 'first.tab'), root, [3, 1, 0], new Map([['N', 'A']]));
  root.close();
  const first = openTable(join(work, 'first.tab'));
  expect(first.column('N').getRange(0, 3)).toEqual(Int32Array.of(23, 21, 20));
  writeReference(join(work, 'second.tab'), first, [2, 0], new Map([['M', 'N']]));
  first.close();
  const bytes = readFileSync(join(work, 'second.tab', 'table.dat')).toString('latin1');
  expect(bytes).toContain('root.tab');
  expect(bytes).not.toContain('first.tab');
  const second = openTable(join(work, 'second.tab'));
  expect(second.column('M').getRange(0, 2)).toEqual(Int32Array.of(20, 23));
  second.close();
});

it('rows of several tables make no reference', () => {
  const tables = [makeTable('c.tab', 0), makeTable('d.tab', 10)];
  writeConcatenation(join(work, 'joined.tab'), tables);
  for (const table of tables) table.close();
  const joined = openTable(join(work, 'joined.tab'));
  expect(() => writeReference(join(work, 'none.tab'), joined, [0, 5])).toThrow(/several tables/);
  joined.close();
});
