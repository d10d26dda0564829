import { arena } from '../../foundation/numeric/index.ts';
import {
  type InterpolationMethod,
  type InterpolationPlan,
  planAveraging,
  planInterpolation,
} from './spectral-interpolation.ts';
import { releaseBoth, weightsOfSpectrum } from './spectral-weights.ts';
import type { ChunkOperator, DataColumn, VisibilityChunk } from './types.ts';

/** Channels of one window before and after. */
export interface RegridWindow {
  /** Hz, in the frame of the data. */
  readonly from: ArrayLike<number>;
  /** Hz, in the new frame. */
  readonly to: ArrayLike<number>;
  /** Widths of the new channels, Hz; given when they are at least twice as wide as the old ones, which are then averaged. */
  readonly widths?: ArrayLike<number>;
  /** Factor of the weights. */
  readonly weightScale: number;
}

export interface RegridOptions {
  /** By spectral window of the chunks. */
  readonly windows: ReadonlyMap<number, RegridWindow>;
  readonly method: InterpolationMethod;
  /** New frequency over old frequency at a time (MJD s) and for a field. */
  shiftFactor(timeSec: number, fieldId: number): number;
}

/**
 * Interpolates spectra to other channels, at each time from where the old channels lie in the new frame (CASA 6.7's mstransform
 * with `regridms`).
 *
 * A value is flagged when one of the two channels around it is, and outside the old window. The weights by channel are
 * interpolated in the same way. Chunks need `weightSpectrum` (see `flatSpectrum`).
 */
export function regridding(options: RegridOptions): ChunkOperator {
  return {
    push(chunk, next) {
      const window = options.windows.get(chunk.spwId);
      next(window ? regrid(chunk, window, options) : chunk);
    },
    flush() {},
  };
}

function regrid(chunk: VisibilityChunk, window: RegridWindow, options: RegridOptions): VisibilityChunk {
  const lease = arena().lease();
  const chanCount = window.to.length;
  const { rowCount, corrCount } = chunk;
  const size = rowCount * chanCount * corrCount;
  const data: Partial<Record<DataColumn, Float32Array>> = {};
  for (const name of Object.keys(chunk.data) as DataColumn[]) data[name] = lease.float32(2 * size);
  const flag = lease.uint8(size);
  const weightSpectrum = lease.float32(size);
  const dataWeights = chunk.dataWeights && lease.float32(size);
  let plan: InterpolationPlan | undefined;
  for (let row = 0; row < rowCount; row++) {
    const isSame = row > 0 && chunk.time[row] === chunk.time[row - 1] && chunk.fieldId[row] === chunk.fieldId[row - 1];
    if (!plan || !isSame) {
      plan = planRow(chunk, row, window, options);
    }
    const input = row * chunk.chanCount * corrCount;
    const output = row * chanCount * corrCount;
    for (const [name, values] of Object.entries(chunk.data) as [DataColumn, Float32Array][]) {
      combineInto(plan, corrCount * 2, values, 2 * input, data[name] as Float32Array, 2 * output);
    }
    if (chunk.weightSpectrum) combineInto(plan, corrCount, chunk.weightSpectrum, input, weightSpectrum, output);
    if (dataWeights) combineInto(plan, corrCount, chunk.dataWeights as Float32Array, input, dataWeights, output);
    combineFlagsInto(plan, corrCount, chunk.flag.subarray(input), flag.subarray(output));
  }
  for (const spectrum of [weightSpectrum, dataWeights])
    if (spectrum) for (let at = 0; at < size; at++) spectrum[at] *= window.weightScale;
  const weight = lease.float32(rowCount * corrCount);
  const sigma = lease.float32(rowCount * corrCount);
  weightsOfSpectrum({ rowCount, chanCount, corrCount }, { weightSpectrum, dataWeights }, flag, weight, sigma);
  return {
    ...chunk,
    ...{ chanCount, data, flag, weightSpectrum, dataWeights, weight, sigma },
    release: releaseBoth(lease, chunk),
  };
}

function planRow(chunk: VisibilityChunk, row: number, window: RegridWindow, options: RegridOptions): InterpolationPlan {
  const factor = options.shiftFactor(chunk.time[row], chunk.fieldId[row]);
  const from = Float64Array.from(window.from, (frequency) => frequency * factor);
  return window.widths
    ? planAveraging(from, window.to, window.widths, options.method)
    : planInterpolation(from, window.to, options.method);
}

/** Weighted sums of input channels. @param width numbers of one channel */
function combineInto(
  plan: InterpolationPlan,
  width: number,
  values: Float32Array,
  input: number,
  target: Float32Array,
  output: number,
): void {
  const { starts, channels, factors } = plan;
  for (let out = 0; out < plan.outCount; out++) {
    for (let part = 0; part < width; part++) {
      let sum = 0;
      for (let tap = starts[out]; tap < starts[out + 1]; tap++) {
        sum += factors[tap] * values[input + channels[tap] * width + part];
      }
      target[output + out * width + part] = sum;
    }
  }
}

function combineFlagsInto(plan: InterpolationPlan, corrCount: number, flag: Uint8Array, target: Uint8Array): void {
  const { flagStarts, flagged, isOutside } = plan;
  for (let out = 0; out < plan.outCount; out++) {
    for (let corr = 0; corr < corrCount; corr++) {
      let isFlagged = isOutside[out];
      for (let at = flagStarts[out]; at < flagStarts[out + 1]; at++) isFlagged |= flag[flagged[at] * corrCount + corr];
      target[out * corrCount + corr] = isFlagged;
    }
  }
}
