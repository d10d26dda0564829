import type { MsMetadata, SpwSelection } from '../../astronomy/ms/index.ts';
import type { ChunkOperator, DataColumn, VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { solvePositiveInPlace } from '../../foundation/numeric/index.ts';

export interface JointContinuumOptions {
  /** Channels to fit, by window. */
  readonly fitChannels: SpwSelection;
  /** Order of the polynomial in frequency. */
  readonly order: number;
  readonly column: DataColumn;
  /** Seconds that one fit covers; 0: each integration; Infinity: each scan. */
  readonly binSec: number;
  /** One fit for all windows. */
  readonly combinesWindows: boolean;
  /** Fits go on over scans. */
  readonly combinesScans: boolean;
}

/**
 * Continuum fits over several rows: of all windows of a baseline and integration, or of several integrations. Sums are gathered
 * in a first pass; a second takes the polynomials from the data, or puts them in their place.
 */
export class JointContinuum {
  private readonly options: JointContinuumOptions;
  private readonly metadata: MsMetadata;
  private readonly slots = new Map<string, number>();
  private readonly size: number;
  private sums: Float64Array;
  private readonly middleHz: number;
  private readonly halfHz: number;
  /** Spectra with unflagged data that no fit was found for. */
  unfittedCount = 0;

  constructor(metadata: MsMetadata, options: JointContinuumOptions) {
    this.options = options;
    this.metadata = metadata;
    // Per slot: 2 order + 1 moments, order + 1 real and imaginary sums, count.
    this.size = 4 * options.order + 4;
    this.sums = new Float64Array(1024 * this.size);
    const all = [...options.fitChannels.keys()].flatMap((spwId) =>
      Array.from(metadata.spectralWindows[spwId].chanFreqs),
    );
    const [low, high] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
    this.middleHz = (low + high) / 2;
    this.halfHz = Math.max((high - low) / 2, 1);
  }

  private keyOf(chunk: VisibilityChunk, row: number, corr: number): string {
    const { binSec, combinesWindows, combinesScans } = this.options;
    const time =
      binSec === 0 ? chunk.time[row] : binSec === Number.POSITIVE_INFINITY ? 0 : Math.floor(chunk.time[row] / binSec);
    const { observationId, scanNumber, fieldId, antenna1, antenna2 } = chunk;
    const place = `${observationId[row]} ${combinesScans ? '' : scanNumber[row]} ${fieldId[row]} ${antenna1[row]} ${antenna2[row]}`;
    return `${time} ${place} ${corr} ${combinesWindows ? '' : chunk.spwId}`;
  }

  private slot(key: string): number {
    const known = this.slots.get(key);
    if (known !== undefined) return known;
    const made = this.slots.size * this.size;
    this.slots.set(key, made);
    if (made + this.size > this.sums.length) {
      const larger = new Float64Array(2 * this.sums.length);
      larger.set(this.sums);
      this.sums = larger;
    }
    return made;
  }

  private abscissae(spwId: number): Float64Array {
    return Float64Array.from(
      this.metadata.spectralWindows[spwId].chanFreqs,
      (frequency) => (frequency - this.middleHz) / this.halfHz,
    );
  }

  /** First pass: adds a chunk's channels of the fit. */
  gather(chunk: VisibilityChunk): void {
    const ranges = this.options.fitChannels.get(chunk.spwId);
    if (!ranges) return;
    const { order, column } = this.options;
    const { chanCount, corrCount, flag, flagRow, weight, weightSpectrum } = chunk;
    const values = chunk.data[column] as Float32Array;
    const x = this.abscissae(chunk.spwId);
    for (let row = 0; row < chunk.rowCount; row++) {
      if (flagRow[row] !== 0) continue;
      for (let corr = 0; corr < corrCount; corr++) {
        const slot = this.slot(this.keyOf(chunk, row, corr));
        const { sums } = this;
        for (const [first, last] of ranges.length > 0 ? ranges : [[0, chanCount - 1]]) {
          for (let chan = first; chan <= last; chan++) {
            const at = (row * chanCount + chan) * corrCount + corr;
            const w = weightSpectrum ? weightSpectrum[at] : weight[row * corrCount + corr];
            if (flag[at] !== 0 || !(w > 0)) continue;
            let power = w;
            for (let degree = 0; degree <= 2 * order; degree++, power *= x[chan]) {
              sums[slot + degree] += power;
              if (degree > order) continue;
              sums[slot + 2 * order + 1 + degree] += power * values[2 * at];
              sums[slot + 3 * order + 2 + degree] += power * values[2 * at + 1];
            }
            sums[slot + 4 * order + 3]++;
          }
        }
      }
    }
  }

  /** Second pass: the data less the fit, or the fit; spectra without one are flagged. */
  operator(result: 'line' | 'continuum'): ChunkOperator {
    return {
      push: (chunk, next) => {
        this.finishInPlace(chunk, result);
        next(chunk);
      },
      flush() {},
    };
  }

  private finishInPlace(chunk: VisibilityChunk, result: 'line' | 'continuum'): void {
    const { order, column } = this.options;
    const { chanCount, corrCount, flag } = chunk;
    const values = chunk.data[column] as Float32Array;
    const x = this.abscissae(chunk.spwId);
    for (let row = 0; row < chunk.rowCount; row++) {
      for (let corr = 0; corr < corrCount; corr++) {
        const slot = this.slots.get(this.keyOf(chunk, row, corr));
        const fit = slot === undefined ? undefined : solveSums(this.sums.subarray(slot, slot + this.size), order);
        let wasUsable = false;
        for (let chan = 0; chan < chanCount; chan++) {
          const at = (row * chanCount + chan) * corrCount + corr;
          if (!fit) {
            wasUsable ||= flag[at] === 0;
            flag[at] = 1;
          }
          const re = fit ? fit.real(x[chan]) : 0;
          const im = fit ? fit.imaginary(x[chan]) : 0;
          values[2 * at] = result === 'line' ? values[2 * at] - re : re;
          values[2 * at + 1] = result === 'line' ? values[2 * at + 1] - im : im;
        }
        if (wasUsable) this.unfittedCount++;
      }
    }
  }
}

interface ComplexPolynomial {
  real(x: number): number;
  imaginary(x: number): number;
}

/** The polynomials of a slot's sums; of lower order where there are too few channels, undefined where there are none. */
function solveSums(sums: Float64Array, order: number): ComplexPolynomial | undefined {
  for (let size = Math.min(order + 1, sums[4 * order + 3]); size > 0; size--) {
    const solve = (from: number) => {
      const matrix = Float64Array.from({ length: size * size }, (_, k) => sums[Math.floor(k / size) + (k % size)]);
      const solution = sums.slice(from, from + size);
      return solvePositiveInPlace(matrix, solution) ? solution : undefined;
    };
    const [real, imaginary] = [solve(2 * order + 1), solve(3 * order + 2)];
    if (real && imaginary) return { real: (x) => evaluate(real, x), imaginary: (x) => evaluate(imaginary, x) };
  }
  return undefined;
}

function evaluate(coefficients: Float64Array, x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}
