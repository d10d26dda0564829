/** Index of the value of an ascending list that is nearest. */
export function nearestIndex(list: ArrayLike<number>, value: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < value) low = middle + 1;
    else high = middle;
  }
  const index = Math.max(1, Math.min(list.length - 1, low));
  return value < (list[index - 1] + list[index]) / 2 ? index - 1 : index;
}

/** Second derivatives at the knots of the cubic spline without knots at the second and last but one point. */
function curvatures(x: readonly number[], y: readonly number[]): Float64Array {
  const n = x.length;
  const h = (at: number) => x[at + 1] - x[at];
  const slope = (at: number) => (y[at + 1] - y[at]) / h(at);
  // tridiagonal for the inner points, with the outer two eliminated by continuity of the third derivative
  const lower = new Float64Array(n);
  const middle = new Float64Array(n);
  const upper = new Float64Array(n);
  const right = new Float64Array(n);
  for (let at = 1; at < n - 1; at++) {
    lower[at] = h(at - 1);
    middle[at] = 2 * (h(at - 1) + h(at));
    upper[at] = h(at);
    right[at] = 6 * (slope(at) - slope(at - 1));
  }
  const first = h(0) / h(1);
  const last = h(n - 2) / h(n - 3);
  middle[1] += lower[1] * (1 + first);
  upper[1] -= lower[1] * first;
  middle[n - 2] += upper[n - 2] * (1 + last);
  lower[n - 2] -= upper[n - 2] * last;
  for (let at = 2; at < n - 1; at++) {
    const factor = lower[at] / middle[at - 1];
    middle[at] -= factor * upper[at - 1];
    right[at] -= factor * right[at - 1];
  }
  const result = new Float64Array(n);
  for (let at = n - 2; at > 0; at--)
    result[at] = (right[at] - (at < n - 2 ? upper[at] * result[at + 1] : 0)) / middle[at];
  result[0] = (1 + first) * result[1] - first * result[2];
  result[n - 1] = (1 + last) * result[n - 2] - last * result[n - 3];
  return result;
}

interface Piece {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly curvature: Float64Array;
  readonly least: number;
  readonly most: number;
}

/**
 * Interpolation in a table as CASA's Butler-JPL-Horizons 2012 does it: a cubic spline through the ten or eleven points
 * around, linear where that leaves the range of these points by more than half of it.
 *
 * Source: CASA 6.7, solar_system_setjy (behaviour).
 */
export class LocalSpline {
  private readonly x: ArrayLike<number>;
  private readonly y: ArrayLike<number>;
  private from = -1;
  private piece: Piece | undefined;

  /** @param x ascending, at least eleven points */
  constructor(x: ArrayLike<number>, y: ArrayLike<number>) {
    this.x = x;
    this.y = y;
  }

  at(value: number): number {
    const nearest = nearestIndex(this.x, value);
    let low = Math.max(0, nearest - 5);
    let high = low === 0 ? 11 : Math.min(this.x.length, nearest + 5);
    if (high === this.x.length && low > 0) low = Math.max(0, high - 11);
    high = Math.min(high, this.x.length);
    const { x, y, curvature, least, most } = this.pieceOf(low, high);
    let left = 0;
    while (left < x.length - 2 && x[left + 1] < value) left++;
    const h = x[left + 1] - x[left];
    const b = (value - x[left]) / h;
    const a = 1 - b;
    const linear = a * y[left] + b * y[left + 1];
    const cubic = linear + (((a ** 3 - a) * curvature[left] + (b ** 3 - b) * curvature[left + 1]) * h * h) / 6;
    const slack = (most - least) / 2;
    return cubic >= least - slack && cubic <= most + slack ? cubic : linear;
  }

  private pieceOf(low: number, high: number): Piece {
    const key = low * 16 + (high - low);
    if (this.from === key && this.piece) return this.piece;
    const x = Array.from({ length: high - low }, (_, at) => this.x[low + at]);
    const y = Array.from({ length: high - low }, (_, at) => this.y[low + at]);
    this.from = key;
    this.piece = { x, y, curvature: curvatures(x, y), least: Math.min(...y), most: Math.max(...y) };
    return this.piece;
  }
}
