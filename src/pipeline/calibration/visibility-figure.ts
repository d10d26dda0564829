import { formatMjd } from '../../astronomy/measures/index.ts';
import { type MsMetadata, openMs, readMetadata, type Selection, selectRows } from '../../astronomy/ms/index.ts';
import { type DataColumn, readChunks } from '../../astronomy/visibility/index.ts';
import { queryRows } from '../../formats/tables/index.ts';
import { type Context, fail, SECONDS_PER_DAY, warningsOf } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import {
  colourLegend,
  type Figure,
  type LegendEntry,
  type Panel,
  seriesColour,
  sharedRange,
  withRanges,
} from '../../foundation/plotting/index.ts';
import { SkyCollector, type SkyCurve, withSkyRoom } from './sky-curves.ts';
import { type AverageChoice, VisibilityAverages } from './visibility-averages.ts';
import {
  AxisValues,
  axisName,
  axisOf,
  type Cell,
  type PlotAxis,
  type SpectralView,
  type Sums,
} from './visibility-axes.ts';
import { PointStore, type Points } from './visibility-points.ts';

/** What tells colours or panels apart. */
export type PlotKey =
  | 'field'
  | 'spw'
  | 'chan'
  | 'scan'
  | 'corr'
  | 'baseline'
  | 'antenna'
  | 'antenna1'
  | 'antenna2'
  | 'time'
  | 'observation'
  | 'intent'
  | '';

export interface VisibilityPlot extends Selection, Omit<AverageChoice, 'withFlagged'> {
  readonly vis: string;
  /** TaQL over the rows of MAIN, which must hold too. */
  readonly where?: string;
  readonly xaxis: PlotAxis;
  readonly yaxis: PlotAxis;
  /** Default: frequencies as observed. */
  readonly spectral?: SpectralView;
  readonly colour?: PlotKey;
  /** Colour of flagged values; undefined: they are not drawn. */
  readonly flaggedColour?: string;
  /** Drawn over panels with channels or frequencies to the right. */
  readonly sky?: SkyCurve;
  /** A panel for each; 'antenna' shows a baseline in the panels of both of its antennas. */
  readonly iteration?: PlotKey;
  readonly subplot?: readonly [rows: number, columns: number];
  readonly title?: string;
  /** Words below and beside the axes, and their ranges; else those of the data. */
  readonly xlabel?: string;
  readonly label?: string;
  readonly xrange?: readonly [number, number];
  readonly yrange?: readonly [number, number];
  /** One range for all panels. */
  readonly sharesX?: boolean;
  readonly sharesY?: boolean;
}

/** px */
const PAGE_WIDTH = 1400;
const SQUARE_WIDTH = 900;
const LEGEND_LENGTH = 14;
/** Names flagged values among the colours. */
const FLAGGED = 'flagged';

/**
 * Visibilities as points: CASA's plotms for the axes listed, with its averages (of complex values, by weight) done chunk by chunk.
 * Flagged values (unless a colour is given for them) and autocorrelations of radiometers are left out.
 *
 * @throws bad-data when nothing is left to plot; usage for averages that exclude one another; missing when the column is absent
 */
export function visibilityFigures(context: Context, plot: VisibilityPlot): VisibilityPage[] {
  if (plot.avgbaseline && plot.avgantenna)
    fail('usage', 'plotms averages all baselines (avgbaseline) or those of each antenna (avgantenna), not both.');
  const ms = openMs(joinPath(context.cwd, plot.vis));
  try {
    const metadata = readMetadata(ms);
    const { rows, channels, corrs } = selectRows(ms, plot, { metadata, warn: warningsOf(context, 'plotms') });
    const values = new AxisValues(metadata, plot.isScalar ?? false, plot.spectral);
    const store = new PointStore();
    const sky = new SkyCollector(plot.sky, plot.xaxis, values);
    const withSpectrum = [plot.xaxis, plot.yaxis].includes('wtsp');
    const choice = { ...plot, withFlagged: plot.flaggedColour !== undefined, withSpectrum };
    const groupsOf = pointGroups(metadata, plot, store);
    const averages = new VisibilityAverages(metadata, channels, choice, (sums, cell, isFlagged) => {
      const [x, y] = [values.value(plot.xaxis, sums, cell), values.value(plot.yaxis, sums, cell)];
      for (const points of groupsOf(sums, cell, isFlagged)) {
        store.add(points, x, y);
        sky.add(points.panel, sums, cell, x);
      }
    });
    const columns: DataColumn[] = plot.model ? [plot.column, 'MODEL_DATA'] : [plot.column];
    const chosenRows = plot.where ? rowsWhere(rows, new Set(queryRows(ms.main, plot.where))) : rows;
    for (const chunk of readChunks(ms, { rows: chosenRows, columns, withWeightSpectrum: withSpectrum, metadata })) {
      try {
        context.checkAbort();
        const { polId } = metadata.dataDescriptions[chunk.dataDescId];
        averages.add(chunk, corrs?.get(polId) ?? Array.from({ length: chunk.corrCount }, (_, corr) => corr));
      } finally {
        chunk.release();
      }
    }
    averages.end();
    if (chosenRows.length === 0)
      fail('bad-data', 'No rows of the MeasurementSet are of this selection; choose others.', { file: plot.vis });
    return pagesOf(metadata, plot, store, sky);
  } finally {
    ms.close();
  }
}

