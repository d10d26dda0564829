import { azEl, formatMjd } from '../../astronomy/measures/index.ts';
import { fail } from '../../foundation/base/index.ts';
import {
  type Axis,
  colourLegend,
  type Figure,
  type LegendEntry,
  type Panel,
  type Series,
  seriesColour,
  sharedRange,
  withRanges,
} from '../../foundation/plotting/index.ts';
import type { CalTable } from './caltable.ts';
import { type CalQuantity, type CalSelection, calQuotient, calValue, selectCalRows } from './caltable-selection.ts';
import { drawSky, type SkyCurve, withSkyRoom } from './sky-curves.ts';

export type CalAxisX = 'time' | 'freq' | 'chan' | 'scan' | 'antenna' | CalQuantity;
export type CalPolarization = 'X' | 'Y' | '/';
export type CalIteration = 'antenna' | 'baseband' | 'spw' | 'field' | 'time' | 'scan';

/** What a plot of a calibration table shows. */
export interface CalPlot extends CalSelection {
  readonly xaxis: CalAxisX;
  readonly yaxis: CalQuantity;
  /** A panel for each combination. */
  readonly iteration: readonly CalIteration[];
  /** What colours tell; default polarizations. */
  readonly colour?: CalIteration | 'pol';
  /** Rows and columns of panels on a page; default 2 × 2. */
  readonly subplot?: readonly [rows: number, columns: number];
  /** One polarization alone, or the quotient of the first and the second; default both. */
  readonly polarization?: CalPolarization;
  readonly xrange?: readonly [number, number];
  readonly yrange?: readonly [number, number];
  /** One range for all panels. */
  readonly sharesX?: boolean;
  readonly sharesY?: boolean;
  /** Channels (first, last) of so many that set the y range of a spectrum; others may lie outside. */
  readonly rangeChannels?: (channelCount: number) => readonly [number, number];
  /** Titles say which baseband a window is of. */
  readonly namesBaseband?: boolean;
  /** Axis label of the values, such as 'Tsys (K)'. */
  readonly label?: string;
  /** Words below the x axis. */
  readonly xlabel?: string;
  /** Colour of flagged solutions; undefined: they are left out. */
  readonly flaggedColour?: string;
  /** Name of the table for the title of the pages; default that of its MeasurementSet. */
  readonly name?: string;
  readonly title?: string;
  /** Drawn over spectra, as seen towards their fields. */
  readonly sky?: SkyCurve;
  /** More curves for each window of a panel, at the lower end of a range of y that they may widen for it. */
  readonly overlay?: (spwId: number, range: readonly [number, number]) => Overlay;
  readonly legend?: readonly LegendEntry[];
}

export interface Overlay {
  readonly series: readonly Series[];
  readonly range: readonly [number, number];
}

/** A page and the first row of the table that its first panel shows. */
export interface CalPage extends Figure {
  readonly firstRow: number;
}

/** px */
const PAGE_WIDTH = 1400;
const ROW_HEIGHT = 330;
const POLS = ['X', 'Y'];
/** Degrees. */
const PHASE_RANGE = [-190, 190] as const;
/** Most entries that a legend lists. */
const LEGEND_LENGTH = 12;
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
function nameOf({ visCal }: CalTable, { label, yaxis }: CalPlot): string {
  return label ?? (yaxis === 'value' ? (PARAMETERS[visCal] ?? NAMES.value) : NAMES[yaxis]);
}

/** What kinds of tables hold, in words. */
const KINDS: Readonly<Record<string, string>> = {
  'G Jones': 'gains',
  'T Jones': 'gains',
  'B Jones': 'bandpass',
  'B TSYS': 'system temperatures',
  'K Jones': 'delays',
  'KAntPos Jones': 'antenna positions',
  'Fluxscale G': 'gains',
  TOpac: 'opacities',
};
/** Most names of fields in a subtitle. */
const MOST_FIELDS = 4;

/**
 * A calibration table as pages of panels: what plotcal, plotbandpass and their kin draw. Flagged solutions are left out, or drawn as points in a colour of their own.
 *
 * @throws bad-data when the selection has no solutions
 */
