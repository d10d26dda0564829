import { type MsMetadata, openMs, readMetadata, type Selection, selectRows } from '../../astronomy/ms/index.ts';
import { type DataColumn, readChunks, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { type Context, fail, warningsOf } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { type Figure, type LegendEntry, type Panel, sharedRange, withRanges } from '../../foundation/plotting/index.ts';
import { AxisValues, axisOf, type PlotAxis, type RowFacts, type SpectralView, type Sums } from './visibility-axes.ts';
import { PointStore } from './visibility-points.ts';

export type PlotKey = 'field' | 'spw' | 'scan' | 'corr' | 'baseline' | 'antenna1' | 'antenna2' | 'time' | '';

export interface VisibilityPlot extends Selection {
  readonly vis: string;
  readonly xaxis: PlotAxis;
  readonly yaxis: PlotAxis;
  readonly column: DataColumn;
  /** Channels and seconds that are averaged; 0 or 1: none. Averages end at scans and fields unless avgscan, avgfield. */
  readonly avgchannel?: number;
  readonly avgtime?: number;
  readonly avgscan?: boolean;
  readonly avgfield?: boolean;
  readonly avgbaseline?: boolean;
  /** All baselines of an antenna are averaged; each counts for both of its antennas. */
  readonly avgantenna?: boolean;
  /** Amplitudes and phases are averaged by themselves. */
  readonly isScalar?: boolean;
  /** Default: frequencies as observed. */
  readonly spectral?: SpectralView;
  readonly colour?: PlotKey;
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

/** One data description's running averages. */
interface OpenBin {
  key: string;
  readonly byBaseline: Map<number, Sums>;
}

const LEGEND_LENGTH = 14;

/**
 * Visibilities as points: CASA's plotms for the axes listed, with its averages (of complex values, by weight) done chunk by chunk.
 * Flagged values and autocorrelations of radiometers are left out.
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
    const open = new Map<number, OpenBin>();
    for (const chunk of readChunks(ms, { rows, columns: [plot.column], metadata })) {
      try {
        context.checkAbort();
        const { polId } = metadata.dataDescriptions[chunk.dataDescId];
        const chosen = corrs?.get(polId) ?? Array.from({ length: chunk.corrCount }, (_, corr) => corr);
        addChunk(chunk, channels.get(chunk.spwId) ?? [], chosen);
      } finally {
        chunk.release();
      }
    }
    for (const [dataDescId, bin] of open) close(dataDescId, bin);
    return pagesOf(metadata, plot, store);

    function addChunk(
      chunk: VisibilityChunk,
      ranges: readonly (readonly [number, number])[],
      chosen: readonly number[],
    ) {
      const bins = channelBins(chunk.chanCount, ranges, plot.avgchannel ?? 1);
      for (let row = 0; row < chunk.rowCount; row++) {
        const step = plot.avgtime && plot.avgtime > 0 ? Math.floor(chunk.time[row] / plot.avgtime) : chunk.time[row];
        const scan = plot.avgscan ? '' : chunk.scanNumber[row];
        const key = `${step} ${scan} ${plot.avgfield ? '' : chunk.fieldId[row]}`;
        let bin = open.get(chunk.dataDescId);
        if (bin && bin.key !== key) close(chunk.dataDescId, bin);
        if (!bin) {
          bin = { key, byBaseline: new Map() };
          open.set(chunk.dataDescId, bin);
        }
        bin.key = key;
        for (const group of groupsOf(chunk, row)) {
          let sums = bin.byBaseline.get(group);
          if (!sums) {
            sums = emptySums(chunk, row, bins.count * chunk.corrCount, plot.avgantenna ? group : undefined);
            bin.byBaseline.set(group, sums);
          }
          addRow(sums, chunk, row, bins.of, chosen, plot);
        }
      }
    }

    /** What a row is averaged into. */
    function groupsOf({ antenna1, antenna2 }: VisibilityChunk, row: number): readonly number[] {
      if (plot.avgbaseline) return [0];
      const [one, other] = [antenna1[row], antenna2[row]];
      if (plot.avgantenna) return one === other ? [one] : [one, other];
      return [one * metadata.antennas.length + other];
    }

    /** Turns finished averages into points. */
    function close(dataDescId: number, { byBaseline }: OpenBin): void {
      const { spwId, polId } = metadata.dataDescriptions[dataDescId];
      const { corrTypes } = metadata.polarizations[polId];
      const bins = channelBins(
        metadata.spectralWindows[spwId].chanFreqs.length,
        channels.get(spwId) ?? [],
        plot.avgchannel ?? 1,
      );
      const frequencies = binFrequencies(metadata.spectralWindows[spwId].chanFreqs, bins);
      for (const sums of byBaseline.values()) {
        for (let bin = 0; bin < bins.count; bin++) {
          for (let corr = 0; corr < corrTypes.length; corr++) {
            const at = bin * corrTypes.length + corr;
            if (sums.weight[at] === 0) continue;
            const cell = { at, chan: bins.first[bin], frequency: frequencies[bin], corr };
            const value = (axis: PlotAxis) => values.value(axis, sums, cell);
            const name = (key: PlotKey) => keyName(metadata, key, sums, corrTypes[corr]);
            store.add(name(plot.iteration ?? ''), name(plot.colour ?? ''), value(plot.xaxis), value(plot.yaxis));
          }
        }
      }
      byBaseline.clear();
    }
  } finally {
    ms.close();
  }
}

