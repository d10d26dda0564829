import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  arrayKeyword,
  type ColumnDescription,
  copyTable,
  createTable,
  deleteTable,
  isTable,
  openTable,
  outlineTable,
  recordKeyword,
  renameTable,
  type StorageManagerType,
  scalarKeyword,
  type TableDescription,
  tableKeyword,
} from '../../../src/formats/tables/index.ts';
import { arena } from '../../../src/foundation/numeric/index.ts';

const work = mkdtempSync(join(tmpdir(), 'tables-'));
afterAll(() => rmSync(work, { recursive: true }));

function describeOne(column: ColumnDescription, type: StorageManagerType, tileShape?: number[]): TableDescription {
  return {
    columns: [column],
    storageManagers: [{ type, name: 'SM', columns: [column.name], tileShape, bucketBytes: 1024 }],
  };
}

describe.each(['StandardStMan', 'IncrementalStMan', 'TiledShapeStMan', 'TiledCellStMan'] as const)('%s', (type) => {
  test('keeps arrays of free shape, written in ranges and over again', () => {
    const path = join(work, `free-${type}`);
    const column: ColumnDescription = { name: 'DATA', type: 'Complex', kind: 'array', axisCount: 2 };
    const table = createTable(path, describeOne(column, type, [3, 2, 2]), 10);
    const cells = table.column('DATA');
    const first = Float32Array.from({ length: 6 * 3 * 2 * 2 }, (_, k) => k / 3);
    cells.putRange(0, 6, first, [3, 2]);
    cells.putRange(6, 4, new Float32Array(4 * 5 * 2 * 2).fill(7), [5, 2]);
    cells.putRange(2, 2, new Float32Array(2 * 3 * 2 * 2).fill(-1));
    table.close();
    const again = openTable(path).column('DATA');
    expect(again.cellShape(5)).toEqual([3, 2]);
    expect(again.cellShape(6)).toEqual([5, 2]);
    const expected = first.slice();
    expected.fill(-1, 2 * 12, 4 * 12);
    expect(again.getRange(0, 6)).toEqual(expected);
    expect((again.getRange(6, 4) as Float32Array).every((value) => value === 7)).toBe(true);
    expect(() => again.getRange(4, 4)).toThrow(/differ in shape/);
  });
});

test.each(['Float', 'Bool'] as const)(
  'StandardStMan keeps thousands of short %s arrays, whatever order their files have',
  (type) => {
    const path = join(work, `many-${type}`);
    const table = createTable(
      path,
      describeOne({ name: 'A', type, kind: 'array', axisCount: 1 }, 'StandardStMan'),
      5000,
    );
    const cells = table.column('A');
    const lengthOf = (row: number) => (row < 2000 ? 3 : 1 + ((row >> 7) % 4));
    const Values = type === 'Bool' ? Uint8Array : Float32Array;
    const valuesOf = (row: number) => {
      const values = new Values(lengthOf(row));
      return values.map((_: number, at: number) => (type === 'Bool' ? ((row >> 1) + at) % 2 : row + at / 4));
    };
    for (let row = 4999; row >= 4990; row--) cells.put(row, { shape: [lengthOf(row)], values: valuesOf(row) });
    for (let row = 0; row < 4990; ) {
      let end = row;
      while (end < 4990 && lengthOf(end) === lengthOf(row)) end++;
      const length = lengthOf(row);
      const values = new Values((end - row) * length);
      for (let each = row; each < end; each++) values.set(valuesOf(each), (each - row) * length);
      cells.putRange(row, end - row, values, [length]);
      row = end;
    }
    table.close();
    const again = openTable(path).column('A');
    expect(again.shapeRun(0, 5000)).toEqual({ shape: [3], count: 2000 });
    for (let row = 0; row < 5000; ) {
      const { shape, count } = again.shapeRun(row, 5000 - row);
      expect(shape).toEqual([lengthOf(row)]);
      const expected = Array.from({ length: count }, (_, each) => [...valuesOf(row + each)]).flat();
      expect([...(again.getRange(row, count) as Float32Array)]).toEqual(expected);
      row += count;
    }
  },
);

