import {
  appendHistory,
  type MeasurementSet,
  type MsMetadata,
  openMs,
  readMetadata,
  selectionTexts,
  selectRows,
} from '../../astronomy/ms/index.ts';
import {
  type DataColumn,
  hasDataColumn,
  readChunks,
  Scatter,
  type VisibilityChunk,
  writeChunk,
} from '../../astronomy/visibility/index.ts';
import { type Context, fail, parseQuantity, warningsOf } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { median } from '../../foundation/numeric/index.ts';
import {
  type ChannelBinning,
  channelBinning,
  groupRows,
  type SampleGroup,
  type SampleRules,
} from './statwt-samples.ts';
import { robustVariance, SampleValues, type StatisticsOptions, type VarianceOf } from './statwt-statistics.ts';
import { fillSpectrum, hasSpectrum, type SpectrumColumn } from './weight-spectrum.ts';

/** Parameters of CASA's statwt. */
export interface StatwtOptions extends StatisticsOptions {
  readonly vis: string;
  readonly selectdata?: boolean;
  readonly field?: string;
  readonly spw?: string;
  readonly intent?: string;
  readonly array?: string;
  readonly observation?: string;
  readonly scan?: string;
  /** Things that one variance may span: 'corr', 'scan', 'state', 'field' (with commas). */
  readonly combine?: string;
  /** Length of a sample: integrations, or a time such as '60s'. */
  readonly timebin?: number | string;
  readonly slidetimebin?: boolean;
  /** 'spw', channels, or a bandwidth such as '10MHz'. */
  readonly chanbin?: string | number;
  /** Fewest unflagged values of a variance. */
  readonly minsamp?: number;
  /** Channels that count, e.g. '0:10~100'. */
  readonly fitspw?: string;
  /** `fitspw` says which channels do not count. */
  readonly excludechans?: boolean;
  /** Smallest and largest weight; values with others become flagged. */
  readonly wtrange?: readonly number[];
  /** Computes only. */
  readonly preview?: boolean;
  readonly datacolumn?: 'data' | 'corrected' | 'residual' | 'residual_data' | string;
}

/** Mean and variance of the weights of all samples. */
export interface StatwtResult {
  readonly mean: number;
  readonly variance: number;
}

/** Rows that are looked at together, at least one group; their sums are kept. */
const ROWS_PER_BATCH = 50_000;
/** Values that are kept, where the statistics need them; at least those of one group. */
const VALUES_PER_BATCH = 4_000_000;

/**
 * Weights from the scatter of the visibilities: CASA 6.7's statwt.
 *
 * The variance of a sample (baseline, window, correlation, channel bin, time bin) is the mean of those of its unflagged real and
 * imaginary parts, over their number; the weight is its inverse, by exposure. 'corrected' and 'residual' set WEIGHT, 'data' and
 * 'residual_data' SIGMA, and WEIGHT too where there is no CORRECTED_DATA. Samples with fewer than `minsamp` values have no weight and are flagged.
 *
 * WEIGHT_SPECTRUM or SIGMA_SPECTRUM are written as well where the MeasurementSet has them, or with channel bins, when rows beyond the
 * selection get their WEIGHT or SIGMA in all channels. With `slidetimebin` each integration has a bin of its
 * own, with those around it.
 */
export function statwt(context: Context, options: StatwtOptions): StatwtResult {
  const varianceOf = robustVariance(options);
  const ms = openMs(joinPath(context.cwd, options.vis), options.preview ? 'read' : 'update');
  try {
    const job = planJob(ms, options, varianceOf, warningsOf(context, 'statwt'));
    const totals = new Scatter(1);
    let batch: SampleGroup[] = [];
    let batchRows = 0;
    let weighted: WeightedBatch[] = [];
    const weigh = () => {
      if (batch.length > 0) weighted.push(weighBatch(context, ms, job, batch));
      batch = [];
      batchRows = 0;
    };
    // Flags change as weights are written, so not before all bins are weighed that borrow from these.
    const write = () => {
      weigh();
      for (const done of weighted) writeWeights(context, ms, job, done, totals);
      weighted = [];
    };
    let chain = 0;
    for (const group of groupRows(ms, job.rows, job.rules)) {
      const rows = group.countedRowCount;
      const isFull = batchRows + rows > job.rowsPerBatch;
      if (group.chain !== chain && (isFull || weighted.length > 0)) write();
      else if (isFull) weigh();
      chain = group.chain;
      batch.push(group);
      batchRows += rows;
    }
    write();
    if (!job.isPreview) appendHistory(ms, 'statwt', options);
    return { mean: totals.mean(0), variance: totals.unbiasedVariance(0) };
  } finally {
    ms.close();
  }
}

