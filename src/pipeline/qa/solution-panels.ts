import type { Panel, Series } from '../../foundation/plotting/index.ts';
import type { CalTable } from '../calibration/index.ts';

const DEGREES = 180 / Math.PI;

/** Diagnostics 5 and 6: amplitude or phase of gain solutions against time, one panel per antenna. */
export function gainPanels(table: CalTable, what: 'amplitude' | 'phase', number: string): Panel[] {
  return table.antennas.map((antenna) => ({
    title: `${number}  ${what === 'amplitude' ? 'Gain amplitude' : 'Gain phase'} ${antenna.name}`,
    x: { label: 'UTC', kind: 'time' },
    y: what === 'phase' ? { label: 'phase (deg)', range: [-185, 185] } : { label: 'amplitude' },
    hasLegend: true,
    series: polarizations(table).map((par) => gainSeries(table, antenna.id, par, what)),
  }));
}

function gainSeries(table: CalTable, antenna: number, par: number, what: 'amplitude' | 'phase'): Series {
  const { rows } = table;
  const x: number[] = [];
  const y: number[] = [];
  for (let row = 0; row < rows.count; row++) {
    const cell = rows.offsets[row] + par;
    if (rows.antenna1[row] !== antenna || rows.flag[cell]) continue;
    x.push(rows.time[row]);
    y.push(solutionValue(table, cell, what));
  }
  return { kind: 'points', x, y, label: polName(table, par), colour: par, size: 4 };
}

/** Diagnostic 7: bandpass amplitude averaged over antennas, one panel per window. */
export function bandpassPanels(table: CalTable): Panel[] {
  return windowIds(table).flatMap((spwId) => [
    spectrumPanel(table, spwId, 'amplitude', `7  Bandpass amplitude, window ${spwId}`),
    spectrumPanel(table, spwId, 'phase', `7  Bandpass phase, window ${spwId}`),
  ]);
}

function spectrumPanel(table: CalTable, spwId: number, what: 'amplitude' | 'phase', title: string): Panel {
  const frequencies = frequenciesOf(table, spwId);
  const series = table.antennas.flatMap((antenna) =>
    polarizations(table).map(
      (par): Series => ({
        kind: 'line',
        x: frequencies,
        y: spectrum(table, spwId, antenna.id, par, what),
        colour: par,
        size: 0.7,
      }),
    ),
  );
  return {
    title,
    x: { label: 'frequency (GHz)' },
    y: { label: what === 'phase' ? 'phase (deg)' : 'amplitude' },
    series,
  };
}

/** Diagnostic 8: system temperature against frequency, one panel per window, all antennas and scans. */
export function tsysPanels(table: CalTable): Panel[] {
  return windowIds(table).map((spwId) => {
    const frequencies = frequenciesOf(table, spwId);
    const { rows } = table;
    const series: Series[] = [];
    for (let row = 0; row < rows.count; row++) {
      if (rows.spwId[row] !== spwId) continue;
      for (const par of polarizations(table)) {
        const y = Array.from({ length: rows.chanCount[row] }, (_, chan) => {
          const cell = rows.offsets[row] + chan * rows.parCount + par;
          return rows.flag[cell] ? Number.NaN : solutionValue(table, cell, 'amplitude');
        });
        series.push({ kind: 'line', x: frequencies, y, colour: rows.antenna1[row], size: 0.8, isDashed: par === 1 });
      }
    }
    return {
      title: `8  System temperature, window ${spwId}`,
      x: { label: 'frequency (GHz)' },
      y: { label: 'Tsys (K)' },
      series,
    };
  });
}

function spectrum(table: CalTable, spwId: number, antenna: number, par: number, what: 'amplitude' | 'phase'): number[] {
  const { rows } = table;
  for (let row = 0; row < rows.count; row++) {
    if (rows.spwId[row] !== spwId || rows.antenna1[row] !== antenna) continue;
    return Array.from({ length: rows.chanCount[row] }, (_, chan) => {
      const cell = rows.offsets[row] + chan * rows.parCount + par;
      return rows.flag[cell] ? Number.NaN : solutionValue(table, cell, what);
    });
  }
  return [];
}

/** Windows that have solutions, ascending. */
function windowIds(table: CalTable): number[] {
  return [...new Set(table.rows.spwId.subarray(0, table.rows.count))].sort((a, b) => a - b);
}

function frequenciesOf(table: CalTable, spwId: number): Float64Array {
  const window = table.spectralWindows.find((entry) => entry.id === spwId);
  return (window?.chanFreqs ?? new Float64Array()).map((hz) => hz / 1e9);
}

function polarizations(table: CalTable): number[] {
  return Array.from({ length: Math.min(2, table.rows.parCount) }, (_, par) => par);
}

function polName(table: CalTable, par: number): string {
  return table.rows.parCount === 1 ? 'both' : par === 0 ? 'X' : 'Y';
}

function solutionValue(table: CalTable, cell: number, what: 'amplitude' | 'phase'): number {
  const { params } = table.rows;
  if (table.parType === 'Float') return params[cell];
  const re = params[2 * cell];
  const im = params[2 * cell + 1];
  return what === 'amplitude' ? Math.hypot(re, im) : Math.atan2(im, re) * DEGREES;
}
