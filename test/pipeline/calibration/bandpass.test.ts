import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { bandpass, readCalTable } from '../../../src/pipeline/calibration/index.ts';
import { type Sample, writeSyntheticMs } from './synthetic-ms.ts';

const ANT_COUNT = 5;
const CHAN_COUNT = 12;
const folder = mkdtempSync(join(tmpdir(), 'bandpass-'));
const context = silentContext(folder);

const amplitude = (ant: number, chan: number, corr: number) => 1 + 0.2 * Math.sin(chan + ant + corr);
const phase = (ant: number, chan: number, corr: number) => (ant === 0 ? 0 : 0.1 * ant * chan - corr + ant);

function visibility({ ant1, ant2, chan, corr }: Sample): [number, number] {
  const amp = amplitude(ant1, chan, corr) * amplitude(ant2, chan, corr);
  const turn = phase(ant1, chan, corr) - phase(ant2, chan, corr);
  return [amp * Math.cos(turn), amp * Math.sin(turn)];
}

beforeAll(() =>
  writeSyntheticMs(join(folder, 'a.ms'), {
    ...{ antCount: ANT_COUNT, chanCount: CHAN_COUNT, spwCount: 1, scanFields: [0, 0], integrations: 2, visibility },
    isFlagged: ({ chan }) => chan === 0 || chan === 6,
  }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('bandpass', () => {
  it('recovers a noise-free bandpass to 1e-6, flagged channels flagged', () => {
    bandpass(context, { vis: 'a.ms', caltable: 'b', refant: 'DA41' });
    const { rows, visCal } = readCalTable(join(folder, 'b'));
    expect(visCal).toBe('B Jones');
    expect(rows.count).toBe(ANT_COUNT);
    for (let ant = 0; ant < ANT_COUNT; ant++) {
      for (let chan = 0; chan < CHAN_COUNT; chan++) {
        for (let corr = 0; corr < 2; corr++) {
          const cell = rows.offsets[ant] + 2 * chan + corr;
          expect(rows.flag[cell]).toBe(chan === 0 || chan === 6 ? 1 : 0);
          if (rows.flag[cell]) continue;
          const [amp, turn] = [amplitude(ant, chan, corr), phase(ant, chan, corr)];
          expect(Math.abs(rows.params[2 * cell] - amp * Math.cos(turn))).toBeLessThan(1e-6);
          expect(Math.abs(rows.params[2 * cell + 1] - amp * Math.sin(turn))).toBeLessThan(1e-6);
        }
      }
    }
  });

  it('makes one solution per scan unless scans are combined', () => {
    const count = (combine: string) => bandpass(context, { vis: 'a.ms', caltable: 'c', combine }).rows.count;
    expect(count('')).toBe(2 * ANT_COUNT);
    expect(count('scan')).toBe(ANT_COUNT);
  });

  it('normalises, and fills gaps', () => {
    const table = bandpass(context, { vis: 'a.ms', caltable: 'd', refant: 'DA41', solnorm: true, fillgaps: 2 });
    const { rows } = table;
    for (let ant = 0; ant < ANT_COUNT; ant++) {
      let power = 0;
      for (let chan = 1; chan < CHAN_COUNT; chan++) {
        const cell = rows.offsets[ant] + 2 * chan;
        expect(rows.flag[cell]).toBe(0);
        if (chan !== 6) power += rows.params[2 * cell] ** 2 + rows.params[2 * cell + 1] ** 2;
      }
      expect(power / (CHAN_COUNT - 2)).toBeCloseTo(1, 5);
      expect(rows.flag[rows.offsets[ant]]).toBe(1);
    }
  });

  it('keeps only the chosen channels', () => {
    const table = bandpass(context, { vis: 'a.ms', caltable: 'e', spw: '0:2~5', refant: 'DA41' });
    expect(table.spectralWindows[0].chanFreqs).toEqual(Float64Array.of(230.02e9, 230.03e9, 230.04e9, 230.05e9));
    expect(table.rows.chanCount[0]).toBe(4);
  });

  it('puts channels of joined windows at their mean frequencies', () => {
    const seen = { antCount: ANT_COUNT, chanCount: 4, spwCount: 2, scanFields: [0], integrations: 1, visibility };
    writeSyntheticMs(join(folder, 'two.ms'), seen);
    const options = { vis: 'two.ms', refant: 'DA41', minsnr: 0 } as const;
    const windowsOf = (caltable: string) => readCalTable(join(folder, caltable)).spectralWindows;
    bandpass(context, { ...options, caltable: 'apart' });
    bandpass(context, { ...options, caltable: 'joined', combine: 'spw' });
    const [first, second] = windowsOf('apart');
    const [joined] = windowsOf('joined');
    expect([...joined.chanFreqs]).toEqual(
      Array.from(first.chanFreqs, (freq, chan) => (freq + second.chanFreqs[chan]) / 2),
    );
    expect(joined.effectiveBandwidths[0]).toBe(2 * first.effectiveBandwidths[0]);
    expect(joined.chanWidths[0]).toBe(first.chanWidths[0]);
  });

  it('averages channels to the width that solint has after its comma', () => {
    const inBins = (at: Sample) => visibility({ ...at, chan: 4 * Math.floor((at.chan - 1) / 4) });
    writeSyntheticMs(join(folder, 'bins.ms'), {
      ...{ antCount: ANT_COUNT, chanCount: CHAN_COUNT, spwCount: 1, scanFields: [0], integrations: 1 },
      visibility: inBins,
    });
    const call = (solint: string) =>
      bandpass(context, { vis: 'bins.ms', caltable: 'w', refant: 'DA41', spw: '0:1~11', solint });
    const { rows, spectralWindows } = call('inf,4ch');
    expect(Array.from(rows.chanCount)).toEqual(new Array(ANT_COUNT).fill(3));
    expect(Array.from(spectralWindows[0].chanFreqs)).toEqual([230.025e9, 230.065e9, 230.1e9]);
    expect(Array.from(spectralWindows[0].chanWidths)).toEqual([4e7, 4e7, 3e7]);
    for (let ant = 0; ant < ANT_COUNT; ant++) {
      for (let bin = 0; bin < 3; bin++) {
        const cell = rows.offsets[ant] + 2 * bin;
        const amp = Math.hypot(rows.params[2 * cell], rows.params[2 * cell + 1]);
        expect(Math.abs(amp - amplitude(ant, 4 * bin, 0))).toBeLessThan(1e-6);
      }
    }
    for (const same of ['inf,4', 'int, 49MHz', '60s,0.04GHz']) expect(call(same).rows.params).toEqual(rows.params);
    expect(() => call('inf,4km')).toThrow('width in frequency');
  });

  it('refuses polynomials', () => {
    expect(() => bandpass(context, { vis: 'a.ms', caltable: 'f', bandtype: 'BPOLY' })).toThrow('BPOLY');
  });
});
