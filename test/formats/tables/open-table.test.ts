import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type ColumnValues,
  mayHaveKeyword,
  openTable,
  queryRows,
  readRecordPath,
} from '../../../src/formats/tables/index.ts';

const folder = new URL('../../fixtures/casacore-tables/', import.meta.url).pathname;

interface Dump {
  rowCount: number;
  columns: Record<string, ({ shape: number[]; values: (number | string)[] } | null)[]>;
}

function dumpOf(name: string): Dump {
  return JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8'));
}

function plain(values: ColumnValues): (number | string)[] {
  return Array.from(values as ArrayLike<number | string | bigint>, (value) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
}

describe.each(['little', 'big', 'chosen'])('table %s, written by casacore', (name) => {
  const table = openTable(`${folder}${name}.tab`);
  const dump = dumpOf(name);

  test('has its rows and columns', () => {
    expect(table.rowCount).toBe(dump.rowCount);
    expect(table.columnNames).toEqual(Object.keys(dump.columns));
    expect(table.isLittleEndian).toBe(name !== 'big');
  });

  test.each(Object.keys(dump.columns))('column %s reads as casacore reads it', (column) => {
    const cells = table.column(column);
    dump.columns[column].forEach((expected, row) => {
      expect(cells.isDefined(row)).toBe(expected !== null);
      if (!expected) {
        expect(() => cells.get(row)).toThrow(/no value/);
        return;
      }
      expect(cells.cellShape(row)).toEqual(expected.shape);
      const values = plain(cells.getRange(row, 1));
      expect(values).toEqual(expected.values.map((value) => (typeof value === 'number' ? value : String(value))));
    });
  });
});

test('a keyword that a table has, itself or in a column, is seen without opening it', () => {
  const { columnNames, keywords } = openTable(`${folder}little.tab`);
  for (const name of [...keywords.keys(), ...columnNames])
    expect(mayHaveKeyword(`${folder}little.tab`, name)).toBe(true);
  expect(mayHaveKeyword(`${folder}little.tab`, 'NOWHERE')).toBe(false);
});

test('ranges and slices are the cells one after another', () => {
  const table = openTable(`${folder}big.tab`);
  const uvw = table.column('UVW').getRange(3, 5) as Float64Array;
  expect([...uvw]).toEqual([3, 4, 5, 6, 7].flatMap((row) => [row, -row, 0.5]));
  const into = new Float32Array(3 * 4 * 2);
  expect(table.column('SHAPE_COMPLEX').getRange(0, 3, into)).toBe(into);
  expect(into[1 * 8 + 2 * 2 + 1]).toBe(1);
  const second = table.column('SHAPE_COMPLEX').getSlice(0, 3, [1, 0], [1, 2]) as Float32Array;
  expect([...second]).toEqual([2, 0, 3, 0, 2, 1, 3, 1, 2, 2, 3, 2]);
  const texts = table.column('NAMES').getSlice(2, 1, [0], [1]);
  expect(texts).toEqual(['name 2']);
  expect(() => table.column('SHAPE_COMPLEX').getRange(0, 4)).toThrow(/no value/);
  expect(() => table.column('SHAPE_COMPLEX').getRange(4, 4)).toThrow(/differ in shape.*row 6/);
  expect(() => table.column('UVW').getRange(10, 4)).toThrow(/13/);
});

test('keywords keep their types, nesting and order', () => {
  const table = openTable(`${folder}little.tab`);
  expect([...table.keywords.keys()]).toEqual(['VERSION', 'NESTED', 'GRID']);
  expect(readRecordPath(table.keywords, ['NESTED', 'DEEP', 'X'])).toEqual({ type: 'Double', value: 1.5 });
  expect(readRecordPath(table.keywords, ['NESTED', 'LOST', 'X'])).toBeUndefined();
  expect(readRecordPath(table.column('TIME').keywords, ['MEASINFO', 'Ref'])).toEqual({ type: 'String', value: 'UTC' });
  expect(table.info).toMatchObject({ type: 'Fixture', subType: 'casacore' });
});

test('queries find the rows that casacore finds', () => {
  const table = openTable(`${folder}little.tab`);
  const rows = (condition: string) => [...queryRows(table, condition)];
  expect(rows('SCAN == 1 || INT < 2000')).toEqual([0, 1, 2, 5, 6, 7, 8, 9]);
  expect(rows('INT in [-3, 1997] and not BOOL')).toEqual([2]);
  expect(rows('SCAN in [1:2] && UVW[1] > 9')).toEqual([10, 11, 12]);
  expect(rows('MODE ~ p/OBS*/ and DOUBLE between 1 and 1.2')).toEqual([7, 8]);
  expect(rows('!isdefined(FREE)')).toEqual([3, 7, 11]);
  expect(rows('nelements(NAMES) == 2 && any(FLAGS) && sum(UVW) > 0.4 && rownumber() <= 2')).toEqual([0, 1]);
  expect(rows('TIME >= 4.9e9 + 3')).toEqual([12]);
  expect(() => rows('INT ==')).toThrow(/too early/);
  expect(() => rows('INT + 1')).toThrow(/not a condition/);
  expect(() => rows('INT == "a"')).toThrow(/mixes types/);
  expect(() => rows('LOST == 1')).toThrow(/LOST/);
});