export function calTableFigures(table: CalTable, plot: CalPlot): CalPage[] {
  return calTablePages(table, [plot]);
}

/** Plots of the same solutions that differ in what goes upwards, panel beside panel; the first says all else of the pages. */
export function calTablePages(table: CalTable, plots: readonly CalPlot[]): CalPage[] {
  const [plot] = plots;
  const rows = inOrderOf(table, plot.iteration, selectCalRows(table, plot));
  const panels = new Map<string, number[]>();
  for (const row of rows) {
    const key = [
      ...plot.iteration.map((what) => iterationName(table, row, what)),
      ...basebandOf(table, plot, row),
    ].join(', ');
    const list = panels.get(key);
    if (list) list.push(row);
    else panels.set(key, [row]);
  }
  const colours = colourNames(table, rows, plot);
  const byPlot = plots.map((one) => {
    const all = [...panels].map(([title, list]) => panelOf(table, one, title, list, colours));
    const shared = (isShared: boolean | undefined, axis: 'x' | 'y') => (isShared ? sharedRange(all, axis) : undefined);
    const [x, y] = [shared(one.sharesX, 'x'), shared(one.sharesY, 'y')];
    return all.map((panel, index) => withSky(table, one, withRanges(panel, x, y), [...panels.values()][index]));
  });
  const drawn = byPlot[0].flatMap((_, index) => byPlot.map((all) => all[index]));
  if (drawn.every(({ series }) => series.length === 0))
    fail(
      'bad-data',
      rows.length === 0
        ? `The table${plot.name ? ` ${plot.name}` : ''} has no solutions of this selection; choose others.`
        : `All ${rows.length} solutions of the selection${plot.name ? ` in ${plot.name}` : ''} are flagged; choose others.`,
    );
  const [down, across] = plot.subplot ?? [2, 2];
  const firstRows = [...panels.values()].flatMap(([row]) => plots.map(() => row));
  const legend = [...legendOf(table, plot, colours), ...(plot.legend ?? marksOf(table, plot))];
  const pages: CalPage[] = [];
  for (let first = 0; first < drawn.length; first += down * across) {
    const chosen = drawn.slice(first, first + down * across);
    pages.push({
      firstRow: firstRows[first],
      title: plot.title ?? `${plot.name ?? table.msName}: ${KINDS[table.visCal] ?? table.visCal}`,
      subtitle: `${subtitleOf(table, plots, rows)}; page ${pages.length + 1} of ${Math.ceil(drawn.length / (down * across))}`,
      width: PAGE_WIDTH,
      sections: [{ legend, columns: across, rowHeight: down === 1 ? 2 * ROW_HEIGHT : ROW_HEIGHT, panels: chosen }],
    });
  }
  return pages;
}

/** What is drawn, and of which fields. */
function subtitleOf(table: CalTable, plots: readonly CalPlot[], rows: readonly number[]): string {
  const [plot] = plots;
  const against = axisX(table, plot).label.replace(/ \(.*\)$/, '');
  const of = plot.polarization ? ` of ${polarizationName(plot.polarization)}` : '';
  const fields = [...new Set(rows.map((row) => iterationName(table, row, 'field')))];
  const named = fields.length > MOST_FIELDS ? `${fields.length} fields` : fields.join(', ');
  return `${plots.map((one) => nameOf(table, one)).join(' and ')}${of} against ${against}; ${named}`;
}

/** Rows sorted by what panels tell apart, the first of these slowest. */
function inOrderOf(
  { rows, spectralWindows }: CalTable,
  iteration: readonly CalIteration[],
  chosen: number[],
): number[] {
  const place = (row: number, what: CalIteration) => {
    switch (what) {
      case 'antenna':
        return rows.antenna1[row];
      case 'baseband':
        return Number(basebandNumber(spectralWindows[rows.spwId[row]]?.name) ?? 0);
      case 'spw':
        return rows.spwId[row];
      case 'field':
        return rows.fieldId[row];
      case 'scan':
        return rows.scanNumber[row];
      case 'time':
        return rows.time[row];
    }
  };
  return chosen.sort((one, other) => {
    for (const what of iteration) {
      const difference = place(one, what) - place(other, what);
      if (difference !== 0) return difference;
    }
    return one - other;
  });
}

