import type { PixelExpression, WholeImageTerm } from './expression.ts';

/** The images of an expression at one plane: their values, and their masks where they have some. */
export interface PlaneInputs {
  readonly values: readonly Float32Array[];
  readonly masks: readonly (Uint8Array | undefined)[];
}

/** Visits the values of an expression at the good pixels of a plane. */
function visitPlane({ values, masks }: PlaneInputs, inner: PixelExpression, visit: (value: number) => void): void {
  const point = new Array<number>(values.length);
  for (let k = 0; k < values[0].length; k++) {
    if (masks.some((mask) => mask !== undefined && mask[k] === 0)) continue;
    for (let input = 0; input < point.length; input++) point[input] = values[input][k];
    const value = inner(point);
    if (!Number.isNaN(value)) visit(value);
  }
}

/**
 * Computes what stands for whole images in an expression (`max(IM0)`, `mean(IM0)` …), plane by plane over good pixels; inner terms
 * come first.
 *
 * @source LEL of casacore: variances with N − 1
 */
export function computeWholeImageTerms(
  terms: readonly WholeImageTerm[],
  planeCount: number,
  inputsOf: (plane: number) => PlaneInputs,
): void {
  for (const term of terms) {
    let [count, sum, mean, squares, least, most] = [0, 0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let plane = 0; plane < planeCount; plane++) {
      visitPlane(inputsOf(plane), term.inner, (value) => {
        count++;
        sum += value;
        const step = value - mean;
        mean += step / count;
        squares += step * (value - mean);
        least = Math.min(least, value);
        most = Math.max(most, value);
      });
    }
    const variance = count > 1 ? squares / (count - 1) : 0;
    const results = { min: least, max: most, sum, mean: sum / count, variance, stddev: Math.sqrt(variance) };
    term.value = count === 0 ? Number.NaN : results[term.kind];
  }
}