describe.each(['StandardStMan', 'IncrementalStMan'] as const)('%s', (type) => {
  test('keeps texts of all lengths when they change', () => {
    const path = join(work, `texts-${type}`);
    const table = createTable(path, describeOne({ name: 'T', type: 'String', kind: 'scalar' }, type), 200);
    const texts = Array.from({ length: 200 }, (_, row) => 'ü'.repeat((row * 7) % 97));
    table.column('T').putRange(0, 200, texts);
    table.flush();
    for (let row = 0; row < 200; row += 3) {
      texts[row] = `row ${row} ${'y'.repeat((row * 31) % 300)}`;
      table.column('T').put(row, texts[row]);
    }
    table.removeRows([0, 5, 6, 7, 199]);
    table.close();
    const kept = texts.filter((_, row) => ![0, 5, 6, 7, 199].includes(row));
    const again = openTable(path);
    expect(again.rowCount).toBe(195);
    expect(again.column('T').getRange(0, 195)).toEqual(kept);
  });
});

test('a tiled column reads and writes any slice of rows, channels and correlations', () => {
  const path = join(work, 'slices');
  const [rows, chans, corrs] = [23, 10, 3];
  const column: ColumnDescription = { name: 'D', type: 'Float', kind: 'array', axisCount: 2 };
  const table = createTable(path, describeOne(column, 'TiledShapeStMan', [4, 4, 2]), rows);
  const cells = table.column('D');
  const all = Float32Array.from({ length: rows * chans * corrs }, (_, k) => k);
  cells.putRange(0, rows, all, [chans, corrs]);
  const at = (row: number, chan: number, corr: number) => (row * chans + chan) * corrs + corr;
  for (const [row, count, from, size] of [
    [0, 23, [0, 0], [10, 3]],
    [5, 9, [3, 1], [6, 2]],
    [22, 1, [9, 2], [1, 1]],
    [3, 8, [0, 2], [10, 1]],
  ] as const) {
    const expected: number[] = [];
    for (let r = row; r < row + count; r++)
      for (let c = from[0]; c < from[0] + size[0]; c++)
        for (let p = from[1]; p < from[1] + size[1]; p++) expected.push(all[at(r, c, p)]);
    expect([...(cells.getSlice(row, count, from, size) as Float32Array)]).toEqual(expected);
    cells.putSlice(
      row,
      count,
      from,
      size,
      Float32Array.from(expected, (value) => -value),
    );
    expect(cells.getSlice(row, count, from, size)).toEqual(Float32Array.from(expected, (value) => -value));
    cells.putSlice(row, count, from, size, Float32Array.from(expected));
  }
  table.close();
  expect(openTable(path).column('D').getRange(0, rows)).toEqual(all);
});

test.each(['created', 'opened'])(
  'a tiled column just %s takes over the cells of another table with their shapes and bits',
  (state) => {
    const column: ColumnDescription = { name: 'FLAG', type: 'Bool', kind: 'array', axisCount: 2 };
    const source = createTable(join(work, `adopted ${state}`), describeOne(column, 'TiledShapeStMan', [3, 5, 2]), 9);
    const wide = Uint8Array.from({ length: 7 * 5 * 2 }, (_, k) => (k % 3 === 0 ? 1 : 0));
    source.column('FLAG').putRange(0, 7, wide, [5, 2]);
    source.column('FLAG').putRange(7, 1, Uint8Array.of(1, 0, 1), [3, 1]);
    const path = join(work, `adopting ${state}`);
    let target = createTable(path, describeOne(column, 'TiledShapeStMan', [64, 64, 2]), 9);
    target.column('FLAG').putRange(0, 9, new Uint8Array(9 * 4).fill(1), [2, 2]);
    if (state === 'opened') {
      target.close();
      target = openTable(path, 'update');
    }
    expect(target.adoptColumn('FLAG', source)).toBe(true);
    target.close();
    source.column('FLAG').putRange(0, 7, new Uint8Array(wide.length));
    source.close();
    const flags = openTable(path, 'update').column('FLAG');
    expect(flags.shapeRun(0, 9)).toEqual({ shape: [5, 2], count: 7 });
    expect(flags.getRange(0, 7)).toEqual(wide);
    expect(flags.getRange(7, 1)).toEqual(Uint8Array.of(1, 0, 1));
    expect(flags.shapeRun(8, 1)).toEqual({ shape: undefined, count: 1 });
    flags.putRange(8, 1, Uint8Array.of(0, 1), [1, 2]);
    expect(flags.getRange(8, 1)).toEqual(Uint8Array.of(0, 1));
  },
);

