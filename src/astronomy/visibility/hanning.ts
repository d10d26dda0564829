import { arena } from '../../foundation/numeric/index.ts';
import { releaseBoth, weightsOfSpectrum } from './spectral-weights.ts';
import type { ChunkOperator, DataColumn, VisibilityChunk } from './types.ts';

const SIDE = 0.25;
const CENTRE = 0.5;

/**
 * Hanning smoothing along the channels: ¼, ½, ¼ (CASA 6.7's mstransform with `hanning`).
 *
 * A value is flagged when one of its three is; the first and last channel stay as they are and are flagged. Weights are those
 * of the weighted sum. Chunks need `weightSpectrum` (see `flatSpectrum`); windows of fewer than 3 channels pass unchanged.
 */
export function hanningSmooth(): ChunkOperator {
  return {
    push(chunk, next) {
      next(chunk.chanCount < 3 ? chunk : smooth(chunk));
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
  const spectrum = lease.float32(size);
  const old = chunk.weightSpectrum;
  if (old) spectrum.set(old);
  forEachInner(chunk, (at) => {
    flag[at] = chunk.flag[at - corrCount] | chunk.flag[at] | chunk.flag[at + corrCount];
    if (!old) return;
    const variance = SIDE ** 2 / old[at - corrCount] + CENTRE ** 2 / old[at] + SIDE ** 2 / old[at + corrCount];
    spectrum[at] = Number.isFinite(variance) ? 1 / variance : 0;
  });
  const weight = lease.float32(rowCount * corrCount);
  const sigma = lease.float32(rowCount * corrCount);
  weightsOfSpectrum(chunk, spectrum, flag, weight, sigma);
  return { ...chunk, data, flag, weightSpectrum: spectrum, weight, sigma, release: releaseBoth(lease, chunk) };
}

/** Visits the values that have neighbours on both sides. */
function forEachInner({ rowCount, chanCount, corrCount }: VisibilityChunk, visit: (at: number) => void): void {
  for (let row = 0; row < rowCount; row++) {
    const base = row * chanCount * corrCount;
    for (let at = base + corrCount; at < base + (chanCount - 1) * corrCount; at++) visit(at);
  }
}
