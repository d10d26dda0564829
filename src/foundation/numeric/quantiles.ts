/** The middle value, of an even number the mean of the two in the middle; NaN of none. */
export function median(values: ArrayLike<number>): number {
  return quartilesOf(Float64Array.from(values).sort()).median;
}

/** Longest list of an even number of values whose median is the mean of the middle two in casacore. */
const LONGEST_AVERAGED = 100;

/** The median of casacore's arrays: of an even number up to 100 the mean of the two in the middle, of more the lower one. */
export function casacoreMedian(values: ArrayLike<number>): number {
  if (values.length % 2 === 1 || values.length <= LONGEST_AVERAGED) return median(values);
  return Float64Array.from(values).sort()[(values.length >> 1) - 1];
}

/** Standard deviation of normal values over their median distance from the median. */
export const MAD_TO_SIGMA = 1.4826;

/** Standard deviation of a normal distribution with the same median distance from the median; NaN of nothing. */
export function robustScatter(values: ArrayLike<number>): number {
  const middle = median(values);
  return MAD_TO_SIGMA * median(Float64Array.from(values, (value) => Math.abs(value - middle)));
}

/**
 * The value of a rank, 0 for the least, by quickselect.
 *
 * @param values change places; NaN of none
 */
export function selectRank(values: Float32Array, rank: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = values[(low + high) >> 1];
    let [left, right] = [low, high];
    while (left <= right) {
      while (values[left] < middle) left++;
      while (values[right] > middle) right--;
      if (left > right) break;
      const kept = values[left];
      values[left++] = values[right];
      values[right--] = kept;
    }
    if (right < rank) low = left;
    if (left > rank) high = right;
  }
  return values[rank] ?? Number.NaN;
}

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
