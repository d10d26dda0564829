import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ArrayValue,
  arrayKeyword,
  createTable,
  openTable,
  queryRows,
  runTaql,
  type Table,
  tableKeyword,
} from '../../../src/formats/tables/index.ts';

const work = mkdtempSync(join(tmpdir(), 'taql-'));
afterAll(() => rmSync(work, { recursive: true }));
/** Rows that a condition chooses, among those named. */
const rows = (condition: string, among?: number[]) => [
  ...queryRows(openTable(path), condition, { open: openTable, ...(among && { among }) }),
];
const tables = { open: openTable, target: (path: string) => join(work, path) };
const seconds = arrayKeyword('String', [1], ['s']);
let path = '';

beforeAll(() => {
  path = makeTable('t.tab');
});

function makeTable(name: string): string {
  const place = join(work, name);
  const sub = createTable(
    join(place, 'SUB'),
    {
      columns: [{ name: 'KIND', type: 'String', kind: 'scalar' }],
      storageManagers: [{ type: 'StandardStMan', name: 'S', columns: ['KIND'] }],
    },
    2,
  );
  sub.column('KIND').putRange(0, 2, ['x', 'y']);
  sub.close();
  const table = createTable(
    place,
    {
      columns: [
        { name: 'A', type: 'Int', kind: 'scalar' },
        { name: 'B', type: 'Int', kind: 'scalar' },
        { name: 'X', type: 'Double', kind: 'scalar' },
        { name: 'U', type: 'Double', kind: 'array', shape: [3] },
        { name: 'TIME', type: 'Double', kind: 'scalar', keywords: new Map([['QuantumUnits', seconds]]) },
      ],
      storageManagers: [{ type: 'StandardStMan', name: 'S', columns: ['A', 'B', 'X', 'U', 'TIME'] }],
      keywords: new Map([['SUB', tableKeyword(join(place, 'SUB'))]]),
    },
    6,
  );
  table.column('A').putRange(0, 6, Int32Array.of(0, 1, 2, 3, 4, 5));
  table.column('B').putRange(0, 6, Int32Array.of(1, 0, 1, 0, 1, 1));
  table.column('X').putRange(0, 6, Float64Array.of(3, 1, 2, 1, 0.5, 2));
  table.column('U').putRange(
    0,
    6,
    Float64Array.from({ length: 18 }, (_, k) => k),
  );
  // Hour by hour from 2013-06-02.
  table.column('TIME').putRange(
    0,
    6,
    Float64Array.from({ length: 6 }, (_, k) => 56_445 * 86_400 + 3600 * k),
  );
  table.close();
  return place;
}

function run(command: string): Table {
  const result = runTaql(command, tables);
  return result.kind === 'table' ? result.table : expect.unreachable();
}

function column(command: string, name: string): unknown[] {
  const table = run(command);
  const values = Array.from(table.column(name).getRange(0, table.rowCount) as ArrayLike<unknown>);
  table.close();
  return values;
}

describe('as casacore', () => {
  const values = (statement: string) => {
    const result = runTaql(statement.replace('{t}', path), tables);
    if ('values' in result) return result.values;
    const [name] = (result.table as Table).columnNames;
    return [...(result.table.column(name).getRange(0, result.table.rowCount) as Iterable<unknown>)];
  };

  it('takes bits of whole numbers, looser than sums and tighter than comparisons', () => {
    expect(rows('A & 1 + 2 == 3')).toEqual([3]);
    expect(rows('~A == -3')).toEqual([2]);
    expect(rows('A | 1 ^ 3 == 2')).toEqual([0, 2]);
    expect(() => rows('X & 1 == 1')).toThrow(/whole number/);
    expect(() => rows('A == 3 & B == 1')).toThrow(/not understood/);
    expect(rows('X ~= 1.000001')).toEqual([1, 3]);
  });

  it('sorts rows of equal keys in falling order where all keys fall', () => {
    expect(rows('T orderby B desc')).toEqual([5, 4, 2, 0, 3, 1]);
    expect(rows('T orderby B desc, A')).toEqual([0, 2, 4, 5, 1, 3]);
    expect(values('select B, gcount() as N from {t} groupby B orderby 1 desc')).toEqual([0, 1]);
  });

  it('takes an end of 0 for no limit, and steps without ends', () => {
    expect(rows('T limit 0 offset 4')).toEqual([4, 5]);
    expect(rows('T limit ::3')).toEqual([0, 3]);
    expect(() => rows('T limit 1:3:0')).toThrow(/step/);
  });

  it('counts undefined cells as empty arrays', () => {
    const place = join(work, 'undefined.tab');
    const columns = [{ name: 'V', type: 'Int', kind: 'array', axisCount: 1 } as const];
    const made = createTable(
      place,
      { columns, storageManagers: [{ type: 'StandardStMan', name: 'S', columns: ['V'] }] },
      2,
    );
    made.column('V').put(1, { shape: [2], values: Int32Array.of(3, 4) });
    const chosen = ['any(V > 3)', 'nelements(V) == 0', 'sum(V) == 0', 'mean(V + 1) == 0'].map((text) => [
      ...queryRows(made, text),
    ]);
    expect(chosen).toEqual([[1], [0], [0], [0]]);
    made.close();
  });

  it('keeps whole numbers of more than 32 bits, and words after select', () => {
    expect(values('select A * 3000000000 as N from {t} limit 3')).toEqual([0n, 3000000000n, 6000000000n]);
    expect(values('select all(U > -1) as Y from {t} limit 1')).toHaveLength(1);
    expect(values("calc replace('a1b22', regex('[0-9]+'), '#')")).toEqual(['a#b#']);
    for (const text of ["calc replace('a', regex('(?<x'), 'b')", "select A from {t} where 'a' == regex('(?<x')"])
      expect(() => values(text)).toThrow(/^"\(\?<x" is not a regular expression/);
  });
});

