import { chauvenetRange, MAD_TO_SIGMA } from '../../foundation/numeric/index.ts';

/** Where the values of a residual lie, and how far about it. */
export interface ResidualNoise {
  readonly median: number;
  /** From the median of absolute deviations, as CASA's robust rms. */
  readonly rms: number;
}

/** Of all values. */
export function robustNoise(values: Float32Array): ResidualNoise {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  const median = sorted[middle];
  // Deviations grow on both sides of the median: their median is reached by always taking the nearer neighbour.
  let [low, high] = [middle, middle];
  for (let taken = 0; taken < middle; taken++) {
    if (high + 1 >= sorted.length || (low > 0 && median - sorted[low - 1] <= sorted[high + 1] - median)) low--;
    else high++;
  }
  return { median, rms: MAD_TO_SIGMA * Math.fround(Math.max(median - sorted[low], sorted[high] - median)) };
}

/** Rounds of Chauvenet's criterion after the first, as CASA asks for. */
const ROUNDS = 5;

/**
 * Of what is not sky: the values outside of the mask, or while there is no mask those that Chauvenet's criterion keeps (tclean with
 * fastnoise=False; CASA's SDMaskHandler::calcRobustImageStatistics).
 *
 * @param mask 1 where the sky is; none, or a full one, tells nothing
 * @param allowed 1 where values count; default all
 * @returns undefined when nothing is left
 */
export function carefulNoise(
  residual: Float32Array,
  mask: Float32Array,
  allowed?: Uint8Array,
): ResidualNoise | undefined {
  let masked = 0;
  for (let k = 0; k < mask.length; k++) if (mask[k] !== 0) masked++;
  const isTold = masked > 0 && masked < mask.length;
  const kept = new Float32Array(residual.length);
  let count = 0;
  for (let k = 0; k < residual.length; k++) {
    if ((allowed === undefined || allowed[k] !== 0) && !(isTold && mask[k] !== 0)) kept[count++] = residual[k];
  }
  if (count === 0) return undefined;
  const values = kept.subarray(0, count);
  if (isTold) return robustNoise(values);
  const [low, high] = chauvenetRange(values, -1, ROUNDS + 1);
  return robustNoise(values.filter((value) => value >= low && value <= high));
}
