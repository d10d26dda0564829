import type { GainProblem } from '../../foundation/numeric/index.ts';

/** Relative step at which a solution counts as the minimum. */
const TOLERANCE = 1e-10;
const MAX_STEPS = 200;
const FIRST_DAMPING = 1e-3;
const LEAST_DAMPING = 1e-12;
const MOST_DAMPING = 1e12;

/**
 * Brings gains to the minimum of sum over i < j of A_ij |B_ij / A_ij - g_i conj(g_j)|² by Newton's method with
 * Levenberg-Marquardt damping; for sparse arrays, where alternating steps creep along a nearly flat valley.
 *
 * The gradient by conj(g_i) is sum_j (A_ij |g_j|² g_i - B_ij g_j). The overall phase is free: its direction gets a
 * curvature of its own, so that steps do not go along it.
 *
 * @param problem its gains and hessian are overwritten
 * @returns true when the steps became small
 */
export function refineGainsInPlace(problem: GainProblem): boolean {
  const { antCount, gains } = problem;
  const size = 2 * antCount;
  const matrix = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  const step = new Float64Array(size);
  const start = new Float64Array(size);
  let damping = FIRST_DAMPING;
  let value = gainObjective(problem);
  let isConverged = false;
  for (let count = 0; count < MAX_STEPS && !isConverged && damping < MOST_DAMPING; count++) {
    fillGradient(problem, gradient);
    fillMatrix(problem, matrix, damping);
    stiffenPhase(problem, matrix);
    if (!solveInto(matrix, gradient, step)) {
      damping *= 10;
      continue;
    }
    start.set(gains);
    for (let k = 0; k < size; k++) gains[k] -= step[k];
    const trial = gainObjective(problem);
    if (trial <= value + 1e-15 * Math.abs(value)) {
      isConverged = norm(step) <= TOLERANCE * norm(gains);
      value = trial;
      damping = Math.max(damping / 10, LEAST_DAMPING);
    } else {
      gains.set(start);
      isConverged = norm(step) <= TOLERANCE * norm(gains);
      damping *= 10;
    }
  }
  fillGradient(problem, gradient);
  return isConverged;
}

function norm(values: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k] * values[k];
  return Math.sqrt(sum);
}

/** chi² without its constant part, sum over i < j of A_ij |g_i conj(g_j)|² - 2 Re(conj(B_ij) g_i conj(g_j)). */
export function gainObjective({ antCount, products, weights, gains }: GainProblem): number {
  let sum = 0;
  for (let one = 0; one < antCount; one++) {
    for (let two = one + 1; two < antCount; two++) {
      const at = one * antCount + two;
      if (weights[at] === 0) continue;
      const re = gains[2 * one] * gains[2 * two] + gains[2 * one + 1] * gains[2 * two + 1];
      const im = gains[2 * one + 1] * gains[2 * two] - gains[2 * one] * gains[2 * two + 1];
      sum += weights[at] * (re * re + im * im) - 2 * (products[2 * at] * re + products[2 * at + 1] * im);
    }
  }
  return sum;
}

/** What the others say of an antenna's gain: sum_j B_ij g_j (real, imaginary) and sum_j A_ij |g_j|². */
export function sumsOfAntenna(
  { antCount, products, weights, gains }: GainProblem,
  ant: number,
): [number, number, number] {
  let [re, im, power] = [0, 0, 0];
  for (let other = 0; other < antCount; other++) {
    const at = ant * antCount + other;
    const [x, y] = [gains[2 * other], gains[2 * other + 1]];
    re += products[2 * at] * x - products[2 * at + 1] * y;
    im += products[2 * at] * y + products[2 * at + 1] * x;
    power += weights[at] * (x * x + y * y);
  }
  return [re, im, power];
}

/** Gradient by conj(g), [ant, re/im]; leaves sum_j A_ij |g_j|² in the problem's hessian. */
function fillGradient(problem: GainProblem, gradient: Float64Array): void {
  const { antCount, gains, hessian } = problem;
  for (let ant = 0; ant < antCount; ant++) {
    const [re, im, power] = sumsOfAntenna(problem, ant);
    hessian[ant] = power;
    gradient[2 * ant] = power * gains[2 * ant] - re;
    gradient[2 * ant + 1] = power * gains[2 * ant + 1] - im;
  }
}

/** Derivatives of the gradient by real and imaginary parts, diagonal enlarged; needs the hessian of fillGradient. */
function fillMatrix(
  { antCount, products, weights, gains, hessian }: GainProblem,
  matrix: Float64Array,
  damping: number,
): void {
  const size = 2 * antCount;
  for (let one = 0; one < antCount; one++) {
    for (let two = 0; two < antCount; two++) {
      const at = one * antCount + two;
      const [br, bi] = [products[2 * at], products[2 * at + 1]];
      const top = 2 * one * size + 2 * two;
      const double = 2 * weights[at];
      matrix[top] = double * gains[2 * one] * gains[2 * two] - br;
      matrix[top + 1] = double * gains[2 * one] * gains[2 * two + 1] + bi;
      matrix[top + size] = double * gains[2 * one + 1] * gains[2 * two] - bi;
      matrix[top + size + 1] = double * gains[2 * one + 1] * gains[2 * two + 1] - br;
    }
    const own = 2 * one * (size + 1);
    const power = hessian[one] > 0 ? hessian[one] : 1;
    matrix[own] += power * (1 + damping);
    matrix[own + size + 1] += power * (1 + damping);
  }
}

/** Adds the mean curvature along the direction in which all phases turn together. */
function stiffenPhase({ antCount, gains, hessian }: GainProblem, matrix: Float64Array): void {
  const size = 2 * antCount;
  let [power, curvature] = [0, 0];
  for (let ant = 0; ant < antCount; ant++) {
    power += gains[2 * ant] ** 2 + gains[2 * ant + 1] ** 2;
    curvature += hessian[ant] / antCount;
  }
  if (!(power > 0)) return;
  const turn = (k: number) => (k % 2 === 0 ? -gains[k + 1] : gains[k - 1]);
  for (let row = 0; row < size; row++) {
    for (let col = 0; col < size; col++) matrix[row * size + col] += (curvature / power) * turn(row) * turn(col);
  }
}

/** Solves a symmetric system by Cholesky's method; the matrix is overwritten; false when it is not positive. */
function solveInto(matrix: Float64Array, right: Float64Array, into: Float64Array): boolean {
  const size = right.length;
  for (let row = 0; row < size; row++) {
    for (let col = 0; col <= row; col++) {
      let sum = matrix[row * size + col];
      for (let k = 0; k < col; k++) sum -= matrix[row * size + k] * matrix[col * size + k];
      if (col < row) matrix[row * size + col] = sum / matrix[col * size + col];
      else if (sum > 0) matrix[row * size + row] = Math.sqrt(sum);
      else return false;
    }
  }
  for (let row = 0; row < size; row++) {
    let sum = right[row];
    for (let k = 0; k < row; k++) sum -= matrix[row * size + k] * into[k];
    into[row] = sum / matrix[row * size + row];
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = into[row];
    for (let k = row + 1; k < size; k++) sum -= matrix[k * size + row] * into[k];
    into[row] = sum / matrix[row * size + row];
  }
  return true;
}
