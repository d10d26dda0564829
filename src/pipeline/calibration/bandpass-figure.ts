import { fail } from '../../foundation/base/index.ts';
import type { LegendEntry, Series } from '../../foundation/plotting/index.ts';
import type { CalTable } from './caltable.ts';
import { type CalIteration, type CalPage, calTableFigures } from './caltable-figure.ts';
import { type CalQuantity, type CalSelection, selectCalRows } from './caltable-selection.ts';

/** Parameters of CASA's plotbandpass that say what is drawn. */
export interface BandpassPlot extends CalSelection {
  readonly xaxis?: 'freq' | 'chan';
  readonly yaxis?: 'amp' | 'phase' | 'both' | 'snr';
  /** What is drawn into one panel: 'time' all solutions of an antenna and window, 'antenna' all antennas of a window and time. */
  readonly overlay?: string;
  /** CASA's number: 22 is 2 rows and 2 columns. */
  readonly subplot?: number | string;
  /** Windows with many channels are marked over the windows drawn. */
  readonly showfdm?: boolean;
  /** Transmission of the atmosphere at frequencies (Hz); see {@link transmissionOf}. */
  readonly transmission?: (frequencies: Float64Array) => Float64Array;
  /** Brightness of the sky, K, at frequencies (Hz). */
  readonly brightness?: (frequencies: Float64Array) => Float64Array;
  /** Colour of flagged solutions; undefined: they are left out. */
  readonly flaggedColour?: string;
  readonly yrange?: readonly [number, number];
  /** CASA's chanrange: the middle share of the channels (`92.1875%`) or first and last (`5~120`), which set the y range. */
  readonly chanrange?: string;
  /** Titles say the baseband of a window. */
  readonly showBasebandNumber?: boolean;
}

/** Windows with more channels than this are marked by showfdm. */
const TDM_CHANNELS = 256;
const GREY = '#666666';
const SKY = '#c4008f';
const BRIGHTNESS = '#8a5a00';
/** K over the height of a panel. */
const WARMEST = 300;

/** A page and what CASA appends to its file's name: antenna, window and time of its first panel, as far as they are not overlaid. */
export interface BandpassPage extends CalPage {
  readonly ending: string;
}

/** Rows and columns of CASA's subplot number; 22 and 221 are 2 × 2. */
export function subplotOf(value: number | string | undefined): [rows: number, columns: number] | undefined {
  const digits = /^([1-9])([1-9])/.exec(String(value ?? ''));
  return digits ? [Number(digits[1]), Number(digits[2])] : undefined;
}

/** Channels that a chanrange means; @throws usage for other texts */
function channelsOf(chanrange: string): ((channelCount: number) => [number, number]) | undefined {
  const text = chanrange.trim();
  if (text === '') return undefined;
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text);
  if (share) {
    const edge = (count: number) => Math.round((count * (1 - Math.min(100, Number(share[1])) / 100)) / 2);
    return (count) => [edge(count), count - 1 - edge(count)];
  }
  const pair = /^(\d+)\s*~\s*(\d+)$/.exec(text);
  if (!pair) fail('usage', `chanrange must be like "92.1875%" or "5~120", not "${chanrange}".`);
  return (count) => [Number(pair[1]), Math.min(count - 1, Number(pair[2]))];
}

/**
 * Spectra of a bandpass or Tsys table: a panel for each antenna and window, or as `overlay` has it; with the transmission of the
 * atmosphere (0 to 1 over the height of the panel) and the windows of fine resolution, when asked.
 *
 * @throws bad-data when there is nothing to draw
 */
