import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import {
  bandpass,
  type CalTable,
  gaincal,
  readCalTable,
  writeCalTable,
} from '../../../src/pipeline/calibration/index.ts';
import { type Sample, timeOf, writeSyntheticMs } from './synthetic-ms.ts';

const ANT_COUNT = 6;
const folder = mkdtempSync(join(tmpdir(), 'gaincal-'));
const context = silentContext(folder);
const refant = 'DA41';

/** Amplitude and phase of an antenna's gain; phases relative to antenna 0 change with time, window and polarization. */
function gain(at: Pick<Sample, 'spw' | 'scan' | 'integration' | 'corr'>, ant: number): [amp: number, phase: number] {
  const phase = ant === 0 ? 0 : 0.4 * ant * (at.corr + 1) + 0.3 * at.integration + at.scan - 0.2 * at.spw;
  return [0.8 + 0.1 * ant + 0.05 * at.corr + 0.02 * at.spw, phase];
}

function visibility(at: Sample): [number, number] {
  const [amp1, phase1] = gain(at, at.ant1);
  const [amp2, phase2] = gain(at, at.ant2);
  const flux = at.ant1 === at.ant2 ? 50 : 1;
  return [flux * amp1 * amp2 * Math.cos(phase1 - phase2), flux * amp1 * amp2 * Math.sin(phase1 - phase2)];
}

