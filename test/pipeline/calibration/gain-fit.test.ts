import { describe, expect, it } from 'vitest';
import { arena } from '../../../src/foundation/numeric/index.ts';
import {
  type Averages,
  baselineIndex,
  type CalMode,
  type FitOptions,
  type FitResult,
  GainFit,
} from '../../../src/pipeline/calibration/gain-fit.ts';
import { type Baseline, chiSquare, solveSlowly } from '../../reference/gain-solve.ts';

function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const ANT_COUNT = 6;

/** Averages of one channel and two polarizations, with the baselines they were made from. */
function observe(noise: number, seed: number): { averages: Averages; truth: number[][]; baselines: Baseline[][] } {
  const next = sequence(seed);
  const count = (ANT_COUNT * (ANT_COUNT - 1)) / 2;
  const sums = new Float64Array(count * 2 * 3);
  const truth = [0, 1].map(() =>
    Array.from({ length: ANT_COUNT }, () => {
      const [amp, phase] = [1 + 0.3 * next(), Math.PI * next()];
      return [amp * Math.cos(phase), amp * Math.sin(phase)];
    }).flat(),
  );
  const baselines: Baseline[][] = [[], []];
  for (let ant1 = 0; ant1 < ANT_COUNT; ant1++) {
    for (let ant2 = ant1 + 1; ant2 < ANT_COUNT; ant2++) {
      for (let corr = 0; corr < 2; corr++) {
        const g = truth[corr];
        const weight = 2 + next();
        const re = g[2 * ant1] * g[2 * ant2] + g[2 * ant1 + 1] * g[2 * ant2 + 1] + noise * next();
        const im = g[2 * ant1 + 1] * g[2 * ant2] - g[2 * ant1] * g[2 * ant2 + 1] + noise * next();
        sums.set([weight * re, weight * im, weight], (baselineIndex(ANT_COUNT, ant1, ant2) * 2 + corr) * 3);
        baselines[corr].push({ ant1, ant2, re, im, weight });
      }
    }
  }
  return { averages: { sums, partCount: 1, chanCount: 1, corrCount: 2 }, truth, baselines };
}

function solveOne(averages: Averages, options: Partial<FitOptions> = {}): FitResult {
  const mode: CalMode = 'ap';
  const all = { antCount: ANT_COUNT, kind: 'G', mode, minBaselines: 4, minSnr: 0, refAnt: 0, ...options } as const;
  return arena().scope((lease) => new GainFit(all, lease).solve(averages, 0));
}

/** Product of a gain with the conjugate of antenna 0's, [re, im]. */
function against(params: ArrayLike<number>, at: (ant: number) => number, ant: number): [number, number] {
  const [a, z] = [at(ant), at(0)];
  return [params[a] * params[z] + params[a + 1] * params[z + 1], params[a + 1] * params[z] - params[a] * params[z + 1]];
}

