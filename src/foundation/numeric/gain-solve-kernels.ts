import { fail } from '../base/index.ts';
import { kernels, pointer } from './kernel-memory.ts';

/** Rows of one spectral window, ready to be summed; all arrays lie in kernel memory. */
export interface VisibilityRows {
  /** [row, chan, corr, re/im] */
  readonly data: Float32Array;
  /** As data; undefined means a model of one. */
  readonly model?: Float32Array;
  /** 1 = flagged, [row, chan, corr] */
  readonly flag: Uint8Array;
  /** [row, corr] */
  readonly weight: Float32Array;
  readonly rowCount: number;
  readonly chanCount: number;
  readonly corrCount: number;
}

/** Rows per kernel call: short calls let the engine switch to optimised code. */
const PIECE = 512;

/**
 * Adds w V conj(M) and w |M|² of every unflagged sample to running sums; samples that are not finite are left out.
 *
 * @param rows visibilities, model, flags and weights
 * @param rowOffset kernel array [row]: where the sums of a row's baseline begin, in numbers; negative leaves the row out
 * @param chanMap kernel array [chan]: index of the sum that a channel belongs to; negative leaves it out
 * @param sums kernel array [..., bin, corr, (re, im, weight)], added to
 * @param rowWeight kernel array [row], overwritten with what each row added to the weights
 */
export function addVisibilitiesInto(
  rows: VisibilityRows,
  rowOffset: Int32Array,
  chanMap: Int32Array,
  sums: Float64Array,
  rowWeight: Float64Array,
): void {
  const { rowCount, chanCount, corrCount } = rows;
  const cells = rowCount * chanCount * corrCount;
  if (
    rows.data.length < 2 * cells ||
    rows.flag.length < cells ||
    rows.weight.length < rowCount * corrCount ||
    rowWeight.length < rowCount
  ) {
    fail('internal', 'addVisibilitiesInto: an array is shorter than its axes.');
  }
  if (rows.model && rows.model.length < 2 * cells) fail('internal', 'addVisibilitiesInto: the model is too short.');
  let bins = 0;
  for (let chan = 0; chan < chanCount; chan++) bins = Math.max(bins, chanMap[chan] + 1);
  for (let row = 0; row < rowCount; row++) {
    if (rowOffset[row] + bins * corrCount * 3 > sums.length) fail('internal', 'addVisibilitiesInto: sums too short.');
  }
  for (let start = 0; start < rowCount; start += PIECE) {
    const cell = start * chanCount * corrCount;
    kernels().addVisibilitiesInto(
      pointer(rows.data) + 8 * cell,
      rows.model ? pointer(rows.model) + 8 * cell : 0,
      pointer(rows.flag) + cell,
      pointer(rows.weight) + 4 * start * corrCount,
      pointer(rowOffset) + 4 * start,
      pointer(chanMap),
      Math.min(PIECE, rowCount - start),
      chanCount,
      corrCount,
      pointer(sums),
      pointer(rowWeight) + 8 * start,
    );
  }
}

/** Flags all correlations of a sample of which one is flagged; kernel array [row, chan, corr]. */
export function joinCorrelationFlagsInPlace(flag: Uint8Array, corrCount: number): void {
  if (corrCount > 1) kernels().joinCorrelationFlagsInPlace(pointer(flag), flag.length / corrCount, corrCount);
}

/** One antenna-gain problem: minimise sum over i, j of A_ij |B_ij / A_ij - g_i conj(g_j)|². */
export interface GainProblem {
  readonly antCount: number;
  /** B, kernel array [ant, ant, re/im], Hermitian */
  readonly products: Float64Array;
  /** A, kernel array [ant, ant], symmetric; 0 where there are no data */
  readonly weights: Float64Array;
  /** First guess in, solution out; kernel array [ant, re/im] */
  readonly gains: Float64Array;
  /** Kernel array [ant, re/im] */
  readonly scratch: Float64Array;
  /** sum_j A_ij |g_j|² of the solution; kernel array [ant] */
  readonly hessian: Float64Array;
}

/** Relative change between steps at which a solution counts as the minimum. */
const TOLERANCE = 1e-13;
/** Steps after which a caller does better to go on with another method. */
const MAX_STEPS = 400;

/**
 * Solves one gain problem to its minimum by alternating steps: quick for arrays with many baselines per antenna.
 *
 * Reference: Salvini & Wijnholds 2014, A&A 571, A97 (StEFCal). Accuracy: the gradient vanishes to about 1e-12.
 *
 * @returns true when the iteration converged
 */
export function solveGainsInPlace(problem: GainProblem): boolean {
  const { antCount } = problem;
  if (problem.products.length < 2 * antCount * antCount || problem.weights.length < antCount * antCount) {
    fail('internal', 'solveGainsInPlace: an array is shorter than its axes.');
  }
  const steps = kernels().solveGainsInPlace(
    pointer(problem.products),
    pointer(problem.weights),
    pointer(problem.gains),
    pointer(problem.scratch),
    pointer(problem.hessian),
    antCount,
    MAX_STEPS,
    TOLERANCE,
  );
  return steps < MAX_STEPS;
}
