import { describe, expect, it } from 'vitest';
import type { GainProblem } from '../../../src/foundation/numeric/index.ts';
import { balanceSidesInPlace } from '../../../src/pipeline/calibration/gain-balance.ts';

function problemOf(amplitudes: readonly number[], baselines: readonly (readonly [number, number])[]): GainProblem {
  const antCount = amplitudes.length;
  const weights = new Float64Array(antCount * antCount);
  for (const [one, two] of baselines) weights[one * antCount + two] = weights[two * antCount + one] = 4;
  const gains = Float64Array.from(amplitudes.flatMap((value, ant) => [value * Math.cos(ant), value * Math.sin(ant)]));
  const hessian = new Float64Array(antCount);
  for (const [one, two] of baselines) {
    hessian[one] += 4 * amplitudes[two] ** 2;
    hessian[two] += 4 * amplitudes[one] ** 2;
  }
  const products = new Float64Array(2 * antCount * antCount);
  return { antCount, products, weights, gains, scratch: new Float64Array(2 * antCount), hessian };
}

const amplitudesOf = ({ gains, antCount }: GainProblem) =>
  Array.from({ length: antCount }, (_, ant) => Math.hypot(gains[2 * ant], gains[2 * ant + 1]));

describe('the balance of gains', () => {
  it('gives both sides of a chain the same power and leaves products, phases and the curvature of the data', () => {
    const problem = problemOf(
      [96, 0.01, 64],
      [
        [0, 1],
        [1, 2],
      ],
    );
    balanceSidesInPlace(problem);
    const [first, middle, last] = amplitudesOf(problem);
    expect(first * middle).toBeCloseTo(0.96, 12);
    expect(last * middle).toBeCloseTo(0.64, 12);
    expect(middle ** 2).toBeCloseTo(first ** 2 + last ** 2, 12);
    expect(Math.atan2(problem.gains[3], problem.gains[2])).toBeCloseTo(1, 12);
    expect(problem.hessian[0]).toBeCloseTo(4 * middle ** 2, 12);
  });

  it('leaves gains that a triangle determines, and antennas without baselines', () => {
    const triangle = problemOf(
      [9, 0.1, 3, 1, 8, 2],
      [
        [0, 1],
        [1, 2],
        [0, 2],
        [4, 5],
      ],
    );
    balanceSidesInPlace(triangle);
    const found = amplitudesOf(triangle);
    for (const [ant, expected] of [9, 0.1, 3, 1, 4, 4].entries()) expect(found[ant]).toBeCloseTo(expected, 12);
  });
});
