import { describe, expect, it } from 'vitest';
import { fourierInPlace } from '../../../src/foundation/numeric/index.ts';
import { directTransform } from '../../reference/fourier.ts';

describe('Fourier sums of planes', () => {
  it.each([
    [8, 4],
    [15, 7],
    [13, 1],
    [1, 10],
  ])('are those of the definition for %i x %i pixels, and go back', (sizeX, sizeY) => {
    const plane = Array.from({ length: sizeX * sizeY }, (_, k) => Math.sin(3 * k) + k / 7);
    const parts = { re: Float64Array.from(plane), im: new Float64Array(plane.length) };
    fourierInPlace(parts, sizeX, -1);
    const complex = plane.flatMap((value) => [value, 0]);
    directTransform(complex, sizeX, sizeY, -1).forEach((value, k) => {
      expect((k % 2 === 0 ? parts.re : parts.im)[k >> 1]).toBeCloseTo(value, 9);
    });
    fourierInPlace(parts, sizeX, 1);
    plane.forEach((value, k) => {
      expect(parts.re[k] / plane.length).toBeCloseTo(value, 11);
    });
  });
});