test('a column in another kind of storage is not taken over', () => {
  const column: ColumnDescription = { name: 'FLAG', type: 'Bool', kind: 'array', axisCount: 2 };
  const target = createTable(join(work, 'refusing'), describeOne(column, 'StandardStMan'), 1);
  const source = createTable(join(work, 'refused'), describeOne(column, 'TiledShapeStMan', [4, 2, 2]), 1);
  target.column('FLAG').put(0, { shape: [1, 2], values: Uint8Array.of(1, 0) });
  expect(target.adoptColumn('FLAG', source)).toBe(false);
  expect(target.column('FLAG').getRange(0, 1)).toEqual(Uint8Array.of(1, 0));
  target.close();
  source.close();
});

test('flags keep each bit whatever the tile', () => {
  const path = join(work, 'flags');
  const [rows, chans, corrs] = [37, 7, 3];
  const column: ColumnDescription = { name: 'FLAG', type: 'Bool', kind: 'array', axisCount: 2 };
  const table = createTable(path, describeOne(column, 'TiledShapeStMan', [5, 3, 3]), rows);
  const flags = Uint8Array.from({ length: rows * chans * corrs }, (_, k) => Number((k * k) % 5 < 2));
  table.column('FLAG').putRange(0, 20, flags.subarray(0, 20 * chans * corrs), [chans, corrs]);
  table.column('FLAG').putRange(20, 17, flags.subarray(20 * chans * corrs), [chans, corrs]);
  table.column('FLAG').putRange(11, 1, new Uint8Array(chans * corrs).fill(9));
  flags.fill(1, 11 * chans * corrs, 12 * chans * corrs);
  table.close();
  expect(openTable(path).column('FLAG').getRange(0, rows)).toEqual(flags);
});

test('ranges fill arrays in kernel memory', () => {
  const path = join(work, 'kernel');
  const column: ColumnDescription = { name: 'D', type: 'Double', kind: 'array', shape: [64, 2] };
  const table = createTable(path, describeOne(column, 'TiledColumnStMan', [16, 64, 2]), 300);
  const values = Float64Array.from({ length: 300 * 128 }, (_, k) => k * 0.25);
  table.column('D').putRange(0, 300, values);
  arena().scope((lease) => {
    const into = lease.float64(300 * 128);
    table.column('D').getRange(0, 300, into);
    expect(Float64Array.from(into)).toEqual(values);
  });
  table.close();
});

