/**
 * Standard deviations beyond which half a value of so many is expected. As CASA: that of a number between this and the next,
 * found by halving between multiples of a half.
 */
export function chauvenetScore(count: number): number {
  let low = 0.5;
  while (countOf(low + 0.5) <= count) low += 0.5;
  if (countOf(low) === count) return low;
  let high = low + 0.5;
  let score = (low + high) / 2;
  for (let step = 0; step < 60 && countOf(score) !== count; step++) {
    if (countOf(score) > count) high = score;
    else low = score;
    score = (low + high) / 2;
  }
  return score;
}

/** Of how many values half a one is expected beyond a score: whole ones. */
const countOf = (score: number) => Math.floor(0.5 / complementaryError(score / Math.SQRT2));

/** erfc(x) for x ≥ 0: its series below 2.5, its continued fraction beyond (Abramowitz & Stegun 7.1.6, 7.1.14). */
function complementaryError(x: number): number {
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 2.5) {
    let term = 2 * x;
    let sum = term;
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= (2 * x * x) / (2 * k + 1);
      sum += term;
    }
    return 1 - scale * sum;
  }
  let fraction = 0;
  for (let k = 80; k > 0; k--) fraction = k / 2 / (x + fraction);
  return scale / (x + fraction);
}

/** Number, mean and standard deviation of the values within a range. */
function momentsWithin(values: Float32Array, [low, high]: readonly [number, number]) {
  let [count, mean, squares] = [0, 0, 0];
  for (let k = 0; k < values.length; k++) {
    const value = values[k];
    if (value < low || value > high) continue;
    count++;
    const step = value - mean;
    mean += step / count;
    squares += step * (value - mean);
  }
  return { count, mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : 0 };
}

/**
 * The range that is left when values far from the mean are left out again and again.
 *
 * @param zscore standard deviations that a value may lie away; negative: by Chauvenet's criterion, by their number
 * @param rounds most rounds after the first
 */
export function chauvenetRange(
  values: Float32Array,
  zscore: number,
  rounds: number,
): readonly [low: number, high: number] {
  let range: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let moments = momentsWithin(values, range);
  for (let round = 0; round <= rounds; round++) {
    const reach = (zscore >= 0 ? zscore : chauvenetScore(moments.count)) * moments.deviation;
    range = [moments.mean - reach, moments.mean + reach];
    const before = moments.count;
    moments = momentsWithin(values, range);
    if (moments.count === before) break;
  }
  return range;
}
