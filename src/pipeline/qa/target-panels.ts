import { openMs, readMetadata, selectRows } from '../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { type Context, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import type { Panel, Series } from '../../foundation/plotting/index.ts';

/** Spectra and uv points of a field, gathered in one pass. */
export interface TargetData {
  readonly field: string;
  readonly windows: readonly TargetWindow[];
  /** Antenna pair positions in the uv plane, m, at a few times of each scan, [u, v] pairs. */
  readonly uv: Float64Array;
  readonly meanFrequencyHz: number;
}

export interface TargetWindow {
  readonly spwId: number;
  /** Hz */
  readonly chanFreqs: readonly number[];
  readonly corrTypes: readonly string[];
  /** Mean amplitude over baselines of the time-averaged visibility, Jy, [corr][chan] */
  readonly amplitude: readonly Float64Array[];
}

interface Sums {
  /** Baseline → [chan, corr, re/im] and [chan, corr]. */
  readonly data: Map<number, { values: Float64Array; weights: Float64Array }>;
}

/** Most uv points that a plot shows. */
const UV_POINTS = 20_000;

/** Reads the target's visibilities once for diagnostics 9 and 13. */
export function gatherTargetData(context: Context, vis: string, field: string): TargetData {
  const ms = openMs(vis, 'read');
  try {
    const metadata = readMetadata(ms);
    const sums = new Map<number, Sums>();
    const uv: number[] = [];
    const { rows } = selectRows(ms, { field });
    const stride = Math.max(1, Math.floor(rows.length / UV_POINTS));
    for (const chunk of readChunks(ms, { rows, columns: ['DATA'], metadata })) {
      context.checkAbort();
      addChunk(chunk, sums);
      for (let row = 0; row < chunk.rowCount; row += stride) {
        if (!chunk.flagRow[row]) uv.push(chunk.uvw[3 * row], chunk.uvw[3 * row + 1]);
      }
      chunk.release();
    }
    const windows = [...sums.entries()]
      .sort(([a], [b]) => a - b)
      .map(([ddId, sum]) => {
        const { spwId, polId } = metadata.dataDescriptions[ddId];
        const { chanFreqs } = metadata.spectralWindows[spwId];
        const { corrTypes } = metadata.polarizations[polId];
        return {
          spwId,
          chanFreqs,
          corrTypes,
          amplitude: corrTypes.map((_, corr) => meanAmplitude(sum, chanFreqs.length, corrTypes.length, corr)),
        };
      });
    const frequencies = windows.map((window) => window.chanFreqs[window.chanFreqs.length >> 1]);
    return {
      field,
      windows,
      uv: Float64Array.from(uv),
      meanFrequencyHz: frequencies.reduce((sum, hz) => sum + hz, 0) / frequencies.length,
    };
  } finally {
    ms.close();
  }
}

function addChunk(chunk: VisibilityChunk, sums: Map<number, Sums>): void {
  let sum = sums.get(chunk.dataDescId);
  if (!sum) {
    sum = { data: new Map() };
    sums.set(chunk.dataDescId, sum);
  }
  const data = chunk.data.DATA as Float32Array;
  const cells = chunk.chanCount * chunk.corrCount;
  for (let row = 0; row < chunk.rowCount; row++) {
    if (chunk.antenna1[row] === chunk.antenna2[row] || chunk.flagRow[row]) continue;
    const key = chunk.antenna1[row] * 4096 + chunk.antenna2[row];
    let baseline = sum.data.get(key);
    if (!baseline) {
      baseline = { values: new Float64Array(2 * cells), weights: new Float64Array(cells) };
      sum.data.set(key, baseline);
    }
    for (let cell = 0; cell < cells; cell++) {
      const at = row * cells + cell;
      if (chunk.flag[at]) continue;
      baseline.values[2 * cell] += data[2 * at];
      baseline.values[2 * cell + 1] += data[2 * at + 1];
      baseline.weights[cell] += 1;
    }
  }
}

function meanAmplitude(sum: Sums, chanCount: number, corrCount: number, corr: number): Float64Array {
  return Float64Array.from({ length: chanCount }, (_, chan) => {
    const cell = chan * corrCount + corr;
    let [total, count] = [0, 0];
    for (const { values, weights } of sum.data.values()) {
      if (weights[cell] === 0) continue;
      total += Math.hypot(values[2 * cell], values[2 * cell + 1]) / weights[cell];
      count++;
    }
    return count > 0 ? total / count : Number.NaN;
  });
}

/** Diagnostic 9: target amplitude against frequency, a panel per window, a line per polarization. */
export function targetSpectrumPanels(target: TargetData): Panel[] {
  return target.windows.map((window) => ({
    title: `9  ${target.field}, window ${window.spwId}`,
    x: { label: 'frequency (GHz)' },
    y: { label: 'amplitude (Jy)' },
    hasLegend: true,
    series: window.amplitude.map(
      (y, corr): Series => ({
        kind: 'line',
        x: window.chanFreqs.map((hz) => hz / 1e9),
        y,
        label: window.corrTypes[corr],
        colour: corr,
      }),
    ),
  }));
}

/** Diagnostic 13: uv coverage in kilowavelengths, with the conjugate points. */
export function uvPanel(target: TargetData): Panel {
  const scale = target.meanFrequencyHz / SPEED_OF_LIGHT / 1e3;
  const u = target.uv.filter((_, index) => index % 2 === 0).map((metres) => metres * scale);
  const v = target.uv.filter((_, index) => index % 2 === 1).map((metres) => metres * scale);
  return {
    title: `13  uv coverage of ${target.field}`,
    x: { label: 'u (kilowavelengths)' },
    y: { label: 'v (kilowavelengths)' },
    isEqualScale: true,
    series: [
      { kind: 'points', x: u, y: v, size: 2, colour: 0 },
      { kind: 'points', x: u.map((value) => -value), y: v.map((value) => -value), size: 2, colour: 1 },
    ],
  };
}
