import { fail } from '../../foundation/base/index.ts';
import { chauvenetScore, median } from '../../foundation/numeric/index.ts';

/** Parameters of CASA's statistics. */
export interface StatisticsOptions {
  readonly statalg?: string;
  /** hinges-fences: how many times the distance of the quartiles values may lie beyond them; negative: all count. */
  readonly fence?: number;
  /** fit-half: 'mean', 'median' or 'zero'. */
  readonly center?: string;
  /** fit-half: the values below the centre count, else those above. */
  readonly lside?: boolean;
  /** chauvenet: standard deviations that values may lie away; negative: by Chauvenet's criterion. */
  readonly zscore?: number;
  /** chauvenet: rounds after the first; negative: until nothing changes. */
  readonly maxiter?: number;
}

/** Sum of weighted squares about the centre over the number of values that count; NaN when none does. */
export type VarianceOf = (values: Float32Array, weights: Float64Array) => number;

/**
 * Variances that outliers do not rule; undefined for 'classic', which takes all values.
 *
 * @throws usage for names that CASA does not have
 */
export function robustVariance(options: StatisticsOptions): VarianceOf | undefined {
  const { statalg = 'classic', fence = -1, center = 'mean', lside = true, zscore = -1, maxiter = -1 } = options;
  const name = statalg.toLowerCase();
  // As CASA: the first letters tell.
  if (name.startsWith('cl')) return undefined;
  if (name.startsWith('ch')) return chauvenet(zscore, maxiter < 0 ? MOST_ROUNDS : maxiter);
  if (name.startsWith('f')) return fitHalf(center.toLowerCase(), lside);
  if (name.startsWith('h')) return hingesFences(fence);
  return fail('usage', `statalg="${statalg}" is unknown; there are classic, chauvenet, fit-half, hinges-fences.`);
}

const MOST_ROUNDS = 1000;

interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Over the number of values. */
  readonly variance: number;
  /** Standard deviation; over the sum of weights less one, as CASA's. */
  readonly deviation: number;
}

function momentsWithin(values: Float32Array, weights: Float64Array, low: number, high: number): Moments {
  let [count, sum, mean, squares] = [0, 0, 0, 0];
  for (let k = 0; k < values.length; k++) {
    const value = values[k];
    if (value < low || value > high) continue;
    count++;
    sum += weights[k];
    const step = value - mean;
    mean += (step * weights[k]) / sum;
    squares += weights[k] * step * (value - mean);
  }
  return { count, mean, variance: squares / count, deviation: count > 1 ? Math.sqrt(squares / (sum - 1)) : 0 };
}

function chauvenet(zscore: number, rounds: number): VarianceOf {
  return (values, weights) => {
    let moments = momentsWithin(values, weights, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    for (let round = 0; round <= rounds; round++) {
      const reach = (zscore >= 0 ? zscore : chauvenetScore(moments.count)) * moments.deviation;
      const before = moments.count;
      moments = momentsWithin(values, weights, moments.mean - reach, moments.mean + reach);
      if (moments.count === before) break;
    }
    return moments.variance;
  };
}

function fitHalf(center: string, isLower: boolean): VarianceOf {
  if (!['mean', 'median', 'zero'].includes(center)) {
    fail('usage', `center="${center}" is unknown; there are mean, median, zero.`);
  }
  return (values, weights) => {
    const middle = center === 'zero' ? 0 : center === 'median' ? median(values) : meanOf(values, weights);
    let [count, squares] = [0, 0];
    for (let k = 0; k < values.length; k++) {
      const distance = values[k] - middle;
      if (isLower ? distance > 0 : distance < 0) continue;
      count++;
      squares += weights[k] * distance * distance;
    }
    return squares / count;
  };
}

function meanOf(values: Float32Array, weights: Float64Array): number {
  return momentsWithin(values, weights, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY).mean;
}

function hingesFences(fence: number): VarianceOf {
  return (values, weights) => {
    if (fence < 0) return momentsWithin(values, weights, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY).variance;
    const sorted = values.slice().sort();
    const quantile = (part: number) => sorted[Math.ceil(part * sorted.length) - 1];
    const [lower, upper] = [quantile(0.25), quantile(0.75)];
    const reach = fence * (upper - lower);
    return momentsWithin(values, weights, lower - reach, upper + reach).variance;
  };
}

/** The values of many samples, with their weights, in the order in which they came. */
export class SampleValues {
  readonly counts: Int32Array;
  private readonly starts: Int32Array;
  private readonly values: Float32Array;
  private readonly weights: Float64Array;
  private readonly varianceOf: VarianceOf;

  /** @param capacities values of each sample */
  constructor(capacities: Int32Array, varianceOf: VarianceOf) {
    this.counts = new Int32Array(capacities.length);
    this.starts = new Int32Array(capacities.length);
    let total = 0;
    capacities.forEach((capacity, sample) => {
      this.starts[sample] = total;
      total += capacity;
    });
    this.values = new Float32Array(total);
    this.weights = new Float64Array(total);
    this.varianceOf = varianceOf;
  }

  add(sample: number, value: number, weight: number): void {
    const at = this.starts[sample] + this.counts[sample]++;
    this.values[at] = value;
    this.weights[at] = weight;
  }

  variance(sample: number): number {
    const start = this.starts[sample];
    const end = start + this.counts[sample];
    return end > start ? this.varianceOf(this.values.subarray(start, end), this.weights.subarray(start, end)) : 0;
  }
}