interface ChannelBins {
  readonly count: number;
  /** Bin of a channel, -1 when it is not chosen. */
  readonly of: Int32Array;
  /** First channel of a bin. */
  readonly first: number[];
}

function channelBins(chanCount: number, ranges: readonly (readonly [number, number])[], width: number): ChannelBins {
  const of = new Int32Array(chanCount).fill(-1);
  const first: number[] = [];
  for (const [start, end] of ranges) {
    for (let chan = start; chan <= end; chan++) {
      if ((chan - start) % Math.max(1, width) === 0) first.push(chan);
      of[chan] = first.length - 1;
    }
  }
  return { count: first.length, of, first };
}

function binFrequencies(chanFreqs: readonly number[], bins: ChannelBins): Float64Array {
  const [sum, count] = [new Float64Array(bins.count), new Float64Array(bins.count)];
  bins.of.forEach((bin, chan) => {
    if (bin < 0) return;
    sum[bin] += chanFreqs[chan];
    count[bin]++;
  });
  return sum.map((total, bin) => total / count[bin]);
}

/** @param antenna the only one that the sums are of */
function emptySums(chunk: VisibilityChunk, row: number, size: number, antenna?: number): Sums {
  const { uvw } = chunk;
  const facts: RowFacts = {
    fieldId: chunk.fieldId[row],
    scan: chunk.scanNumber[row],
    spwId: chunk.spwId,
    antenna1: antenna ?? chunk.antenna1[row],
    antenna2: antenna ?? chunk.antenna2[row],
    uvw: [uvw[3 * row], uvw[3 * row + 1], uvw[3 * row + 2]],
  };
  const [re, im, weight] = [0, 1, 2].map(() => new Float64Array(size));
  return { row: facts, re, im, weight, count: 0, timeSum: 0, wtSum: 0, sigmaSum: 0 };
}

