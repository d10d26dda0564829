import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { antennaUvw, frequencyShiftFactor, itrfOf } from '../../../src/astronomy/measures/index.ts';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { type ArrayValue, openTable, type Table } from '../../../src/formats/tables/index.ts';
import { SPEED_OF_LIGHT, silentContext } from '../../../src/foundation/base/index.ts';
import { importasdm } from '../../../src/pipeline/ingest/index.ts';
import { ANTENNAS, writeSmallAsdm } from './small-asdm.ts';

const folder = mkdtempSync(join(tmpdir(), 'ephemerides-'));
const context = silentContext(folder);
const asdm = join(folder, 'uid___E');
const T0 = 4_877_982_000;
const MAS = Math.PI / 180 / 3.6e6;
const AU = 149_597_870_659.18;
const numbers = (table: Table, name: string) =>
  Array.from(table.column(name).getRange(0, table.rowCount) as Float64Array);
const ephemeris = (vis: string) => openTable(join(folder, vis, 'FIELD', 'EPHEM3_J1_56458.1.tab'));

beforeAll(() => {
  writeSmallAsdm(asdm, { hasEphemeris: true });
  importasdm(context, { asdm, vis: 'geo.ms' });
  importasdm(context, { asdm, vis: 'topo.ms', convert_ephem2geo: false });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('makes a table of the ephemeris and attaches it to the field', () => {
  const table = ephemeris('topo.ms');
  expect(numbers(table, 'MJD').map((day) => Math.round((day - 56458.125) * 86400))).toEqual([-1200, 0, 1200, 2400]);
  expect(numbers(table, 'RA')[1]).toBeCloseTo((4.60001 * 180) / Math.PI, 10);
  expect(numbers(table, 'Rho')[0]).toBeCloseTo(7.3e11 / AU, 10);
  expect(numbers(table, 'RadVel')[0]).toBeCloseTo((-12345.6 * 86400) / AU, 12);
  expect(table.info).toMatchObject({ type: 'IERS', subType: 'Solar System' });
  expect(table.keywords.get('dMJD')).toMatchObject({ value: 1200 / 86400 });
  expect(table.keywords.get('obsloc')).toMatchObject({ value: 'ALMA' });
  const ms = openMs(join(folder, 'topo.ms'));
  expect(numbers(ms.subtable('FIELD'), 'EPHEMERIS_ID')).toEqual([3]);
  expect(Array.from((ms.subtable('FIELD').column('PHASE_DIR').get(0) as ArrayValue).values as Float64Array)).toEqual([
    1e-5, -2e-5,
  ]);
  expect(ms.main.keywords.get('EPHEM3_J1_56458.1.tab')).toMatchObject({ type: 'Table' });
  ms.close();
  table.close();
});

it('turns radial velocities to the centre of the Earth', () => {
  const table = ephemeris('geo.ms');
  expect(table.keywords.get('obsloc')).toMatchObject({ value: 'GEOCENTRIC' });
  const observer = itrfOf(-1.18249, -0.401874, 5053);
  const factor = frequencyShiftFactor(T0, 4.60001, -0.200002, observer, 'TOPO', 'GEO');
  const expected = -12345.6 + SPEED_OF_LIGHT * (1 - factor);
  expect((numbers(table, 'RadVel')[1] * AU) / 86400).toBeCloseTo(expected, 1);
  expect(numbers(table, 'RA')).toEqual(numbers(ephemeris('topo.ms'), 'RA'));
});

it('places SOURCE where the object is at the time of the field, in J2000', () => {
  const ms = openMs(join(folder, 'geo.ms'));
  const direction = (ms.subtable('SOURCE').column('DIRECTION').get(0) as ArrayValue).values as Float64Array;
  ms.close();
  // The frame bias moves the pole by 16.6 and -6.8 mas and the origin by 14.6 mas.
  expect(Math.abs(direction[0] + 2 * Math.PI - 4.60001)).toBeLessThan(25 * MAS);
  expect(Math.abs(direction[1] + 0.200002)).toBeLessThan(25 * MAS);
  expect(Math.abs(direction[0] + 2 * Math.PI - 4.60001)).toBeGreaterThan(5 * MAS);
});

it('follows the object with UVW', () => {
  const ms = openMs(join(folder, 'geo.ms'));
  const positions = ms.subtable('ANTENNA').column('POSITION').getRange(0, ANTENNAS) as Float64Array;
  const row = 10;
  const time = numbers(ms.main, 'TIME')[row];
  const moved = (time - T0) / 1200;
  const dec = -0.200002 - 2e-6 * moved - 2e-5;
  const uvw = antennaUvw(positions, time, 4.60001 + 1e-5 * moved + 1e-5 / Math.cos(dec), dec);
  const found = (ms.main.column('UVW').get(row) as ArrayValue).values as Float64Array;
  const length = Math.hypot(...found);
  ms.close();
  for (let axis = 0; axis < 3; axis++)
    expect(Math.abs(found[axis] - (uvw[axis] - uvw[6 + axis])) / length).toBeLessThan(3e-7);
});

it('reads only the data that corr_mode, srt and time_sampling choose', () => {
  const early = asdm;
  expect(() => importasdm(context, { asdm: early, vis: 'x.ms', corr_mode: 'xy' })).toThrow(/corr_mode="xy" is unknown/);
  const counts = [{ corr_mode: 'ac' }, { corr_mode: 'ao' }, { srt: 'ca' }, { srt: 'fr', time_sampling: 'i' }].map(
    (options, k) => importasdm(context, { asdm: early, vis: `choice${k}.ms`, ...options }).rows[0],
  );
  expect(counts).toEqual([24, 9, 0, 33]);
});
