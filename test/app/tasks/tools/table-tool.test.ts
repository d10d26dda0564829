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
});
