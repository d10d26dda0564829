import { arena } from '../../foundation/numeric/index.ts';
import { releaseBoth, weightsOfSpectrum } from './spectral-weights.ts';
import type { ChunkOperator, DataColumn, VisibilityChunk } from './types.ts';

const SIDE = 0.25;
const CENTRE = 0.5;

/**
 * Hanning smoothing along the channels: ¼, ½, ¼ (CASA 6.7's mstransform with `hanning`).
 *
 * A value is flagged when one of its three is; the first and last channel stay as they are and are flagged. Weights are those
 * of the weighted sum. Chunks need `weightSpectrum` (see `flatSpectrum`); windows of fewer than 3 channels
 * are all flagged.
 */
export function hanningSmooth(): ChunkOperator {
  return {
    push(chunk, next) {
      next(smooth(chunk));
    },
    flush() {},
  };
}

function smooth(chunk: VisibilityChunk): VisibilityChunk {
  const lease = arena().lease();
  const { rowCount, corrCount } = chunk;
  const size = chunk.flag.length;
  const data: Partial<Record<DataColumn, Float32Array>> = {};
  for (const [name, values] of Object.entries(chunk.data) as [DataColumn, Float32Array][]) {
    const target = lease.float32(2 * size);
    target.set(values);
    forEachInner(chunk, (at) => {
      const [before, after] = [2 * (at - corrCount), 2 * (at + corrCount)];
      for (let part = 0; part < 2; part++) {
        target[2 * at + part] =
          SIDE * values[before + part] + CENTRE * values[2 * at + part] + SIDE * values[after + part];
      }
    });
    data[name] = target;
  }
  const flag = lease.uint8(size).fill(1);
  forEachInner(chunk, (at) => {
    flag[at] = chunk.flag[at - corrCount] | chunk.flag[at] | chunk.flag[at + corrCount];
  });
  const smoothWeights = (old: Float32Array) => {
    const spectrum = lease.float32(size);
    spectrum.set(old);
    forEachInner(chunk, (at) => {
      // As CASA: channels of no weight, which are flagged, count as known exactly.
      const part = (factor: number, weight: number) => (weight > 0 ? factor ** 2 / weight : 0);
      const variance = part(SIDE, old[at - corrCount]) + part(CENTRE, old[at]) + part(SIDE, old[at + corrCount]);
      spectrum[at] = variance > 0 ? 1 / variance : 0;
    });
    return spectrum;
  };
  const weightSpectrum = smoothWeights(chunk.weightSpectrum as Float32Array);
  const dataWeights = chunk.dataWeights && smoothWeights(chunk.dataWeights);
  const weight = lease.float32(rowCount * corrCount);
  const sigma = lease.float32(rowCount * corrCount);
  weightsOfSpectrum(chunk, { weightSpectrum, dataWeights }, flag, weight, sigma);
  return { ...chunk, data, flag, weightSpectrum, dataWeights, weight, sigma, release: releaseBoth(lease, chunk) };
}

/** Visits the values that have neighbours on both sides. */
function forEachInner({ rowCount, chanCount, corrCount }: VisibilityChunk, visit: (at: number) => void): void {
  for (let row = 0; row < rowCount; row++) {
    const base = row * chanCount * corrCount;
    for (let at = base + corrCount; at < base + (chanCount - 1) * corrCount; at++) visit(at);
  }
}

/** Of a sum of three values with the same weight: 1 / (¼² + ½² + ¼²). */
const WEIGHT_GAIN = 8 / 3;

/**
 * Hanning smoothing as CASA 3 to 4.5 did it, in the chunk's own arrays: the first and last channel are means with their neighbour
 * and are flagged. WEIGHT_SPECTRUM becomes that of the weighted sum (0 beside a 0 and at the edges); without one, WEIGHT grows by 8/3.
 *
 * @returns false for fewer than 3 channels: nothing changed
 */
export function hanningSmoothInPlace(chunk: VisibilityChunk): boolean {
  const { chanCount, weight, weightSpectrum } = chunk;
  if (chanCount < 3) return false;
  for (const values of Object.values(chunk.data))
    slide(
      ...([values, chunk, 2] as const),
      (before, own, after) => SIDE * before + CENTRE * own + SIDE * after,
      (own, neighbour) => (own + neighbour) / 2,
    );
  const one = () => 1;
  slide(chunk.flag, chunk, 1, (before, own, after) => before | own | after, one);
  if (weightSpectrum) slide(weightSpectrum, chunk, 1, weightOfSum, () => 0);
  else for (let at = 0; at < weight.length; at++) weight[at] *= WEIGHT_GAIN;
  return true;
}

function weightOfSum(before: number, own: number, after: number): number {
  if (before === 0 || own === 0 || after === 0) return 0;
  return 1 / (SIDE ** 2 / before + CENTRE ** 2 / own + SIDE ** 2 / after);
}

/** Replaces every value of each spectrum by a function of it and its neighbours before and after; the edges have one neighbour. */
function slide(
  values: Float32Array | Uint8Array,
  { rowCount, chanCount, corrCount }: VisibilityChunk,
  parts: 1 | 2,
  inner: (before: number, own: number, after: number) => number,
  edge: (own: number, neighbour: number) => number,
): void {
  const step = corrCount * parts;
  for (let row = 0; row < rowCount; row++) {
    for (let first = row * chanCount * step; first < row * chanCount * step + step; first++) {
      const last = first + (chanCount - 1) * step;
      let before = values[first];
      values[first] = edge(before, values[first + step]);
      for (let at = first + step; at < last; at += step) {
        const own = values[at];
        values[at] = inner(before, own, values[at + step]);
        before = own;
      }
      values[last] = edge(values[last], before);
    }
  }
}
