import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { readChunks, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { openTable } from '../../formats/tables/index.ts';
import { airy, diskPath, type SolarModel, solarModel } from '../../pipeline/skymodel/index.ts';

/** What a field's calibrated visibilities must be: a point at its centre, or a body of the Solar System. */
export interface FieldTruth {
  readonly name: string;
  /** [window] of the block; in joined data the nearest in frequency counts. */
  readonly fluxes: readonly { readonly hz: number; readonly jy: number }[];
  readonly isBody: boolean;
}

/** One source in one window: what came out over what was put in. */
export interface SourceResult {
  readonly field: number;
  readonly name: string;
  readonly window: number;
  /** Amplitude of the calibrated visibilities over the true ones: the factor that fits all of them best. */
  readonly ratio: number;
  /** Share of the cross-correlations that is flagged. */
  readonly flagged: number;
}

interface Sum {
  re: number;
  im: number;
  norm: number;
  flagged: number;
  total: number;
}

/** A window of the calibrated MeasurementSet, Hz. */
interface Window {
  readonly frequencies: readonly number[];
  readonly width: number;
}

/**
 * Compares the calibrated visibilities of a twin with its truth.
 *
 * @param path MeasurementSet whose DATA column is calibrated; its windows are the science windows in order
 * @param truthOf truth of a field by its id and name; fields without are left out
 * @param column column that has the calibrated visibilities; where it is missing, DATA is taken
 */
export function checkCalibrated(
  path: string,
  truthOf: (field: number, name: string) => FieldTruth | undefined,
  column: 'DATA' | 'CORRECTED_DATA',
): SourceResult[] {
  const ms = openMs(path);
  try {
    const { fields, spectralWindows } = readMetadata(ms);
    const check: Check = {
      column: ms.main.columnNames.includes(column) ? column : 'DATA',
      truths: fields.map(({ id, name }) => truthOf(id, name)),
      windows: spectralWindows.map(({ chanFreqs, chanWidths }) => ({
        frequencies: chanFreqs,
        width: Math.abs(chanWidths[0]),
      })),
      bodies: new Map(),
      sums: new Map(),
    };
    for (const chunk of readChunks(ms, { columns: [check.column] })) {
      addChunk(chunk, check);
      chunk.release();
    }
    return [...check.sums].map(([key, { re, im, norm, flagged, total }]) => {
      const [field, window] = key.split(' ').map(Number);
      const ratio = norm > 0 ? Math.hypot(re, im) / norm : Number.NaN;
      return { field, name: fields[field].name, window, ratio, flagged: flagged / total };
    });
  } finally {
    ms.close();
  }
}

/** Mean amplitude (Jy) of the unflagged visibilities in DATA, and the share of those that are flagged. */
export function meanAmplitude(path: string): { jy: number; rows: number; flagged: number } {
  const ms = openMs(path);
  try {
    let [sum, good, rows, total] = [0, 0, 0, 0];
    for (const chunk of readChunks(ms, { columns: ['DATA'] })) {
      const data = chunk.data.DATA as Float32Array;
      for (let at = 0; at < chunk.flag.length; at++) {
        if (chunk.flag[at] !== 0) continue;
        sum += Math.hypot(data[2 * at], data[2 * at + 1]);
        good++;
      }
      rows += chunk.rowCount;
      total += chunk.flag.length;
      chunk.release();
    }
    return { jy: sum / good, rows, flagged: 1 - good / total };
  } finally {
    ms.close();
  }
}

/**
 * Share of the data that its calibration flagged: what is flagged now and was not when the script saved its flags before. A twin
 * has no bad solutions, so that nothing should be lost.
 *
 * @param split MeasurementSet that the calibration was applied to
 * @returns undefined where it, or its flags of then, are not kept
 */
export function lostToCalibration(split: string): number | undefined {
  const saved = join(`${split}.flagversions`, 'flags.BeforeApplycal');
  if (!existsSync(split) || !existsSync(saved)) return undefined;
  const [now, before] = [openTable(split), openTable(saved)];
  try {
    let [lost, total] = [0, 0];
    const [after, earlier] = [now.column('FLAG'), before.column('FLAG')];
    for (let row = 0; row < now.rowCount; row++) {
      const [flags, old] = [after.getRange(row, 1) as Uint8Array, earlier.getRange(row, 1) as Uint8Array];
      for (let at = 0; at < flags.length; at++) if (flags[at] !== 0 && old[at] === 0) lost++;
      total += flags.length;
    }
    return lost / total;
  } finally {
    now.close();
    before.close();
  }
}

/** What is known, and what is found, while visibilities pass. */
interface Check {
  readonly column: 'DATA' | 'CORRECTED_DATA';
  /** [field] */
  readonly truths: readonly (FieldTruth | undefined)[];
  readonly windows: readonly Window[];
  /** By observation, field and window: bodies move. */
  readonly bodies: Map<string, Body>;
  /** By field and window. */
  readonly sums: Map<string, Sum>;
}

/** A body as it is seen in one window. */
interface Body {
  readonly model: SolarModel;
  /** Jy, [chan] */
  readonly spectrum: Float64Array;
}

const SPECTRUM_STEPS = 256;

/** Flux densities of a body, tabulated in a few hundred steps over the window: atmospheres have lines, but not so narrow. */
function observeBody(name: string, mjdSec: number, { frequencies, width }: Window): Body {
  const model = solarModel(name, mjdSec, 'ALMA');
  const stride = Math.max(1, Math.floor(frequencies.length / SPECTRUM_STEPS));
  const spectrum = new Float64Array(frequencies.length);
  for (let first = 0; first < frequencies.length; first += stride) {
    const last = Math.min(first + stride, frequencies.length);
    const [low, high] = [frequencies[first], frequencies[last - 1]].sort((a, b) => a - b);
    spectrum.fill(model.flux([low - width / 2, high + width / 2]), first, last);
  }
  return { model, spectrum };
}

function addChunk(chunk: VisibilityChunk, check: Check): void {
  for (let row = 0; row < chunk.rowCount; row++) {
    const field = chunk.fieldId[row];
    const truth = check.truths[field];
    if (!truth || chunk.antenna1[row] === chunk.antenna2[row]) continue;
    const key = `${field} ${chunk.spwId}`;
    const sum = check.sums.get(key) ?? { re: 0, im: 0, norm: 0, flagged: 0, total: 0 };
    check.sums.set(key, sum);
    addRow(chunk, row, check.column, expectedSpectrum(chunk, row, truth, check), sum);
  }
}

function nearestFlux(fluxes: FieldTruth['fluxes'], { frequencies }: Window): number {
  const centre = (frequencies[0] + frequencies[frequencies.length - 1]) / 2;
  const distance = ({ hz }: { hz: number }) => Math.abs(hz - centre);
  return fluxes.reduce((a, b) => (distance(b) < distance(a) ? b : a)).jy;
}

/** Jy, [chan]; one value stands for all channels. */
function expectedSpectrum(chunk: VisibilityChunk, row: number, truth: FieldTruth, check: Check): Float64Array {
  const window = check.windows[chunk.spwId];
  if (!truth.isBody) {
    const { fluxes } = truth;
    const isOwn = fluxes.length === check.windows.length;
    return Float64Array.of(isOwn ? fluxes[chunk.spwId].jy : nearestFlux(fluxes, window));
  }
  const key = `${chunk.observationId[row]} ${chunk.fieldId[row]} ${chunk.spwId}`;
  const body = check.bodies.get(key) ?? observeBody(truth.name, chunk.time[row], window);
  check.bodies.set(key, body);
  const path = diskPath(body.model.disk, chunk.uvw[3 * row], chunk.uvw[3 * row + 1]);
  return body.spectrum.map((flux, chan) => flux * airy(path * window.frequencies[chan]));
}

function addRow(chunk: VisibilityChunk, row: number, column: Check['column'], expected: Float64Array, sum: Sum): void {
  const data = chunk.data[column] as Float32Array;
  const { chanCount, corrCount } = chunk;
  const isConstant = expected.length === 1;
  for (let chan = 0; chan < chanCount; chan++) {
    const jy = expected[isConstant ? 0 : chan];
    for (let corr = 0; corr < corrCount; corr++) {
      const at = (row * chanCount + chan) * corrCount + corr;
      if (chunk.flag[at] !== 0 || chunk.flagRow[row] !== 0) sum.flagged++;
      else {
        sum.re += data[2 * at] * jy;
        sum.im += data[2 * at + 1] * jy;
        sum.norm += jy * jy;
      }
    }
  }
  sum.total += chanCount * corrCount;
}
