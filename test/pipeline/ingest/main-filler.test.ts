import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { type ArrayValue, openTable } from '../../../src/formats/tables/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { importasdm } from '../../../src/pipeline/ingest/index.ts';
import { ANTENNAS, SCALE, type SmallVariant, stored, storedAuto, writeSmallAsdm } from './small-asdm.ts';

const folder = mkdtempSync(join(tmpdir(), 'bdf-forms-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Imports an ASDM of that form; @returns the cells of DATA, FLAG and TIME, row by row */
function imported(name: string, variant: SmallVariant) {
  writeSmallAsdm(join(folder, name), variant);
  importasdm(silentContext(folder), { asdm: name, vis: `${name}.ms`, bdfflags: true });
  const { main, close } = openMs(join(folder, `${name}.ms`));
  const cells = (column: string) =>
    Array.from({ length: main.rowCount }, (_, row) =>
      Array.from((main.column(column).get(row) as ArrayValue).values as ArrayLike<number>),
    );
  const read = {
    data: cells('DATA'),
    flag: cells('FLAG'),
    time: Array.from(main.column('TIME').getRange(0, main.rowCount) as Float64Array),
  };
  close();
  return read;
}

describe('importasdm and the forms of binary data', () => {
  let plain: ReturnType<typeof imported>;
  beforeAll(() => {
    plain = imported('plain', {});
  });

  it.each<[string, SmallVariant]>([
    ['several windows in one baseband', { isOneBaseband: true }],
    ['zero lags, actual times and durations', { hasZeroLags: true, hasActualTimes: true }],
    ['weights', { hasWeights: true, hasZeroLags: true }],
    ['sub-integrations', { isSubIntegration: true }],
    ['int32 numbers, big-endian', { crossType: 'int32', isLittleEndian: false }],
    ['float32 numbers', { crossType: 'float32' }],
  ])('reads the same numbers from %s', (name, variant) => {
    expect(imported(name.replaceAll(/\W/g, '-'), variant)).toEqual(plain);
  });

  it('goes by sizes where numbers look like a boundary', () => {
    const { data } = imported('boundary', { hasBoundaryBytes: true, crossType: 'int32' });
    expect(data.length).toBe(plain.data.length);
    // Baseline (0,1) of the first window in both integrations.
    const changed = data.flatMap((cell, row) => (cell.join() === plain.data[row].join() ? [] : [row]));
    expect(changed).toEqual([6, 9]);
  });

  it('makes XX, XY, YX, YY of stored XX, XY, YY', () => {
    const { data } = imported('full', { isFullPolarization: true });
    const [xx, re, im, yy] = [0, 1, 2, 3].map((k) => storedAuto(0, 1, 0, k));
    expect(data[1].slice(0, 8)).toEqual([xx, 0, re, im, re, -im, yy, 0]);
    const cross = Array.from({ length: 8 }, (_, k) => Math.fround(stored(0, 1, 0, 1, k) / Math.fround(SCALE)));
    expect(data[2 * ANTENNAS + 1].slice(0, 8)).toEqual(cross);
  });
});

describe('importasdm of an ASDM of a later data model', () => {
  it('keeps what it does not know and tells it', () => {
    const asdm = join(folder, 'later');
    writeSmallAsdm(asdm);
    const read = (name: string) => readFileSync(join(asdm, name), 'latin1');
    writeFileSync(join(asdm, 'Station.xml'), read('Station.xml').replaceAll('<name>', '<pad>7</pad><name>'), 'latin1');
    writeFileSync(join(asdm, 'Moon.xml'), read('Weather.xml').replaceAll('WeatherTable', 'MoonTable'), 'latin1');
    const told: string[] = [];
    const log = { post: (message: string, priority = 'INFO') => void told.push(`${priority} ${message}`) };
    importasdm({ ...silentContext(folder), log }, { asdm, vis: 'later.ms', asis: 'Station Moon' });
    expect(told.filter((line) => line.startsWith('WARN'))).toEqual([
      'WARN Moon: The data model has no such table; its cells are text.',
      'WARN Station: The column pad is unknown and kept as text.',
    ]);
    const table = openTable(join(folder, 'later.ms', 'ASDM_STATION'));
    expect(table.column('pad').get(0)).toBe('7');
    table.close();
    expect(openMs(join(folder, 'later.ms')).subtableNames).toContain('ASDM_MOON');
  });
});
