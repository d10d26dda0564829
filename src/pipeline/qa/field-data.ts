import { type MsMetadata, openMs, readMetadata, selectRows } from '../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { type Context, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { openModel } from '../skymodel/index.ts';

/** A field, or the pointings of one name. */
export interface ShownField {
  readonly name: string;
  /** Selection by its numbers: a name may select others. */
  readonly selection: string;
}

/** What diagnostics show of a field's calibrated visibilities, gathered in one pass. */
export interface FieldData {
  readonly field: string;
  readonly windows: readonly FieldWindow[];
  /** Positions in the uv plane at a few times, in wavelengths, [u, v] pairs. */
  readonly uv: Float64Array;
}

export interface FieldWindow {
  readonly spwId: number;
  /** Centres of the averaged channels, Hz, [bin] */
  readonly frequencies: Float64Array;
  readonly corrTypes: readonly string[];
  /** Mean over baselines of the amplitude of the time-averaged visibility, Jy, [corr][bin] */
  readonly amplitude: readonly Float64Array[];
  /** Phase of the mean over baselines and time, deg, [corr][bin] */
  readonly phase: readonly Float64Array[];
  /** One entry per baseline and scan: length in the uv plane, m. */
  readonly distance: Float64Array;
  /** Amplitude of the visibility averaged over the scan and the window's inner channels, Jy, [corr][entry] */
  readonly scanAmplitude: readonly Float64Array[];
}

/** Amplitude of a model against length in the uv plane, for one window. */
export interface ModelCurve {
  readonly spwId: number;
  /** m, ascending */
  readonly distance: Float64Array;
  /** Jy */
  readonly amplitude: Float64Array;
}

/** Most channels that a plot shows; more are averaged, so that memory does not grow with the correlator's resolution. */
const MOST_BINS = 480;
/** Most uv points that a plot shows. */
const UV_POINTS = 20_000;

interface WindowSums {
  readonly spwId: number;
  readonly binCount: number;
  readonly corrCount: number;
  /** Baseline → sums [bin, corr, re/im/count]. */
  readonly spectra: Map<number, Float32Array>;
  /** Scan and baseline → sum of lengths, count, then [corr, re/im/count]. */
  readonly scans: Map<number, Float64Array>;
}

/** Reads a field's DATA once for diagnostics 9 to 13. */
export function gatherField(context: Context, vis: string, { name, selection }: ShownField): FieldData {
  const ms = openMs(vis, 'read');
  try {
    const metadata = readMetadata(ms);
    const sums = new Map<number, WindowSums>();
    const uv: number[] = [];
    const { rows } = selectRows(ms, { field: selection });
    const stride = Math.max(1, Math.floor(rows.length / UV_POINTS));
    for (const chunk of readChunks(ms, { rows, columns: ['DATA'], metadata })) {
      context.checkAbort();
      addChunk(chunk, sums);
      addUv(chunk, metadata, stride, uv);
      chunk.release();
    }
    const windows = [...sums.entries()]
      .sort(([a], [b]) => a - b)
      .map(([dataDescId, sum]) => windowOf(sum, metadata, metadata.dataDescriptions[dataDescId].polId));
    return { field: name, windows, uv: Float64Array.from(uv) };
  } finally {
    ms.close();
  }
}

function addUv(chunk: VisibilityChunk, metadata: MsMetadata, stride: number, uv: number[]): void {
  const { chanFreqs } = metadata.spectralWindows[chunk.spwId];
  const perMetre = chanFreqs[chanFreqs.length >> 1] / SPEED_OF_LIGHT;
  for (let row = 0; row < chunk.rowCount; row += stride) {
    if (chunk.flagRow[row] || chunk.antenna1[row] === chunk.antenna2[row]) continue;
    uv.push(chunk.uvw[3 * row] * perMetre, chunk.uvw[3 * row + 1] * perMetre);
  }
}

function addChunk(chunk: VisibilityChunk, sums: Map<number, WindowSums>): void {
  let sum = sums.get(chunk.dataDescId);
  if (!sum) {
    const binCount = Math.min(MOST_BINS, chunk.chanCount);
    sum = { spwId: chunk.spwId, binCount, corrCount: chunk.corrCount, spectra: new Map(), scans: new Map() };
    sums.set(chunk.dataDescId, sum);
  }
  for (let row = 0; row < chunk.rowCount; row++) {
    if (chunk.antenna1[row] === chunk.antenna2[row] || chunk.flagRow[row]) continue;
    addRow(chunk, row, sum);
  }
}

function addRow(chunk: VisibilityChunk, row: number, sum: WindowSums): void {
  const { chanCount, corrCount } = chunk;
  const data = chunk.data.DATA as Float32Array;
  const baseline = chunk.antenna1[row] * 4096 + chunk.antenna2[row];
  const spectrum = entryOf(sum.spectra, baseline, () => new Float32Array(sum.binCount * corrCount * 3));
  const key = chunk.scanNumber[row] * 2 ** 24 + baseline;
  const scan = entryOf(sum.scans, key, () => new Float64Array(2 + 3 * corrCount));
  scan[0] += Math.hypot(chunk.uvw[3 * row], chunk.uvw[3 * row + 1]);
  scan[1] += 1;
  const edge = Math.floor(chanCount / 16);
  for (let chan = 0; chan < chanCount; chan++) {
    const bin = Math.floor((chan * sum.binCount) / chanCount);
    const isInner = chan >= edge && chan < chanCount - edge;
    for (let corr = 0; corr < corrCount; corr++) {
      const cell = (row * chanCount + chan) * corrCount + corr;
      if (chunk.flag[cell]) continue;
      const at = 3 * (bin * corrCount + corr);
      spectrum[at] += data[2 * cell];
      spectrum[at + 1] += data[2 * cell + 1];
      spectrum[at + 2] += 1;
      if (!isInner) continue;
      scan[2 + 3 * corr] += data[2 * cell];
      scan[3 + 3 * corr] += data[2 * cell + 1];
      scan[4 + 3 * corr] += 1;
    }
  }
}

