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
    await expect(tb('removecols', [['NAME']])).rejects.toThrow(/same storage manager/);
    await tb('removecols', [['NAME', 'PAIRS']]);
    expect(await tb('colnames')).toEqual(['FLUX']);
    await tb('open', ['t2']);
    expect(await tb('colnames')).toEqual(['FLUX', 'NAME', 'PAIRS']);
  });
});