/** A panel with the curve of the sky as its field was seen, in the room above its values. */
function withSky(table: CalTable, plot: CalPlot, panel: Panel, rows: readonly number[]): Panel {
  const { range } = panel.y;
  if (!plot.sky || !isSpectrum(plot) || !range) return panel;
  const whole = plot.yrange || plot.yaxis === 'phase' ? range : withSkyRoom(range);
  const windows = [...new Set(rows.map((row) => table.rows.spwId[row]))].map((spwId) => {
    const frequencies = table.spectralWindows[spwId].chanFreqs;
    return { frequencies, places: frequencies.map((hz, chan) => (plot.xaxis === 'freq' ? hz / 1e9 : chan)) };
  });
  const drawn = drawSky(plot.sky, windows, elevationOf(table, rows), whole);
  if (!drawn) return panel;
  return {
    ...{ ...panel, right: drawn.right, series: [...panel.series, ...drawn.series] },
    y: { ...panel.y, range: whole },
  };
}

/** Mean elevation (rad) of the fields of rows, seen from the first antenna; the zenith where the table does not tell. */
function elevationOf({ rows: { time, fieldId }, fields, antennas }: CalTable, rows: readonly number[]): number {
  let sum = 0;
  for (const row of rows) {
    const direction = fields[fieldId[row]]?.phaseDir;
    const position = antennas[0]?.position;
    if (!direction || !position || Math.hypot(...position) === 0) return Math.PI / 2;
    sum += azEl(time[row], direction[0], direction[1], position).el;
  }
  return sum / rows.length;
}

