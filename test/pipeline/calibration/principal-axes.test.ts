import { describe, expect, it } from 'vitest';
import { PrincipalAxes } from '../../../src/pipeline/calibration/principal-axes.ts';

// Eigenvectors as the GNU Scientific Library 2.7 gives them (gsl_eigen_symmv, sorted by size), a row each after the variance.
const CASES = [
  {
    covariance: [2, -1, -1, 3],
    expected: [
      [1.38196601, 0.850650808, 0.525731112],
      [3.61803399, -0.525731112, 0.850650808],
    ],
  },
  {
    covariance: [5, 1, -2, 1, 4, 0.5, -2, 0.5, 3],
    expected: [
      [1.40543336, 0.527964351, -0.352396425, 0.772703309],
      [4.20130522, -0.0365142659, 0.899587349, 0.435211798],
      [6.39326141, -0.848481203, -0.257991009, 0.462082555],
    ],
  },
  {
    covariance: [1e-3, 0.02, -0.4, 1e-3, 0.02, 50, -30, 0.1, -0.4, -30, 900, 0.2, 1e-3, 0.1, 0.2, 0.04],
    expected: [
      [0.000791666055, 0.999619332, -7.59525821e-5, 0.00044787411, -0.0275859438],
      [0.0397528128, 0.0275858408, -0.00218156773, -0.000282608148, 0.999617018],
      [48.9427269, 0.000120522634, 0.999376905, 0.0352278498, 0.00218767721],
      [901.057729, 0.000444429305, 0.035228353, -0.999379166, -0.000217923074],
    ],
  },
];

function axesOf(covariance: readonly number[], size: number): PrincipalAxes {
  const principal = new PrincipalAxes(size);
  // What another covariance left must not matter.
  principal.of(
    Float64Array.from(
      { length: size * size },
      (_, at) => Math.cos(at) + Math.cos((at % size) * size + Math.floor(at / size)),
    ),
  );
  principal.of(Float64Array.from(covariance));
  return principal;
}

describe('PrincipalAxes', () => {
  it.each(CASES)('gives the variances and vectors of GSL, with its signs: %#', ({ covariance, expected }) => {
    const size = expected.length;
    const { variances, axes } = axesOf(covariance, size);
    expected.forEach(([variance, ...vector], axis) => {
      expect(Math.abs(variances[axis] / variance - 1)).toBeLessThan(1e-8);
      vector.forEach((value, at) => {
        expect(Math.abs(axes[axis * size + at] - value)).toBeLessThan(1e-8);
      });
    });
  });

  it('gives vectors that the matrix only stretches, also where nothing is beside the diagonal', () => {
    for (const covariance of [CASES[2].covariance, [9, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 16]]) {
      const { variances, axes } = axesOf(covariance, 4);
      for (let axis = 0; axis < 4; axis++) {
        for (let row = 0; row < 4; row++) {
          let sum = 0;
          for (let column = 0; column < 4; column++) sum += covariance[row * 4 + column] * axes[axis * 4 + column];
          expect(Math.abs(sum - variances[axis] * axes[axis * 4 + row])).toBeLessThan(1e-12 * 1000);
        }
      }
      expect([...variances]).toEqual([...variances].sort((a, b) => a - b));
    }
  });
});
