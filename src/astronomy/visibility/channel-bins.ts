import { arena } from '../../foundation/numeric/index.ts';
import { weightsOfColumn } from './spectral-weights.ts';
import type { DataColumn, VisibilityChunk } from './types.ts';

/** What stays of the channels and correlations of a window. */
export interface ChannelBins {
  /** First input channel and number of input channels of each output channel, in order. */
  readonly bins: readonly (readonly [first: number, count: number])[];
  /** Input correlations that stay, in order; default all. */
  readonly corrs?: readonly number[];
  /** All unflagged values count alike, whatever their weights. */
  readonly isPlain?: boolean;
}

/**
 * Bins of `width` neighbouring channels inside each range; what is left over at the end of a range is dropped, so that the output
 * channels are equally wide.
 */
export function binsOf(
  ranges: readonly (readonly [first: number, last: number])[],
  width: number,
): (readonly [first: number, count: number])[] {
  const bins: [number, number][] = [];
  for (const [first, last] of ranges) {
    const count = last - first + 1;
    const step = Math.min(Math.max(1, width), count);
    for (let chan = first; chan + step <= last + 1; chan += step) bins.push([chan, step]);
  }
  return bins;
}

/**
 * A chunk with selected, possibly averaged channels and selected correlations.
 *
 * An output value is the mean of the unflagged values of its bin (weighted by WEIGHT_SPECTRUM where the chunk carries it, unless `isPlain`), or, when
 * all are flagged, of all of them, and is flagged then; 0 where none has a weight; this is what CASA 6.7's split does. WEIGHT becomes the mean over the output
 * channels of the summed weights of their unflagged values, SIGMA the mean of the inverse square roots of these sums. Metadata columns are shared with the input: release the result, which releases both.
 */
export function binChannels(chunk: VisibilityChunk, { bins, corrs, isPlain }: ChannelBins): VisibilityChunk {
  const corrIds = corrs ?? Array.from({ length: chunk.corrCount }, (_, corr) => corr);
  const lease = arena().lease();
  const size = chunk.rowCount * bins.length * corrIds.length;
  const flag = lease.uint8(size);
  const shape = { chunk, bins, corrs: corrIds };
  const summed = (weights: Float32Array | undefined) => {
    if (!weights) return undefined;
    const sums = lease.float32(size);
    sumWeightsInto(shape, weights, sums);
    return sums;
  };
  const data: Partial<Record<DataColumn, Float32Array>> = {};
  for (const [name, values] of Object.entries(chunk.data) as [DataColumn, Float32Array][]) {
    const target = lease.float32(2 * size);
    averageInto(shape, values, isPlain ? undefined : weightsOfColumn(chunk, name), target);
    data[name] = target;
  }
  binFlagsInto(shape, flag);
  const weightSpectrum = summed(chunk.weightSpectrum);
  const dataWeights = summed(chunk.dataWeights);
  const weight = lease.float32(chunk.rowCount * corrIds.length);
  const sigma = lease.float32(weight.length);
  binWeightsInto(shape, weight, sigma);
  return {
    ...chunk,
    chanCount: bins.length,
    corrCount: corrIds.length,
    data,
    flag,
    weight,
    sigma,
    ...(weightSpectrum && { weightSpectrum }),
    ...(dataWeights && { dataWeights }),
    release() {
      lease.release();
      chunk.release();
    },
  };
}

interface Shape {
  readonly chunk: VisibilityChunk;
  readonly bins: ChannelBins['bins'];
  readonly corrs: readonly number[];
}

