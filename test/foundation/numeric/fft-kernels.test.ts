import { describe, expect, it } from 'vitest';
import { arena, fourier2dInPlace, transformSize } from '../../../src/foundation/numeric/index.ts';
import { directTransform } from '../../reference/fourier.ts';
import { randomNumbers } from '../../reference/random.ts';

describe('the two-dimensional Fourier transform', () => {
  it.each([
    [4, 8, -1],
    [12, 20, -1],
    [60, 4, 1],
    [32, 36, 1],
    [16, 40, -1],
  ] as const)('equals the defining sum for %i x %i, sign %i', (nx, ny, sign) => {
    const random = randomNumbers(nx * 100 + ny);
    const input = Float32Array.from({ length: 2 * nx * ny }, () => random() - 0.5);
    const expected = directTransform(input, nx, ny, sign);
    arena().scope((lease) => {
      const values = lease.float32(input.length);
      values.set(input);
      fourier2dInPlace(values, nx, ny, sign);
      const scale = Math.max(...expected.map(Math.abs));
      for (let k = 0; k < values.length; k++) expect(Math.abs(values[k] - expected[k]) / scale).toBeLessThan(3e-7);
    });
  });

  it('offers sizes with factors 2, 3, 5 only and refuses others', () => {
    expect([1, 4, 14, 250, 511, 2050].map((length) => transformSize(length))).toEqual([4, 4, 16, 256, 512, 2160]);
    expect(transformSize(17, 8)).toBe(24);
    arena().scope((lease) => expect(() => fourier2dInPlace(lease.float32(2 * 28 * 4), 28, 4, 1)).toThrow(/28/));
  });
});