describe('statements', () => {
  it('choose, sort, limit and rename', () => {
    expect(column(`select A as N from ${path} where B == 1 orderby X desc, A limit 3`, 'N')).toEqual([0, 2, 5]);
    expect(column(`select distinct B from ${path}`, 'B')).toEqual([1, 0]);
    expect(column(`select A from ${path} limit -2:`, 'A')).toEqual([4, 5]);
  });

  it('compute columns, with whole numbers kept whole', () => {
    const table = run(`select A+1, A/2 as H, U[1] + U[3] as S from '${path}' where A > 3`);
    expect(table.columnNames).toEqual(['Col_1', 'H', 'S']);
    expect(table.column('Col_1').description.type).toBe('Int');
    expect(table.column('H').getRange(0, 2)).toEqual(Float64Array.of(2, 2.5));
    expect(table.column('S').getRange(0, 2)).toEqual(Float64Array.of(26, 32));
  });

  it('group rows', () => {
    expect(column(`select B, gsum(A) as S, gcount() as N from ${path} groupby B orderby S`, 'S')).toEqual([4, 11]);
    expect(column(`select gmax(X) as M from ${path} groupby B having gcount() > 2`, 'M')).toEqual([3]);
    expect(column(`count B from ${path}`, '_COUNT_')).toEqual([2, 4]);
  });

  it('ask other tables inside', () => {
    expect(
      column(`select A from ${path} where B in [select from ::SUB where KIND == 'y' giving [rowid()]]`, 'A'),
    ).toEqual([0, 2, 4, 5]);
    expect(runTaql(`calc sum([select A from ${path} where B == 0])`, tables)).toMatchObject({
      kind: 'values',
      values: [4],
    });
  });

  it('count as Python does when told', () => {
    expect(column(`using style python select U[0] as W from ${path} where A in [1:3]`, 'W')).toEqual([3, 6]);
  });

  it('change cells and remove rows', () => {
    const own = makeTable('own.tab');
    run(`update ${own} set A = A * 10, U[2] = -1 where B == 0`).close();
    expect(column(`select A from ${own}`, 'A')).toEqual([0, 10, 2, 30, 4, 5]);
    expect(column(`select U from ${own} where A == 30`, 'U')).toEqual([9, -1, 11]);
    run(`delete from ${own} where A > 4`).close();
    expect(column(`select A from ${own}`, 'A')).toEqual([0, 2, 4]);
  });

  it('leave a reference table', () => {
    run(`select A, X as Y from ${path} where A > 2 orderby A desc giving chosen.tab`).close();
    const chosen = openTable(join(work, 'chosen.tab'));
    expect(chosen.column('A').getRange(0, 3)).toEqual(Int32Array.of(5, 4, 3));
    expect(chosen.columnNames).toEqual(['A', 'Y']);
    chosen.close();
  });

  it('leave a table of their own', () => {
    run(`select A, X*2 as Y, U from ${path} where A > 2 giving own-plain.tab as plain`).close();
    const own = openTable(join(work, 'own-plain.tab'), 'update');
    expect(own.column('Y').getRange(0, 3)).toEqual(Float64Array.of(2, 1, 4));
    expect(own.column('U').getRange(1, 1)).toEqual(Float64Array.of(12, 13, 14));
    own.column('A').put(0, 77);
    own.close();
    expect(column(`select A from ${path} where A == 77`, 'A')).toEqual([]);
  });

  it('know units, dates and the short name of their table', () => {
    expect(column(`select A from ${path} where TIME > 2013-06-02/01:30:00`, 'A')).toEqual([2, 3, 4, 5]);
    expect(column(`select A from ${path} where TIME < datetime('2Jun2013/01:00') + 20min`, 'A')).toEqual([0, 1]);
    expect(column(`select A from ${path} where TIME in [2013/06/02/00:30=:=2013/06/02/02:30]`, 'A')).toEqual([1, 2]);
    expect(column(`select t.A as B from ${path} as t where t.TIME > 56445.1 d`, 'B')).toEqual([3, 4, 5]);
    expect(column(`select A from ${path} where TIME/86400. > 2013-06-02/01:30:00`, 'A')).toEqual([2, 3, 4, 5]);
    expect(column(`select A from ${path} where mjdtodate(TIME/86400) < 2013-06-02/00:30:00`, 'A')).toEqual([0]);
    expect(column(`select ctod(TIME) as C from ${path} limit 1`, 'C')).toEqual(['2013/06/02/00:00:00.000']);
    expect(column(`select year(TIME)*100 + month(TIME) as M from ${path} limit 1`, 'M')).toEqual([201306]);
  });

  it.each([
    ['insert into t.tab set A = 1', /"insert" is not offered/],
    ['select A from t.tab u, v.tab', /several tables/],
    ['select ANGDIST(A, A) from PATH', /angdist is not offered/],
    ['select from PATH where X < 3furlong', /the unit furlong is not known/],
    ['select from PATH where TIME < 3deg', /compares a value in deg with one in s/],
    ['select from PATH where TIME > datetime("yesterday")', /is not a date/],
    ['select from PATH where TIME > datetime()', /the time of the query/],
    ['select from PATH where U > 3', /ANY or ALL/],
    ['update PATH set A = [1,2]', /single values/],
  ])('%s is refused with a sentence', (command, sentence) => {
    expect(() => runTaql(command.replace('PATH', path), tables)).toThrow(sentence);
  });
});

