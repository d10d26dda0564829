import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createTable, openTable } from '../../../src/formats/tables/index.ts';

const work = mkdtempSync(join(tmpdir(), 'flags-'));
afterAll(() => rmSync(work, { recursive: true }));

/** [rows, chan, corr] of tiles and of cells: lines of whole bytes, and lines that begin within one. */
it.each([
  [
    [4, 8, 2],
    [32, 2],
  ],
  [
    [8, 4, 2],
    [20, 2],
  ],
  [
    [3, 5, 2],
    [17, 2],
  ],
  [
    [2, 16, 4],
    [40, 4],
  ],
])('flags in tiles %j come back from cells %j, whole and in parts', (tileShape, [chans, corrs]) => {
  const path = join(work, `${tileShape}-${chans}`);
  const rows = 11;
  const table = createTable(
    path,
    {
      columns: [{ name: 'FLAG', type: 'Bool', kind: 'array', axisCount: 2 }],
      storageManagers: [{ type: 'TiledShapeStMan', name: 'F', columns: ['FLAG'], tileShape }],
    },
    rows,
  );
  const size = chans * corrs;
  const flags = Uint8Array.from({ length: rows * size }, (_, k) => Number((k * k + (k >> 3)) % 3 === 0));
  table.column('FLAG').putRange(0, rows, flags, [chans, corrs]);
  table.close();
  const again = openTable(path, 'update'); // tiles written whole come back to be changed in part
  const turned = flags.slice(4 * size, 7 * size).map((flag) => 1 - flag);
  again.column('FLAG').putRange(0, rows, flags);
  again.column('FLAG').putRange(4, 3, turned);
  flags.set(turned, 4 * size);
  again.close();
  const column = openTable(path).column('FLAG');
  expect(column.getRange(0, rows)).toEqual(flags);
  expect(column.getRange(3, 5)).toEqual(flags.slice(3 * size, 8 * size));
  const shifted = new Uint8Array(new ArrayBuffer(rows * size + 3), 3); // a target that does not begin at a multiple of 8
  expect(column.getRange(0, rows, shifted)).toEqual(flags);
  const part = column.getSlice(1, 4, [8, 0], [8, corrs]) as Uint8Array;
  const expected = [1, 2, 3, 4].flatMap((row) => [...flags.subarray(row * size + 8 * corrs, row * size + 16 * corrs)]);
  expect([...part]).toEqual(expected);
});
