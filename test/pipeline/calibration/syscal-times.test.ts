import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openMs, readNumbers } from '../../../src/astronomy/ms/index.ts';
import { openTable } from '../../../src/formats/tables/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { joinPath } from '../../../src/foundation/bytes/index.ts';
import { fixsyscaltimes, gencal, tsysspwmap } from '../../../src/pipeline/calibration/index.ts';
import { timeOf, writeSyntheticMs } from './synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'syscal-times-'));
const context = silentContext(folder);
const vis = join(folder, 'a.ms');
const ANTENNAS = 3;
const start = timeOf(0, 0);

/** Windows 0 (Tsys, 128 MHz) and 1 (science, inside it, same baseband), 2 (science, another baseband). */
beforeAll(() => {
  const setup = { antCount: ANTENNAS, chanCount: 4, spwCount: 3, scanFields: [0], integrations: 1 };
  writeSyntheticMs(vis, { ...setup, visibility: () => [1, 0] });
  const ms = openMs(vis, 'update');
  const windows = ms.subtable('SPECTRAL_WINDOW');
  [1, 1, 2].forEach((baseband, spw) => {
    windows.column('BBC_NO').put(spw, baseband);
    const freqs = Float64Array.from(
      { length: 4 },
      (_, chan) => 230e9 + (spw === 0 ? 0 : 1e7) + (spw === 0 ? 4e7 : 1e7) * chan,
    );
    windows.column('CHAN_FREQ').put(spw, { shape: [4], values: freqs });
  });
  const table = ms.subtable('SYSCAL');
  table.addRows(2 * ANTENNAS);
  for (let row = 0; row < 2 * ANTENNAS; row++) {
    const interval = row < ANTENNAS ? 4 + 2 * row : 4;
    table.column('SPECTRAL_WINDOW_ID').put(row, 0);
    table.column('ANTENNA_ID').put(row, row % ANTENNAS);
    table.column('TIME').put(row, start + (row < ANTENNAS ? 0 : 100) + interval / 2);
    table.column('INTERVAL').put(row, interval);
    table.column('TSYS_SPECTRUM').put(row, { shape: [4, 2], values: new Float32Array(8).fill(80) });
  }
  ms.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('gives the antennas of a measurement one time and leaves others alone', () => {
  expect(fixsyscaltimes(context, { vis: 'a.ms' })).toBe(true);
  const ms = openMs(vis);
  const times = readNumbers(ms.subtable('SYSCAL'), 'TIME').map((time) => time - start);
  const intervals = readNumbers(ms.subtable('SYSCAL'), 'INTERVAL');
  ms.close();
  expect(times).toEqual([1, 1, 1, 102, 102, 102]);
  expect(intervals).toEqual([2, 2, 2, 4, 4, 4]);
  expect(fixsyscaltimes(context, { vis: 'a.ms' })).toBe(false);
});

it('maps windows to the system temperatures of their baseband', () => {
  gencal(context, { vis: 'a.ms', caltable: 'a.tsys', caltype: 'tsys' });
  expect(tsysspwmap(context, { vis: 'a.ms', tsystable: 'a.tsys' })).toEqual([0, 0]);
  expect(tsysspwmap(context, { vis: 'a.ms', tsystable: 'a.tsys', trim: false })).toEqual([0, 0, 2]);
});

it('says that a table is of another MeasurementSet', () => {
  gencal(context, { vis: 'a.ms', caltable: 'b.tsys', caltype: 'tsys' });
  const table = openTable(joinPath(context.cwd, 'b.tsys'), 'update');
  table.column('SPECTRAL_WINDOW_ID').put(0, 17);
  table.close();
  expect(() => tsysspwmap(context, { vis: 'a.ms', tsystable: 'b.tsys' })).toThrow(
    'b.tsys has solutions in window 17, which a.ms lacks; give the table that gencal made of this MeasurementSet.',
  );
});

it('has rows of antennas without a spectrum unless the array may be uneven', () => {
  const ms = openMs(vis, 'update');
  ms.subtable('SYSCAL').column('SPECTRAL_WINDOW_ID').put(1, 2); // antenna 1 is alone in window 2, and missing in window 0
  ms.close();
  const even = gencal(context, { vis: 'a.ms', caltable: 'even.tsys', caltype: 'tsys' }).rows;
  const uneven = gencal(context, { vis: 'a.ms', caltable: 'uneven.tsys', caltype: 'tsys', uniform: false }).rows;
  expect([even.time.length, uneven.time.length]).toEqual([3 * ANTENNAS, 2 * ANTENNAS]);
  expect([...even.flag].filter((flag) => flag === 1).length).toBe(3 * 8);
  expect([...uneven.flag].every((flag) => flag === 0)).toBe(true);
  expect([even.snr[0], uneven.snr[0]]).toEqual([1, Math.fround(0.1)]);
});
