import { fail } from '../base/index.ts';

/** A non-linear model of `parameters`: fills residuals [datum] and their derivatives [datum, parameter]. */
export type ResidualModel = (parameters: Float64Array, residuals: Float64Array, derivatives: Float64Array) => void;

export interface LeastSquaresResult {
  readonly parameters: Float64Array;
  /** Sum of squared residuals. */
  readonly chiSquare: number;
  readonly isConverged: boolean;
  readonly iterations: number;
  /** Normal matrix at the parameters: its inverse times the variance of a datum is their covariance, [parameter, parameter]. */
  readonly normal: Float64Array;
}

/** Solves the symmetric positive system a x = b in place by Cholesky; false when a is not positive definite. a: [n, n]. */
export function solvePositiveInPlace(a: Float64Array, b: Float64Array): boolean {
  const n = b.length;
  for (let column = 0; column < n; column++) {
    for (let row = column; row < n; row++) {
      let sum = a[row * n + column];
      for (let k = 0; k < column; k++) sum -= a[row * n + k] * a[column * n + k];
      if (row > column) a[row * n + column] = sum / a[column * n + column];
      else if (!(sum > 0)) return false;
      else a[row * n + row] = Math.sqrt(sum);
    }
  }
  for (let row = 0; row < n; row++) {
    for (let k = 0; k < row; k++) b[row] -= a[row * n + k] * b[k];
    b[row] /= a[row * n + row];
  }
  for (let row = n - 1; row >= 0; row--) {
    for (let k = row + 1; k < n; k++) b[row] -= a[k * n + row] * b[k];
    b[row] /= a[row * n + row];
  }
  return true;
}

/**
 * Minimises a sum of squares by Levenberg-Marquardt (Marquardt 1963, J. SIAM 11, 431), for a handful of parameters.
 *
 * @param start first guess, not changed
 * @param count number of data
 * @param model residuals and their derivatives
 * @param tolerance relative fall of the sum that counts as convergence
 */
export function minimizeSquares(
  start: ArrayLike<number>,
  count: number,
  model: ResidualModel,
  tolerance = 1e-12,
): LeastSquaresResult {
  const size = start.length;
  if (count < size) fail('bad-data', `${count} data do not determine ${size} parameters.`);
  let parameters = Float64Array.from(start);
  const residuals = new Float64Array(count);
  const derivatives = new Float64Array(count * size);
  const spareResiduals = new Float64Array(count);
  const spareDerivatives = new Float64Array(count * size);
  const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
  model(parameters, residuals, derivatives);
  let chiSquare = sumOf(residuals);
  let damping = 1e-3;
  const result = (isConverged: boolean, iterations: number): LeastSquaresResult => {
    const { normal } = normalEquations(residuals, derivatives, size);
    return { parameters, chiSquare, isConverged, iterations, normal };
  };
  for (let iteration = 1; iteration <= 200; iteration++) {
    const { normal, right } = normalEquations(residuals, derivatives, size);
    for (let k = 0; k < size; k++) normal[k * size + k] *= 1 + damping;
    const isSolved = solvePositiveInPlace(normal, right);
    const trial = parameters.map((value, k) => value - right[k]);
    if (isSolved) model(trial, spareResiduals, spareDerivatives);
    const next = isSolved ? sumOf(spareResiduals) : Number.NaN;
    if (next <= chiSquare) {
      const isDone = chiSquare - next <= tolerance * chiSquare;
      parameters = trial;
      residuals.set(spareResiduals);
      derivatives.set(spareDerivatives);
      chiSquare = next;
      damping = Math.max(1e-12, damping / 10);
      if (isDone) return result(true, iteration);
    } else {
      damping *= 10;
      if (damping > 1e12) return result(isSolved, iteration);
    }
  }
  return result(false, 200);
}

function normalEquations(residuals: Float64Array, derivatives: Float64Array, size: number) {
  const normal = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let datum = 0; datum < residuals.length; datum++) {
    for (let row = 0; row < size; row++) {
      const slope = derivatives[datum * size + row];
      right[row] += slope * residuals[datum];
      for (let column = 0; column <= row; column++)
        normal[row * size + column] += slope * derivatives[datum * size + column];
    }
  }
  for (let row = 0; row < size; row++)
    for (let column = 0; column < row; column++) normal[column * size + row] = normal[row * size + column];
  return { normal, right };
}
