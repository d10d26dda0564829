import { openMs, selectRows } from '../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import type { Context } from '../../foundation/base/index.ts';

/** Spectrum and noise of a field in one window of a calibrated MeasurementSet. */
export interface TargetSpectrum {
  readonly spwId: number;
  /** Mean over baselines of the amplitude of the time-averaged visibility, Jy, [chan]; NaN where all is flagged. */
  readonly amplitude: Float64Array;
  /** Sum of visibility weights of all polarizations, Jy^-2, [chan]. */
  readonly weightSum: Float64Array;
  /** Baseline lengths of the rows used, m, sorted. */
  readonly lengths: Float64Array;
}

interface Accumulator {
  readonly chanCount: number;
  /** Baseline key → [chan, re/im] sums and [chan] weights. */
  readonly baselines: Map<number, { sums: Float64Array; weights: Float64Array }>;
  readonly weightSum: Float64Array;
  readonly lengths: Set<number>;
}

/**
 * Averages a field's visibilities in time per baseline, then their amplitudes over baselines.
 *
 * The amplitude of an averaged visibility carries a noise bias that is the same in all channels of equal weight, so
 * lines stand out against the median however the source is distributed.
 *
 * @param vis calibrated MeasurementSet
 * @param field field selection
 */
export function measureTargetSpectra(context: Context, vis: string, field: string): TargetSpectrum[] {
  const ms = openMs(vis, 'read');
  const bySpw = new Map<number, Accumulator>();
  try {
    for (const chunk of readChunks(ms, { rows: selectRows(ms, { field }).rows, columns: ['DATA'] })) {
      context.checkAbort();
      accumulate(bySpw, chunk);
      chunk.release();
    }
  } finally {
    ms.close();
  }
  return [...bySpw.entries()].sort(([a], [b]) => a - b).map(([spwId, sums]) => finish(spwId, sums));
}

function accumulate(bySpw: Map<number, Accumulator>, chunk: VisibilityChunk): void {
  let sums = bySpw.get(chunk.spwId);
  if (!sums) {
    sums = {
      chanCount: chunk.chanCount,
      baselines: new Map(),
      weightSum: new Float64Array(chunk.chanCount),
      lengths: new Set(),
    };
    bySpw.set(chunk.spwId, sums);
  }
  for (let row = 0; row < chunk.rowCount; row++) {
    if (chunk.antenna1[row] === chunk.antenna2[row] || chunk.flagRow[row]) continue;
    const key = chunk.antenna1[row] * 4096 + chunk.antenna2[row];
    let baseline = sums.baselines.get(key);
    if (!baseline) {
      baseline = { sums: new Float64Array(2 * chunk.chanCount), weights: new Float64Array(chunk.chanCount) };
      sums.baselines.set(key, baseline);
      sums.lengths.add(Math.hypot(chunk.uvw[3 * row], chunk.uvw[3 * row + 1]));
    }
    addRow(chunk, row, baseline, sums.weightSum);
  }
}

function addRow(
  chunk: VisibilityChunk,
  row: number,
  into: { sums: Float64Array; weights: Float64Array },
  total: Float64Array,
): void {
  const { chanCount, corrCount, flag, weight } = chunk;
  const data = chunk.data.DATA as Float32Array;
  for (let chan = 0; chan < chanCount; chan++) {
    for (let corr = 0; corr < corrCount; corr++) {
      const at = (row * chanCount + chan) * corrCount + corr;
      const w = weight[row * corrCount + corr];
      if (flag[at] || !(w > 0)) continue;
      into.sums[2 * chan] += w * data[2 * at];
      into.sums[2 * chan + 1] += w * data[2 * at + 1];
      into.weights[chan] += w;
      total[chan] += w;
    }
  }
}

function finish(spwId: number, sums: Accumulator): TargetSpectrum {
  const amplitude = new Float64Array(sums.chanCount).fill(Number.NaN);
  for (let chan = 0; chan < sums.chanCount; chan++) {
    let sum = 0;
    let count = 0;
    for (const baseline of sums.baselines.values()) {
      if (baseline.weights[chan] === 0) continue;
      sum += Math.hypot(baseline.sums[2 * chan], baseline.sums[2 * chan + 1]) / baseline.weights[chan];
      count++;
    }
    if (count > 0) amplitude[chan] = sum / count;
  }
  return { spwId, amplitude, weightSum: sums.weightSum, lengths: Float64Array.from(sums.lengths).sort() };
}