test('columns, keywords and subtables can be added later, and tables copied and renamed', () => {
  const path = join(work, 'main');
  const table = createTable(path, describeOne({ name: 'A', type: 'Int', kind: 'scalar' }, 'StandardStMan'), 4);
  table.column('A').putRange(0, 4, Int32Array.of(4, 3, 2, 1));
  createTable(
    join(path, 'SUB'),
    describeOne({ name: 'N', type: 'String', kind: 'scalar' }, 'StandardStMan'),
    1,
  ).close();
  table.setKeyword('SUB', tableKeyword('SUB'));
  table.setKeyword(
    'INNER',
    recordKeyword(new Map([['X', arrayKeyword('Int64', [2], BigInt64Array.of(1n, -(2n ** 60n)))]])),
  );
  table.setColumnKeyword('A', 'UNIT', scalarKeyword('String', 'm'));
  table.addColumns([{ name: 'B', type: 'DComplex', kind: 'scalar' }], {
    type: 'IncrementalStMan',
    name: 'I',
    columns: ['B'],
  });
  table.column('B').put(2, [1.5, -2]);
  table.subtable('SUB').column('N').put(0, 'inside');
  expect(() =>
    table.addColumns([{ name: 'A', type: 'Int', kind: 'scalar' }], {
      type: 'StandardStMan',
      name: 'X',
      columns: ['A'],
    }),
  ).toThrow(/already/);
  table.close();
  copyTable(path, join(work, 'copy'));
  renameTable(join(work, 'copy'), join(work, 'renamed'));
  deleteTable(path);
  expect(isTable(path)).toBe(false);
  const again = openTable(join(work, 'renamed'));
  expect(again.columnNames).toEqual(['A', 'B']);
  expect(again.column('A').getRange(0, 4)).toEqual(Int32Array.of(4, 3, 2, 1));
  expect(again.column('B').get(3)).toEqual([1.5, -2]);
  expect(again.subtable('SUB').column('N').get(0)).toBe('inside');
  expect(again.keywords.get('INNER')).toEqual(
    recordKeyword(new Map([['X', arrayKeyword('Int64', [2], BigInt64Array.of(1n, -(2n ** 60n)))]])),
  );
  expect(outlineTable(join(work, 'renamed')).subtables.get('SUB')?.rowCount).toBe(1);
  expect(() => again.column('A').put(0, 1)).toThrow(/reading only/);
  expect(() =>
    createTable(join(work, 'renamed'), describeOne({ name: 'A', type: 'Int', kind: 'scalar' }, 'StandardStMan')),
  ).toThrow(/already/);
});

test('an IncrementalStMan that grows row by row keeps full buckets on disk, the same bytes as when written at once', () => {
  const rows = 40_000;
  const names = ['SLOW', 'FAST'];
  const description: TableDescription = {
    columns: names.map((name) => ({ name, type: 'Double', kind: 'scalar' })),
    storageManagers: [{ type: 'IncrementalStMan', name: 'ISM', columns: names, bucketBytes: 4096 }],
  };
  const values = names.map((_, column) =>
    Float64Array.from({ length: rows }, (_none, row) => (column ? row / 7 : row >> 4)),
  );
  const writeBy = (name: string, step: number, readAt: number | undefined) => {
    const table = createTable(join(work, name), description);
    for (let start = 0; start < rows; start += step) {
      table.addRows(step);
      names.forEach((column, k) => {
        table.column(column).putRange(start, step, values[k].subarray(start, start + step));
      });
      // Half of the buckets are on disk by then.
      if (start === readAt) expect(table.column('FAST').getRange(100, 3)).toEqual(values[1].subarray(100, 103));
    }
    expect(existsSync(join(work, name, 'table.f0.tmp'))).toBe(name === 'grown');
    table.close();
    expect(existsSync(join(work, name, 'table.f0.tmp'))).toBe(false);
    return readFileSync(join(work, name, 'table.f0'));
  };
  const whole = writeBy('whole', rows, undefined);
  expect(writeBy('grown', 500, undefined).equals(whole)).toBe(true);
  writeBy('looked', 500, 30_000);
  const again = openTable(join(work, 'looked'));
  names.forEach((column, k) => {
    const read = again.column(column).getRange(0, rows) as Float64Array;
    expect(read.every((value, row) => value === values[k][row])).toBe(true);
  });
  again.close();
});

