import { FWHM_PER_SIGMA, fail } from '../../foundation/base/index.ts';
import { minimizeSquares, solvePositiveInPlace } from '../../foundation/numeric/index.ts';

/** An elliptical Gaussian on an image: pixels; axes are full widths at half maximum; angle in rad from +y towards -x. */
export interface GaussianShape {
  readonly amplitude: number;
  readonly x: number;
  readonly y: number;
  readonly major: number;
  readonly minor: number;
  readonly angle: number;
}

/** Coefficients of exp(-(a dx² + b dx dy + c dy²)). */
export interface QuadraticForm {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** The quadratic form of an ellipse with those full widths; angle in rad from +y towards -x (north through east). */
export function formOfEllipse(major: number, minor: number, angle: number): QuadraticForm {
  const [p, q] = [4 * Math.LN2, 4 * Math.LN2].map((value, k) => value / (k === 0 ? major : minor) ** 2);
  const [s, c] = [Math.sin(angle), Math.cos(angle)];
  return { a: p * s * s + q * c * c, b: -2 * (p - q) * s * c, c: p * c * c + q * s * s };
}

/** Full widths and angle (rad, from +y towards -x, in (-π/2, π/2]) of a quadratic form. */
export function ellipseOfForm({ a, b, c }: QuadraticForm): { major: number; minor: number; angle: number } {
  const mean = (a + c) / 2;
  const spread = Math.hypot((a - c) / 2, b / 2);
  if (!(mean - spread > 0)) fail('bad-data', 'The fitted surface is not a Gaussian: it has no finite width.');
  const width = (value: number) => Math.sqrt((4 * Math.LN2) / value);
  const angle = 0.5 * Math.atan2(b, a - c);
  return { major: width(mean - spread), minor: width(mean + spread), angle };
}

/** Pixels of a fit: position and value. */
export interface FitPixels {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly value: ArrayLike<number>;
}

/** What {@link fitGaussian} may leave free besides the shape. */
export interface FitChoice {
  /** Height and centre stay at the first guess. */
  readonly fixCentre?: boolean;
  /** A constant level under the Gaussian is fitted too. */
  readonly withOffset?: boolean;
}

/**
 * Fits one elliptical Gaussian by least squares.
 *
 * @param guess first guess, pixels
 * @returns the Gaussian, the level and its formal error, and the rms of the residuals
 * @throws bad-data when it does not converge to a Gaussian
 */
export function fitGaussian(
  pixels: FitPixels,
  guess: GaussianShape,
  choice: FitChoice = {},
): GaussianShape & { offset: number; offsetError: number; rms: number } {
  const form = formOfEllipse(guess.major, guess.minor, guess.angle);
  const count = pixels.value.length;
  const isFixed = choice.fixCentre === true;
  const start = isFixed ? [form.a, form.b, form.c] : [form.a, form.b, form.c, guess.amplitude, guess.x, guess.y];
  if (choice.withOffset) start.push(0);
  const size = start.length;
  const offsetAt = choice.withOffset ? size - 1 : -1;
  const result = minimizeSquares(start, count, (p, residuals, slopes) => {
    const [amplitude, x0, y0] = isFixed ? [guess.amplitude, guess.x, guess.y] : [p[3], p[4], p[5]];
    for (let k = 0; k < count; k++) {
      const [dx, dy] = [pixels.x[k] - x0, pixels.y[k] - y0];
      const shape = Math.exp(-(p[0] * dx * dx + p[1] * dx * dy + p[2] * dy * dy));
      const value = amplitude * shape;
      residuals[k] = value + (offsetAt < 0 ? 0 : p[offsetAt]) - pixels.value[k];
      const at = k * size;
      slopes[at] = -dx * dx * value;
      slopes[at + 1] = -dx * dy * value;
      slopes[at + 2] = -dy * dy * value;
      if (!isFixed) {
        slopes[at + 3] = shape;
        slopes[at + 4] = (2 * p[0] * dx + p[1] * dy) * value;
        slopes[at + 5] = (2 * p[2] * dy + p[1] * dx) * value;
      }
      if (offsetAt >= 0) slopes[at + offsetAt] = 1;
    }
  });
  if (!result.isConverged) fail('bad-data', 'The Gaussian fit did not converge.');
  const p = result.parameters;
  const ellipse = ellipseOfForm({ a: p[0], b: p[1], c: p[2] });
  const rms = Math.sqrt(result.chiSquare / Math.max(1, count - size));
  return {
    ...ellipse,
    amplitude: isFixed ? guess.amplitude : p[3],
    x: isFixed ? guess.x : p[4],
    y: isFixed ? guess.y : p[5],
    offset: offsetAt < 0 ? 0 : p[offsetAt],
    offsetError: offsetAt < 0 ? 0 : rms * Math.sqrt(variance(result.normal, size, offsetAt)),
    rms,
  };
}

/** Element of the diagonal of a normal matrix's inverse. */
function variance(normal: Float64Array, size: number, at: number): number {
  const column = new Float64Array(size);
  column[at] = 1;
  return solvePositiveInPlace(normal.slice(), column) ? column[at] : Number.NaN;
}

/** Standard deviations of a full width. */
export const sigmaOf = (fwhm: number) => fwhm / FWHM_PER_SIGMA;
