import type { CalTable } from '../calibration/index.ts';

export type Quantity = 'amplitude' | 'phase';

const DEGREES = 180 / Math.PI;

/** Windows that have solutions, ascending. */
export function windowIds(table: CalTable): number[] {
  return [...new Set(table.rows.spwId.subarray(0, table.rows.count))].sort((a, b) => a - b);
}

/** The parameters that are shown: one, or X and Y. */
export function polarizations(table: CalTable): number[] {
  return Array.from({ length: Math.min(2, table.rows.parCount) }, (_, par) => par);
}

/** Row numbers that a test picks. */
export function rowsOf(table: CalTable, isWanted: (row: number) => boolean): number[] {
  const found: number[] = [];
  for (let row = 0; row < table.rows.count; row++) if (isWanted(row)) found.push(row);
  return found;
}

/**
 * Unflagged solutions of an antenna and window against time; of a row with many channels, their median.
 *
 * @returns times in MJD seconds; amplitudes (or the parameter itself when real), or phases in degrees
 */
export function gainTrack(
  table: CalTable,
  antennaId: number,
  spwId: number,
  par: number,
  what: Quantity,
): { x: number[]; y: number[] } {
  const { rows } = table;
  const x: number[] = [];
  const y: number[] = [];
  for (let row = 0; row < rows.count; row++) {
    if (rows.antenna1[row] !== antennaId || rows.spwId[row] !== spwId) continue;
    const values = spectrumOf(table, row, par, what).filter((value) => !Number.isNaN(value));
    if (values.length === 0) continue;
    x.push(rows.time[row]);
    y.push(values.sort()[values.length >> 1]);
  }
  return { x, y };
}

/** Spectra of some rows, [row][chan]; flagged channels are NaN, and rows without any good channel are left out. */
export function spectraOf(table: CalTable, rows: readonly number[], par: number, what: Quantity): Float64Array[] {
  return rows
    .map((row) => spectrumOf(table, row, par, what))
    .filter((values) => values.some((value) => !Number.isNaN(value)));
}

/** Mean of the values that are there, [chan]. */
export function meanSpectrum(spectra: readonly Float64Array[]): Float64Array {
  return Float64Array.from({ length: spectra[0]?.length ?? 0 }, (_, chan) => {
    let [sum, count] = [0, 0];
    for (const spectrum of spectra) {
      if (Number.isNaN(spectrum[chan])) continue;
      sum += spectrum[chan];
      count++;
    }
    return count > 0 ? sum / count : Number.NaN;
  });
}

function spectrumOf(table: CalTable, row: number, par: number, what: Quantity): Float64Array {
  const { rows } = table;
  return Float64Array.from({ length: rows.chanCount[row] }, (_, chan) => {
    const cell = rows.offsets[row] + chan * rows.parCount + par;
    return rows.flag[cell] ? Number.NaN : solutionValue(table, cell, what);
  });
}

function solutionValue(table: CalTable, cell: number, what: Quantity): number {
  const { params } = table.rows;
  if (table.parType === 'Float') return params[cell];
  const re = params[2 * cell];
  const im = params[2 * cell + 1];
  return what === 'amplitude' ? Math.hypot(re, im) : Math.atan2(im, re) * DEGREES;
}
