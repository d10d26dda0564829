import { azEl } from '../../astronomy/measures/index.ts';
import { fail } from '../../foundation/base/index.ts';
import {
  type Axis,
  colourLegend,
  type Figure,
  type LegendEntry,
  type Panel,
  type Series,
  sharedRange,
  withRanges,
} from '../../foundation/plotting/index.ts';
import type { CalTable } from './caltable.ts';
import { spectra, tracks } from './caltable-curves.ts';
import {
  basebandNumber,
  basebandOf,
  colourNames,
  isSpectrum,
  iterationName,
  nameOf,
  polarizationName,
} from './caltable-names.ts';
import type { CalIteration, CalPlot, Overlay } from './caltable-plot.ts';
import { selectCalRows } from './caltable-selection.ts';
import { drawSky, withSkyRoom } from './sky-curves.ts';

/** A page and the first row of the table that its first panel shows. */
export interface CalPage extends Figure {
  readonly firstRow: number;
}

/** px */
const PAGE_WIDTH = 1400;
const ROW_HEIGHT = 330;
/** Degrees. */
const PHASE_RANGE = [-190, 190] as const;
/** Most entries that a legend lists. */
const LEGEND_LENGTH = 12;
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

/** What colours tell; of polarizations those that are drawn. */
function legendOf(table: CalTable, plot: CalPlot, colours: readonly string[]): LegendEntry[] {
  const tellsPolarizations = table.rows.parCount > 1 && (plot.colour ?? 'pol') === 'pol';
  const only = tellsPolarizations && plot.polarization ? polarizationName(plot.polarization) : undefined;
  const isAlone = table.rows.parCount === 1 && (plot.colour ?? 'pol') === 'pol';
  const listed = isAlone ? [] : colourLegend(colours, LEGEND_LENGTH);
  const drawn = listed.filter(({ label }) => only === undefined || label === only);
  return plot.flaggedColour ? [...drawn, { label: 'flagged', colour: plot.flaggedColour }] : drawn;
}

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
