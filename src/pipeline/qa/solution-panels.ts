import type { Band, LegendEntry, Panel, Section, Series } from '../../foundation/plotting/index.ts';
import type { CalTable } from '../calibration/index.ts';
import { gainTrack, meanSpectrum, polarizations, type Quantity, rowsOf, spectraOf, windowIds } from './solutions.ts';
import { type WindowNaming, windowName } from './window-name.ts';

const COLUMNS = 5;
const POL_NAMES = ['X', 'Y'];

export interface GainLook extends WindowNaming {
  readonly title: string;
  readonly what: Quantity;
  /** e.g. 'amplitude (√(K/Jy))' */
  readonly axis: string;
  /** Colour of each field by name, for the ground under its solutions. */
  readonly fieldColour?: (field: string) => number;
}

/** Diagnostics 5 and 6: solutions against time, one panel per antenna, a colour per window, discs for X and rings for Y. */
export function gainSection(table: CalTable, look: GainLook): Section {
  const spws = windowIds(table);
  const bands = look.fieldColour ? fieldBands(table, look.fieldColour) : [];
  const tracks = table.antennas.map((antenna) =>
    spws.flatMap((spwId, colour) =>
      polarizations(table).map((par): Series => {
        const track = gainTrack(table, antenna.id, spwId, par, look.what);
        return { kind: 'points', ...track, colour, size: 5, isHollow: par === 1 };
      }),
    ),
  );
  const range = look.what === 'phase' ? PHASE_RANGE : commonRange(tracks.flat());
  const lastRow = Math.floor((table.antennas.length - 1) / COLUMNS) * COLUMNS;
  return {
    title: look.title,
    legend: [...windowLegend(table, look), ...polLegend(table), ...fieldBandLegend(table, look)],
    columns: COLUMNS,
    rowHeight: 210,
    panels: table.antennas.map((antenna, index) => ({
      title: isReference(tracks[index], look.what) ? `${antenna.name} (reference)` : antenna.name,
      x: { label: index >= lastRow || index + COLUMNS >= table.antennas.length ? 'UTC' : '', kind: 'time' },
      y: {
        label: index % COLUMNS === 0 ? look.axis : '',
        kind: look.what === 'phase' ? 'phase' : 'linear',
        range,
      },
      series: tracks[index],
      bands,
    })),
  };
}

const PHASE_RANGE: [number, number] = [-190, 190];

/** One range for all antennas, so that a weak one is seen at once. */
function commonRange(series: readonly Series[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { y } of series) {
    for (let index = 0; index < y.length; index++) {
      low = Math.min(low, y[index]);
      high = Math.max(high, y[index]);
    }
  }
  if (!(low <= high)) return [0, 1];
  const margin = Math.max(0.08 * (high - low), 1e-6 * Math.abs(high));
  return [low - margin, high + margin];
}

function isReference(tracks: readonly Series[], what: Quantity): boolean {
  const values = tracks.flatMap(({ y }) => Array.from(y));
  return what === 'phase' && values.length > 0 && values.every((value) => Math.abs(value) < 1e-4);
}

/** A tinted ground from the first to the last solution of each run of one field. */
function fieldBands(table: CalTable, fieldColour: (field: string) => number): Band[] {
  const { rows } = table;
  const order = rowsOf(table, () => true).sort((a, b) => rows.time[a] - rows.time[b]);
  const bands: { from: number; to: number; colour: number; scan: number }[] = [];
  for (const row of order) {
    const half = Math.max(rows.interval[row] / 2, 8);
    const [from, to] = [rows.time[row] - half, rows.time[row] + half];
    const last = bands[bands.length - 1];
    if (last && last.scan === rows.scanNumber[row]) last.to = Math.max(last.to, to);
    else bands.push({ from, to, colour: fieldColour(fieldName(table, rows.fieldId[row])), scan: rows.scanNumber[row] });
  }
  return bands.map(({ from, to, colour }) => ({ from, to, colour }));
}

function fieldBandLegend(table: CalTable, look: GainLook): LegendEntry[] {
  const { fieldColour } = look;
  if (!fieldColour) return [];
  const used = [...new Set(table.rows.fieldId.subarray(0, table.rows.count))];
  return used.map((fieldId) => ({
    label: fieldName(table, fieldId),
    colour: fieldColour(fieldName(table, fieldId)),
    mark: 'band',
  }));
}

function fieldName(table: CalTable, fieldId: number): string {
  return table.fields.find((field) => field.id === fieldId)?.name ?? `field ${fieldId}`;
}

function windowLegend(table: CalTable, naming: WindowNaming): LegendEntry[] {
  return windowIds(table).map((spwId, colour) => ({ label: nameOf(table, spwId, naming), colour }));
}

function polLegend(table: CalTable): LegendEntry[] {
  if (table.rows.parCount === 1) return [];
  return [
    { label: 'X', colour: '#555555', mark: 'disc' },
    { label: 'Y', colour: '#555555', mark: 'ring' },
  ];
}

