import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTable, openTable } from '../../../src/formats/tables/index.ts';
import { TileCache, TileFile } from '../../../src/formats/tables/tile-cache.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'qa2-tiles-'));

describe('the cache of tiles', () => {
  it('writes a tile when the last of its values has come, and takes its memory for the next', () => {
    const path = join(folder(), 'tiles');
    const file = new TileFile(path, 3000, true);
    const cache = new TileCache();
    const first = cache.edit(0, file, 0, 1000, true);
    first.fill(1, 0, 600);
    cache.wrote(0, 600, 1000);
    first.fill(2, 600);
    cache.wrote(0, 400, 1000);
    expect([...readFileSync(path)]).toEqual([...new Array(600).fill(1), ...new Array(400).fill(2)]);
    expect(cache.edit(1, file, 1000, 1000, true).buffer).toBe(first.buffer);
  });

  it('sees that a tile is full when a column is written in pieces, also in tiles at the end of an axis', () => {
    const path = join(folder(), 'table');
    const columns = [{ name: 'V', type: 'Int', kind: 'array', axisCount: 1 }] as const;
    const manager = { type: 'TiledShapeStMan', name: 'V', columns: ['V'], tileShape: [4, 2] };
    const table = createTable(path, { columns, storageManagers: [manager] }, 8);
    const stored = () => new Int32Array(Uint8Array.from(readFileSync(join(path, 'table.f0_TSM1'))).buffer);
    table.column('V').setShape(0, 8, [3]);
    for (let row = 0; row < 6; row += 3) table.column('V').putRange(row, 3, new Int32Array(9).fill(row + 1), [3]);
    expect([...stored()]).toEqual([1, 1, 1, 1, 1, 1, 4, 4, 1, 0, 1, 0, 1, 0, 4, 0]);
    table.close();
  });

  it('keeps a tile that a long write goes on with, and writes it once when it is full', () => {
    const path = join(folder(), 'table');
    const columns = [{ name: 'V', type: 'Int', kind: 'array', axisCount: 1 }] as const;
    const manager = { type: 'TiledShapeStMan', name: 'V', columns: ['V'], tileShape: [30_000, 1] };
    const table = createTable(path, { columns, storageManagers: [manager] }, 70_000);
    const stored = () => new Int32Array(Uint8Array.from(readFileSync(join(path, 'table.f0_TSM1'))).buffer);
    table.column('V').setShape(0, 70_000, [1]);
    const put = (first: number, count: number, value: number) =>
      table.column('V').putRange(first, count, new Int32Array(count).fill(value), [1]);
    put(0, 100, 1);
    put(100, 20_000, 2); // long enough to be written without a tile, were there none
    expect(stored()).toHaveLength(0);
    put(20_100, 30_000, 3);
    expect(stored()).toHaveLength(50_100);
    put(50_100, 100, 4);
    put(50_200, 19_800, 5);
    table.close();
    const runs = [...stored().subarray(0, 70_000)].map((value, row, all) =>
      value === all[row - 1] ? '' : `${row}:${value}`,
    );
    expect(runs.filter((run) => run !== '')).toEqual(['0:1', '100:2', '20100:3', '50100:4', '50200:5']);
  });

  it('moves rows of several small tiles with one call', () => {
    const path = join(folder(), 'table');
    const columns = [{ name: 'V', type: 'Int', kind: 'array', axisCount: 1 }] as const;
    const manager = { type: 'TiledShapeStMan', name: 'V', columns: ['V'], tileShape: [4, 2] };
    const table = createTable(path, { columns, storageManagers: [manager] }, 40);
    table.column('V').setShape(0, 40, [2]);
    const values = Int32Array.from({ length: 80 }, (_, k) => k);
    table.column('V').putRange(0, 2, values.subarray(0, 4), [2]); // half of the first tile
    table.column('V').putRange(2, 36, values.subarray(4, 76), [2]);
    table.column('V').putRange(38, 2, values.subarray(76), [2]);
    expect(table.column('V').getRange(0, 40)).toEqual(values);
    table.close();
    expect(openTable(path).column('V').getRange(1, 38)).toEqual(values.slice(2, 78));
  });

  it('takes a long write over tiles that are in memory, at its ends and between them', () => {
    const path = join(folder(), 'table');
    const columns = [{ name: 'V', type: 'Int', kind: 'array', axisCount: 1 }] as const;
    const manager = { type: 'TiledShapeStMan', name: 'V', columns: ['V'], tileShape: [10_000, 1] };
    const table = createTable(path, { columns, storageManagers: [manager] }, 50_000);
    table.column('V').setShape(0, 50_000, [1]);
    const expected = new Int32Array(50_000);
    const put = (first: number, count: number, value: number) => {
      expected.fill(value, first, first + count);
      table.column('V').putRange(first, count, new Int32Array(count).fill(value), [1]);
    };
    for (const first of [100, 22_000, 41_000, 48_000]) put(first, 50, first); // in the first, a middle, and the last tile
    put(5000, 40_000, 7); // ends between what was written to the last tile
    put(44_990, 20, 8);
    table.close();
    expect(openTable(path).column('V').getRange(0, 50_000)).toEqual(expected);
  });
});
