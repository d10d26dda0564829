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
 * Delays relative to the reference antenna, in ns: for each antenna the delay that makes the weighted sum of the spectra of
 * all windows on its baseline to the reference antenna largest. Errors and SNR are 0, as in CASA 6.7.
 *
 * @param channelMaps channel of the data → channel of the solution, by window
 */
export function delaySolver(
  frame: CalFrame,
  channelMaps: ReadonlyMap<number, Int32Array>,
  { antCount, refAnt }: { readonly antCount: number; readonly refAnt: number },
): (gathered: Gathered) => Solution | undefined {
  if (refAnt < 0) fail('usage', 'gaintype K needs a reference antenna.');
  const freqsOf = (spwId: number) =>
    Float64Array.from(frame.spectralWindows[spwId].chanFreqs.filter((_, chan) => channelMaps.get(spwId)![chan] >= 0));
  return (gathered) => {
    const { planned, averages } = gathered;
    const scale = frequencyScale(planned.partSpwIds.map(freqsOf));
    const solution: Solution = {
      ...emptySolution(planned, gathered.time, antCount, 1, 2),
      params: new Float32Array(2 * antCount),
    };
    for (let ant = 0; ant < antCount; ant++) {
      const baseline = ant === refAnt ? -1 : baselineIndex(antCount, Math.min(ant, refAnt), Math.max(ant, refAnt));
      parallelHands(averages.corrCount).forEach((corr, par) => {
        const cell = 2 * ant + par;
        const spectrum = baseline < 0 ? undefined : spectrumOf(averages, scale.counts, baseline, corr);
        if (!spectrum && ant !== refAnt) return;
        solution.flag[cell] = 0;
        if (!spectrum) return;
        const cycles = delayOf(spectrum, scale.positions);
        solution.params[cell] = ((ant < refAnt ? cycles : -cycles) / scale.stepHz) * 1e9;
      });
    }
    return solution.flag.includes(0) ? solution : undefined;
  };
}

/** Frequencies of all parts on one scale: in steps of the narrowest channel, from the lowest. */
function frequencyScale(parts: readonly Float64Array[]) {
  if (parts.some((freqs) => freqs.length < 2)) fail('usage', 'gaintype K needs windows of at least two channels.');
  const stepHz = Math.min(...parts.map((freqs) => Math.abs(freqs[1] - freqs[0])));
  const lowest = Math.min(...parts.map((freqs) => Math.min(freqs[0], freqs[freqs.length - 1])));
  const positions = parts.flatMap((freqs) => Array.from(freqs, (frequency) => (frequency - lowest) / stepHz));
  return { stepHz, positions, counts: parts.map((freqs) => freqs.length) };
}

/** Weighted sums per channel of all parts, [chan, re/im]; undefined when there are no data. */
function spectrumOf(
  averages: Averages,
  counts: readonly number[],
  baseline: number,
  corr: number,
): Float64Array | undefined {
  const { sums, partCount, chanCount, corrCount } = averages;
  const baselines = sums.length / (partCount * chanCount * corrCount * 3);
  const spectrum: number[] = [];
  let weight = 0;
  for (let part = 0; part < partCount; part++) {
    for (let chan = 0; chan < counts[part]; chan++) {
      const at = (((part * baselines + baseline) * chanCount + chan) * corrCount + corr) * 3;
      spectrum.push(sums[at], sums[at + 1]);
      weight += sums[at + 2];
    }
  }
  return weight > 0 ? Float64Array.from(spectrum) : undefined;
}

/**
 * Delay of a spectrum in cycles per step of frequency, -0.5 … 0.5: maximum of |sum_k S_k exp(-2 pi i x_k d)|.
 *
 * @param spectrum [chan, re/im]
 * @param positions frequency of each channel in steps, x_k ≥ 0; default its index
 */
export function delayOf(spectrum: Float64Array, positions?: readonly number[]): number {
  const places = positions ?? Array.from({ length: spectrum.length / 2 }, (_, chan) => chan);
  const length = Math.round(Math.max(...places)) + 1;
  let size = 1;
  while (size < PADDING * length) size *= 2;
  const padded = new Float64Array(2 * size);
  places.forEach((place, chan) => {
    padded[2 * Math.round(place)] += spectrum[2 * chan];
    padded[2 * Math.round(place) + 1] += spectrum[2 * chan + 1];
  });
  transformInPlace(padded);
  let peak = 0;
  let best = -1;
  for (let k = 0; k < size; k++) {
    const power = padded[2 * k] ** 2 + padded[2 * k + 1] ** 2;
    if (power > best) [peak, best] = [k, power];
  }
  if (peak > size / 2) peak -= size;
  let [low, high] = [(peak - 1) / size, (peak + 1) / size];
  for (let step = 0; step < REFINEMENTS; step++) {
    const span = GOLDEN * (high - low);
    if (powerAt(spectrum, places, high - span) > powerAt(spectrum, places, low + span)) high = low + span;
    else low = high - span;
  }
  return (low + high) / 2;
}

function powerAt(spectrum: Float64Array, places: readonly number[], delay: number): number {
  let [re, im] = [0, 0];
  places.forEach((place, chan) => {
    const [cos, sin] = [Math.cos(2 * Math.PI * place * delay), Math.sin(2 * Math.PI * place * delay)];
    re += spectrum[2 * chan] * cos + spectrum[2 * chan + 1] * sin;
    im += spectrum[2 * chan + 1] * cos - spectrum[2 * chan] * sin;
  });
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
