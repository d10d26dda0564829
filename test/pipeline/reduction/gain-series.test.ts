import { describe, expect, it } from 'vitest';
import { arena, median } from '../../../src/foundation/numeric/index.ts';
import { GainFit } from '../../../src/pipeline/calibration/index.ts';
import { LEAST_SNR, usualRatio } from '../../../src/pipeline/reduction/gain-series.ts';
import { randomNumbers } from '../../reference/random.ts';

/** Ratios of the median antenna in integrations of four antennas with a source of that many times the noise of a visibility. */
function ratios(count: number, source: number): number[] {
  const random = randomNumbers(7);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const options = { antCount: 4, kind: 'G', mode: 'ap', minBaselines: 2, minSnr: 0, refAnt: -1 } as const;
  return arena().scope((lease) => {
    const fit = new GainFit(options, lease);
    return Array.from({ length: count }, () => {
      const sums = Float64Array.from({ length: 6 * 2 * 3 }, (_, at) =>
        at % 3 === 2 ? 1 : normal() + (at % 3 === 0 ? source : 0),
      );
      return median(fit.solve({ sums, partCount: 1, chanCount: 1, corrCount: 2 }, 0).snr);
    });
  });
}

describe('usualRatio', () => {
  it('takes noise for no signal, however many integrations there are', () => {
    const noise = ratios(600, 0);
    expect(Math.max(...noise)).toBeGreaterThan(LEAST_SNR);
    expect(usualRatio(noise)).toBeLessThan(0.75 * LEAST_SNR);
    expect(usualRatio([...noise, ...ratios(600, 4)])).toBeGreaterThan(LEAST_SNR);
  });

  it('is the ratio of a single scan, the better one of two, and 0 of none', () => {
    expect([usualRatio([5]), usualRatio([2, 5]), usualRatio([])]).toEqual([5, 5, 0]);
  });
});