interface Job {
  readonly metadata: MsMetadata;
  readonly rows: Int32Array;
  readonly rules: SampleRules;
  readonly columns: readonly DataColumn[];
  readonly setsSigma: boolean;
  readonly setsWeight: boolean;
  readonly isPreview: boolean;
  /** WEIGHT and SIGMA are medians of the weights by channel, and none where all are flagged, as in CASA where such weights are kept. */
  readonly isSpectral: boolean;
  readonly setsSigmaSpectrum: boolean;
  readonly setsWeightSpectrum: boolean;
  readonly binning: ReadonlyMap<number, ChannelBinning>;
  /** Absent: all values count, and only their sums are kept. */
  readonly varianceOf?: VarianceOf;
  readonly rowsPerBatch: number;
  readonly minsamp: number;
  readonly range: readonly [low: number, high: number];
}

function planJob(
  ms: MeasurementSet,
  options: StatwtOptions,
  varianceOf: VarianceOf | undefined,
  warn: (sentence: string) => void,
): Job {
  const metadata = readMetadata(ms);
  const kind = (options.datacolumn ?? 'corrected').toLowerCase();
  const isSigma = kind === 'data' || kind === 'residual_data';
  const column: DataColumn = isSigma ? 'DATA' : 'CORRECTED_DATA';
  const columns: DataColumn[] = kind.startsWith('residual') ? [column, 'MODEL_DATA'] : [column];
  for (const name of columns) {
    if (!ms.main.hasColumn(name)) fail('missing', `The MeasurementSet has no ${name} column.`, { file: ms.path });
  }
  const isBinned = (options.chanbin ?? 'spw') !== 'spw';
  const isPreview = options.preview ?? false;
  const setsWeight = !isSigma || !hasDataColumn(ms, 'CORRECTED_DATA');
  const isKept = (name: SpectrumColumn) => isBinned || hasSpectrum(ms, name);
  const setsSigmaSpectrum = isSigma && isKept('SIGMA_SPECTRUM');
  const setsWeightSpectrum = setsWeight && isKept('WEIGHT_SPECTRUM');
  const { field, spw, intent, array, observation, scan } = selectionTexts(options);
  const wanted = options.selectdata === false ? {} : { field, spw, intent, array, observation, scan };
  const selection = Object.fromEntries(Object.entries(wanted).filter(([, text]) => text));
  const { rows } = selectRows(ms, selection, { metadata, warn });
  if (rows.length === 0) fail('usage', 'The selection has no rows.', { file: ms.path });
  const job: Job = {
    ...{ metadata, columns, setsSigma: isSigma, setsWeight, isPreview, setsSigmaSpectrum, setsWeightSpectrum },
    isSpectral: setsSigmaSpectrum || isKept('WEIGHT_SPECTRUM'),
    rows,
    rules: {
      combined: (options.combine ?? '').split(',').map((part) => part.trim()),
      isSliding: options.slidetimebin ?? false,
      ...timeBin(options.timebin ?? 1),
    },
    binning: channelBinning(metadata, options.chanbin ?? 'spw', options.fitspw ?? '', options.excludechans ?? false),
    ...(varianceOf && { varianceOf }),
    rowsPerBatch: varianceOf ? Math.ceil(VALUES_PER_BATCH / widestCell(metadata)) : ROWS_PER_BATCH,
    minsamp: sampleSize(options.minsamp ?? 2),
    range: weightRange(options.wtrange ?? []),
  };
  if (!isPreview) {
    if (setsSigmaSpectrum) fillSpectrum(ms, metadata, 'SIGMA_SPECTRUM');
    if (setsWeightSpectrum) fillSpectrum(ms, metadata, 'WEIGHT_SPECTRUM');
  }
  return job;
}

function timeBin(timebin: number | string): { readonly integrations: number } | { readonly seconds: number } {
  const isCount = typeof timebin === 'number';
  if (!isCount && /^[-\d.]+$/.test(timebin))
    fail('usage', `timebin='${timebin}' has no unit; write integrations as a number.`);
  const length = isCount ? timebin : parseQuantity(timebin, 'time');
  if (length <= 0) fail('usage', `timebin=${timebin} is no length of time or number of integrations.`);
  return isCount ? { integrations: length } : { seconds: length };
}

function sampleSize(minsamp: number): number {
  return minsamp >= 2 ? minsamp : fail('usage', `minsamp=${minsamp} is too small: two values make a variance.`);
}

function weightRange(wtrange: readonly number[]): readonly [low: number, high: number] {
  if (wtrange.length === 0) return [0, Number.POSITIVE_INFINITY];
  if (wtrange.length !== 2 || wtrange.some((weight) => !(weight >= 0)))
    fail('usage', 'wtrange takes the smallest and the largest weight, neither negative.');
  return [Math.min(...wtrange), Math.max(...wtrange)];
}