describe('gain fit', () => {
  it('recovers gains of both polarizations from noise-free data to float32', () => {
    const { averages, truth } = observe(0, 3);
    const result = solveOne(averages);
    expect(result.isGood).toBe(true);
    expect(Array.from(result.flag)).toEqual(new Array(2 * ANT_COUNT).fill(0));
    for (let par = 0; par < 2; par++) {
      for (let ant = 0; ant < ANT_COUNT; ant++) {
        const found = against(result.params, (a) => 2 * (2 * a + par), ant);
        const wanted = against(truth[par], (a) => 2 * a, ant);
        expect(found[0]).toBeCloseTo(wanted[0], 6);
        expect(found[1]).toBeCloseTo(wanted[1], 6);
      }
    }
  });

  it('reaches the chi² of the slow definition and derives errors from it', () => {
    const { averages, truth, baselines } = observe(0.4, 8);
    const result = solveOne(averages);
    const slow = baselines.map((list, par) => solveSlowly(list, truth[par]));
    const chi = slow.reduce((sum, gains, par) => sum + chiSquare(baselines[par], gains), 0);
    for (let par = 0; par < 2; par++) {
      const gains = Array.from({ length: 2 * ANT_COUNT }, (_, k) => result.params[2 * (2 * (k >> 1) + par) + (k & 1)]);
      expect(chiSquare(baselines[par], gains)).toBeLessThan(chiSquare(baselines[par], slow[par]) * (1 + 1e-10) + 1e-6);
      for (let ant = 0; ant < ANT_COUNT; ant++) {
        const hessian = baselines[par].reduce((sum, b) => {
          const other = b.ant1 === ant ? b.ant2 : b.ant2 === ant ? b.ant1 : -1;
          return other < 0 ? sum : sum + b.weight * (slow[par][2 * other] ** 2 + slow[par][2 * other + 1] ** 2);
        }, 0);
        const freedom = 2 * (2 * baselines[0].length - 2 * ANT_COUNT);
        const error = Math.sqrt((2 * chi) / freedom / hessian);
        expect(result.paramErr[2 * ant + par] / error).toBeCloseTo(1, 5);
      }
    }
  });

  it('has errors that are the scatter of many fits: of the amplitude √2 less, of the phase to the reference antenna', () => {
    const next = sequence(77);
    const normal = () => Array.from({ length: 12 }, next).reduce((sum, value) => sum + value, 0) / 2;
    const [weight, sigma] = [4, 0.05];
    const sums = new Float64Array(ANT_COUNT * (ANT_COUNT - 1) * 3);
    let [amps, phases, errors, count] = [0, 0, 0, 0];
    for (let fit = 0; fit < 1200; fit++) {
      for (let at = 0; at < sums.length; at += 3) {
        sums.set([weight * (1 + sigma * normal()), weight * sigma * normal(), weight], at);
      }
      const { params, paramErr } = solveOne({ sums, partCount: 1, chanCount: 1, corrCount: 2 });
      for (let cell = 2; cell < 2 * ANT_COUNT; cell++) {
        const [re, im] = against(params, (ant) => 2 * (2 * ant + (cell & 1)), cell >> 1);
        amps += (Math.hypot(params[2 * cell], params[2 * cell + 1]) - 1) ** 2;
        phases += Math.atan2(im, re) ** 2;
        errors += paramErr[cell] ** 2;
        count++;
      }
    }
    // CASA's degrees of freedom, 36, count the phase of each polarization, which no visibility knows.
    const error = Math.sqrt(((errors / count) * 36) / 38);
    // Of N equal antennas: the others are not known either, (2N-3)/(2N-4), and so is the reference, (N-1)/N.
    expect(Math.abs(Math.sqrt((2 * amps) / count) / error / Math.sqrt(9 / 8) - 1)).toBeLessThan(0.02);
    expect(Math.abs(Math.sqrt(phases / count) / error / Math.sqrt(5 / 6) - 1)).toBeLessThan(0.02);
    expect(Math.abs(error / (sigma * Math.sqrt(2 / (ANT_COUNT - 1))) - 1)).toBeLessThan(0.02);
  });

  it('in mode p ignores amplitudes except as weights, in mode a ignores phases', () => {
    const { averages } = observe(0, 21);
    const phases = solveOne(averages, { mode: 'p' });
    const amps = solveOne(averages, { mode: 'a' });
    const both = solveOne(averages);
    for (let cell = 0; cell < 2 * ANT_COUNT; cell++) {
      const of = (r: FitResult) => [Math.hypot(r.params[2 * cell], r.params[2 * cell + 1])];
      expect(of(phases)[0]).toBeCloseTo(1, 5);
      expect(of(amps)[0]).toBeCloseTo(of(both)[0], 5);
      expect(Math.abs(amps.params[2 * cell + 1])).toBeLessThan(1e-6);
    }
  });

  it('leaves out antennas with too few baselines, and those that then lack partners', () => {
    const { averages } = observe(0.1, 5);
    for (let ant = 1; ant < 4; ant++) {
      const at = baselineIndex(ANT_COUNT, 0, ant) * 6;
      averages.sums.fill(0, at, at + 6);
    }
    const result = solveOne(averages);
    expect(Array.from(result.flag.subarray(0, 2))).toEqual([1, 1]);
    expect(Array.from(result.flag.subarray(2))).toEqual(new Array(10).fill(0));
    expect(solveOne(averages, { minBaselines: 5 }).isGood).toBe(false);
  });

  it('flags solutions below the SNR and keeps their values', () => {
    const { averages } = observe(0.5, 5);
    const all = solveOne(averages);
    const limit = [...all.snr].sort((a, b) => a - b)[4];
    const result = solveOne(averages, { minSnr: limit });
    expect(result.failedCount).toBe(5);
    expect(result.flag.reduce((sum, flag) => sum + flag, 0)).toBe(5);
    expect(result.params).toEqual(all.params);
  });

  it('solves one gain for both polarizations as T', () => {
    const { averages } = observe(0, 9);
    for (let at = 0; at < averages.sums.length; at += 6) averages.sums.copyWithin(at + 3, at, at + 3);
    const [t, g] = [solveOne(averages, { kind: 'T' }), solveOne(averages)];
    expect(t.params.length).toBe(2 * ANT_COUNT);
    for (let ant = 0; ant < ANT_COUNT; ant++) expect(t.params[2 * ant]).toBeCloseTo(g.params[4 * ant], 6);
  });

  it('averages of several parts add up', () => {
    const { averages } = observe(0.3, 14);
    const double = new Float64Array(2 * averages.sums.length);
    double.set(averages.sums);
    double.set(averages.sums, averages.sums.length);
    const [one, two] = [solveOne(averages), solveOne({ ...averages, sums: double, partCount: 2 })];
    for (let k = 0; k < one.params.length; k++) expect(two.params[k]).toBeCloseTo(one.params[k], 6);
  });
});
