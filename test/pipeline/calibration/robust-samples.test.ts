import { describe, expect, it } from 'vitest';
import { arena } from '../../../src/foundation/numeric/index.ts';
import { type Averages, baselineIndex, GainFit } from '../../../src/pipeline/calibration/gain-fit.ts';
import { robustMode } from '../../../src/pipeline/calibration/robust-samples.ts';

const ANT_COUNT = 8;
const BASELINES = (ANT_COUNT * (ANT_COUNT - 1)) / 2;
const amp = (ant: number) => 1 + 0.05 * ant;

/** Visibilities of one polarization; noise is a fixed sequence. */
function averages(noise: number, outlier: number): Averages {
  const sums = new Float64Array(BASELINES * 3);
  let seed = 1;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647 - 0.5;
  };
  for (let ant1 = 0; ant1 < ANT_COUNT; ant1++) {
    for (let ant2 = ant1 + 1; ant2 < ANT_COUNT; ant2++) {
      const at = 3 * baselineIndex(ANT_COUNT, ant1, ant2);
      const weight = 4;
      sums[at] = weight * (amp(ant1) * amp(ant2) + noise * random() + (ant1 === 1 && ant2 === 2 ? outlier : 0));
      sums[at + 1] = weight * noise * random();
      sums[at + 2] = weight;
    }
  }
  return { sums, partCount: 1, chanCount: 1, corrCount: 1 };
}

/** Amplitudes of the gains. */
function solve(data: Averages, solmode: string, thresholds: readonly number[] = []) {
  return arena().scope((lease) => {
    const robust = robustMode(solmode, thresholds);
    const options = { antCount: ANT_COUNT, kind: 'T', mode: 'ap', minBaselines: 4, minSnr: 0, refAnt: 0 } as const;
    const result = new GainFit({ ...options, ...(robust && { robust }) }, lease).solve(data, 0);
    const gains = Array.from({ length: ANT_COUNT }, (_, ant) =>
      Math.hypot(result.params[2 * ant], result.params[2 * ant + 1]),
    );
    return { gains, errors: Array.from(result.paramErr) };
  });
}

const worst = (gains: readonly number[]) => Math.max(...gains.map((gain, ant) => Math.abs(gain - amp(ant))));

/** Sum of weight × residual of gains without phases. */
function absoluteSum({ sums }: Averages, gains: readonly number[]): number {
  let sum = 0;
  for (let ant1 = 0; ant1 < ANT_COUNT; ant1++) {
    for (let ant2 = ant1 + 1; ant2 < ANT_COUNT; ant2++) {
      const at = 3 * baselineIndex(ANT_COUNT, ant1, ant2);
      sum +=
        sums[at + 2] * Math.hypot(sums[at] / sums[at + 2] - gains[ant1] * gains[ant2], sums[at + 1] / sums[at + 2]);
    }
  }
  return sum;
}

describe('robust gains', () => {
  it('equal least squares where there are no outliers to leave out', () => {
    const data = averages(0.02, 0);
    expect(solve(data, 'R')).toEqual(solve(data, ''));
  });

  it('leave an outlier out, and nothing else', () => {
    const data = averages(0.02, 0.8);
    const without = averages(0.02, 0.8);
    without.sums.fill(0, 3 * baselineIndex(ANT_COUNT, 1, 2), 3 * baselineIndex(ANT_COUNT, 1, 2) + 3);
    const [rejected, wanted] = [solve(data, 'R'), solve(without, '')];
    for (let ant = 0; ant < ANT_COUNT; ant++) {
      expect(Math.abs(rejected.gains[ant] - wanted.gains[ant])).toBeLessThan(1e-6);
      expect(rejected.errors[ant] / wanted.errors[ant]).toBeCloseTo(1, 5);
    }
    expect(worst(solve(data, '').gains)).toBeGreaterThan(0.05);
    expect(worst(rejected.gains)).toBeLessThan(0.02);
    expect(solve(data, 'R', [1000])).toEqual(solve(data, ''));
  });

  it('reach the least sum of absolute residuals with L1', () => {
    const data = averages(0.02, 0.8);
    const { gains } = solve(data, 'L1');
    expect(worst(gains)).toBeLessThan(0.02);
    const least = absoluteSum(data, gains);
    for (let ant = 0; ant < ANT_COUNT; ant++) {
      for (const step of [-3e-3, 3e-3]) {
        const moved = gains.map((gain, at) => (at === ant ? gain + step : gain));
        expect(absoluteSum(data, moved)).toBeGreaterThan(least);
      }
    }
    expect(worst(solve(data, 'L1R').gains)).toBeLessThan(0.02);
  });
});