/** A page and the names of its panels. */
export interface VisibilityPage extends Figure {
  readonly panelNames: readonly string[];
}

/** Finds the points that a value belongs to: in one average the same for each correlation, unless channels are told apart. */
function pointGroups(metadata: MsMetadata, plot: VisibilityPlot, store: PointStore) {
  const tellsChannels = plot.iteration === 'chan' || plot.colour === 'chan';
  const known = new Map<string, Points[]>();
  let knownOf: Sums | undefined;
  return (sums: Sums, cell: Cell, isFlagged: boolean): Points[] => {
    if (knownOf !== sums || tellsChannels) known.clear();
    knownOf = sums;
    const found = known.get(cell.corr);
    if (found) return found;
    const name = (key: PlotKey) => keyName(metadata, key, sums, cell);
    const panels = plot.iteration === 'antenna' ? bothAntennas(name) : [name(plot.iteration ?? '')];
    const colour = isFlagged ? FLAGGED : name(plot.colour ?? '');
    const groups = panels.map((panel) => store.group(panel, colour));
    known.set(cell.corr, groups);
    return groups;
  };
}

/** Antennas of a baseline, one of those that were averaged by antenna. */
function bothAntennas(name: (key: PlotKey) => string): string[] {
  return [...new Set([name('antenna1'), name('antenna2')])];
}

function rowsWhere(rows: Int32Array, found: ReadonlySet<number>): Int32Array {
  return rows.filter((row) => found.has(row));
}

function keyName(metadata: MsMetadata, key: PlotKey, { row, timeSum, count }: Sums, { chan, corr }: Cell): string {
  const antenna = (id: number) => metadata.antennas[id]?.name ?? String(id);
  switch (key) {
    case 'field':
      return metadata.fields[row.fieldId]?.name ?? `field ${row.fieldId}`;
    case 'spw':
      return `spw ${row.spwId}`;
    case 'chan':
      return `channel ${chan}`;
    case 'scan':
      return `scan ${row.scan}`;
    case 'observation':
      return `observation ${row.observationId}`;
    case 'intent':
      return metadata.states[row.stateId]?.obsMode || 'no intent';
    case 'corr':
      return corr;
    case 'baseline':
      return `${antenna(row.antenna1)} & ${antenna(row.antenna2)}`;
    case 'antenna':
    case 'antenna1':
      return antenna(row.antenna1);
    case 'antenna2':
      return antenna(row.antenna2);
    case 'time':
      return formatMjd(timeSum / count, 1).slice(11);
    default:
      return '';
  }
}

function pagesOf(metadata: MsMetadata, plot: VisibilityPlot, store: PointStore, sky: SkyCollector): VisibilityPage[] {
  const colours = [...new Set([...store].map(({ colour }) => colour))].filter((name) => name !== FLAGGED);
  colours.sort(byNumberIn);
  const panels = new Map<string, Panel>();
  for (const { panel, colour, x, y } of store) {
    const before = panels.get(panel);
    const series = {
      ...{ kind: 'points' as const, x, y, size: 3 },
      colour: colour === FLAGGED ? (plot.flaggedColour ?? 0) : seriesColour(colours.indexOf(colour), colours.length),
    };
    const axes = {
      x: axisOf(metadata, plot.xaxis, plot.xlabel, plot.xrange),
      y: axisOf(metadata, plot.yaxis, plot.label, plot.yrange),
    };
    const isEqualScale = haveOneScale(plot.xaxis, plot.yaxis) && !plot.xrange && !plot.yrange;
    panels.set(panel, {
      ...(before ?? { title: panel, ...axes, isEqualScale }),
      series: [...(before?.series ?? []), series],
    });
  }
  if (panels.size === 0)
    fail(
      'bad-data',
      'The selection has no unflagged visibilities with finite values to plot; choose others, or draw flagged ones too.',
      {
        file: plot.vis,
      },
    );
  const [down, across] = plot.subplot ?? [1, 1];
  const sorted = [...panels.entries()].sort(([a], [b]) => byNumberIn(a, b));
  const all = sorted.map(([, panel]) => panel);
  const perPage = down * across;
  const shared = (isShared: boolean | undefined, axis: 'x' | 'y') => (isShared ? sharedRange(all, axis) : undefined);
  const [x, y] = [shared(plot.sharesX, 'x'), shared(plot.sharesY, 'y')];
  const drawn = sorted.map(([name, panel]) => withSky(withRanges(panel, x, y), name, plot, sky));
  const count = Math.ceil(all.length / perPage);
  return Array.from({ length: count }, (_, page) => {
    const [from, to] = [page * perPage, (page + 1) * perPage];
    return {
      title: plot.title || plot.vis,
      subtitle: `${axisName(plot.yaxis)} against ${axisName(plot.xaxis)}, ${[valuesOf(plot), ...choiceOf(metadata, plot)].join('; ')}${count > 1 ? `; page ${page + 1} of ${count}` : ''}`,
      width: perPage === 1 && all[0].isEqualScale ? SQUARE_WIDTH : PAGE_WIDTH,
      sections: [
        {
          ...{ legend: legendOf(plot, colours), columns: across, rowHeight: down === 1 ? 800 : 380 },
          panels: drawn.slice(from, to),
        },
      ],
      panelNames: sorted.slice(from, to).map(([name]) => name),
    };
  });
}

