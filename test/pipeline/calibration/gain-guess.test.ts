import { describe, expect, it } from 'vitest';
import { arena, type GainProblem, type Lease, solveGainsInPlace } from '../../../src/foundation/numeric/index.ts';
import { guessGainsInPlace, searchGainsInPlace } from '../../../src/pipeline/calibration/gain-guess.ts';
import { gainObjective, refineGainsInPlace } from '../../../src/pipeline/calibration/gain-newton.ts';

const ANTENNAS = 6;

/** Numbers of a normal distribution, the same for the same seed. */
function normal(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** A point source of 1 Jy seen with gains of 1, and noise. */
function faint(lease: Lease, seed: number, noise: number): GainProblem {
  const next = normal(seed);
  const problem = {
    antCount: ANTENNAS,
    products: lease.float64(2 * ANTENNAS * ANTENNAS).fill(0),
    weights: lease.float64(ANTENNAS * ANTENNAS).fill(0),
    gains: lease.float64(2 * ANTENNAS),
    scratch: lease.float64(2 * ANTENNAS),
    hessian: lease.float64(ANTENNAS),
  };
  for (let ant1 = 0; ant1 < ANTENNAS; ant1++) {
    for (let ant2 = ant1 + 1; ant2 < ANTENNAS; ant2++) {
      const [up, down] = [ant1 * ANTENNAS + ant2, ant2 * ANTENNAS + ant1];
      problem.weights[up] = problem.weights[down] = 1;
      problem.products[2 * up] = problem.products[2 * down] = 1 + noise * next();
      problem.products[2 * up + 1] = noise * next();
      problem.products[2 * down + 1] = -problem.products[2 * up + 1];
    }
  }
  return problem;
}

/** chi² where the fit from one antenna's guess ends. */
function fitFrom(problem: GainProblem, ant: number): number {
  guessGainsInPlace(problem, ant);
  if (!solveGainsInPlace(problem)) refineGainsInPlace(problem);
  return gainObjective(problem);
}

describe('several guesses', () => {
  it('find the lowest minimum of faint data that fits from random gains find', () => {
    let gained = 0;
    for (let seed = 1; seed <= 20; seed++) {
      arena().scope((lease) => {
        const problem = faint(lease, seed, 2);
        const first = fitFrom(problem, 0);
        const next = normal(1000 + seed);
        let least = first;
        const start = problem.gains.slice();
        for (let trial = 0; trial < 30; trial++) {
          for (let k = 0; k < 2 * ANTENNAS; k++) problem.gains[k] = next();
          refineGainsInPlace(problem);
          least = Math.min(least, gainObjective(problem));
        }
        problem.gains.set(start);
        searchGainsInPlace(problem);
        const found = gainObjective(problem);
        expect(found).toBeLessThanOrEqual(first);
        expect(found).toBeLessThan(least + 1e-3 * Math.abs(least));
        if (found < first - 1) gained++;
      });
    }
    expect(gained).toBeGreaterThan(0);
  });

  it('leave bright data where they are', () => {
    arena().scope((lease) => {
      const problem = faint(lease, 1, 0.05);
      const first = fitFrom(problem, 0);
      const gains = problem.gains.slice();
      searchGainsInPlace(problem);
      expect(gainObjective(problem)).toBeCloseTo(first, 10);
      for (let k = 0; k < 2 * ANTENNAS; k++) expect(problem.gains[k]).toBeCloseTo(gains[k], 6);
    });
  });
});