function widestCell({ spectralWindows, polarizations }: MsMetadata): number {
  const chans = Math.max(1, ...spectralWindows.map(({ chanFreqs }) => chanFreqs.length));
  return chans * Math.max(1, ...polarizations.map(({ corrTypes }) => corrTypes.length));
}

/** Where the values of rows belong. */
interface Places {
  /** Position of the first sample that gives a row its weights; samples go on by correlation and channel bin. */
  firstOf(row: number): number;
  /** First samples that the values of a row count in. */
  countedIn(row: number): readonly number[];
  readonly corrStep: number;
  /** Samples of a batch. */
  readonly size: number;
}

/** Sums, or values, of the samples of a batch. */
interface Samples extends Places {
  readonly real: Scatter | SampleValues;
  readonly imaginary: Scatter | SampleValues;
}

/** Rows whose weights are known and not written yet. */
interface WeightedBatch {
  readonly rows: Int32Array;
  /** Position of the first sample of each row. */
  readonly firsts: Int32Array;
  readonly corrStep: number;
  /** Of samples, for an exposure of 1 s. */
  readonly weights: Float64Array;
}

function weighBatch(context: Context, ms: MeasurementSet, job: Job, groups: readonly SampleGroup[]): WeightedBatch {
  context.checkAbort();
  const rows = Int32Array.from(groups.flatMap((group) => [...group.rows])).sort();
  const counted = Int32Array.from(new Set(groups.flatMap((group) => [...group.rows, ...group.borrowed()]))).sort();
  const { metadata } = job;
  const places = placesOf(ms, job, groups);
  const samples = prepareSamples(ms, job, counted, places);
  for (const chunk of readChunks(ms, { rows: counted, columns: job.columns, metadata })) {
    gather(chunk, job, samples);
    chunk.release();
  }
  const { corrStep } = places;
  return { rows, firsts: rows.map(places.firstOf), corrStep, weights: weightsOf(samples, job) };
}

function writeWeights(context: Context, ms: MeasurementSet, job: Job, batch: WeightedBatch, totals: Scatter): void {
  context.checkAbort();
  const firstOf = new Map(Array.from(batch.rows, (row, at) => [row, batch.firsts[at]] as const));
  for (const chunk of readChunks(ms, { rows: batch.rows, columns: [], metadata: job.metadata })) {
    const spectrum = job.isSpectral ? new Float32Array(chunk.flag.length) : undefined;
    applyWeights(chunk, job, { ...batch, firstOf }, totals, spectrum);
    if (job.isPreview) {
      chunk.release();
      continue;
    }
    writeChunk(ms, spectrum ? { ...chunk, weightSpectrum: spectrum } : chunk, {
      ...{ flag: true, flagRow: true, weight: job.setsWeight, sigma: job.setsSigma },
      ...(job.setsSigmaSpectrum && { sigmaSpectrum: spectrum?.map(sigmaOf) }),
      weightSpectrum: job.setsWeightSpectrum,
    });
    chunk.release();
  }
}

function placesOf(ms: MeasurementSet, job: Job, groups: readonly SampleGroup[]): Places {
  const maxBins = Math.max(...[...job.binning.values()].map(({ count }) => count));
  const maxCorrs = Math.max(...job.metadata.polarizations.map(({ corrTypes }) => corrTypes.length));
  const corrStep = job.rules.combined.includes('corr') ? 0 : maxBins;
  const stride = corrStep === 0 ? maxBins : maxBins * maxCorrs;
  const first = new Map<number, number>();
  const known = new Map<number, number>();
  const antennaCount = job.metadata.antennas.length;
  const [one, other] = [ms.main.column('ANTENNA1'), ms.main.column('ANTENNA2')];
  const placeOf = (row: number, index: number) => {
    const pair = [Number(one.get(row)), Number(other.get(row))].sort((a, b) => a - b);
    const key = (index * antennaCount + pair[0]) * antennaCount + pair[1];
    if (!known.has(key)) known.set(key, known.size * stride);
    return known.get(key) as number;
  };
  const counted = new Map<number, number[]>();
  const count = (row: number, place: number) => {
    const known = counted.get(row);
    if (known) known.push(place);
    else counted.set(row, [place]);
  };
  groups.forEach((group, index) => {
    for (const row of group.rows) {
      first.set(row, placeOf(row, index));
      count(row, placeOf(row, index));
    }
    // Of baselines that the bin has no row of, nobody asks for a weight.
    for (const row of group.borrowed()) count(row, placeOf(row, index));
  });
  const firstOf = (row: number) => first.get(row) as number;
  return { firstOf, countedIn: (row) => counted.get(row) ?? [], corrStep, size: known.size * stride };
}

