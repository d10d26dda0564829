import { formatMjd } from '../../astronomy/measures/index.ts';
import type { CalTable } from './caltable.ts';
import type { CalAxisX, CalIteration, CalPlot, CalPolarization } from './caltable-plot.ts';
import type { CalQuantity } from './caltable-selection.ts';

/** Polarizations, as legends call them. */
export const POLS = ['X', 'Y'];
const NAMES: Readonly<Record<CalQuantity, string>> = {
  amp: 'amplitude',
  phase: 'phase (deg)',
  real: 'real part',
  imag: 'imaginary part',
  snr: 'signal-to-noise',
  value: 'value',
};
/** What the real parameters of a kind of table are. */
const PARAMETERS: Readonly<Record<string, string>> = {
  'B TSYS': 'Tsys (K)',
  'K Jones': 'delay (ns)',
  'KAntPos Jones': 'position offset (m)',
  TOpac: 'opacity',
};

/** Name of the values with their unit. */
export function nameOf({ visCal }: CalTable, { label, yaxis }: CalPlot): string {
  return label ?? (yaxis === 'value' ? (PARAMETERS[visCal] ?? NAMES.value) : NAMES[yaxis]);
}

export const isQuantity = (axis: CalAxisX): axis is CalQuantity => axis in NAMES;
export const isSpectrum = ({ xaxis }: CalPlot) => xaxis === 'freq' || xaxis === 'chan';

export function iterationName(table: CalTable, row: number, what: CalIteration): string {
  const { rows } = table;
  switch (what) {
    case 'antenna':
      return table.antennas[rows.antenna1[row]]?.name ?? String(rows.antenna1[row]);
    case 'baseband': {
      const number = basebandNumber(table.spectralWindows[rows.spwId[row]]?.name);
      return number === undefined ? `spw ${rows.spwId[row]}` : `baseband ${number}`;
    }
    case 'spw':
      return `spw ${rows.spwId[row]}`;
    case 'field':
      return table.fields[rows.fieldId[row]]?.name ?? `field ${rows.fieldId[row]}`;
    case 'scan':
      return `scan ${rows.scanNumber[row]}`;
    case 'time':
      return formatMjd(rows.time[row], 0).slice(11);
  }
}

export function basebandOf(table: CalTable, { namesBaseband, iteration }: CalPlot, row: number): string[] {
  if (!namesBaseband || !iteration.includes('spw')) return [];
  const number = basebandNumber(table.spectralWindows[table.rows.spwId[row]]?.name);
  return number === undefined ? [] : [`baseband ${number}`];
}

export const basebandNumber = (windowName = '') => /\bBB_(\d)/.exec(windowName)?.[1];

/** Names of what colours tell, in their order in the table. */
export function colourNames(table: CalTable, rows: readonly number[], plot: CalPlot): readonly string[] {
  const { colour = 'pol' } = plot;
  if (colour === 'pol')
    return table.rows.parCount === 1 ? ['both'] : plot.polarization === '/' ? [polarizationName('/')] : POLS;
  return [...new Set(rows.map((row) => colourName(table, row, colour)))];
}

/** Times say the field, too, where the table is of several. */
export function colourName(table: CalTable, row: number, colour: CalIteration): string {
  const name = iterationName(table, row, colour);
  return colour === 'time' && table.fields.length > 1 ? `${name} ${iterationName(table, row, 'field')}` : name;
}

export const polarizationName = (polarization: CalPolarization) => (polarization === '/' ? 'X/Y' : polarization);
