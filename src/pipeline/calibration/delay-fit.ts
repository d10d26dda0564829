import { fail } from '../../foundation/base/index.ts';
import type { CalFrame } from './caltable.ts';
import { type Averages, baselineIndex, parallelHands } from './gain-fit.ts';
import { emptySolution, type Solution } from './solution.ts';
import type { Gathered } from './solve-gather.ts';

/** Zeros that are added to a spectrum before its transform, as a factor. */
const PADDING = 8;
/** Steps of the refinement; each shrinks the bracket by 0.618. */
const REFINEMENTS = 60;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Delays relative to the reference antenna, in ns: for each antenna the delay that makes the weighted sum of the
 * spectrum on its baseline to the reference antenna largest. Errors and SNR are 0, as in CASA 6.7.
 */
export function delaySolver(
  frame: CalFrame,
  { antCount, refAnt }: { readonly antCount: number; readonly refAnt: number },
): (gathered: Gathered) => Solution | undefined {
  if (refAnt < 0) fail('usage', 'gaintype K needs a reference antenna.');
  return (gathered) => {
    const { planned, averages } = gathered;
    const width = frame.spectralWindows[planned.spwId];
    if (averages.chanCount < 2) fail('usage', 'gaintype K needs windows of at least two channels.');
    const stepHz = width.chanFreqs[1] - width.chanFreqs[0];
    const solution: Solution = {
      ...emptySolution(planned, gathered.time, antCount, 1, 2),
      params: new Float32Array(2 * antCount),
    };
    for (let ant = 0; ant < antCount; ant++) {
      parallelHands(averages.corrCount).forEach((corr, par) => {
        const cell = 2 * ant + par;
        if (ant === refAnt) {
          solution.flag[cell] = 0;
          return;
        }
        const spectrum = spectrumOf(
          averages,
          baselineIndex(antCount, Math.min(ant, refAnt), Math.max(ant, refAnt)),
          corr,
        );
        const cycles = spectrum && delayOf(spectrum);
        if (cycles === undefined) return;
        solution.flag[cell] = 0;
        solution.params[cell] = ((ant < refAnt ? cycles : -cycles) / stepHz) * 1e9;
      });
    }
    return solution.flag.includes(0) ? solution : undefined;
  };
}

/** Weighted sums per channel, [chan, re/im]; undefined when there are no data. */
function spectrumOf(averages: Averages, baseline: number, corr: number): Float64Array | undefined {
  const { sums, partCount, chanCount, corrCount } = averages;
  const baselines = sums.length / (partCount * chanCount * corrCount * 3);
  const spectrum = new Float64Array(2 * chanCount);
  let weight = 0;
  for (let part = 0; part < partCount; part++) {
    for (let chan = 0; chan < chanCount; chan++) {
      const at = (((part * baselines + baseline) * chanCount + chan) * corrCount + corr) * 3;
      spectrum[2 * chan] += sums[at];
      spectrum[2 * chan + 1] += sums[at + 1];
      weight += sums[at + 2];
    }
  }
  return weight > 0 ? spectrum : undefined;
}

/**
 * Delay of a spectrum in cycles per channel, -0.5 … 0.5: maximum of |sum_k S_k exp(-2 pi i k d)|.
 *
 * @param spectrum [chan, re/im]
 */
export function delayOf(spectrum: Float64Array): number {
  const chanCount = spectrum.length / 2;
  let size = 1;
  while (size < PADDING * chanCount) size *= 2;
  const padded = new Float64Array(2 * size);
  padded.set(spectrum);
  transformInPlace(padded);
  let peak = 0;
  let best = -1;
  for (let k = 0; k < size; k++) {
    const power = padded[2 * k] ** 2 + padded[2 * k + 1] ** 2;
    if (power > best) [peak, best] = [k, power];
  }
  let [low, high] = [(peak - 1) / size, (peak + 1) / size];
  for (let step = 0; step < REFINEMENTS; step++) {
    const span = GOLDEN * (high - low);
    if (powerAt(spectrum, high - span) > powerAt(spectrum, low + span)) high = low + span;
    else low = high - span;
  }
  const delay = (low + high) / 2;
  return delay > 0.5 ? delay - 1 : delay;
}

function powerAt(spectrum: Float64Array, delay: number): number {
  let [re, im] = [0, 0];
  for (let chan = 0; chan < spectrum.length / 2; chan++) {
    const [cos, sin] = [Math.cos(2 * Math.PI * chan * delay), Math.sin(2 * Math.PI * chan * delay)];
    re += spectrum[2 * chan] * cos + spectrum[2 * chan + 1] * sin;
    im += spectrum[2 * chan + 1] * cos - spectrum[2 * chan] * sin;
  }
  return re * re + im * im;
}

/** Discrete Fourier transform with exponent -, of a power of two of complex numbers (radix 2, decimation in time). */
function transformInPlace(values: Float64Array): void {
  const size = values.length / 2;
  for (let k = 1, mirrored = 0; k < size; k++) {
    let bit = size >> 1;
    for (; mirrored & bit; bit >>= 1) mirrored ^= bit;
    mirrored ^= bit;
    if (k >= mirrored) continue;
    for (const part of [0, 1]) {
      const kept = values[2 * k + part];
      values[2 * k + part] = values[2 * mirrored + part];
      values[2 * mirrored + part] = kept;
    }
  }
  for (let length = 2; length <= size; length *= 2) {
    for (let k = 0; k < length / 2; k++) {
      const angle = (-2 * Math.PI * k) / length;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      for (let start = k; start < size; start += length) {
        const [up, down] = [2 * start, 2 * start + length];
        const re = values[down] * cos - values[down + 1] * sin;
        const im = values[down] * sin + values[down + 1] * cos;
        values[down] = values[up] - re;
        values[down + 1] = values[up + 1] - im;
        values[up] += re;
        values[up + 1] += im;
      }
    }
  }
}
