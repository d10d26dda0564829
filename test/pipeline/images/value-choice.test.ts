import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { createImage, imstat, makeCoordinates } from '../../../src/pipeline/images/index.ts';
import { valueChooser } from '../../../src/pipeline/images/value-choice.ts';
import { randomNumbers } from '../../reference/random.ts';

/** Normal noise, with some values far above. */
function noise(count: number, outliers: number): Float32Array {
  const random = randomNumbers(7);
  const value = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Float32Array.from({ length: count }, (_, at) => (at < outliers ? 30 : value()));
}

const chosen = (values: Float32Array, options: Parameters<typeof valueChooser>[0]) => {
  const { low, high } = valueChooser(options)?.(values) ?? {
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
  };
  return values.filter((value) => value >= low && value <= high);
};
const meanOf = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('imstat algorithms', () => {
  const values = noise(4000, 20);

  it('chauvenet leaves out what noise of that width would not hold once, round by round', () => {
    const kept = chosen(values, { algorithm: 'chauvenet' });
    expect(Math.max(...kept)).toBeLessThan(5);
    expect(kept.length).toBeGreaterThan(3970);
    // By the definition, one round after the other.
    let left = values;
    for (let round = 0; round <= 2; round++) {
      const mean = meanOf(left);
      const deviation = Math.sqrt(left.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (left.length - 1));
      left = values.filter((value) => Math.abs(value - mean) <= 2.5 * deviation);
    }
    expect(chosen(values, { algorithm: 'chauvenet', zscore: 2.5, maxiter: 2 })).toEqual(left);
  });

  it('hinges-fences keeps what is near the quartiles, everything with a negative fence', () => {
    const sorted = values.slice().sort();
    const [first, third] = [sorted[999], sorted[2999]];
    const kept = values.filter(
      (value) => value >= first - 1.5 * (third - first) && value <= third + 1.5 * (third - first),
    );
    expect(chosen(values, { algorithm: 'hinges-fences', fence: 1.5 })).toEqual(kept);
    expect(chosen(values, { algorithm: 'h' })).toEqual(values);
  });

  it('knows the names of CASA', () => {
    expect(valueChooser({ algorithm: 'classic' })).toBeUndefined();
    expect(() => valueChooser({ algorithm: 'biweight' })).toThrow(/not done/);
    expect(() => valueChooser({ algorithm: 'other' })).toThrow(/unknown; there are classic, chauvenet/);
    expect(() => chosen(values, { algorithm: 'fit-half', center: 'mode' })).toThrow(/mean, median, zero/);
  });

  it('fit-half counts one half and its mirror images, and tells a place of the real extreme alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'value-choice-'));
    const context = silentContext(folder);
    const coordinates = makeCoordinates({
      ...{ centre: { lon: 1, lat: -0.4 }, cell: 1e-6, imsize: [100, 40], system: 'J2000', stokes: ['I'] },
      spectral: { system: 'LSRK', reference: 230e9, increment: 1e6, referencePixel: 0, restFrequency: 230e9 },
      ...{ telescope: 'ALMA', observer: '', observedMjdSec: 4_877_996_515, telescopePosition: [2.2e6, -5.4e6, -2.5e6] },
    });
    const image = createImage(join(folder, 'n.image'), {
      shape: [1, 1, 40, 100],
      coordinates,
      unit: 'Jy',
      info: { beams: [], objectName: '', imageType: 'Intensity' },
    });
    image.writePlane(0, values);
    image.close();
    const ask = (more: object) => imstat(context, { imagename: 'n.image', algorithm: 'fit-half', ...more });
    const lower = ask({ center: 'zero' });
    const below = values.filter((value) => value <= 0);
    expect([lower.npts, lower.mean, lower.median]).toEqual([[2 * below.length], [0], [0]]);
    expect(lower.max[0]).toBe(-lower.min[0]);
    expect(lower.sumsq[0]).toBeCloseTo(2 * below.reduce((sum, value) => sum + value * value, 0), 6);
    expect([lower.minpos !== undefined, lower.maxpos]).toEqual([true, undefined]);
    const upper = ask({ center: 'mean', lside: false });
    expect(upper.mean[0]).toBeCloseTo(meanOf(values), 5);
    expect([upper.minpos, upper.max]).toEqual([undefined, [30]]);
  });
});
