/** How many points on either side count: what lies beyond changes a second derivative by less than 2^-REACH of it. */
const REACH = 32;

/** Numbers that stand at `first` and after it; 0 elsewhere. */
export interface Band {
  readonly first: number;
  readonly factors: Float64Array;
}

/**
 * The second derivatives of a cubic spline at its points, each as factors of the values there: 0 at both ends.
 *
 * As in casacore's InterpolateArray1D the second point is left out of the back-substitution, so that the spline is not smooth there.
 *
 * @param x points, ascending or descending
 */
export function splineDerivatives(x: ArrayLike<number>): Band[] {
  const count = x.length;
  const rows = Array.from({ length: count }, (_, at) => emptyBand(at, count));
  const upper = new Float64Array(count);
  for (let at = 1; at < count - 1; at++) {
    const [before, after] = [x[at] - x[at - 1], x[at + 1] - x[at]];
    const pivot = 2 * (before + after) - before * upper[at - 1];
    upper[at] = after / pivot;
    add(rows[at], at + 1, 6 / after / pivot);
    add(rows[at], at, (-6 / after - 6 / before) / pivot);
    add(rows[at], at - 1, 6 / before / pivot);
    addBand(rows[at], rows[at - 1], -before / pivot);
  }
  for (let at = count - 2; at > 1; at--) addBand(rows[at], rows[at + 1], -upper[at]);
  return rows;
}

function emptyBand(at: number, count: number): Band {
  const first = Math.max(0, at - REACH);
  return { first, factors: new Float64Array(Math.min(count, at + REACH + 1) - first) };
}

function add(band: Band, point: number, value: number): void {
  band.factors[point - band.first] += value;
}

/** Adds a multiple of another band, as far as it lies in this one. */
function addBand(band: Band, other: Band, factor: number): void {
  const first = Math.max(band.first, other.first);
  const end = Math.min(band.first + band.factors.length, other.first + other.factors.length);
  for (let point = first; point < end; point++) add(band, point, factor * other.factors[point - other.first]);
}
