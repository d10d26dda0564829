/*
 * Antenna gains from first principles: minimise chi²(g) = sum over baselines of w |V - g_1 conj(g_2)|² by
 * Levenberg-Marquardt steps on the real and imaginary parts, with the full matrix of second derivatives.
 */

import type { GainProblem, Lease } from '../../src/foundation/numeric/index.ts';

export interface Baseline {
  readonly ant1: number;
  readonly ant2: number;
  readonly re: number;
  readonly im: number;
  readonly weight: number;
}

/** chi² of gains [ant, re/im] */
export function chiSquare(baselines: readonly Baseline[], gains: ArrayLike<number>): number {
  let sum = 0;
  for (const b of baselines) {
    const [dr, di] = residual(b, gains);
    sum += b.weight * (dr * dr + di * di);
  }
  return sum;
}

function residual(b: Baseline, g: ArrayLike<number>): [number, number] {
  const [ar, ai] = [g[2 * b.ant1], g[2 * b.ant1 + 1]];
  const [cr, ci] = [g[2 * b.ant2], g[2 * b.ant2 + 1]];
  return [b.re - (ar * cr + ai * ci), b.im - (ai * cr - ar * ci)];
}

/** Gains [ant, re/im] at the minimum, from a first guess; overall phase free. */
export function solveSlowly(baselines: readonly Baseline[], guess: readonly number[], steps = 200): number[] {
  let gains = [...guess];
  let lambda = 1e-3;
  let best = chiSquare(baselines, gains);
  for (let step = 0; step < steps; step++) {
    const move = dampedStep(baselines, gains, lambda);
    const trial = gains.map((value, index) => value + move[index]);
    const value = chiSquare(baselines, trial);
    if (value <= best) {
      gains = trial;
      best = value;
      lambda = Math.max(lambda / 10, 1e-12);
    } else lambda *= 10;
  }
  return gains;
}

function dampedStep(baselines: readonly Baseline[], g: readonly number[], lambda: number): number[] {
  const size = g.length;
  const normal = Array.from({ length: size }, () => new Array<number>(size + 1).fill(0));
  for (const b of baselines) {
    const [dr, di] = residual(b, g);
    const [p, q] = [2 * b.ant1, 2 * b.ant2];
    // Derivatives of Re and Im of g_1 conj(g_2) with respect to the four real numbers.
    const index = [p, p + 1, q, q + 1];
    const dRe = [g[q], g[q + 1], g[p], g[p + 1]];
    const dIm = [-g[q + 1], g[q], g[p + 1], -g[p]];
    for (let m = 0; m < 4; m++) {
      for (let n = 0; n < 4; n++) normal[index[m]][index[n]] += b.weight * (dRe[m] * dRe[n] + dIm[m] * dIm[n]);
      normal[index[m]][size] += b.weight * (dRe[m] * dr + dIm[m] * di);
    }
  }
  const scale = Math.max(...normal.map((row, k) => row[k]));
  for (let k = 0; k < size; k++) normal[k][k] = normal[k][k] * (1 + lambda) + 1e-12 * scale;
  return eliminate(normal);
}

function eliminate(matrix: number[][]): number[] {
  const size = matrix.length;
  for (let col = 0; col < size; col++) {
    let pivot = col;
    for (let row = col; row < size; row++) {
      if (Math.abs(matrix[row][col]) > Math.abs(matrix[pivot][col])) pivot = row;
    }
    [matrix[col], matrix[pivot]] = [matrix[pivot], matrix[col]];
    for (let row = 0; row < size; row++) {
      if (row === col) continue;
      const factor = matrix[row][col] / matrix[col][col];
      for (let k = col; k <= size; k++) matrix[row][k] -= factor * matrix[col][k];
    }
  }
  return matrix.map((row, k) => row[size] / row[k]);
}

/** Gains [ant, re/im] of amplitudes around 1 and any phase. @param next numbers in [-1, 1) */
export function randomGains(antCount: number, next: () => number): number[] {
  return Array.from({ length: antCount }, () => {
    const amp = 1 + 0.3 * next();
    const phase = Math.PI * next();
    return [amp * Math.cos(phase), amp * Math.sin(phase)];
  }).flat();
}

/** What all baselines see of a source of 1 through these gains. @param next numbers in [-1, 1), of noise and weights */
export function observe(gains: readonly number[], noise: number, next: () => number): Baseline[] {
  const antCount = gains.length / 2;
  const baselines: Baseline[] = [];
  for (let ant1 = 0; ant1 < antCount; ant1++) {
    for (let ant2 = ant1 + 1; ant2 < antCount; ant2++) {
      const [ar, ai, cr, ci] = [gains[2 * ant1], gains[2 * ant1 + 1], gains[2 * ant2], gains[2 * ant2 + 1]];
      baselines.push({
        ant1,
        ant2,
        re: ar * cr + ai * ci + noise * next(),
        im: ai * cr - ar * ci + noise * next(),
        weight: 1 + 0.5 * next(),
      });
    }
  }
  return baselines;
}

/** The same as the kernel takes it. */
export function problemOf(
  lease: Lease,
  baselines: readonly Baseline[],
  antCount: number,
  guess: readonly number[],
): GainProblem {
  const problem = {
    antCount,
    products: lease.float64(2 * antCount * antCount).fill(0),
    weights: lease.float64(antCount * antCount).fill(0),
    gains: lease.float64(2 * antCount),
    scratch: lease.float64(2 * antCount),
    hessian: lease.float64(antCount),
  };
  for (const { ant1, ant2, re, im, weight } of baselines) {
    const [up, down] = [ant1 * antCount + ant2, ant2 * antCount + ant1];
    problem.weights[up] = problem.weights[down] = weight;
    problem.products[2 * up] = problem.products[2 * down] = weight * re;
    problem.products[2 * up + 1] = weight * im;
    problem.products[2 * down + 1] = -weight * im;
  }
  problem.gains.set(guess);
  return problem;
}
