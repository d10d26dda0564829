import type { ChunkOperator, DataColumn, VisibilityChunk } from './types.ts';

/** Inclusive channel range. */
type Range = readonly [first: number, last: number];

/** How the spectra of a window are fitted. */
export interface ContinuumFit {
  /** Channels to fit. */
  readonly ranges: readonly Range[];
  /** Order of the polynomial in channel number. */
  readonly order: number;
}

export interface ContinuumOptions {
  /** The fit of a field's window; undefined: its spectra pass unchanged. */
  readonly fitOf: (fieldId: number, spwId: number) => ContinuumFit | undefined;
  readonly column: DataColumn;
  /**
   * Is told how well each spectrum was fitted: weighted sums of squares of what is left in the fitted channels.
   *
   * @param row, corr of the chunk
   * @param chiSquared absent where there was nothing to fit
   */
  readonly onFit?: (
    chunk: VisibilityChunk,
    row: number,
    corr: number,
    chiSquared: readonly [re: number, im: number] | undefined,
  ) => void;
}

/**
 * Subtracts from every spectrum (row and correlation) a polynomial fitted by least squares to the real and to the imaginary part
 * of its unflagged channels in the fit ranges, each with equal weight or, where the chunk carries it, WEIGHT_SPECTRUM
 * (CASA 6.7's uvcontsub).
 *
 * With n usable channels the order is at most n - 1; a spectrum without usable channels is flagged.
 */
export function continuumSubtraction(options: ContinuumOptions): ChunkOperator {
  return {
    push(chunk, next) {
      subtractInPlace(chunk, options);
      next(chunk);
    },
    flush() {},
  };
}

function subtractInPlace(chunk: VisibilityChunk, { fitOf, column, onFit }: ContinuumOptions): void {
  const { chanCount, corrCount, flag, weightSpectrum } = chunk;
  const values = chunk.data[column] as Float32Array;
  const fits = new Map<number, PolynomialFit>();
  for (let row = 0; row < chunk.rowCount; row++) {
    const wanted = fitOf(chunk.fieldId[row], chunk.spwId);
    if (!wanted) continue;
    const { ranges, order } = wanted;
    const fit = fits.get(order) ?? new PolynomialFit(order, chanCount);
    fits.set(order, fit);
    for (let corr = 0; corr < corrCount; corr++) {
      const base = row * chanCount * corrCount + corr;
      fit.reset();
      for (const [first, last] of ranges) {
        for (let chan = first; chan <= last; chan++) {
          const at = base + chan * corrCount;
          if (flag[at] !== 0) continue;
          fit.add(chan, values[2 * at], values[2 * at + 1], weightSpectrum ? weightSpectrum[at] : 1);
        }
      }
      const isFitted = fit.solve();
      for (let chan = 0; chan < chanCount; chan++) {
        const at = base + chan * corrCount;
        if (!isFitted) flag[at] = 1;
        const [re, im] = isFitted ? fit.evaluate(chan) : ZERO;
        values[2 * at] -= re;
        values[2 * at + 1] -= im;
      }
      onFit?.(chunk, row, corr, isFitted ? chiSquared(chunk, values, ranges, row, corr) : undefined);
    }
  }
}

/** Weighted sums of squares of a spectrum in its unflagged channels in the ranges. */
function chiSquared(
  { chanCount, corrCount, flag, weight, weightSpectrum }: VisibilityChunk,
  values: Float32Array,
  ranges: readonly Range[],
  row: number,
  corr: number,
): [re: number, im: number] {
  let [re, im] = [0, 0];
  for (const [first, last] of ranges) {
    for (let chan = first; chan <= last; chan++) {
      const at = (row * chanCount + chan) * corrCount + corr;
      if (flag[at] !== 0) continue;
      const factor = weightSpectrum ? weightSpectrum[at] : weight[row * corrCount + corr];
      re += factor * values[2 * at] ** 2;
      im += factor * values[2 * at + 1] ** 2;
    }
  }
  return [re, im];
}

const ZERO: readonly [number, number] = [0, 0];

/** Weighted least squares of a complex polynomial by its normal equations, with the abscissa scaled to -1…1. */
class PolynomialFit {
  private readonly order: number;
  private readonly scale: number;
  private readonly centre: number;
  private readonly moments: Float64Array;
  private readonly real: Float64Array;
  private readonly imaginary: Float64Array;
  private readonly matrix: Float64Array;
  private readonly value: [number, number] = [0, 0];
  private count = 0;
  private solved = 0;

  constructor(order: number, chanCount: number) {
    this.order = order;
    this.centre = (chanCount - 1) / 2;
    this.scale = chanCount > 1 ? 2 / (chanCount - 1) : 1;
    this.moments = new Float64Array(2 * order + 1);
    this.real = new Float64Array(order + 1);
    this.imaginary = new Float64Array(order + 1);
    this.matrix = new Float64Array((order + 1) * (order + 1));
  }

  reset(): void {
    this.count = 0;
    this.moments.fill(0);
    this.real.fill(0);
    this.imaginary.fill(0);
  }

  add(chan: number, re: number, im: number, weight: number): void {
    const x = (chan - this.centre) * this.scale;
    let power = weight;
    for (let degree = 0; degree < this.moments.length; degree++) {
      this.moments[degree] += power;
      if (degree <= this.order) {
        this.real[degree] += power * re;
        this.imaginary[degree] += power * im;
      }
      power *= x;
    }
    if (weight > 0) this.count++;
  }

  /** False when nothing was added. */
  solve(): boolean {
    const size = Math.min(this.order + 1, this.count);
    this.solved = size;
    if (size === 0) return false;
    const { matrix, real, imaginary } = this;
    for (let line = 0; line < size; line++) {
      for (let column = 0; column < size; column++) matrix[line * size + column] = this.moments[line + column];
    }
    for (let pivot = 0; pivot < size; pivot++) {
      for (let line = pivot + 1; line < size; line++) {
        const factor = matrix[line * size + pivot] / matrix[pivot * size + pivot];
        for (let column = pivot; column < size; column++) {
          matrix[line * size + column] -= factor * matrix[pivot * size + column];
        }
        real[line] -= factor * real[pivot];
        imaginary[line] -= factor * imaginary[pivot];
      }
    }
    for (let line = size - 1; line >= 0; line--) {
      for (let column = line + 1; column < size; column++) {
        real[line] -= matrix[line * size + column] * real[column];
        imaginary[line] -= matrix[line * size + column] * imaginary[column];
      }
      real[line] /= matrix[line * size + line];
      imaginary[line] /= matrix[line * size + line];
    }
    return true;
  }

  /** The fitted value; the same array is reused. */
  evaluate(chan: number): readonly [re: number, im: number] {
    const x = (chan - this.centre) * this.scale;
    let [re, im] = [0, 0];
    for (let degree = this.solved - 1; degree >= 0; degree--) {
      re = re * x + this.real[degree];
      im = im * x + this.imaginary[degree];
    }
    this.value[0] = re;
    this.value[1] = im;
    return this.value;
  }
}
