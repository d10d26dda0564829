import { describe, expect, it } from 'vitest';
import { findSpikes } from '../../../src/pipeline/reduction/spike-finder.ts';
import { randomNumbers } from '../../reference/random.ts';

/** A sloping band with a scatter of 2 percent. */
function band(count: number): Float64Array {
  const random = randomNumbers(3);
  return Float64Array.from({ length: count }, (_, chan) => (2 + chan / count) * (1 + 0.07 * (random() - 0.5)));
}

describe('findSpikes', () => {
  it('finds one or two channels that stand out, and how far', () => {
    const power = band(128);
    power[40] *= 1.6;
    power[90] *= 3;
    power[91] *= 2;
    const spikes = findSpikes(power);
    expect(spikes.map(({ first, last }) => [first, last])).toEqual([
      [40, 40],
      [90, 91],
    ]);
    expect(spikes[1].ratio).toBeGreaterThan(2.8);
    expect(spikes[1].ratio).toBeLessThan(3.2);
  });

  it('leaves noise, slopes, wide features, dips and flagged channels alone', () => {
    const power = band(128);
    for (let chan = 60; chan < 70; chan++) power[chan] *= 2;
    power[20] *= 0.1;
    power.fill(Number.NaN, 100, 104);
    expect(findSpikes(power)).toEqual([]);
    // The same on a source so bright that no rise of the noise explains it.
    expect(findSpikes(power, 0.02).map(({ first, last }) => [first, last])).toEqual([[60, 69]]);
    expect(findSpikes(new Float64Array(64).fill(Number.NaN))).toEqual([]);
  });
});