test('a column may be longer than 4 GiB without taking that much disk', () => {
  const path = join(work, 'sparse');
  const column: ColumnDescription = { name: 'D', type: 'Complex', kind: 'array', axisCount: 2 };
  const rows = 700_000;
  const table = createTable(path, describeOne(column, 'TiledShapeStMan', [512, 512, 2]), rows);
  table.column('D').setShape(0, rows, [512, 2]);
  const cell = new Float32Array(2048).fill(3);
  table.column('D').putRange(rows - 1, 1, cell);
  table.column('D').putRange(400_000, 1, cell);
  table.close();
  const again = openTable(path).column('D');
  expect(again.getRange(rows - 1, 1)).toEqual(cell);
  expect(again.getRange(400_000, 1)).toEqual(cell);
  expect((again.getRange(500_000, 1) as Float32Array).every((value) => value === 0)).toBe(true);
  deleteTable(path);
});

test('an array without axes, which casacore writes for an empty one, has no values even at the end of the file', () => {
  const path = join(work, 'axisless');
  const column: ColumnDescription = { name: 'A', type: 'Float', kind: 'array', axisCount: 1 };
  const table = createTable(path, describeOne(column, 'StandardStMan'), 2);
  table.column('A').put(0, { shape: [2], values: Float32Array.of(1, 2) });
  table.column('A').put(1, { shape: [1], values: Float32Array.of(3) });
  table.close();
  // The number of axes, their length and the value end the file.
  const file = join(path, 'table.f0i');
  const bytes = readFileSync(file).subarray(0, -8);
  bytes.fill(0, bytes.length - 4);
  writeFileSync(file, bytes);
  const again = openTable(path);
  expect(again.column('A').get(0)).toMatchObject({ values: Float32Array.of(1, 2) });
  expect(again.column('A').get(1)).toMatchObject({ shape: [0], values: new Float32Array(0) });
  again.close();
});

test('an array of texts without axes has none either', () => {
  const path = join(work, 'axisless-texts');
  const column: ColumnDescription = { name: 'A', type: 'String', kind: 'array', axisCount: -1 };
  const table = createTable(path, describeOne(column, 'StandardStMan'), 2);
  table.column('A').put(0, { shape: [1], values: ['a transition'] });
  table.column('A').put(1, { shape: [1], values: ['another one'] });
  table.close();
  // The cell: number of axes, their length, whether it is filled, length of the text, text.
  const file = join(path, 'table.f0');
  const bytes = readFileSync(file);
  bytes.writeInt32BE(0, bytes.indexOf('another one') - 16);
  writeFileSync(file, bytes);
  const again = openTable(path);
  expect(again.column('A').get(0)).toMatchObject({ values: ['a transition'] });
  expect(again.column('A').get(1)).toMatchObject({ shape: [0], values: [] });
  again.close();
});

test('what is not a table, or a damaged one, is told in a sentence', () => {
  expect(() => openTable(join(work, 'nothing'))).toThrow(/no such table/);
  const path = join(work, 'damaged');
  createTable(path, describeOne({ name: 'A', type: 'Int', kind: 'scalar' }, 'StandardStMan'), 4).close();
  writeFileSync(join(path, 'table.f0'), new Uint8Array(100));
  expect(() => openTable(path).column('A').get(0)).toThrow(/table\.f0/);
  writeFileSync(join(path, 'table.dat'), 'no table');
  expect(() => openTable(path)).toThrow(/magic word/);
  expect(existsSync(join(path, 'table.dat_tmp'))).toBe(false);
});

test('an array of another shape, put into rows that were never put, holds to the end with its values', () => {
  const path = join(work, 'held');
  const columns = [{ name: 'CELLS', type: 'Int', kind: 'array', axisCount: 2 }] as const;
  const storageManagers = [{ type: 'IncrementalStMan', name: 'ISM', columns: ['CELLS'] }] as const;
  const made = createTable(path, { columns, storageManagers }, 1);
  made.column('CELLS').putRange(0, 1, Int32Array.of(5), [1, 1]);
  made.close();
  const table = openTable(path, 'update');
  table.addRows(5);
  table.column('CELLS').putRange(2, 1, Int32Array.of(2, 3), [1, 2]);
  table.close();
  const read = openTable(path);
  expect(Array.from({ length: 6 }, (_, row) => [...(read.column('CELLS').getRange(row, 1) as Int32Array)])).toEqual([
    [5],
    [5],
    [2, 3],
    [2, 3],
    [2, 3],
    [2, 3],
  ]);
  read.close();
});

