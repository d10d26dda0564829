import { type MsMetadata, openMs, readMetadata, type Selection, selectRows } from '../../astronomy/ms/index.ts';
import { type DataColumn, readChunks } from '../../astronomy/visibility/index.ts';
import { queryRows } from '../../formats/tables/index.ts';
import { type Context, fail, warningsOf } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { type Figure, type LegendEntry, type Panel, sharedRange, withRanges } from '../../foundation/plotting/index.ts';
import { type SkyCurve, SkyCurves } from './sky-curves.ts';
import { type AverageChoice, VisibilityAverages } from './visibility-averages.ts';
import { AxisValues, axisName, axisOf, type PlotAxis, type SpectralView, type Sums } from './visibility-axes.ts';
import { PointStore } from './visibility-points.ts';

/** What tells colours or panels apart. */
export type PlotKey =
  | 'field'
  | 'spw'
  | 'chan'
  | 'scan'
  | 'corr'
  | 'baseline'
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
  readonly sky?: readonly SkyCurve[];
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

const LEGEND_LENGTH = 14;
/** Names flagged values among the colours. */
const FLAGGED = 'flagged';

/**
 * Visibilities as points: CASA's plotms for the axes listed, with its averages (of complex values, by weight) done chunk by chunk.
 * Flagged values (unless a colour is given for them) and autocorrelations of radiometers are left out.
 *
 * @throws bad-data when nothing is left to plot; missing when the column is absent
 */
export function visibilityFigures(context: Context, plot: VisibilityPlot): Figure[] {
  const ms = openMs(joinPath(context.cwd, plot.vis));
  try {
    const metadata = readMetadata(ms);
    const { rows, channels, corrs } = selectRows(ms, plot, { metadata, warn: warningsOf(context, 'plotms') });
    const values = new AxisValues(metadata, plot.isScalar ?? false, plot.spectral);
    const store = new PointStore();
    const sky = new SkyCurves(plot.sky ?? [], plot.xaxis, values);
    const withSpectrum = [plot.xaxis, plot.yaxis].includes('wtsp');
    const choice = { ...plot, withFlagged: plot.flaggedColour !== undefined, withSpectrum };
    const averages = new VisibilityAverages(metadata, channels, choice, (sums, cell, corrType, isFlagged) => {
      const name = (key: PlotKey) => keyName(metadata, key, sums, { chan: cell.chan, corr: corrType });
      const panel = name(plot.iteration ?? '');
      const [x, y] = [values.value(plot.xaxis, sums, cell), values.value(plot.yaxis, sums, cell)];
      store.add(panel, isFlagged ? FLAGGED : name(plot.colour ?? ''), x, y);
      sky.add(panel, sums, cell, x);
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
    return pagesOf(metadata, plot, store, sky);
  } finally {
    ms.close();
  }
}

function rowsWhere(rows: Int32Array, found: ReadonlySet<number>): Int32Array {
  return rows.filter((row) => found.has(row));
}

function keyName(
  metadata: MsMetadata,
  key: PlotKey,
  { row, timeSum, count }: Sums,
  { chan, corr }: { chan: number; corr: string },
): string {
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
    case 'antenna1':
      return antenna(row.antenna1);
    case 'antenna2':
      return antenna(row.antenna2);
    case 'time':
      return String(Math.round(timeSum / count));
    default:
      return '';
  }
}

function pagesOf(metadata: MsMetadata, plot: VisibilityPlot, store: PointStore, sky: SkyCurves): Figure[] {
  const colours = [...new Set([...store].map(({ colour }) => colour))].filter((name) => name !== FLAGGED);
  colours.sort(byNumberIn);
  const panels = new Map<string, Panel>();
  for (const { panel, colour, x, y } of store) {
    const before = panels.get(panel);
    const series = {
      ...{ kind: 'points' as const, x, y, size: 3 },
      colour: colour === FLAGGED ? (plot.flaggedColour ?? 0) : colours.indexOf(colour),
    };
    const axes = {
      x: axisOf(metadata, plot.xaxis, plot.xlabel, plot.xrange),
      y: axisOf(metadata, plot.yaxis, plot.label, plot.yrange),
    };
    panels.set(panel, { ...(before ?? { title: panel, ...axes }), series: [...(before?.series ?? []), series] });
  }
  if (panels.size === 0) fail('bad-data', 'The selection has no unflagged visibilities to plot.', { file: plot.vis });
  const [down, across] = plot.subplot ?? [1, 1];
  const sorted = [...panels.entries()].sort(([a], [b]) => byNumberIn(a, b));
  const all = sorted.map(([, panel]) => panel);
  const perPage = down * across;
  const shared = (isShared: boolean | undefined, axis: 'x' | 'y') => (isShared ? sharedRange(all, axis) : undefined);
  const [x, y] = [shared(plot.sharesX, 'x'), shared(plot.sharesY, 'y')];
  const drawn = sorted.map(([name, panel]) => withSky(withRanges(panel, x, y), name, plot, sky));
  return Array.from({ length: Math.ceil(all.length / perPage) }, (_, page) => ({
    title: plot.title || plot.vis,
    subtitle: `${axisName(plot.yaxis)} against ${axisName(plot.xaxis)}, ${valuesOf(plot)}`,
    width: 1400,
    sections: [
      {
        ...{ legend: legendOf(plot, colours), columns: across, rowHeight: down === 1 ? 800 : 380 },
        panels: drawn.slice(page * perPage, (page + 1) * perPage),
      },
    ],
  }));
}

/** What is drawn, in words. */
function valuesOf({ column, model }: VisibilityPlot): string {
  return model ? `${column} ${model === 'difference' ? 'less' : 'over'} MODEL_DATA` : column;
}

function legendOf(plot: VisibilityPlot, colours: readonly string[]): LegendEntry[] {
  const legend: LegendEntry[] = plot.colour
    ? colours.slice(0, LEGEND_LENGTH).map((label, colour) => ({ label, colour }))
    : [];
  const more = colours.length - LEGEND_LENGTH;
  if (plot.colour && more > 0) legend.push({ label: `and ${more} more`, colour: '#888888' });
  if (plot.flaggedColour) legend.push({ label: FLAGGED, colour: plot.flaggedColour });
  const curves = plot.xaxis === 'chan' || plot.xaxis === 'freq' ? (plot.sky ?? []) : [];
  return [...legend, ...curves.map(({ label, colour }): LegendEntry => ({ label, colour, mark: 'line' }))];
}

/** Curves need a y axis whose ends are known. */
function withSky(panel: Panel, name: string, { sky: curves }: VisibilityPlot, sky: SkyCurves): Panel {
  if (!curves?.length) return panel;
  const range = panel.y.range ?? sharedRange([panel], 'y');
  const series = range ? sky.seriesOf(name, range) : [];
  return series.length === 0 ? panel : { ...panel, y: { ...panel.y, range }, series: [...panel.series, ...series] };
}

/** Texts by the first number in them, then as texts. */
function byNumberIn(one: string, other: string): number {
  const number = (text: string) => Number(/^[a-z]+ (\d+)$/.exec(text)?.[1] ?? 0);
  return number(one) - number(other) || (one < other ? -1 : one > other ? 1 : 0);
}
