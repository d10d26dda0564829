import { openMs, readMetadata, selectRows } from '../../astronomy/ms/index.ts';
import { type DataColumn, readChunks, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { median } from '../../foundation/numeric/index.ts';

/** Phase scatter of each antenna on a calibrator before and after the water-vapour correction, rad. */
export interface PhaseScatter {
  readonly antennas: readonly string[];
  /** [antenna]; NaN without data */
  readonly before: Float64Array;
  readonly after: Float64Array;
  /** Medians over baselines. */
  readonly medianBefore: number;
  readonly medianAfter: number;
}

/** A series of channel-averaged visibilities of one baseline in one scan, interleaved re, im. */
type SeriesByBaseline = Map<string, number[]>;

/**
 * Measures how much the radiometers steady the phases: scatter about the mean of each baseline and scan.
 *
 * @param vis imported MeasurementSet with CORRECTED_DATA
 * @param field a bright calibrator
 * @param spw one science window; the middle three quarters of it are averaged
 */
export function measurePhaseScatter(context: Context, vis: string, field: string, spw: string): PhaseScatter {
  const ms = openMs(vis, 'read');
  try {
    const metadata = readMetadata(ms);
    const series: Record<'DATA' | 'CORRECTED_DATA', SeriesByBaseline> = { DATA: new Map(), CORRECTED_DATA: new Map() };
    const { rows } = selectRows(ms, { field, spw, antenna: '*&*' });
    for (const chunk of readChunks(ms, { rows, columns: ['DATA', 'CORRECTED_DATA'], metadata })) {
      context.checkAbort();
      for (const column of ['DATA', 'CORRECTED_DATA'] as const) collect(chunk, column, series[column]);
      chunk.release();
    }
    const before = scatterOf(series.DATA, metadata.antennas.length);
    const after = scatterOf(series.CORRECTED_DATA, metadata.antennas.length);
    return {
      antennas: metadata.antennas.map((antenna) => antenna.name),
      before: before.antennas,
      after: after.antennas,
      medianBefore: before.median,
      medianAfter: after.median,
    };
  } finally {
    ms.close();
  }
}

function collect(chunk: VisibilityChunk, column: DataColumn, series: SeriesByBaseline): void {
  const data = chunk.data[column] as Float32Array;
  const first = Math.floor(chunk.chanCount / 8);
  const end = chunk.chanCount - first;
  for (let row = 0; row < chunk.rowCount; row++) {
    if (chunk.antenna1[row] === chunk.antenna2[row] || chunk.flagRow[row]) continue;
    let [re, im, count] = [0, 0, 0];
    for (let chan = first; chan < end; chan++) {
      const at = (row * chunk.chanCount + chan) * chunk.corrCount;
      if (chunk.flag[at]) continue;
      re += data[2 * at];
      im += data[2 * at + 1];
      count++;
    }
    if (count === 0) continue;
    const key = `${chunk.antenna1[row]} ${chunk.antenna2[row]} ${chunk.scanNumber[row]}`;
    const list = series.get(key);
    if (list) list.push(re / count, im / count);
    else series.set(key, [re / count, im / count]);
  }
}

function scatterOf(series: SeriesByBaseline, antennaCount: number): { antennas: Float64Array; median: number } {
  const perAntenna: number[][] = Array.from({ length: antennaCount }, () => []);
  const all: number[] = [];
  for (const [key, values] of series) {
    if (values.length < 8) continue;
    const [antenna1, antenna2] = key.split(' ').map(Number);
    const scatter = phaseRms(values);
    all.push(scatter);
    perAntenna[antenna1].push(scatter);
    perAntenna[antenna2].push(scatter);
  }
  return { antennas: Float64Array.from(perAntenna, median), median: median(all) };
}

/** rms of the phases about that of the vector mean, rad. */
function phaseRms(values: readonly number[]): number {
  let [re, im] = [0, 0];
  for (let at = 0; at < values.length; at += 2) {
    re += values[at];
    im += values[at + 1];
  }
  let sum = 0;
  for (let at = 0; at < values.length; at += 2) {
    sum += Math.atan2(values[at + 1] * re - values[at] * im, values[at] * re + values[at + 1] * im) ** 2;
  }
  return Math.sqrt(sum / (values.length / 2));
}
