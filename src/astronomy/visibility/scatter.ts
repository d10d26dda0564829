/** Weighted means and variances of many samples, gathered value by value (West 1979). */
export class Scatter {
  readonly counts: Int32Array;
  private readonly weights: Float64Array;
  private readonly means: Float64Array;
  private readonly squares: Float64Array;

  /** @param size number of samples */
  constructor(size: number) {
    this.counts = new Int32Array(size);
    this.weights = new Float64Array(size);
    this.means = new Float64Array(size);
    this.squares = new Float64Array(size);
  }

  add(sample: number, value: number, weight: number): void {
    this.counts[sample]++;
    this.weights[sample] += weight;
    const step = value - this.means[sample];
    this.means[sample] += (step * weight) / this.weights[sample];
    this.squares[sample] += weight * step * (value - this.means[sample]);
  }

  mean(sample: number): number {
    return this.means[sample];
  }

  /** Sum of weighted squares about the mean over the number of values. */
  variance(sample: number): number {
    return this.counts[sample] > 0 ? this.squares[sample] / this.counts[sample] : 0;
  }

  /** The same over the number of values less one. */
  unbiasedVariance(sample: number): number {
    return this.counts[sample] > 1 ? this.squares[sample] / (this.counts[sample] - 1) : 0;
  }
}
