import { describe, expect, it } from 'vitest';
import { arena } from '../../../src/foundation/numeric/index.ts';
import { refineGainsInPlace } from '../../../src/pipeline/calibration/gain-newton.ts';
import { type Baseline, chiSquare, problemOf, solveSlowly } from '../../reference/gain-solve.ts';
import { symmetricNumbers } from '../../reference/random.ts';

/** Two hubs that see everybody, and each other: the others have two baselines each. */
function star(antCount: number, noise: number): { baselines: Baseline[]; truth: number[] } {
  const next = symmetricNumbers(7);
  const truth = Array.from({ length: antCount }, () => {
    const phase = Math.PI * next();
    return [Math.cos(phase), Math.sin(phase)];
  }).flat();
  const baselines: Baseline[] = [];
  for (let ant1 = 0; ant1 < 2; ant1++) {
    for (let ant2 = ant1 + 1; ant2 < antCount; ant2++) {
      const [ar, ai, br, bi] = [truth[2 * ant1], truth[2 * ant1 + 1], truth[2 * ant2], truth[2 * ant2 + 1]];
      const [re, im] = [ar * br + ai * bi + noise * next(), ai * br - ar * bi + noise * next()];
      baselines.push({ ant1, ant2, re, im, weight: ant1 + ant2 === 1 ? 0.02 : 1 });
    }
  }
  return { baselines, truth };
}

describe('Newton steps for gains', () => {
  it.each([0, 0.6])('reach the minimum of a star of baselines with noise %f', (noise) => {
    const antCount = 9;
    const { baselines, truth } = star(antCount, noise);
    arena().scope((lease) => {
      const guess = truth.map((value, at) => (at % 2 === 0 ? value + 0.3 : value));
      const problem = problemOf(lease, baselines, antCount, guess);
      expect(refineGainsInPlace(problem)).toBe(true);
      const slow = solveSlowly(baselines, truth, 400);
      const found = chiSquare(baselines, problem.gains);
      expect(found).toBeLessThanOrEqual(chiSquare(baselines, slow) * (1 + 1e-9) + 1e-18);
      for (let ant = 0; ant < antCount; ant++) {
        const hessian = baselines.reduce((sum, b) => {
          const other = b.ant1 === ant ? b.ant2 : b.ant2 === ant ? b.ant1 : -1;
          return other < 0 ? sum : sum + b.weight * (problem.gains[2 * other] ** 2 + problem.gains[2 * other + 1] ** 2);
        }, 0);
        expect(problem.hessian[ant]).toBeCloseTo(hessian, 10);
      }
    });
  });
});
