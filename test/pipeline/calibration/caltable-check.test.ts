import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import {
  bandpass,
  calstat,
  checkCalTable,
  checkFluxes,
  gaincal,
  gencal,
  listcal,
  rerefant,
  weightStatistics,
} from '../../../src/pipeline/calibration/index.ts';
import { writeSyntheticMs } from './synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'caltable-check-'));
const context = silentContext(folder);
const ANTENNAS = 6;

/** Field 0 (flux calibrator) of 1 Jy, field 1 of 0.25 Jy; antenna 3 is wrong on field 1, antenna 5 flagged there. */
beforeAll(() => {
  writeSyntheticMs(join(folder, 'a.ms'), {
    ...{ antCount: ANTENNAS, chanCount: 2, spwCount: 1, scanFields: [0, 1], integrations: 2 },
    visibility: ({ scan, ant1, ant2 }) => {
      const gain = (ant: number) => (1 + 0.1 * ant) * (scan === 1 && ant === 3 ? 3 : 1);
      const phase = 0.3 * (ant1 - ant2);
      const amp = (scan === 0 ? 1 : 0.25) * gain(ant1) * gain(ant2);
      return [amp * Math.cos(phase), amp * Math.sin(phase)];
    },
    isFlagged: ({ scan, ant1, ant2 }) => scan === 1 && (ant1 === 5 || ant2 === 5),
  });
  const ms = openMs(join(folder, 'a.ms'), 'update');
  ms.subtable('STATE').column('OBS_MODE').put(0, 'CALIBRATE_FLUX#ON_SOURCE');
  ms.subtable('STATE').addRows(1);
  ms.subtable('STATE').column('OBS_MODE').put(1, 'CALIBRATE_PHASE#ON_SOURCE');
  for (let row = 0; row < ms.main.rowCount; row++) {
    if (ms.main.column('FIELD_ID').get(row) === 1) ms.main.column('STATE_ID').put(row, 1);
  }
  ms.close();
  gaincal(context, { vis: 'a.ms', caltable: 'a.g', solint: 'inf', refant: 'DA41' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('checks of a calibration table', () => {
  it('counts flagged solutions and names lost antennas', () => {
    const check = checkCalTable(context, { caltable: 'a.g' });
    expect(check).toMatchObject({ type: 'G Jones', flagged: 2, total: 24, mostlyFlagged: [] });
    expect(check.antennas.DA46).toEqual({ flagged: 2, total: 4 });
    expect(check.spws[0]).toEqual({ flagged: 2, total: 24 });
  });

  it('finds fluxes without the antennas that stand apart', () => {
    const options = { caltable: 'a.g', msName: 'a.ms', writeToFile: true };
    const [all] = checkFluxes(context, options);
    expect(all).toMatchObject({ fieldName: 'J0001', spwId: 0, count: 10, outliers: [] });
    const [clean] = checkFluxes(context, { ...options, removeOutliers: true });
    expect(clean).toMatchObject({ count: 8, outliers: ['DA44:0', 'DA44:1'] });
    expect(clean.flux).toBeCloseTo(0.25, 6);
    expect(clean.fluxError).toBeLessThan(1e-6);
    const text = readFileSync(join(folder, 'a.g.fluxscale2'), 'utf8');
    expect(text).toBe('Flux density for J0001 in SpW=0 is: 0.2500 +/- 0.0000 (N = 8, without DA44:0 DA44:1)\n');
  });

  it('gives statistics of all cells', () => {
    const { CPARAM } = calstat(context, { caltable: 'a.g', axis: 'phase' });
    expect(CPARAM.npts).toBe(24);
    expect(CPARAM.min).toBeCloseTo(0, 6);
    expect(CPARAM.max).toBeCloseTo(1.5, 6);
    expect(() => calstat(context, { caltable: 'a.g', axis: 'colour' })).toThrow(/none of amp/);
    const { ANTENNA1 } = calstat(context, { caltable: 'a.g', axis: 'antenna1' });
    expect([ANTENNA1.npts, ANTENNA1.max, ANTENNA1.mean]).toEqual([12, ANTENNAS - 1, 2.5]);
    const flags = calstat(context, { caltable: 'a.g', axis: 'amp', datacolumn: 'FLAG' }).FLAG;
    expect([flags.npts, flags.min, flags.max]).toEqual([24, 0, 1]);
  });

  it('lists solutions by time and antenna', () => {
    const lines = listcal(context, { vis: 'a.ms', caltable: 'a.g', antenna: 'DA41,DA46' }).split('\n');
    expect(lines[0]).toMatch(/^SpwID = 0, Date = 2013\/06\/1\d, {2}CalTable = a.g \(G Jones\), MS name = \/.*\/a.ms$/);
    expect(lines[4]).toBe(`----------|-----|---|${'--------------|'.repeat(8)}`);
    expect(lines[5]).toMatch(/^\d\d:\d\d:\d\d\.\d J0000 {3}0\|1\.000 {4}0\.0 {3}1\.000 {4}0\.0 {3}1\.500 {3}85\.9/);
    expect(lines[6]).toContain('F');
    expect(lines.at(-3)).toBe('Listed 4 antenna solutions.');
    // As CASA 6.7, of which 86 lists with pages of 1 to 100 lines are the same.
    const paged = listcal(context, { vis: 'a.ms', caltable: 'a.g', antenna: 'DA41,DA46', pagerows: 7 }).split('\n');
    expect(paged).toEqual([...lines.slice(0, 6), ...lines.slice(2, 5), ...lines.slice(6)]);
  });

  it('lists tables of one parameter with twice as many antennas a line, delays and opacities as numbers', () => {
    gaincal(context, { vis: 'a.ms', caltable: 'a.t', gaintype: 'T', refant: 'DA41', minsnr: 0 });
    const ofT = listcal(context, { vis: 'a.ms', caltable: 'a.t' }).split('\n');
    expect(ofT[3]).toBe(`Time       Field Chn|${' Amp    Phs  F|'.repeat(6)}`);
    gencal(context, { vis: 'a.ms', caltable: 'a.k', caltype: 'sbd', antenna: '0', parameter: [-0.43204] });
    const ofK = listcal(context, { vis: 'a.ms', caltable: 'a.k' }).split('\n');
    expect(() => calstat(context, { caltable: 'a.k', axis: 'WEIGHT', datacolumn: 'FPARAM' })).toThrow(/none of amp/);
    expect(ofK[3]).toBe(`Time       Field Chn|${'    Delay    F     Delay    F|'.repeat(4)}`);
    expect(ofK[5].startsWith('00:00:00.0         0|  -0.43204       -0.43204        0.00000    ')).toBe(true);
    gencal(context, { vis: 'a.ms', caltable: 'a.p', caltype: 'antpos', antenna: '0', parameter: [0.001, -0.002, 0] });
    const ofPositions = listcal(context, { vis: 'a.ms', caltable: 'a.p' }).split('\n');
    expect(ofPositions[1]).toBe('-'.repeat(111));
    expect(ofPositions[3]).toBe(`Time       Field Chn|${'      dX m   F       dY m   F       dZ m   F|'.repeat(2)}`);
  });

  it('heads windows of which a selection leaves nothing, and has room for names and channels', () => {
    gencal(context, { vis: 'a.ms', caltable: 'a.amp', caltype: 'amp', antenna: '0', parameter: [2] });
    const empty = listcal(context, { vis: 'a.ms', caltable: 'a.amp', field: 'J0001' }).split('\n');
    expect(empty.slice(1)).toEqual(['-'.repeat(141), '', 'Listed 0 antenna solutions.', '', '']);
    expect(empty[0]).toContain('Date = 1858/11/17,  CalTable = a.amp (G Jones)');
    const ms = openMs(join(folder, 'a.ms'), 'update');
    ms.subtable('FIELD').column('NAME').put(0, 'GAL1748-2112');
    ms.close();
    bandpass(context, { vis: 'a.ms', caltable: 'a.b', field: '0', refant: 'DA41', minsnr: 0 });
    const [, , , title, rule, first] = listcal(context, { vis: 'a.ms', caltable: 'a.b' }).split('\n');
    expect(title.startsWith('Time       Field        Chn|')).toBe(true);
    expect(rule.startsWith('----------|------------|---|-')).toBe(true);
    expect(first.slice(10, 28)).toBe(' GAL1748-2112   0|');
  });

  it('refers phases to another antenna', () => {
    const made = rerefant(context, { vis: 'a.ms', tablein: 'a.g', caltable: 'a.h', refant: 'DA43' });
    expect([...new Set(made.rows.antenna2)]).toEqual([2]);
    const { CPARAM } = calstat(context, { caltable: 'a.h', axis: 'phase' });
    expect(CPARAM.min).toBeCloseTo(-0.6, 6);
  });

  it('sums up weights by field and window', () => {
    const [first, second] = weightStatistics(context, { vis: 'a.ms' });
    expect(first).toMatchObject({ fieldId: 0, spwId: 0, count: 60, min: 4, max: 4, mean: 4, median: 4 });
    expect(second.fieldName).toBe('J0001');
    const chosen = weightStatistics(context, { vis: 'a.ms', intent: '*PHASE*' });
    expect(chosen.map(({ fieldName }) => fieldName)).toEqual(['J0001']);
  });
});