describe('functions of arrays, texts and dates', () => {
  const calc = (expression: string) => {
    const result = runTaql(`calc ${expression}`, tables);
    return result.kind === 'values' ? result.values[0] : undefined;
  };
  const array = (shape: number[], values: unknown[]) => ({ shape, values });
  // What casacore 3.5 gives; shapes here from slow to fast.
  it.each([
    ['array([1,2,3],2,2)', [2, 2], [1, 2, 3, 1]],
    ['transpose(array([1,2,3,4,5,6],2,3))', [2, 3], [1, 3, 5, 2, 4, 6]],
    ['transpose(array([1,2,3,4,5,6],2,3),[2])', [2, 3], [1, 3, 5, 2, 4, 6]],
    ['flatten(array([1,2,3,4],2,2))', [4], [1, 2, 3, 4]],
    ['areverse(array([1,2,3,4,5,6],2,3),1)', [3, 2], [2, 1, 4, 3, 6, 5]],
    ['resize([1,2,3],[2,2])', [2, 2], [1, 2, 0, 0]],
    ['sums(array([1,2,3,4,5,6],2,3),1)', [3], [3, 7, 11]],
    ['means(array([1,2,3,4,5,6],2,3),2)', [2], [3, 4]],
    ['medians(array([1,2,3,4],4),1)', [1], [2]],
  ])('%s', (expression, shape, values) => {
    const found = calc(expression) as ArrayValue;
    expect(array([...found.shape], Array.from(found.values as ArrayLike<number>, Number))).toEqual(
      array(shape, values),
    );
  });

  it.each([
    ['str(1234567)', '1234567'],
    ['str(1234567.0)', '1.23457e+06'],
    ['str(100000.5)', '100000'],
    ['str(-1e-5)', '-1e-05'],
    ["str(1/3.,'%8.3f')", '   0.333'],
    ['str(7, 3)', '  7'],
    ['str(1/7.,10.2)', '      0.14'],
    ["str(datetime('2Jun2013/03:04:05'))", '2013/06/02/03:04:05'],
    ['hms(2.5)', '09h32m57.468'],
    ['dms(-0.5)', '-028d38m52.403'],
    ['week(31Dec2015)', 53],
    ['week(1Jan2016)', 0],
    ["cdow('2013-06-02')", 'Sun'],
    ['normangle(3.2)', 3.2 - 2 * Math.PI],
    ['real(exp(complex(1,2)))', Math.E * Math.cos(2)],
    ['imag(complex(1,2)**2)', 4],
    ['real(tan(complex(1.5,0.5)))', 0.2551492218136516],
    ['imag(asin(complex(1.5,0.5)))', 1.0693110431581105],
    ['imag(asin(complex(1.5,0)))', 0.9624236501192069],
    ['imag(acos(complex(1.5,0.5)))', -1.0693110431581105],
    ['real(atan(complex(1.5,0.5)))', 1.0172219678978514],
    ['imag(tanh(complex(1.5,0.5)))', 0.0793244548039567],
    ['imag(square(complex(-1,0)))', 0],
    ['imag(cube(complex(-1,0)))', 0],
    ['real(sqrt(complex(-1,0)))', 0],
  ])('%s', (expression, value) => {
    const found = calc(expression);
    if (typeof value === 'number') expect(found).toBeCloseTo(value, 12);
    else expect(found).toBe(value);
  });

  it.each([
    ["'VD02' ~ d/DV02/1", true],
    ["'VD02' ~ d/DV02/0", false],
    ["'DV0299' ~ d/DV02/", true],
    ["'DV02999' ~ d/DV02/", false],
    ["'D v02' ~ d/DV02/ib0", true],
    ["'CA' !~ d/ABC/2", true],
  ])('%s', (expression, value) => {
    expect(calc(expression)).toBe(value);
  });

  it.each([
    ['sums([1,2])', /needs the axes/],
    ['transpose(3)', /takes an array/],
    ["str(1.5,'%x')", /not offered/],
    ['array(1)', /lengths of the axes/],
    ['floor(complex(1,2))', /takes real numbers/],
  ])('%s is refused with a sentence', (expression, sentence) => {
    expect(() => calc(expression)).toThrow(sentence);
  });
});