export function bandpassFigures(table: CalTable, plot: BandpassPlot): BandpassPage[] {
  const isReal = table.parType === 'Float';
  const both: CalQuantity[] = isReal ? ['value'] : ['amp', 'phase'];
  const quantities: CalQuantity[] =
    !plot.yaxis || plot.yaxis === 'both' ? both : [isReal && plot.yaxis === 'amp' ? 'value' : plot.yaxis];
  const { overlay, chanrange, showBasebandNumber, ...choice } = plot;
  const rangeChannels = channelsOf(chanrange ?? '');
  const overlays = (overlay ?? '').split(',').map((word) => word.trim());
  const wanted: CalIteration[] = ['antenna', 'spw', 'time'];
  const iteration = wanted.filter((what) => !overlays.includes(what));
  const colour = wanted.find((what) => overlays.includes(what));
  const legend: LegendEntry[] = [];
  if (colour && table.rows.parCount > 1) {
    legend.push({ label: 'X', colour: GREY, mark: 'line' }, { label: 'Y', colour: GREY, mark: 'dashes' });
  }
  if (plot.transmission) legend.push({ label: 'transmission, 0 to 1', colour: SKY, mark: 'line' });
  if (plot.brightness) legend.push({ label: `sky, 0 to ${WARMEST} K`, colour: BRIGHTNESS, mark: 'line' });
  const endingOf = endings(table, plot, overlays);
  return quantities.flatMap((yaxis) => {
    const pages = calTableFigures(table, {
      ...choice,
      xaxis: plot.xaxis ?? 'freq',
      yaxis,
      iteration,
      ...(colour && { colour }),
      ...(rangeChannels && { rangeChannels }),
      namesBaseband: showBasebandNumber === true,
      subplot: subplotOf(plot.subplot),
      ...(table.visCal === 'B TSYS' && { label: 'Tsys (K)' }),
      legend: yaxis === 'phase' ? legend.slice(0, 2) : legend,
      ...(yaxis !== 'phase' && { overlay: overlayOf(table, plot) }),
    });
    // Amplitudes and phases share a page in CASA.
    const more = yaxis === 'phase' && quantities.length > 1 ? '.phase' : '';
    return pages.map((page): BandpassPage => ({ ...page, ending: `${endingOf(page.firstRow)}${more}` }));
  });
}

/** Endings of CASA's plotbandpass: .ANT.spw17.t00, times numbered from 0. */
function endings(table: CalTable, plot: BandpassPlot, overlays: readonly string[]): (row: number) => string {
  const { time, antenna1, spwId } = table.rows;
  const times = [...new Set(selectCalRows(table, plot).map((row) => time[row]))].sort((a, b) => a - b);
  const two = (value: number) => String(value).padStart(2, '0');
  return (row) => {
    const antenna = overlays.includes('antenna') ? '' : `.${table.antennas[antenna1[row]]?.name ?? two(antenna1[row])}`;
    const instant = overlays.includes('time') ? '' : `.t${two(times.indexOf(time[row]))}`;
    return `${antenna}.spw${two(spwId[row])}${instant}`;
  };
}

/** The atmosphere and the fine windows of one panel. */
function overlayOf(table: CalTable, plot: BandpassPlot) {
  return (spwId: number, [low, high]: readonly [number, number]): Series[] => {
    if ((plot.xaxis ?? 'freq') !== 'freq') return [];
    const { chanFreqs } = table.spectralWindows[spwId];
    const found: Series[] = [];
    if (plot.transmission) {
      const x = chanFreqs.map((frequency) => frequency / 1e9);
      const y = plot.transmission(chanFreqs).map((share) => low + share * (high - low));
      found.push({ kind: 'line', x, y, colour: SKY, size: 1 });
    }
    if (plot.brightness) {
      const x = chanFreqs.map((frequency) => frequency / 1e9);
      const y = plot.brightness(chanFreqs).map((kelvin) => low + (kelvin / WARMEST) * (high - low));
      found.push({ kind: 'line', x, y, colour: BRIGHTNESS, size: 1 });
    }
    if (plot.showfdm) found.push(...fineWindows(table, chanFreqs, low + 0.03 * (high - low), (high - low) * 0.04));
    return found;
  };
}

/** Bars over the frequencies of the windows with many channels, with their numbers. */
function fineWindows(table: CalTable, within: Float64Array, height: number, step: number): Series[] {
  const [first, last] = [Math.min(...within), Math.max(...within)];
  const fine = table.spectralWindows.filter(({ chanFreqs }) => {
    if (chanFreqs.length <= TDM_CHANNELS) return false;
    return Math.min(...chanFreqs) < last && Math.max(...chanFreqs) > first;
  });
  return fine.map(({ id, chanFreqs }, index): Series => {
    const x = [Math.min(...chanFreqs) / 1e9, Math.max(...chanFreqs) / 1e9];
    const y = x.map(() => height + index * step);
    return { kind: 'line', x, y, colour: GREY, size: 3, texts: [`spw ${id}`, ''] };
  });
}