function prepareSamples(ms: MeasurementSet, job: Job, rows: Int32Array, places: Places): Samples {
  const { size } = places;
  const { varianceOf, metadata } = job;
  if (!varianceOf) return { ...places, real: new Scatter(size), imaginary: new Scatter(size) };
  const counts = new Int32Array(size);
  for (const chunk of readChunks(ms, { rows, columns: [], metadata })) {
    eachValue(chunk, job, places, (sample) => counts[sample]++);
    chunk.release();
  }
  return { ...places, real: new SampleValues(counts, varianceOf), imaginary: new SampleValues(counts, varianceOf) };
}

/** Visits the values that count in variances: the sample of each, its place in the chunk, and its row there. */
function eachValue(
  chunk: VisibilityChunk,
  job: Job,
  places: Places,
  visit: (sample: number, at: number, row: number) => void,
): void {
  const { chanCount, corrCount } = chunk;
  const binning = job.binning.get(chunk.spwId) as ChannelBinning;
  for (let row = 0; row < chunk.rowCount; row++) {
    for (const first of places.countedIn(chunk.rows[row])) {
      for (let chan = 0; chan < chanCount; chan++) {
        if (binning.isFitted[chan] === 0) continue;
        for (let corr = 0; corr < corrCount; corr++) {
          const at = (row * chanCount + chan) * corrCount + corr;
          if (chunk.flag[at] === 0) visit(first + corr * places.corrStep + binning.binOf[chan], at, row);
        }
      }
    }
  }
}

function gather(chunk: VisibilityChunk, job: Job, samples: Samples): void {
  const data = chunk.data[job.columns[0]] as Float32Array;
  const model = job.columns.length > 1 ? (chunk.data.MODEL_DATA as Float32Array) : undefined;
  const { real, imaginary } = samples;
  eachValue(chunk, job, samples, (sample, at, row) => {
    const weight = chunk.exposure[row];
    real.add(sample, Math.fround(data[2 * at] - (model ? model[2 * at] : 0)), weight);
    imaginary.add(sample, Math.fround(data[2 * at + 1] - (model ? model[2 * at + 1] : 0)), weight);
  });
}

/** Weight of each sample for an exposure of 1 s; 0 for none. */
function weightsOf({ real, imaginary }: Samples, job: Job): Float64Array {
  const weights = new Float64Array(real.counts.length);
  for (let sample = 0; sample < weights.length; sample++) {
    if (real.counts[sample] < job.minsamp) continue;
    const variance = (real.variance(sample) + imaginary.variance(sample)) / 2;
    if (variance > 0) weights[sample] = 1 / variance;
  }
  return weights;
}

function applyWeights(
  chunk: VisibilityChunk,
  job: Job,
  { weights, firstOf, corrStep }: WeightedBatch & { readonly firstOf: ReadonlyMap<number, number> },
  totals: Scatter,
  spectrum: Float32Array | undefined,
): void {
  const { chanCount, corrCount } = chunk;
  const { binOf } = job.binning.get(chunk.spwId) as ChannelBinning;
  const [low, high] = job.range;
  const values: number[] = [];
  const isJoint = spectrum !== undefined && corrStep === 0;
  for (let row = 0; row < chunk.rowCount; row++) {
    const first = firstOf.get(chunk.rows[row]) as number;
    let isRowFlagged = 1;
    values.length = 0;
    for (let corr = 0; corr < corrCount; corr++) {
      if (!isJoint) values.length = 0;
      for (let chan = 0; chan < chanCount; chan++) {
        const at = (row * chanCount + chan) * corrCount + corr;
        const weight = weights[first + corr * corrStep + binOf[chan]] * chunk.exposure[row];
        const isOutside = weight < low || weight > high;
        if (weight === 0 || isOutside) chunk.flag[at] = 1;
        if (spectrum) spectrum[at] = isOutside ? 0 : weight;
        if (chunk.flag[at] === 0) {
          values.push(weight);
          isRowFlagged = 0;
        }
        if (chan === 0 || binOf[chan] !== binOf[chan - 1]) {
          if (!spectrum && values.length === 0) values.push(weight);
          if (weight > 0) totals.add(0, weight, 1);
        }
      }
      if (isJoint && corr < corrCount - 1) continue;
      const weight = values.length > 0 ? median(values) : 0;
      const range = [row * corrCount + (isJoint ? 0 : corr), row * corrCount + corr + 1] as const;
      if (job.setsSigma) chunk.sigma.fill(sigmaOf(weight), ...range);
      if (job.setsWeight) chunk.weight.fill(weight, ...range);
    }
    if (isRowFlagged) chunk.flagRow[row] = 1;
  }
}

const sigmaOf = (weight: number) => (weight > 0 ? 1 / Math.sqrt(weight) : -1);