describe('cells that casacore leaves empty or without a number', () => {
  const column = (command: string) => {
    const result = runTaql(command.replace('PATH', join(work, 'empty.tab')), tables);
    if (result.kind !== 'table') throw new Error('No table came back.');
    return result.table.column(result.table.columnNames[0]);
  };

  beforeAll(() => {
    const description = {
      columns: [
        { name: 'V', type: 'Double', kind: 'array' },
        { name: 'C', type: 'DComplex', kind: 'scalar' },
      ],
      storageManagers: [{ type: 'StandardStMan', name: 'S', columns: ['V', 'C'] }],
    } as const;
    const table = createTable(join(work, 'empty.tab'), description, 2);
    table.column('V').put(0, { shape: [3, 2], values: Float64Array.of(1, 2, 3, 4, 5, 6) });
    table.close();
  });

  it('are those of functions of arrays that are not there, and of 0 to the power 0', () => {
    const flat = column('select arrayflatten(V) as F from PATH');
    expect([0, 1].map((row) => (flat.get(row) as ArrayValue).shape)).toEqual([[6], [0]]);
    expect((column('select transpose(V) as T from PATH').get(1) as ArrayValue).shape).toEqual([0]);
    expect((column('select array(V,2) as T from PATH').get(1) as ArrayValue).shape).toEqual([0]);
    expect(column('select C**C as P from PATH').get(0)).toEqual([Number.NaN, Number.NaN]);
    expect(column('select C**2 as P from PATH').get(0)).toEqual([0, 0]);
  });

  it('have a shape in the order of the style', () => {
    const lengths = (command: string) => [...(column(command).get(0) as ArrayValue).values];
    expect(lengths('select shape(V) as S from PATH')).toEqual([2, 3]);
    expect(lengths('using style python select shape(V) as S from PATH')).toEqual([3, 2]);
  });
});

describe('conditions', () => {
  it('hold queries, of subtables and of other tables', () => {
    expect(rows("B in [select rownumber()-1 from ::SUB where KIND == 'y']")).toEqual([0, 2, 4, 5]);
    expect(rows(`A in [select B from ${path} where A > 3] and X > 0`)).toEqual([1]);
    expect(() => queryRows(openTable(path), `A in [select B from ${path}]`)).toThrow('cannot be about another table');
  });

  it('order and limit their rows, and choose among others', () => {
    expect(rows('B == 1 orderby X desc, A limit 3')).toEqual([0, 2, 5]);
    expect(rows('A > 1', [5, 0, 3])).toEqual([5, 3]);
    expect(() => rows('gmax(A) > 3')).toThrow('stand in having');
  });
});
