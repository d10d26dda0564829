import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTable } from '../../../../src/formats/tables/index.ts';
import { toolCaller } from './tool-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-tb-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('tb', () => {
  const tb = toolCaller('tb', folder);
  beforeAll(async () => {
    const column = { name: 'FLUX', type: 'Double', kind: 'array', shape: [3, 2] } as const;
    const manager = { type: 'StandardStMan', name: 'SSM', columns: ['FLUX'] } as const;
    const table = createTable(join(folder, 't'), { columns: [column], storageManagers: [manager] }, 2);
    table.column('FLUX').putRange(
      0,
      2,
      Float64Array.from({ length: 12 }, (_, index) => index),
    );
    table.close();
    await tb('open', ['t'], { nomodify: false });
  });

  it('gives parts of cells, in the order of axes that CASA has', async () => {
    expect(await tb('getcellslice', ['FLUX', 1, [1, 0], [1, 2]])).toEqual([[7, 9, 11]]);
    expect(await tb('getcolslice', ['FLUX', [0, 2], [-1, 2]])).toEqual([[[4, 10]], [[5, 11]]]);
    await expect(tb('getcellslice', ['FLUX', 0, [0, 0], [2, 0]])).rejects.toThrow('does not fit the cell');
  });

  it('computes expressions, of tables or of none, in the types that CASA answers with', async () => {
    expect(await tb('calc', ['1+2'])).toEqual([3n]);
    expect(await tb('calc', ['rownumber()*3000000000 from t'])).toEqual([0n, 3_000_000_000n]);
    expect(await tb('calc', ['FLUX[0,1] from t'])).toEqual([2, 8]);
    expect(await tb('calc', ['FLUX[0:0,0:1] from t'])).toEqual({ 0: [[0, 2]], 1: [[6, 8]] });
    expect(await tb('calc', ['[1,2]/2'])).toEqual({ 0: [0.5, 1] });
    expect(await tb('calc', ['[select from t giving [sum(FLUX)]]'])).toEqual({ 0: [15, 51] });
    expect(await tb('calc', ['sum(FLUX) from t'])).toEqual([15, 51]);
    await expect(tb('calc', ['FLUX'])).rejects.toThrow('There is no table with a column FLUX');
    expect(await tb('getcell', ['FLUX', [1]])).toEqual([
      [6, 8, 10],
      [7, 9, 11],
    ]);
  });

  it('sorts queries by expressions, up or down', async () => {
    for (const [sortlist, first] of Object.entries({ 'sum(FLUX) DESC': 6, 'FLUX[1,1] asc, rownumber()': 0 })) {
      await tb('query', ['', `by ${first}`, sortlist]);
      const found = toolCaller('tb', folder);
      await found('open', [`by ${first}`]);
      expect(await found('getcell', ['FLUX', 0])).toMatchObject([[first, first + 2, first + 4], {}]);
    }
  });

  it('knows statistics of a column, and reads nothing of one that is too large', async () => {
    expect(await tb('statistics', ['FLUX'])).toMatchObject({ FLUX: { npts: 12, min: 0, max: 11, mean: 5.5, sum: 66 } });
    const path = join(folder, 'large');
    const column = { name: 'DATA', type: 'Float', kind: 'array', axisCount: 2 } as const;
    const manager = { type: 'StandardStMan', name: 'SSM', columns: ['DATA'] } as const;
    const table = createTable(path, { columns: [column], storageManagers: [manager] }, 3);
    table.column('DATA').putRange(0, 1, new Float32Array(4), [2, 2]);
    table.column('DATA').setShape(1, 2, [1e4, 1e4]);
    table.close();
    const large = toolCaller('tb', folder);
    await large('open', ['large']);
    const started = process.memoryUsage().arrayBuffers;
    await expect(large('statistics', ['DATA'])).rejects.toThrow('too many values');
    expect(process.memoryUsage().arrayBuffers - started).toBeLessThan(1e8);
    await large('close');
  });

  it('writes keywords of all kinds, and takes them away', async () => {
    await tb('putkeyword', ['A', 3]);
    await tb('putkeywords', [{ B: 'text', C: [1, 2.5], D: { inner: true } }]);
    await tb('putcolkeyword', ['FLUX', 'UNIT', 'Jy']);
    expect(await tb('getkeywords')).toMatchObject({ A: 3, B: 'text', C: [1, 2.5], D: { inner: true } });
    expect(await tb('getcolkeyword', ['FLUX', 'UNIT'])).toBe('Jy');
    await tb('removekeyword', ['A']);
    expect(await tb('keywordnames')).toEqual(['B', 'C', 'D']);
  });

  it('adds, describes, fills, copies and removes columns', async () => {
    await tb('addcols', [{ NAME: { valueType: 'string', comment: 'who' }, PAIRS: { valueType: 'double', ndim: 2 } }]);
    expect(await tb('getcoldesc', ['NAME'])).toEqual({
      ...{ comment: 'who', dataManagerGroup: 'StandardStMan', dataManagerType: 'StandardStMan' },
      ...{ keywords: {}, maxlen: 0, option: 0, valueType: 'string' },
    });
    expect(await tb('getcoldesc', ['FLUX'])).toMatchObject({ ndim: 2, option: 5, shape: [2, 3], valueType: 'double' });
    await tb('putvarcol', ['PAIRS', { r1: [[1, 2]], r2: [[3], [4]] }]);
    expect(await tb('getcolshapestring', ['PAIRS'])).toEqual(['[1, 2]', '[2, 1]']);
    expect(await tb('getcell', ['PAIRS', 1])).toEqual([[3], [4]]);
    expect(await tb('colarraytype', ['PAIRS'])).toBe('Indirect, variable sized arrays');
    await tb('putcolkeywords', ['NAME', { A: 1, R: { inner: 2 } }]);
    expect(await tb('colfieldnames', ['NAME', 'R'])).toEqual(['inner']);
    await tb('copy', ['t2'], { returnobject: false });
    await tb('removecols', [['NAME']]);
    expect(await tb('colnames')).toEqual(['FLUX', 'PAIRS']);
    expect(await tb('getcell', ['PAIRS', 1])).toEqual([[3], [4]]);
    await tb('flush');
    expect(await tb('getcell', ['PAIRS', 1])).toEqual([[3], [4]]);
    await tb('removecols', [['PAIRS']]);
    expect(await tb('colnames')).toEqual(['FLUX']);
    await tb('open', ['t2']);
    expect(await tb('colnames')).toEqual(['FLUX', 'NAME', 'PAIRS']);
  });

  it('makes columns with the storage managers that dminfo and the descriptions tell', async () => {
    const cube = { valueType: 'float', ndim: 2, dataManagerType: 'TiledShapeStMan', dataManagerGroup: 'TiledData' };
    const tiles = { COLUMNS: ['D'], TYPE: 'TiledShapeStMan', NAME: 'TiledData', SPEC: { DEFAULTTILESHAPE: [2, 4, 8] } };
    await tb('create', ['tiled', { D: cube, N: { valueType: 'int' } }], { nrow: 2, dminfo: { '*1': tiles } });
    await tb('putcell', ['D', 1, [[1, 2, 3]]]);
    const steps = { COLUMNS: ['S'], TYPE: 'IncrementalStMan', NAME: 'TiledData', SPEC: { BUCKETSIZE: 1024 } };
    await tb('addcols', [{ S: { valueType: 'int' } }, steps]);
    expect(await tb('getcell', ['D', 1])).toEqual([[1, 2, 3]]);
    const groups = await Promise.all(['D', 'N', 'S'].map(async (name) => (await tb('getcoldesc', [name])) as object));
    expect(groups).toMatchObject([
      { dataManagerType: 'TiledShapeStMan', dataManagerGroup: 'TiledData' },
      { dataManagerType: 'StandardStMan', dataManagerGroup: 'StandardStMan' },
      { dataManagerType: 'IncrementalStMan', dataManagerGroup: 'TiledData_1' },
    ]);
    await tb('open', ['t2']);
  });

  it('leaves nothing where it makes no table', async () => {
    const made = { D: { valueType: 'float', ndim: 2 } };
    const info = (TYPE: string, COLUMNS: string[]) => ({ '*1': { COLUMNS, TYPE, NAME: 'T', SPEC: {} } });
    const create = (dminfo: ReturnType<typeof info>) => tb('create', ['t4', made], { dminfo });
    await expect(create(info('FooStMan', ['D']))).rejects.toThrow(/FooStMan is not known; .* neither read nor written/);
    await expect(create(info('TiledShapeStMan', ['D', 'Z']))).rejects.toThrow(/a column Z that tabledesc does not/);
    await expect(create(info('TiledColumnStMan', ['D']))).rejects.toThrow(/shape/);
    await create(info('TiledShapeStMan', ['D']));
    expect(await tb('colnames')).toEqual(['D']);
  });

  it('makes tables, copies rows and renames columns', async () => {
    await tb('open', ['t2'], { nomodify: false });
    await tb('renamecol', ['NAME', 'WHO']);
    await expect(tb('renamecol', ['WHO', 'FLUX'])).rejects.toThrow(/a column FLUX already/);
    await expect(tb('copy', ['t4'], { dminfo: { '*1': { TYPE: 'StandardStMan' } } })).rejects.toThrow(/dminfo/);
    await tb('putcolslice', ['FLUX', [[[8, 9]]], [0, 0], [0, 0]]);
    await tb('putcellslice', ['FLUX', 0, [[7]], [1, 2], [1, 2]]);
    await expect(tb('putcellslice', ['FLUX', 0, [[7, 7]], [1, 2], [1, 2]])).rejects.toThrow('The values are [1,2]');
    await tb('copyrows', ['t2'], { startrowin: 1, nrow: 5 });
    await tb('putinfo', [{ type: 'T', subType: 'S', readme: 'one' }]);
    await tb('addreadmeline', ['two']);
    await tb('close');
    await tb('open', ['t2']); // as it is on the disk
    expect(await tb('colnames')).toEqual(['FLUX', 'WHO', 'PAIRS']);
    expect(await tb('getcol', ['FLUX'])).toMatchObject([
      [
        [8, 9, 9],
        [2, 8, 8],
        [4, 10, 10],
      ],
      [
        [1, 7, 7],
        [3, 9, 9],
        [7, 11, 11],
      ],
    ]);
    expect(await tb('info')).toEqual({ readme: 'one\ntwo\n', subType: 'S', type: 'T' });
    await expect(tb('renamecol', ['WHO', 'NAME'])).rejects.toThrow(/read/);
    const made = { A: { valueType: 'int' }, B: { valueType: 'string', dataManagerType: 'IncrementalStMan' } };
    await tb('create', ['t3', made], { nrow: 2 });
    await tb('putcol', ['B', ['x', 'y']]);
    await tb('close');
    await tb('open', ['t3']);
    expect([await tb('colnames'), await tb('nrows'), await tb('getcol', ['B'])]).toEqual([['A', 'B'], 2, ['x', 'y']]);
    await expect(tb('create', ['t3', made])).rejects.toThrow(/of this name/);
  });
});