/** Diagnostic 7: bandpass of all antennas (pale) and their mean (bold), amplitude and phase of each window. */
export function bandpassSection(table: CalTable, naming: WindowNaming = {}): Section {
  const panels = (what: Quantity) => windowIds(table).map((spwId) => bandpassPanel(table, spwId, what, naming));
  return {
    title: '7  Bandpass',
    note: 'mean over antennas (bold) and every antenna (pale)',
    legend: polarizations(table).map((par) => ({ label: POL_NAMES[par], colour: par, mark: 'line' })),
    columns: Math.min(4, Math.max(2, windowIds(table).length)),
    rowHeight: 300,
    panels: [...panels('amplitude'), ...panels('phase')],
  };
}

function bandpassPanel(table: CalTable, spwId: number, what: Quantity, naming: WindowNaming): Panel {
  const frequencies = frequenciesOf(table, spwId);
  const x = frequencies.map((hz) => hz / 1e9);
  const perPol = polarizations(table).map((par) =>
    spectraOf(
      table,
      rowsOf(table, (row) => table.rows.spwId[row] === spwId),
      par,
      what,
    ),
  );
  const pale = perPol.flatMap((spectra, colour) =>
    spectra.map((y): Series => ({ kind: 'line', x, y, colour, size: 0.7, opacity: 0.35 })),
  );
  const bold = perPol.map(
    (spectra, colour): Series => ({ kind: 'line', x, y: meanSpectrum(spectra), colour, size: 2.2 }),
  );
  return {
    title: `${what === 'phase' ? 'Phase' : 'Amplitude'}, ${nameOf(table, spwId, naming)}`,
    x: { label: 'frequency (GHz)' },
    y: { label: what === 'phase' ? 'phase (deg)' : 'relative amplitude', kind: what === 'phase' ? 'phase' : 'linear' },
    series: [...pale, ...bold],
  };
}

/** Diagnostic 8: system temperature against frequency (mean over scans) and time (median over channels), a colour per antenna. */
export function tsysSection(table: CalTable): Section {
  const ids = windowIds(table);
  const scans = new Set(table.rows.scanNumber.subarray(0, table.rows.count)).size;
  return {
    title: '8  System temperature',
    note: `against frequency: mean of ${scans} scans; against time: median over channels`,
    legend: [
      ...table.antennas.map((antenna, colour): LegendEntry => ({ label: antenna.name, colour, mark: 'line' })),
      ...(table.rows.parCount > 1
        ? ([
            { label: 'X', colour: '#555555', mark: 'line' },
            { label: 'Y', colour: '#555555', mark: 'dashes' },
          ] as const)
        : []),
    ],
    columns: Math.min(4, Math.max(2, ids.length)),
    rowHeight: 310,
    panels: [
      ...ids.map((spwId) => tsysSpectrumPanel(table, spwId)),
      ...ids.map((spwId) => tsysTimePanel(table, spwId)),
    ],
  };
}

function tsysSpectrumPanel(table: CalTable, spwId: number): Panel {
  const x = frequenciesOf(table, spwId).map((hz) => hz / 1e9);
  const { rows } = table;
  const series = table.antennas.flatMap((antenna, colour) => {
    const own = rowsOf(table, (row) => rows.spwId[row] === spwId && rows.antenna1[row] === antenna.id);
    return polarizations(table).map((par): Series => {
      const y = meanSpectrum(spectraOf(table, own, par, 'amplitude'));
      return { kind: 'line', x, y, colour, size: 1.1, isDashed: par === 1 };
    });
  });
  return {
    title: `Spectrum, ${nameOf(table, spwId, {})}`,
    x: { label: 'frequency (GHz)' },
    y: { label: 'Tsys (K)' },
    series: series.filter(({ y }) => y.length > 0),
  };
}

function tsysTimePanel(table: CalTable, spwId: number): Panel {
  const series = table.antennas.flatMap((antenna, colour) =>
    polarizations(table).flatMap((par): Series[] => {
      const track = gainTrack(table, antenna.id, spwId, par, 'amplitude');
      return [
        { kind: 'line', ...track, colour, size: 0.8, isDashed: par === 1, opacity: 0.6 },
        { kind: 'points', ...track, colour, size: 5, isHollow: par === 1 },
      ];
    }),
  );
  return {
    title: `Time, ${nameOf(table, spwId, {})}`,
    x: { label: 'UTC', kind: 'time' },
    y: { label: 'Tsys (K)' },
    series,
  };
}

function frequenciesOf(table: CalTable, spwId: number): Float64Array {
  return table.spectralWindows.find((entry) => entry.id === spwId)?.chanFreqs ?? new Float64Array();
}

function nameOf(table: CalTable, spwId: number, naming: WindowNaming): string {
  return windowName(spwId, frequenciesOf(table, spwId), naming);
}
