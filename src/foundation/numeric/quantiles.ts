/** Values below which a quarter, a half and three quarters of some values lie. */
export interface Quartiles {
  readonly first: number;
  readonly median: number;
  readonly third: number;
}

/**
 * Quartiles as casacore's statistics take them: the median is the mean of two middle values, the others are values themselves.
 *
 * @param sorted ascending; of none all are NaN
 */
export function quartilesOf(sorted: ArrayLike<number>): Quartiles {
  const count = sorted.length;
  if (count === 0) return { first: Number.NaN, median: Number.NaN, third: Number.NaN };
  const middle = count >> 1;
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * count) - 1)];
  const median = count % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { first: at(0.25), median, third: at(0.75) };
}