describe('an IncrementalStMan whose rows are put again', () => {
  const columns = [
    { name: 'CELLS', type: 'Int', kind: 'array', axisCount: 1 },
    { name: 'NUMBER', type: 'Int', kind: 'scalar' },
  ] as const;
  const storageManagers = [{ type: 'IncrementalStMan', name: 'ISM', columns: ['CELLS', 'NUMBER'] }] as const;
  const make = (name: string) => {
    const table = createTable(join(work, name), { columns, storageManagers }, 6);
    const putArray = (row: number, ...values: number[]) =>
      table.column('CELLS').putRange(row, 1, Int32Array.from(values), [values.length]);
    return { table, putArray };
  };
  const arraysOf = (name: string) => {
    const table = openTable(join(work, name));
    const cells = table.column('CELLS');
    const found = Array.from({ length: table.rowCount }, (_, row) =>
      cells.cellShape(row) ? [...(cells.getRange(row, 1) as Int32Array)].join(' ') : '',
    );
    table.close();
    return found;
  };
  const numbersOf = (name: string) => {
    const table = openTable(join(work, name));
    const found = [...(table.column('NUMBER').getRange(0, table.rowCount) as Int32Array)];
    table.close();
    return found;
  };

  test('holds the last array in its shape for the rows to come, and in another shape for its row', () => {
    const { table, putArray } = make('again');
    putArray(2, 3, 3);
    putArray(2, 4, 4);
    table.close();
    expect(arraysOf('again')).toEqual(['', '', '4 4', '4 4', '4 4', '4 4']);
    const other = make('again-other');
    other.putArray(2, 3, 3);
    other.putArray(2, 5);
    other.table.close();
    expect(arraysOf('again-other')).toEqual(['', '', '5', '3 3', '3 3', '3 3']);
  });

  test('leaves the rows before the last as they are when the table is opened anew', () => {
    const { table, putArray } = make('reopened');
    putArray(2, 3, 3);
    table.close();
    const again = openTable(join(work, 'reopened'), 'update');
    again.column('CELLS').putRange(5, 1, Int32Array.of(9, 9), [2]);
    again.close();
    expect(arraysOf('reopened')).toEqual(['', '', '3 3', '3 3', '3 3', '9 9']);
  });

  test('pushes on what rows behind the last scalar held', () => {
    const { table } = make('pushed');
    const numbers = table.column('NUMBER');
    numbers.put(2, 3);
    numbers.put(2, 4);
    numbers.put(3, 5);
    table.close();
    expect(numbersOf('pushed')).toEqual([0, 0, 4, 5, 3, 3]);
  });

  test('keeps for rows to come what was pushed behind the last row, over a flush and an opening', () => {
    const { table } = make('behind');
    const numbers = table.column('NUMBER');
    numbers.put(4, 3);
    numbers.put(4, 4);
    numbers.put(5, 5);
    table.close();
    const again = openTable(join(work, 'behind'), 'update');
    again.addRows(2);
    again.close();
    expect(numbersOf('behind')).toEqual([0, 0, 0, 0, 4, 5, 3, 3]);
  });

  test('takes the first row to come for put when rows were removed, and begins anew without rows', () => {
    const { table } = make('fewer');
    const numbers = table.column('NUMBER');
    numbers.putRange(0, 6, Int32Array.of(1, 2, 3, 4, 5, 6));
    table.removeRows([4, 5]);
    table.addRows(3);
    numbers.put(4, 9);
    table.close();
    expect(numbersOf('fewer')).toEqual([1, 2, 3, 4, 9, 4, 4]);
    const again = openTable(join(work, 'fewer'), 'update');
    again.removeRows([0, 1, 2, 3, 4, 5, 6]);
    again.addRows(2);
    again.close();
    expect(numbersOf('fewer')).toEqual([0, 0]);
  });
});
