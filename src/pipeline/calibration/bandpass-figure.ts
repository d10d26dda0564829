import { fail } from '../../foundation/base/index.ts';
import type { LegendEntry, Series } from '../../foundation/plotting/index.ts';
import type { CalTable } from './caltable.ts';
import { type CalPage, calTablePages } from './caltable-figure.ts';
import type { CalIteration, CalPlot, Overlay } from './caltable-plot.ts';
import { type CalQuantity, type CalSelection, selectCalRows } from './caltable-selection.ts';
import type { SkyCurve } from './sky-curves.ts';

/** Parameters of CASA's plotbandpass that say what is drawn. */
export interface BandpassPlot extends CalSelection {
  readonly xaxis?: 'freq' | 'chan';
  readonly yaxis?: 'amp' | 'phase' | 'both' | 'snr';
  /** Name of the table, for titles. */
  readonly name?: string;
  /** What is drawn into one panel, of CASA's words: 'time' all solutions of an antenna and window, 'baseband' its windows … */
  readonly overlay?: string;
  /** CASA's number: 22 is 2 rows and 2 columns. */
  readonly subplot?: number | string;
  /** Windows with many channels are marked over the windows drawn. */
  readonly showfdm?: boolean;
  /** Drawn over the spectra. */
  readonly sky?: SkyCurve;
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
/** What CASA overlays. */
const OVERLAYS = ['', 'antenna', 'spw', 'time', 'baseband', 'antenna,time', 'time,antenna'];

/** A page and what CASA appends to its file's name: antenna, window and time of its first panel, as far as they are not overlaid. */
export interface BandpassPage extends CalPage {
  readonly ending: string;
}

/** Rows and columns of CASA's subplot number; 22 and 221 are 2 × 2; @throws usage for what is no such number */
export function subplotOf(value: number | string | undefined): [rows: number, columns: number] | undefined {
  const word = String(value ?? '');
  if (word === '') return undefined;
  const digits = /^([1-9])([1-9])\d?$/.exec(word);
  if (!digits) fail('usage', `subplot must give rows and columns of panels, such as 22, not ${word}.`);
  return [Number(digits[1]), Number(digits[2])];
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
 * Spectra of a bandpass or Tsys table: a panel for each antenna, window and time in this order, or as `overlay` has it; amplitudes
 * and phases side by side; with a curve of the sky and the windows of fine resolution, when asked.
 *
 * @throws bad-data when there is nothing to draw; usage for what cannot be overlaid
 */
export function bandpassFigures(table: CalTable, plot: BandpassPlot): BandpassPage[] {
  if (table.rows.count > 0 && table.rows.chanCount.every((count) => count === 1))
    fail(
      'usage',
      `${plot.name ?? 'The table'} has solutions of one channel, no spectra; draw it by plotcal or plotms.`,
    );
  const isReal = table.parType === 'Float';
  const both: CalQuantity[] = isReal ? ['value'] : ['amp', 'phase'];
  const quantities: CalQuantity[] =
    !plot.yaxis || plot.yaxis === 'both' ? both : [isReal && plot.yaxis === 'amp' ? 'value' : plot.yaxis];
  const { overlay = '', chanrange, showBasebandNumber, showfdm, ...choice } = plot;
  const rangeChannels = channelsOf(chanrange ?? '');
  const word = overlay.replaceAll(' ', '');
  if (!OVERLAYS.includes(word))
    fail('usage', `overlay="${overlay}" is none of antenna, spw, time, baseband and antenna,time.`);
  const overlays = word.split(',');
  const wanted: CalIteration[] = ['antenna', overlays.includes('baseband') ? 'baseband' : 'spw', 'time'];
  const iteration = wanted.filter((what) => what === 'baseband' || !overlays.includes(what));
  const [colour] =
    word === '' ? [] : word === 'baseband' ? ['spw' as const] : wanted.filter((what) => overlays.includes(what));
  const legend: LegendEntry[] = [];
  if (colour && table.rows.parCount > 1)
    legend.push({ label: 'X', colour: GREY, mark: 'line' }, { label: 'Y', colour: GREY, mark: 'dashes' });
  const plots = quantities.map(
    (yaxis): CalPlot => ({
      ...choice,
      xaxis: plot.xaxis ?? 'freq',
      yaxis,
      iteration,
      ...(colour && { colour }),
      ...(rangeChannels && { rangeChannels }),
      namesBaseband: showBasebandNumber === true,
      subplot: subplotOf(plot.subplot),
      ...(table.visCal === 'B TSYS' && { label: 'Tsys (K)' }),
      legend,
      ...(showfdm && plot.xaxis !== 'chan' && yaxis !== 'phase' && { overlay: fineOverlay(table) }),
    }),
  );
  const endingOf = endings(table, plot, overlays);
  const taken = new Set<string>();
  return calTablePages(table, plots).map((page): BandpassPage => {
    const ending = endingOf(page.firstRow);
    // A page of phases alone has the name of its amplitudes in CASA, which overwrites one with the other.
    const own = taken.has(ending) ? `${ending}.phase` : ending;
    taken.add(own);
    return { ...page, ending: own };
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

/** Heights that the fine windows of a panel take, as a share of that of the data: the space below the lowest, and each with its name. */
const FINE_EDGE = 0.03;
const FINE_HEIGHT = 0.09;

/** Bars over the frequencies of the windows with many channels, below the data, with their numbers above them. */
function fineOverlay(table: CalTable) {
  return (spwId: number, [bottom, high]: readonly [number, number]): Overlay => {
    const [first, last] = endsOf(table.spectralWindows[spwId].chanFreqs);
    const fine = table.spectralWindows.filter(({ chanFreqs }) => {
      if (chanFreqs.length <= TDM_CHANNELS) return false;
      const [start, end] = endsOf(chanFreqs);
      return start < last && end > first;
    });
    const share = high - bottom;
    const low = fine.length === 0 ? bottom : bottom - (FINE_EDGE + FINE_HEIGHT * fine.length) * share;
    const series = fine.flatMap(({ id, chanFreqs }, index): Series[] => {
      const [start, end] = endsOf(chanFreqs);
      const x = [Math.max(first, start) / 1e9, Math.min(last, end) / 1e9];
      const y = low + (FINE_EDGE + FINE_HEIGHT * index) * share;
      const name = { x: [x[0]], y: [y + 0.5 * FINE_HEIGHT * share], texts: [`spw ${id}`] };
      return [
        { kind: 'line', x, y: [y, y], colour: GREY, size: 3 },
        { kind: 'points', ...name, colour: GREY, size: 0 },
      ];
    });
    return { series, range: [low, high] };
  };
}

/** Lowest and highest of frequencies. */
function endsOf(frequencies: Float64Array): [number, number] {
  const [one, other] = [frequencies[0], frequencies[frequencies.length - 1]];
  return one < other ? [one, other] : [other, one];
}