beforeAll(() => {
  writeSyntheticMs(join(folder, 'a.ms'), {
    ...{ antCount: ANT_COUNT, chanCount: 5, spwCount: 2, scanFields: [0, 1, 0], integrations: 3, visibility },
    // Antenna 3 is lost in scan 2; one bad value that flags must keep out.
    isFlagged: (at) => at.scan === 1 && (at.ant1 === 3 || at.ant2 === 3),
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function largestError(table: CalTable, wanted: (row: number, par: number) => [amp: number, phase: number]): number {
  let worst = 0;
  const { rows } = table;
  for (let row = 0; row < rows.count; row++) {
    for (let par = 0; par < rows.parCount; par++) {
      const cell = rows.offsets[row] + par;
      if (rows.flag[cell]) continue;
      const [amp, phase] = wanted(row, par);
      const re = rows.params[2 * cell] - amp * Math.cos(phase);
      const im = rows.params[2 * cell + 1] - amp * Math.sin(phase);
      worst = Math.max(worst, Math.hypot(re, im) / amp);
    }
  }
  return worst;
}

const placeOf = ({ rows }: CalTable, row: number) => {
  const scan = rows.scanNumber[row] - 1;
  return { scan, integration: Math.round((rows.time[row] - timeOf(scan, 0)) / 6), spw: rows.spwId[row] };
};

describe('gaincal', () => {
  it('recovers noise-free gains of every integration to 1e-6', () => {
    const table = gaincal(context, { vis: 'a.ms', caltable: 'int.g', solint: 'int', refant });
    expect(table.rows.count).toBe(3 * 3 * 2 * ANT_COUNT);
    const error = largestError(table, (row, corr) => gain({ ...placeOf(table, row), corr }, table.rows.antenna1[row]));
    expect(error).toBeLessThan(1e-6);
    const flagged = Array.from(table.rows.flag).reduce((sum, flag) => sum + flag, 0);
    expect(flagged).toBe(3 * 2 * 2);
    expect(new Set(table.rows.antenna2)).toEqual(new Set([0]));
  });

  it('counts intervals in seconds from the first time of the scan, or of the scans that belong together, as CASA 6.7 does', () => {
    const seen = { antCount: 4, chanCount: 2, spwCount: 1, scanFields: [0, 1, 0, 0], integrations: 8, visibility };
    writeSyntheticMs(join(folder, 'long.ms'), seen);
    const middles = (options: object) => {
      const common = { vis: 'long.ms', caltable: 'long.g', refant, calmode: 'p', minsnr: 0, minblperant: 1 };
      const { rows } = gaincal(context, { ...common, ...options });
      return [...new Set(rows.time)].map((time) => Math.round(time - timeOf(0, 0)));
    };
    // Integrations of 6 s: the second interval of 7 s holds only that at 12 s, the next begins at 14 s.
    const sevens = [3, 12, 18, 24, 30, 36, 42];
    expect(middles({ solint: '7s', scan: '1' })).toEqual(sevens);
    expect(middles({ solint: '13s', scan: '1' })).toEqual([6, 21, 33, 42]);
    // Scans begin every 600 s.
    expect(middles({ solint: '7s', scan: '1,2' })).toEqual([...sevens, ...sevens.map((time) => 600 + time)]);
    // Joined scans share a clock. Scan 2 is left out: at scan 3 the clock begins anew where an interval has gone by.
    const joined = { field: 'J0000', combine: 'scan' };
    expect(middles({ ...joined, solint: '640s' })).toEqual([21, 1500, 1842]);
    expect(middles({ ...joined, solint: '1210s' })).toEqual([257, 1566]);
    // A change of the field begins it anew.
    expect(middles({ solint: '640s', combine: 'scan' })).toEqual([21, 621, 1500, 1842]);
  });

  it('puts the solutions of joined windows at their mean frequency, weighted by their bandwidths', () => {
    const options = { vis: 'a.ms', spw: '0:0~1,1', solint: 'inf', refant } as const;
    const single = gaincal(context, { ...options, caltable: 'single.g' }).spectralWindows;
    const [joined] = gaincal(context, { ...options, caltable: 'joined.g', combine: 'spw' }).spectralWindows;
    const [narrow, wide] = single.map(({ chanFreqs, chanWidths }) => ({ freq: chanFreqs[0], width: chanWidths[0] }));
    expect(wide.width / narrow.width).toBe(5 / 2);
    const total = narrow.width + wide.width;
    expect(joined.chanFreqs[0]).toBe((narrow.width * narrow.freq + wide.width * wide.freq) / total);
    expect(joined.chanWidths[0]).toBe((narrow.width ** 2 + wide.width ** 2) / total);
    expect(joined.effectiveBandwidths[0]).toBe(total);
  });

  it('counts how far the intervals of each antenna came', () => {
    const { summary } = gaincal(context, { vis: 'a.ms', caltable: 'c.g', solint: 'int', refant, spw: '1' });
    const [unused, window] = summary.windows;
    expect(summary).toMatchObject({
      antennaIds: [0, 1, 2, 3, 4, 5],
      fieldIds: [0, 1],
      scanNumbers: [1, 2, 3],
      spwIds: [1],
    });
    expect([...unused.expected, ...unused.antennas[0].expected]).toEqual([0, 0, 0, 0]);
    const counts = ({ expected, unflagged, aboveMinBaselines, aboveMinSnr }: typeof summary.total) =>
      [expected, unflagged, aboveMinBaselines, aboveMinSnr].map((steps) => [...steps]);
    const all = [9, 9];
    expect(counts(window)).toEqual([all, all, all, all]);
    expect(counts(summary.total)).toEqual([all, all, all, all]);
    // Antenna 3 is flagged in one of three scans of three integrations.
    expect(counts(window.antennas[3])).toEqual([all, [6, 6], [6, 6], [6, 6]]);
    expect(window.antennas.map(({ asReference }) => asReference)).toEqual([9, 0, 0, 0, 0, 0]);
  });

  it('writes what it returns, in order of window, time and antenna', () => {
    const made = gaincal(context, { vis: 'a.ms', caltable: 'p.g', solint: 'int', refant, calmode: 'p', spw: '1:1~3' });
    const read = readCalTable(join(folder, 'p.g'));
    expect(read.visCal).toBe('G Jones');
    expect(read.msName).toBe('a.ms');
    expect(read.rows.params).toEqual(made.rows.params);
    expect(read.spectralWindows[1].chanFreqs).toEqual(Float64Array.of(232e9 + 2e7));
    expect(read.spectralWindows[1].chanWidths).toEqual(Float64Array.of(3e7));
    expect(read.spectralWindows.map((window) => window.isFlagged)).toEqual([true, false]);
    expect(
      largestError(read, (row, corr) => [1, gain({ ...placeOf(read, row), corr }, read.rows.antenna1[row])[1]]),
    ).toBeLessThan(1e-6);
  });

  it('applies tables first, so that what is left is 1', () => {
    gaincal(context, { vis: 'a.ms', caltable: 'first.g', solint: 'int', refant, minsnr: 0 });
    const rest = gaincal(context, { vis: 'a.ms', caltable: 'rest.g', solint: 'inf', refant, gaintable: ['first.g'] });
    expect(rest.rows.count).toBe(3 * 2 * ANT_COUNT);
    expect(largestError(rest, () => [1, 0])).toBeLessThan(2e-6);
  });

  it('weights each channel by its own Tsys where these are applied on the fly', () => {
    const height = (chan: number) => (chan === 0 ? 1 : 2);
    writeSyntheticMs(join(folder, 't.ms'), {
      ...{ antCount: ANT_COUNT, chanCount: 2, spwCount: 1, scanFields: [0], integrations: 1 },
      visibility: ({ chan }) => [height(chan), 0],
    });
    const band = bandpass(context, { vis: 't.ms', caltable: 'b.b', refant, minsnr: 0 });
    const params = Float32Array.from(band.rows.flag, (_, cell) => (cell % 4 < 2 ? 100 : 300));
    writeCalTable(join(folder, 'tsys.b'), {
      ...band,
      ...{ visCal: 'B TSYS', parType: 'Float', rows: { ...band.rows, params } },
    });
    const table = gaincal(context, { vis: 't.ms', caltable: 't.g', refant, minsnr: 0, gaintable: 'tsys.b' });
    const [one, other] = [100 ** -2, 300 ** -2];
    const mean = (100 * height(0) * one + 300 * height(1) * other) / (one + other);
    expect(largestError(table, () => [Math.sqrt(mean), 0])).toBeLessThan(1e-6);
  });

  it('averages phases coherently over the interval and combines as told', () => {
    const count = (options: object) => {
      const table = gaincal(context, { vis: 'a.ms', caltable: 'n.g', refant, calmode: 'p', minsnr: 0, ...options });
      return table.rows.count / ANT_COUNT;
    };
    expect(count({ solint: 'inf' })).toBe(6);
    expect(count({ solint: '7s' })).toBe(12);
    expect(count({ solint: 'inf', combine: 'spw' })).toBe(3);
    // Scans of one field with another's between them stay apart, as in CASA 6.7.
    expect(count({ solint: 'inf', combine: 'scan' })).toBe(6);
    expect(count({ solint: 'inf', combine: 'scan', field: 'J0001' })).toBe(2);
    // 0 is everything, a negative time each integration.
    expect(count({ solint: '0' })).toBe(count({ solint: 'inf' }));
    expect(count({ solint: '-1s' })).toBe(count({ solint: 'int' }));
    // An interval begins with its own first integration: scans at 0, 600 and 1200 s are 700 s from the first and the second.
    expect(count({ solint: '700s', combine: 'scan,field' })).toBe(4);
    expect(count({ solint: '1300s', combine: 'scan,field' })).toBe(2);
    expect(count({ solint: 'inf', combine: 'scan,field,spw' })).toBe(1);
    expect(count({ solint: 'inf', field: 'J0001' })).toBe(2);
    expect(count({ solint: 'inf', scan: '1', spw: '0' })).toBe(1);
  });

  it('ends a solution where the observation ends, unless observations are combined', () => {
    writeSyntheticMs(join(folder, 'obs.ms'), {
      ...{ antCount: ANT_COUNT, chanCount: 2, spwCount: 1, scanFields: [0, 0, 0], integrations: 1, visibility },
      scanObservations: [0, 0, 1],
    });
    const table = (combine: string) =>
      gaincal(context, { vis: 'obs.ms', caltable: 'o.g', refant, calmode: 'p', minsnr: 0, combine });
    const observationsOf = (combine: string) =>
      Array.from(table(combine).rows.observationId).filter((_, row) => row % ANT_COUNT === 0);
    expect(observationsOf('')).toEqual([0, 0, 1]);
    expect(observationsOf('scan')).toEqual([0, 1]);
    expect(observationsOf('obs')).toEqual([0, 0, 1]);
    expect(observationsOf('obs,scan')).toEqual([0]);
  });

  it('appends to a table of the same kind', () => {
    const first = gaincal(context, { vis: 'a.ms', caltable: 'more.g', refant, scan: '1', spw: '0' });
    const both = gaincal(context, { vis: 'a.ms', caltable: 'more.g', refant, scan: '2', append: true });
    expect(both.rows.count).toBe(first.rows.count * 3);
    expect(readCalTable(join(folder, 'more.g')).spectralWindows.map(({ isFlagged }) => isFlagged)).toEqual([
      false,
      false,
    ]);
    const call = () => gaincal(context, { vis: 'a.ms', caltable: 'more.g', refant, gaintype: 'T', append: true });
    expect(call).toThrow('cannot be added');
  });

  it('warns of what has no effect in CASA either: a width in frequency, thresholds without R, robust delays', () => {
    const texts: string[] = [];
    const noted = {
      ...context,
      log: { post: (text: string, priority?: string) => priority === 'WARN' && texts.push(text) },
    };
    const solve = (more: object) =>
      gaincal(noted, { vis: 'a.ms', caltable: 'n.g', refant, minblperant: 1, ...more }).rows.params;
    const plain = solve({});
    expect(texts).toEqual([]);
    expect(solve({ solint: 'inf,2ch' })).toEqual(plain);
    expect(solve({ rmsthresh: [2] })).toEqual(plain);
    expect(solve({ gaintype: 'K', solmode: 'R' })).toEqual(solve({ gaintype: 'K' }));
    expect(texts.map((text) => text.split(' has')[0])).toEqual([
      'The width in frequency of solint "inf,2ch"',
      'rmsthresh',
      'solmode',
    ]);
  });

  it('solves robustly when asked', () => {
    const solve = (more: object) => gaincal(context, { vis: 'a.ms', caltable: 'r.g', refant, minblperant: 1, ...more });
    const plain = solve({}).rows.params;
    for (const solmode of ['L1', 'R', 'L1R']) {
      const { params } = solve({ solmode }).rows;
      expect(params.length).toBe(plain.length);
      expect(Math.max(...params.map((value, at) => Math.abs(value - plain[at])))).toBeLessThan(1e-4);
    }
    expect(() => solve({ solmode: 'median' })).toThrow("none of '', 'L1', 'R', 'L1R'");
  });

  it('refuses the parallactic angle without cross-correlations of X and Y', () => {
    expect(() => gaincal(context, { vis: 'a.ms', caltable: 'n.g', parang: true })).toThrow(
      'needs the correlations XX, XY',
    );
  });

  it('scales to mean power 1 with solnorm', () => {
    const { rows } = gaincal(context, { vis: 'a.ms', caltable: 'n.g', refant, scan: '1', spw: '0', solnorm: true });
    let power = 0;
    for (let k = 0; k < rows.params.length; k++) power += rows.params[k] ** 2;
    expect(power / (rows.params.length / 2)).toBeCloseTo(1, 5);
  });

  it('solves for a source of a given flux', () => {
    const { rows } = gaincal(context, { vis: 'a.ms', caltable: 'n.g', refant, solint: 'int', smodel: [4, 0, 0, 0] });
    expect(rows.params[0]).toBeCloseTo(0.8 / 2, 5);
  });

  it('gives the same bits again', () => {
    const run = () => gaincal(context, { vis: 'a.ms', caltable: 'bits.g', refant, solint: 'inf' }).rows.params;
    expect(run()).toEqual(run());
  });

  it('says what is wrong in one sentence', () => {
    const call = (options: object) => () => gaincal(context, { vis: 'a.ms', caltable: 'x.g', ...options });
    expect(call({ refant: 'DV99' })).toThrow('DV99');
    expect(call({ calmode: 'x' })).toThrow('calmode');
    expect(call({ solint: '3 fortnights' })).toThrow('solint');
    expect(call({ combine: 'antenna' })).toThrow('combine');
    expect(call({ gaintype: 'GSPLINE' })).toThrow('GSPLINE');
    expect(call({ vis: 'missing.ms' })).toThrow('missing.ms');
    expect(call({ scan: '2', minblperant: 9 })).toThrow('No solution');
  });
});

describe('gaincal for delays', () => {
  it('finds delays relative to the reference antenna in ns', () => {
    const delays = [0, 3.5, -7, 12, 0.25, -20];
    writeSyntheticMs(join(folder, 'k.ms'), {
      ...{ antCount: ANT_COUNT, chanCount: 16, spwCount: 1, scanFields: [0], integrations: 2 },
      visibility: ({ ant1, ant2, chan }) => {
        const turns = (delays[ant1] - delays[ant2]) * 1e-9 * 1e7 * chan;
        return [Math.cos(2 * Math.PI * turns), Math.sin(2 * Math.PI * turns)];
      },
    });
    const table = gaincal(context, { vis: 'k.ms', caltable: 'k.k', refant: 'DA42', gaintype: 'K' });
    expect(table.parType).toBe('Float');
    expect(readCalTable(join(folder, 'k.k')).visCal).toBe('K Jones');
    delays.forEach((delay, ant) => {
      expect(table.rows.params[2 * ant]).toBeCloseTo(delay - delays[1], 4);
    });
  });
});