function iterationName(table: CalTable, row: number, what: CalIteration): string {
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

function basebandOf(table: CalTable, { namesBaseband, iteration }: CalPlot, row: number): string[] {
  if (!namesBaseband || !iteration.includes('spw')) return [];
  const number = basebandNumber(table.spectralWindows[table.rows.spwId[row]]?.name);
  return number === undefined ? [] : [`baseband ${number}`];
}

const basebandNumber = (windowName = '') => /\bBB_(\d)/.exec(windowName)?.[1];

/** Names of what colours tell, in their order in the table. */
function colourNames(table: CalTable, rows: readonly number[], plot: CalPlot): readonly string[] {
  const { colour = 'pol' } = plot;
  if (colour === 'pol')
    return table.rows.parCount === 1 ? ['both'] : plot.polarization === '/' ? [polarizationName('/')] : POLS;
  return [...new Set(rows.map((row) => colourName(table, row, colour)))];
}

/** Times say the field, too, where the table is of several. */
function colourName(table: CalTable, row: number, colour: CalIteration): string {
  const name = iterationName(table, row, colour);
  return colour === 'time' && table.fields.length > 1 ? `${name} ${iterationName(table, row, 'field')}` : name;
}

/** What colours tell; of polarizations those that are drawn. */
function legendOf(table: CalTable, plot: CalPlot, colours: readonly string[]): LegendEntry[] {
  const tellsPolarizations = table.rows.parCount > 1 && (plot.colour ?? 'pol') === 'pol';
  const only = tellsPolarizations && plot.polarization ? polarizationName(plot.polarization) : undefined;
  const isAlone = table.rows.parCount === 1 && (plot.colour ?? 'pol') === 'pol';
  const listed = isAlone ? [] : colourLegend(colours, LEGEND_LENGTH);
  const drawn = listed.filter(({ label }) => only === undefined || label === only);
  return plot.flaggedColour ? [...drawn, { label: 'flagged', colour: plot.flaggedColour }] : drawn;
}

const polarizationName = (polarization: CalPolarization) => (polarization === '/' ? 'X/Y' : polarization);

/** What the two kinds of points or lines mean, when colours do not tell polarizations. */
function marksOf(table: CalTable, plot: CalPlot): LegendEntry[] {
  if (table.rows.parCount === 1 || plot.polarization || (plot.colour ?? 'pol') === 'pol') return [];
  const colour = '#666666';
  const [first, second] = isSpectrum(plot) ? (['line', 'dashes'] as const) : (['disc', 'ring'] as const);
  return [
    { label: 'X', colour, mark: first },
    { label: 'Y', colour, mark: second },
  ];
}

const isQuantity = (axis: CalAxisX): axis is CalQuantity => axis in NAMES;
const isSpectrum = ({ xaxis }: CalPlot) => xaxis === 'freq' || xaxis === 'chan';

function panelOf(
  table: CalTable,
  plot: CalPlot,
  title: string,
  rows: readonly number[],
  colours: readonly string[],
): Panel {
  const draw = isSpectrum(plot) ? spectra : tracks;
  const series = [...draw(table, plot, rows, colours), ...flaggedSeries(table, plot, draw, rows)];
  const own = plot.sharesY ? undefined : rangeOf(series, isSpectrum(plot) ? plot.rangeChannels : undefined);
  let range = plot.yrange ?? (plot.yaxis === 'phase' ? PHASE_RANGE : own);
  const more: Series[] = [];
  for (const spwId of new Set(rows.map((row) => table.rows.spwId[row]))) {
    const over: Overlay | undefined = range && plot.overlay?.(spwId, range);
    more.push(...(over?.series ?? []));
    range = plot.yrange ?? over?.range ?? range;
  }
  return {
    title,
    x: { ...axisX(table, plot), ...(plot.xlabel && { label: plot.xlabel }) },
    y: { label: nameOf(table, plot), kind: plot.yaxis === 'phase' ? 'phase' : 'linear', range },
    series: [...series, ...more],
  };
}

/** Flagged solutions as points. */
function flaggedSeries(table: CalTable, plot: CalPlot, draw: typeof spectra, rows: readonly number[]): Series[] {
  const { flaggedColour } = plot;
  if (flaggedColour === undefined) return [];
  const drawn = draw(table, plot, rows, [], 'flagged');
  return drawn.map(({ x, y }): Series => ({ kind: 'points', x, y, colour: flaggedColour, size: 3 }));
}

function axisX(table: CalTable, plot: CalPlot): Axis {
  switch (plot.xaxis) {
    case 'time':
      return { label: 'UTC', kind: 'time', range: plot.xrange };
    case 'freq':
      return { label: 'frequency (GHz)', range: plot.xrange };
    case 'antenna':
      return { label: 'antenna', categories: table.antennas.map(({ name }) => name) };
    case 'chan':
    case 'scan':
      return { label: plot.xaxis === 'chan' ? 'channel' : 'scan', kind: 'whole', range: plot.xrange };
    default:
      return { label: nameOf(table, { ...plot, label: undefined, yaxis: plot.xaxis }), range: plot.xrange };
  }
}

/** What is drawn of a row: a polarization, or the quotient of two. */
interface Curve {
  /** Tells its colour and mark. */
  readonly par: number;
  /** NaN where it is not among the solutions that are drawn. */
  readonly value: (row: number, chan: number, what: CalQuantity) => number;
}

type Kept = 'good' | 'flagged';

function curvesOf(table: CalTable, { polarization }: CalPlot, most: number, kept: Kept): Curve[] {
  const { offsets, parCount, flag } = table.rows;
  const cellOf = (row: number, chan: number, par: number) => offsets[row] + chan * parCount + par;
  const isKept = (cell: number) => (flag[cell] === 0) === (kept === 'good');
  if (polarization === '/') {
    if (parCount < 2) fail('usage', 'The table has one polarization: it has no quotient of two.');
    const value: Curve['value'] = (row, chan, what) => {
      const [first, second] = [cellOf(row, chan, 0), cellOf(row, chan, 1)];
      return isKept(first) && isKept(second) ? calQuotient(table, first, second, what) : Number.NaN;
    };
    return [{ par: 0, value }];
  }
  const chosen = polarization === undefined ? undefined : Math.min(parCount - 1, POLS.indexOf(polarization));
  return Array.from({ length: Math.min(most, parCount) }, (_, par) => par)
    .filter((par) => chosen === undefined || par === chosen)
    .map((par) => ({
      par,
      value: (row, chan, what) => {
        const cell = cellOf(row, chan, par);
        return isKept(cell) ? calValue(table, cell, what) : Number.NaN;
      },
    }));
}

/** A line for each row and polarization. */
function spectra(
  table: CalTable,
  plot: CalPlot,
  rows: readonly number[],
  colours: readonly string[],
  kept: Kept = 'good',
): Series[] {
  const { chanCount, spwId } = table.rows;
  const curves = curvesOf(table, plot, 2, kept);
  return rows.flatMap((row) => {
    const frequencies = table.spectralWindows[spwId[row]].chanFreqs;
    const channels = Array.from({ length: chanCount[row] }, (_, chan) => chan);
    return curves
      .map(({ par, value }): Series => {
        const x = Float64Array.from(channels, (chan) => (plot.xaxis === 'freq' ? frequencies[chan] / 1e9 : chan));
        const y = Float64Array.from(channels, (chan) => value(row, chan, plot.yaxis));
        const isDashed = plot.colour !== 'pol' && plot.colour !== undefined && par === 1;
        const colour = seriesColour(colourOf(table, plot, row, par, colours), colours.length);
        return { kind: 'line', x, y, colour, size: 1, isDashed };
      })
      .filter(({ y }) => Array.from(y).some(Number.isFinite));
  });
}

/** Points for each colour and polarization: the middle channel of each row stands for it, unless both axes are values. */
function tracks(
  table: CalTable,
  plot: CalPlot,
  rows: readonly number[],
  colours: readonly string[],
  kept: Kept = 'good',
): Series[] {
  const { chanCount, parCount, time, scanNumber, antenna1 } = table.rows;
  const { xaxis } = plot;
  const found = new Map<string, { x: number[]; y: number[]; colour: number; par: number }>();
  const curves = curvesOf(table, plot, parCount, kept);
  for (const row of rows) {
    const channels = isQuantity(xaxis)
      ? Array.from({ length: chanCount[row] }, (_, chan) => chan)
      : [chanCount[row] >> 1];
    for (const { par, value } of curves) {
      const colour = colourOf(table, plot, row, par, colours);
      const key = `${colour} ${par}`;
      const track = found.get(key) ?? { x: [], y: [], colour, par };
      for (const chan of channels) {
        const y = value(row, chan, plot.yaxis);
        if (Number.isNaN(y)) continue;
        found.set(key, track);
        const place = xaxis === 'time' ? time[row] : xaxis === 'scan' ? scanNumber[row] : antenna1[row];
        track.x.push(isQuantity(xaxis) ? value(row, chan, xaxis) : place);
        track.y.push(y);
      }
    }
  }
  return [...found.values()].map(({ x, y, colour, par }) => ({
    kind: 'points',
    x,
    y,
    colour: seriesColour(colour, colours.length),
    size: 4,
    isHollow: par === 1,
  }));
}

function colourOf(table: CalTable, plot: CalPlot, row: number, par: number, colours: readonly string[]): number {
  const { colour = 'pol' } = plot;
  return colour === 'pol' ? par : colours.indexOf(colourName(table, row, colour));
}

/** Range of the values with a margin; undefined when there are none. */
function rangeOf(series: readonly Series[], channels: CalPlot['rangeChannels']): [number, number] | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { y } of series) {
    const [first, last] = channels?.(y.length) ?? [0, y.length - 1];
    for (let index = first; index <= last; index++) {
      if (y[index] < low) low = y[index];
      if (y[index] > high) high = y[index];
    }
  }
  if (!(low <= high)) return undefined;
  const margin = Math.max(0.08 * (high - low), 1e-3 * Math.abs(high)) || 1;
  return [low - margin, high + margin];
}