function entryOf<V>(map: Map<number, V>, key: number, make: () => V): V {
  let entry = map.get(key);
  if (entry === undefined) {
    entry = make();
    map.set(key, entry);
  }
  return entry;
}

function windowOf(sum: WindowSums, metadata: MsMetadata, polId: number): FieldWindow {
  const { chanFreqs } = metadata.spectralWindows[sum.spwId];
  const { corrTypes } = metadata.polarizations[polId];
  const { spectra, scans, binCount } = sum;
  const entries = [...scans.values()];
  return {
    spwId: sum.spwId,
    frequencies: Float64Array.from({ length: binCount }, (_, bin) => {
      const first = Math.ceil((bin * chanFreqs.length) / binCount);
      const last = Math.ceil(((bin + 1) * chanFreqs.length) / binCount) - 1;
      return (chanFreqs[first] + chanFreqs[last]) / 2;
    }),
    corrTypes,
    amplitude: corrTypes.map((_, corr) => meanAmplitude(spectra, binCount, corrTypes.length, corr)),
    phase: corrTypes.map((_, corr) => meanPhase(spectra, binCount, corrTypes.length, corr)),
    distance: Float64Array.from(entries, (entry) => entry[0] / entry[1]),
    scanAmplitude: corrTypes.map((_, corr) =>
      Float64Array.from(entries, (entry) => {
        const [re, im, count] = entry.subarray(2 + 3 * corr, 5 + 3 * corr);
        return count > 0 ? Math.hypot(re, im) / count : Number.NaN;
      }),
    ),
  };
}

function meanAmplitude(
  spectra: ReadonlyMap<number, Float32Array>,
  binCount: number,
  corrCount: number,
  corr: number,
): Float64Array {
  return Float64Array.from({ length: binCount }, (_, bin) => {
    const at = 3 * (bin * corrCount + corr);
    let [total, count] = [0, 0];
    for (const sums of spectra.values()) {
      if (sums[at + 2] === 0) continue;
      total += Math.hypot(sums[at], sums[at + 1]) / sums[at + 2];
      count++;
    }
    return count > 0 ? total / count : Number.NaN;
  });
}

function meanPhase(
  spectra: ReadonlyMap<number, Float32Array>,
  binCount: number,
  corrCount: number,
  corr: number,
): Float64Array {
  return Float64Array.from({ length: binCount }, (_, bin) => {
    const at = 3 * (bin * corrCount + corr);
    let [re, im, count] = [0, 0, 0];
    for (const sums of spectra.values()) {
      re += sums[at];
      im += sums[at + 1];
      count += sums[at + 2];
    }
    return count > 0 ? (Math.atan2(im, re) * 180) / Math.PI : Number.NaN;
  });
}

/**
 * Model of a field against length in the uv plane, of the middle channel of each window.
 *
 * @param vis MeasurementSet with the model that setjy left
 */
export function gatherModel(context: Context, vis: string, field: string): ModelCurve[] {
  const ms = openMs(vis, 'read');
  try {
    const metadata = readMetadata(ms);
    const model = openModel(ms, metadata);
    const curves = new Map<number, [distance: number, amplitude: number][]>();
    const { rows } = selectRows(ms, { field });
    for (const chunk of readChunks(ms, { rows, columns: [], metadata })) {
      context.checkAbort();
      if (chunk.rowCount > 0 && model.hasModel(chunk.fieldId[0], chunk.spwId)) {
        const values = new Float32Array(2 * chunk.rowCount * chunk.chanCount * chunk.corrCount);
        model.fill(chunk, values);
        const list = entryOf(curves, chunk.spwId, (): [number, number][] => []);
        for (let row = 0; row < chunk.rowCount; row++) {
          const at = 2 * (row * chunk.chanCount + (chunk.chanCount >> 1)) * chunk.corrCount;
          const length = Math.hypot(chunk.uvw[3 * row], chunk.uvw[3 * row + 1]);
          if (length > 0) list.push([length, Math.hypot(values[at], values[at + 1])]);
        }
      }
      chunk.release();
    }
    return [...curves.entries()]
      .sort(([a], [b]) => a - b)
      .map(([spwId, points]) => {
        points.sort(([a], [b]) => a - b);
        const thin = points.filter((_, index) => index % Math.max(1, Math.floor(points.length / 400)) === 0);
        return {
          spwId,
          distance: Float64Array.from(thin, ([distance]) => distance),
          amplitude: Float64Array.from(thin, ([, amplitude]) => amplitude),
        };
      });
  } finally {
    ms.close();
  }
}