function addRow(
  sums: Sums,
  chunk: VisibilityChunk,
  row: number,
  binOf: Int32Array,
  corrs: readonly number[],
  { column, isScalar }: VisibilityPlot,
): void {
  const { chanCount, corrCount, flag } = chunk;
  const data = chunk.data[column] as Float32Array;
  const isReal = column === 'FLOAT_DATA';
  sums.count++;
  sums.timeSum += chunk.time[row];
  sums.wtSum += chunk.weight[row * corrCount];
  sums.sigmaSum += chunk.sigma[row * corrCount];
  for (let chan = 0; chan < chanCount; chan++) {
    const bin = binOf[chan];
    if (bin < 0) continue;
    const cell = (row * chanCount + chan) * corrCount;
    for (const corr of corrs) {
      if (flag[cell + corr] !== 0) continue;
      const weight = chunk.weight[row * corrCount + corr] || 1;
      const at = bin * corrCount + corr;
      const re = isReal ? data[cell + corr] : data[2 * (cell + corr)];
      const im = isReal ? 0 : data[2 * (cell + corr) + 1];
      sums.re[at] += weight * (isScalar ? Math.hypot(re, im) : re);
      sums.im[at] += weight * (isScalar ? Math.atan2(im, re) : im);
      sums.weight[at] += weight;
    }
  }
}

function keyName(metadata: MsMetadata, key: PlotKey, { row, timeSum, count }: Sums, corr: string): string {
  const antenna = (id: number) => metadata.antennas[id]?.name ?? String(id);
  switch (key) {
    case 'field':
      return metadata.fields[row.fieldId]?.name ?? `field ${row.fieldId}`;
    case 'spw':
      return `spw ${row.spwId}`;
    case 'scan':
      return `scan ${row.scan}`;
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

function pagesOf(metadata: MsMetadata, plot: VisibilityPlot, store: PointStore): Figure[] {
  const colours = [...new Set([...store].map(({ colour }) => colour))].sort(byNumberIn);
  const panels = new Map<string, Panel>();
  for (const { panel, colour, x, y } of store) {
    const before = panels.get(panel);
    const series = { kind: 'points' as const, x, y, colour: colours.indexOf(colour), size: 3 };
    const title = panel || `${plot.yaxis} against ${plot.xaxis}`;
    const axes = {
      x: axisOf(metadata, plot.xaxis, plot.xlabel, plot.xrange),
      y: axisOf(metadata, plot.yaxis, plot.label, plot.yrange),
    };
    panels.set(panel, { ...(before ?? { title, ...axes }), series: [...(before?.series ?? []), series] });
  }
  if (panels.size === 0) fail('bad-data', 'The selection has no unflagged visibilities to plot.', { file: plot.vis });
  const listed = plot.colour ? colours.slice(0, LEGEND_LENGTH) : [];
  const legend: LegendEntry[] = listed.map((label, colour) => ({ label, colour }));
  const more = colours.length - LEGEND_LENGTH;
  if (plot.colour && more > 0) legend.push({ label: `and ${more} more`, colour: '#888888' });
  const [down, across] = plot.subplot ?? [1, 1];
  const all = [...panels.entries()].sort(([a], [b]) => byNumberIn(a, b)).map(([, panel]) => panel);
  const perPage = down * across;
  const shared = (isShared: boolean | undefined, axis: 'x' | 'y') => (isShared ? sharedRange(all, axis) : undefined);
  const [x, y] = [shared(plot.sharesX, 'x'), shared(plot.sharesY, 'y')];
  const drawn = all.map((panel) => withRanges(panel, x, y));
  return Array.from({ length: Math.ceil(all.length / perPage) }, (_, page) => ({
    title: plot.title || plot.vis,
    subtitle: `${plot.yaxis} against ${plot.xaxis}, ${plot.column}`,
    width: 1400,
    sections: [
      {
        ...{ legend, columns: across, rowHeight: down === 1 ? 800 : 380 },
        panels: drawn.slice(page * perPage, (page + 1) * perPage),
      },
    ],
  }));
}

/** Texts by the first number in them, then as texts. */
function byNumberIn(one: string, other: string): number {
  const number = (text: string) => Number(/^[a-z]+ (\d+)$/.exec(text)?.[1] ?? 0);
  return number(one) - number(other) || (one < other ? -1 : one > other ? 1 : 0);
}