function averageInto(
  { chunk, bins, corrs }: Shape,
  values: Float32Array,
  weights: Float32Array | undefined,
  target: Float32Array,
): void {
  const { flag, chanCount, corrCount } = chunk;
  let out = 0;
  for (let row = 0; row < chunk.rowCount; row++) {
    const base = row * chanCount * corrCount;
    for (const [first, count] of bins) {
      for (const corr of corrs) {
        const start = base + first * corrCount + corr;
        if (count === 1) {
          target[out++] = values[2 * start];
          target[out++] = values[2 * start + 1];
          continue;
        }
        let [re, im, sum] = [0, 0, 0];
        for (let pass = 0; pass < 2 && sum === 0; pass++) {
          for (let chan = 0; chan < count; chan++) {
            const at = start + chan * corrCount;
            if (pass === 0 && flag[at] !== 0) continue;
            const weight = weights ? weights[at] : 1;
            re += weight * values[2 * at];
            im += weight * values[2 * at + 1];
            sum += weight;
          }
        }
        target[out++] = sum > 0 ? re / sum : 0;
        target[out++] = sum > 0 ? im / sum : 0;
      }
    }
  }
}

function binFlagsInto({ chunk, bins, corrs }: Shape, target: Uint8Array): void {
  const { flag, chanCount, corrCount } = chunk;
  let out = 0;
  for (let row = 0; row < chunk.rowCount; row++) {
    const base = row * chanCount * corrCount;
    for (const [first, count] of bins) {
      for (const corr of corrs) {
        let isFlagged = 1;
        for (let chan = first; chan < first + count; chan++)
          if (flag[base + chan * corrCount + corr] === 0) isFlagged = 0;
        target[out++] = isFlagged;
      }
    }
  }
}

/** Sums over the unflagged channels of each bin, or over all where all are flagged. */
function sumWeightsInto({ chunk, bins, corrs }: Shape, weights: Float32Array, target: Float32Array): void {
  const { flag, chanCount, corrCount } = chunk;
  let out = 0;
  for (let row = 0; row < chunk.rowCount; row++) {
    const base = row * chanCount * corrCount;
    for (const [first, count] of bins) {
      for (const corr of corrs) {
        let [good, all, isFlagged] = [0, 0, true];
        for (let chan = first; chan < first + count; chan++) {
          const at = base + chan * corrCount + corr;
          all += weights[at];
          if (flag[at] !== 0) continue;
          good += weights[at];
          isFlagged = false;
        }
        target[out++] = isFlagged ? all : good;
      }
    }
  }
}

function binWeightsInto({ chunk, bins, corrs }: Shape, weight: Float32Array, sigma: Float32Array): void {
  const isAveraged = bins.some(([, count]) => count > 1);
  let out = 0;
  for (let row = 0; row < chunk.rowCount; row++) {
    for (const corr of corrs) {
      const old = row * chunk.corrCount + corr;
      if (isAveraged) {
        [weight[out], sigma[out]] = meanWeight(chunk, chunk.weightSpectrum, bins, row, corr);
        if (chunk.dataWeights) [, sigma[out]] = meanWeight(chunk, chunk.dataWeights, bins, row, corr);
      } else [weight[out], sigma[out]] = [chunk.weight[old], chunk.sigma[old]];
      out++;
    }
  }
}

/** Means of weight and sigma over the bins with unflagged values, or over all bins when there are none. */
function meanWeight(
  chunk: VisibilityChunk,
  spectrum: Float32Array | undefined,
  bins: ChannelBins['bins'],
  row: number,
  corr: number,
): [number, number] {
  const { flag, chanCount, corrCount } = chunk;
  const base = row * chanCount * corrCount + corr;
  const rowWeight = chunk.weight[row * corrCount + corr];
  let [goodSum, goodSigma, goodBins, allSum, allSigma] = [0, 0, 0, 0, 0];
  for (const [first, count] of bins) {
    let [good, all] = [0, 0];
    for (let chan = first; chan < first + count; chan++) {
      const at = base + chan * corrCount;
      const weight = spectrum ? spectrum[at] : rowWeight;
      all += weight;
      if (flag[at] === 0) good += weight;
    }
    allSum += all;
    allSigma += all > 0 ? 1 / Math.sqrt(all) : 0;
    if (good <= 0) continue;
    goodSum += good;
    goodSigma += 1 / Math.sqrt(good);
    goodBins++;
  }
  return goodBins > 0 ? [goodSum / goodBins, goodSigma / goodBins] : [allSum / bins.length, allSigma / bins.length];
}
