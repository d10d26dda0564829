import type { MsMetadata } from '../../astronomy/ms/index.ts';
import type { DataColumn, VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { Cell, DataSums, RowFacts, Sums } from './visibility-axes.ts';

/** What is averaged before it is drawn. */
export interface AverageChoice {
  readonly column: DataColumn;
  /** What becomes of a value with that of MODEL_DATA. */
  readonly model?: 'difference' | 'quotient';
  /** Channels and seconds that are averaged; 0 or 1: none. Averages end at scans and fields unless avgscan, avgfield. */
  readonly avgchannel?: number;
  readonly avgtime?: number;
  readonly avgscan?: boolean;
  readonly avgfield?: boolean;
  /** Channels with the same place in windows of as many channels and the same correlations are averaged. */
  readonly avgspw?: boolean;
  readonly avgbaseline?: boolean;
  /** All baselines of an antenna are averaged; each counts for both of its antennas. */
  readonly avgantenna?: boolean;
  /** Amplitudes and phases are averaged by themselves. */
  readonly isScalar?: boolean;
  /** Averages of flagged values alone are given, too. */
  readonly withFlagged?: boolean;
  /** Weights of channels are averaged, too; chunks have WEIGHT_SPECTRUM where the MeasurementSet has it. */
  readonly withSpectrum?: boolean;
}

/** A finished average. */
export type AverageVisitor = (sums: Sums, cell: Cell, isFlagged: boolean) => void;

type Channels = ReadonlyMap<number, readonly (readonly [number, number])[]>;

interface ChannelBins {
  readonly count: number;
  /** Bin of a channel, -1 when it is not chosen. */
  readonly of: Int32Array;
  /** First channel of a bin. */
  readonly first: number[];
  /** Hz */
  readonly frequencies: Float64Array;
}

/** Averages of one interval, field and scan. */
interface OpenBin {
  key: string;
  readonly dataDescId: number;
  readonly byBaseline: Map<number, Sums>;
}

/** Averages across windows stay open to the end: no more values than this. */
const MOST_OPEN = 2e7;

/** Running averages of rows in the order of a MeasurementSet. */
export class VisibilityAverages {
  private readonly metadata: MsMetadata;
  private readonly channels: Channels;
  private readonly choice: AverageChoice;
  private readonly visit: AverageVisitor;
  private readonly bins = new Map<number, ChannelBins>();
  private readonly open = new Map<number | string, OpenBin>();
  private openCount = 0;

  constructor(metadata: MsMetadata, channels: Channels, choice: AverageChoice, visit: AverageVisitor) {
    this.metadata = metadata;
    this.channels = channels;
    this.choice = choice;
    this.visit = visit;
  }

  /** @param corrs the correlations that count */
  add(chunk: VisibilityChunk, corrs: readonly number[]): void {
    const { avgtime, avgscan, avgfield } = this.choice;
    const bins = this.binsOf(chunk.spwId);
    const size = bins.count * chunk.corrCount;
    for (let row = 0; row < chunk.rowCount; row++) {
      const step = avgtime && avgtime > 0 ? Math.floor(chunk.time[row] / avgtime) : chunk.time[row];
      const key = `${step} ${avgscan ? '' : chunk.scanNumber[row]} ${avgfield ? '' : chunk.fieldId[row]}`;
      const bin = this.binFor(key, chunk.dataDescId);
      for (const group of this.groupsOf(chunk, row)) {
        let sums = bin.byBaseline.get(group);
        if (!sums) {
          sums = this.emptySums(chunk, row, size, group);
          bin.byBaseline.set(group, sums);
        }
        addRow(sums, chunk, row, { bins, corrs, choice: this.choice });
      }
    }
  }

  /** Gives what is left. */
  end(): void {
    for (const bin of this.open.values()) this.close(bin);
    this.open.clear();
  }

  private binFor(key: string, dataDescId: number): OpenBin {
    const place = this.choice.avgspw ? `${key} ${this.shapeOf(dataDescId)}` : dataDescId;
    let bin = this.open.get(place);
    if (bin && bin.key !== key) this.close(bin);
    if (!bin) {
      bin = { key, dataDescId, byBaseline: new Map() };
      this.open.set(place, bin);
    }
    bin.key = key;
    return bin;
  }

  /** Windows of one shape can be averaged. */
  private shapeOf(dataDescId: number): string {
    const { polId, spwId } = this.metadata.dataDescriptions[dataDescId];
    return `${polId} ${this.binsOf(spwId).count}`;
  }

  /** What a row is averaged into. */
  private groupsOf({ antenna1, antenna2 }: VisibilityChunk, row: number): readonly number[] {
    if (this.choice.avgbaseline) return [0];
    const [one, other] = [antenna1[row], antenna2[row]];
    if (this.choice.avgantenna) return one === other ? [one] : [one, other];
    return [one * this.metadata.antennas.length + other];
  }

  private emptySums(chunk: VisibilityChunk, row: number, size: number, group: number): Sums {
    const { uvw } = chunk;
    const antenna = this.choice.avgantenna && !this.choice.avgbaseline ? group : undefined;
    const facts: RowFacts = {
      fieldId: chunk.fieldId[row],
      scan: chunk.scanNumber[row],
      observationId: chunk.observationId[row],
      stateId: chunk.stateId[row],
      spwId: chunk.spwId,
      antenna1: antenna ?? chunk.antenna1[row],
      antenna2: antenna ?? chunk.antenna2[row],
      uvw: [uvw[3 * row], uvw[3 * row + 1], uvw[3 * row + 2]],
    };
    this.openCount += this.choice.avgspw ? size : 0;
    if (this.openCount > MOST_OPEN)
      fail(
        'usage',
        'avgspw of so many times, baselines and channels is too much to keep; average them too, or choose fewer.',
      );
    const flagged = this.choice.withFlagged ? { flagged: emptyData(size) } : {};
    const spectrum = this.choice.withSpectrum
      ? { spectrum: { sum: new Float64Array(size), count: new Float64Array(size) } }
      : {};
    return { row: facts, ...emptyData(size), ...flagged, ...spectrum, count: 0, timeSum: 0, wtSum: 0, sigmaSum: 0 };
  }

  /** Gives finished averages. */
  private close({ dataDescId, byBaseline }: OpenBin): void {
    const { spwId, polId } = this.metadata.dataDescriptions[dataDescId];
    const { corrTypes } = this.metadata.polarizations[polId];
    const bins = this.binsOf(spwId);
    const frequencies = this.choice.avgspw ? this.meanFrequencies(bins.count) : bins.frequencies;
    for (const sums of byBaseline.values()) {
      for (let bin = 0; bin < bins.count; bin++) {
        for (let corr = 0; corr < corrTypes.length; corr++) {
          const at = bin * corrTypes.length + corr;
          const cell = { at, chan: bins.first[bin], frequency: frequencies[bin], corr: corrTypes[corr] };
          if (sums.weight[at] !== 0) this.visit(sums, cell, false);
          else if (sums.flagged && sums.flagged.weight[at] !== 0) this.visit({ ...sums, ...sums.flagged }, cell, true);
        }
      }
    }
    byBaseline.clear();
  }

  private meanFrequencies(count: number): Float64Array {
    const windows = [...this.bins.values()].filter((bins) => bins.count === count);
    return new Float64Array(count).map(
      (_, bin) => windows.reduce((sum, { frequencies }) => sum + frequencies[bin], 0) / windows.length,
    );
  }

  private binsOf(spwId: number): ChannelBins {
    const known = this.bins.get(spwId);
    if (known) return known;
    const { chanFreqs } = this.metadata.spectralWindows[spwId];
    const made = channelBins(chanFreqs, this.channels.get(spwId) ?? [], this.choice.avgchannel ?? 1);
    this.bins.set(spwId, made);
    return made;
  }
}

function channelBins(
  chanFreqs: readonly number[],
  ranges: readonly (readonly [number, number])[],
  width: number,
): ChannelBins {
  const of = new Int32Array(chanFreqs.length).fill(-1);
  const first: number[] = [];
  for (const [start, end] of ranges) {
    for (let chan = start; chan <= end; chan++) {
      if ((chan - start) % Math.max(1, width) === 0) first.push(chan);
      of[chan] = first.length - 1;
    }
  }
  const [sum, count] = [new Float64Array(first.length), new Float64Array(first.length)];
  of.forEach((bin, chan) => {
    if (bin < 0) return;
    sum[bin] += chanFreqs[chan];
    count[bin]++;
  });
  return { count: first.length, of, first, frequencies: sum.map((total, bin) => total / count[bin]) };
}

function emptyData(size: number): DataSums {
  return { re: new Float64Array(size), im: new Float64Array(size), weight: new Float64Array(size) };
}

function addRow(
  sums: Sums,
  chunk: VisibilityChunk,
  row: number,
  { bins, corrs, choice }: { bins: ChannelBins; corrs: readonly number[]; choice: AverageChoice },
): void {
  const { chanCount, corrCount, flag } = chunk;
  const data = chunk.data[choice.column] as Float32Array;
  const model = choice.model && (chunk.data.MODEL_DATA as Float32Array);
  const isReal = choice.column === 'FLOAT_DATA';
  sums.count++;
  sums.timeSum += chunk.time[row];
  sums.wtSum += chunk.weight[row * corrCount];
  sums.sigmaSum += chunk.sigma[row * corrCount];
  for (let chan = 0; chan < chanCount; chan++) {
    const bin = bins.of[chan];
    if (bin < 0) continue;
    const cell = (row * chanCount + chan) * corrCount;
    for (const corr of corrs) {
      const into = flag[cell + corr] === 0 ? sums : sums.flagged;
      if (!into) continue;
      const from = 2 * (cell + corr);
      let re = isReal ? data[cell + corr] : data[from];
      let im = isReal ? 0 : data[from + 1];
      if (model && choice.model === 'difference') {
        re -= model[from];
        im -= model[from + 1];
      } else if (model) {
        const square = model[from] ** 2 + model[from + 1] ** 2;
        [re, im] = [
          (re * model[from] + im * model[from + 1]) / square,
          (im * model[from] - re * model[from + 1]) / square,
        ];
      }
      const weight = chunk.weight[row * corrCount + corr] || 1;
      const at = bin * corrCount + corr;
      into.re[at] += weight * (choice.isScalar ? Math.hypot(re, im) : re);
      into.im[at] += weight * (choice.isScalar ? Math.atan2(im, re) : im);
      into.weight[at] += weight;
      if (!sums.spectrum) continue;
      sums.spectrum.sum[at] += chunk.weightSpectrum
        ? chunk.weightSpectrum[cell + corr]
        : chunk.weight[row * corrCount + corr];
      sums.spectrum.count[at]++;
    }
  }
}