/** Places in the uv plane and complex values need one scale for both axes. */
function haveOneScale(xaxis: PlotAxis, yaxis: PlotAxis): boolean {
  const planes: readonly PlotAxis[][] = [
    ['u', 'v'],
    ['uwave', 'vwave'],
    ['real', 'imag'],
  ];
  return planes.some((plane) => plane.includes(xaxis) && plane.includes(yaxis) && xaxis !== yaxis);
}

/** What is drawn, in words. */
function valuesOf({ column, model }: VisibilityPlot): string {
  return model ? `${column} ${model === 'difference' ? 'less' : 'over'} MODEL_DATA` : column;
}

/** Selection and averages, in words. */
function choiceOf({ spectralWindows }: MsMetadata, plot: VisibilityPlot): string[] {
  const { avgtime = 0, avgchannel = 1 } = plot;
  const mostChannels = Math.max(...spectralWindows.map(({ chanFreqs }) => chanFreqs.length));
  const selection = [
    'field',
    'spw',
    'scan',
    'intent',
    'antenna',
    'correlation',
    'timerange',
    'uvrange',
    'observation',
  ] as const;
  const chosen = selection.flatMap((name) => (plot[name] ? [`${name} ${plot[name]}`] : []));
  const over: [boolean | undefined, string][] = [
    [avgchannel > 1, `${avgchannel < mostChannels ? avgchannel : 'all'} channels`],
    [avgtime > 0, avgtime < SECONDS_PER_DAY ? `${avgtime} s` : 'all times'],
    [plot.avgscan, 'scans'],
    [plot.avgfield, 'fields'],
    [plot.avgspw, 'windows'],
    [plot.avgbaseline, 'baselines'],
    [plot.avgantenna, 'the baselines of each antenna'],
  ];
  const averaged = over.flatMap(([isSo, words]) => (isSo ? [words] : []));
  const manner = plot.isScalar ? 'scalar average' : 'average';
  return [
    ...chosen,
    ...(plot.where ? [plot.where] : []),
    ...(averaged.length > 0 ? [`${manner} over ${averaged.join(', ')}`] : []),
  ];
}

function legendOf(plot: VisibilityPlot, colours: readonly string[]): LegendEntry[] {
  const legend = plot.colour ? colourLegend(colours, LEGEND_LENGTH) : [];
  return plot.flaggedColour ? [...legend, { label: FLAGGED, colour: plot.flaggedColour }] : legend;
}

/** A panel with the curve of the sky, in room above its values. */
function withSky(panel: Panel, name: string, plot: VisibilityPlot, sky: SkyCollector): Panel {
  if (!plot.sky) return panel;
  const range = panel.y.range ?? sharedRange([panel], 'y');
  if (!range) return panel;
  const whole = plot.yrange || plot.yaxis === 'phase' ? range : withSkyRoom(range);
  const drawn = sky.over(name, whole);
  if (!drawn) return panel;
  return {
    ...{ ...panel, right: drawn.right, series: [...panel.series, ...drawn.series] },
    y: { ...panel.y, range: whole },
  };
}

/** Texts by the first number in them, then as texts. */
function byNumberIn(one: string, other: string): number {
  const number = (text: string) => Number(/^[a-z]+ (\d+)$/.exec(text)?.[1] ?? 0);
  return number(one) - number(other) || (one < other ? -1 : one > other ? 1 : 0);
}
