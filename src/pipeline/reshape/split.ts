import {
  appendHistory,
  createMs,
  type MeasurementSet,
  type MsMetadata,
  openMs,
  readMetadata,
  selectionTexts,
} from '../../astronomy/ms/index.ts';
import {
  appendChunk,
  binChannels,
  binsOf,
  type ChannelBins,
  type ChunkOperator,
  type DataColumn,
  fillDataWeights,
  flatSpectrum,
  hasDataColumn,
  meanWeights,
  openChunkReader,
  planOrdered,
  planTogether,
  readChunks,
  rowLimiter,
  separateWeights,
  timeAverage,
  type VisibilityChunk,
} from '../../astronomy/visibility/index.ts';
import { type Context, fail, warningsOf } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { planSplit, type SplitOptions, type SplitPlan, type WindowPlan } from './split-plan.ts';
import { copySubtables } from './subtables.ts';
import { hasSpectrum } from './weight-spectrum.ts';

/** What was written. */
export interface SplitResult {
  readonly outputvis: string;
  readonly rowCount: number;
}

/** How a visibility column is carried over, and what the weights are then. */
export interface ColumnPlan {
  /** Columns read from the source. */
  readonly read: readonly DataColumn[];
  /** Columns written; a single one becomes DATA. */
  readonly write: readonly DataColumn[];
  /** 'weight': SIGMA follows from WEIGHT; 'sigma': WEIGHT from SIGMA; 'both': both are copied. */
  readonly weights: 'weight' | 'sigma' | 'both';
}

/**
 * Writes part of a MeasurementSet as a new one: CASA 6.7's split.
 *
 * Row order, numbering of windows, fields, states and antennas, and the weights are CASA's: with `datacolumn` 'corrected' WEIGHT
 * is copied and SIGMA = WEIGHT^-1/2; with 'data' SIGMA is copied and WEIGHT = SIGMA^-2.
 *
 * @throws usage when the selection is empty; exists when the output is there; missing for an absent column
 */
export function split(context: Context, options: SplitOptions): SplitResult {
  return transform(context, 'split', options);
}

/** What a task adds to a split. */
export interface TransformSteps {
  /** The plan of what is read and averaged. */
  choose?(plan: SplitPlan): SplitPlan;
  /** Operators between reading and the selection of channels. */
  operators?(metadata: MsMetadata, columns: ColumnPlan): readonly ChunkOperator[];
  /** The plan of what is to be written: windows with their grids, or one window instead of several. */
  replan?(plan: SplitPlan, metadata: MsMetadata, source: MeasurementSet, warn: (sentence: string) => void): SplitPlan;
  /** Operators between the selection of channels and writing. */
  after?(plan: SplitPlan, metadata: MsMetadata): readonly ChunkOperator[];
  /** Last changes to the output before it gets its name. */
  finish?(target: MeasurementSet, plan: SplitPlan): void;
}

/** Splits with further steps between reading and writing: how tasks that write a changed copy are made. */
export function transform(context: Context, task: string, given: SplitOptions, steps?: TransformSteps): SplitResult {
  const options = selectionTexts(given);
  const vis = joinPath(context.cwd, options.vis);
  const outputvis = joinPath(context.cwd, options.outputvis);
  const source = openMs(vis);
  try {
    const metadata = readMetadata(source);
    const columns = planColumns(source, options.datacolumn ?? 'corrected');
    const warn = warningsOf(context, task);
    const asked = planSplit(source, metadata, options, warn);
    const chosen = steps?.choose?.(asked) ?? asked;
    if (chosen.selection.rows.length === 0) fail('usage', 'The selection has no rows.', { file: vis });
    const plan = steps?.replan?.(chosen, metadata, source, warn) ?? chosen;
    const rows = options.keepflags === false ? dropFlagged(source, metadata, plan) : plan.selection.rows;
    if (rows.length === 0) fail('usage', 'The selection has no rows.', { file: vis });
    const extra = steps?.operators?.(metadata, columns) ?? [];
    const after = steps?.after?.(plan, metadata) ?? [];
    const rowCount = writeWhole(outputvis, options.overwrite ?? false, (path) =>
      writeSplit(context, { source, metadata, columns, chosen, plan, rows, path, options, task, extra, after, steps }),
    );
    context.log.post(`${rowCount} rows written to ${outputvis}`, 'INFO', task);
    return { outputvis, rowCount };
  } finally {
    source.close();
  }
}

interface Job {
  readonly source: MeasurementSet;
  readonly metadata: MsMetadata;
  readonly columns: ColumnPlan;
  /** What is read. */
  readonly chosen: SplitPlan;
  /** What is written. */
  readonly plan: SplitPlan;
  readonly rows: Int32Array;
  readonly path: string;
  readonly options: SplitOptions;
  readonly task: string;
  readonly extra: readonly ChunkOperator[];
  readonly after: readonly ChunkOperator[];
  readonly steps: TransformSteps | undefined;
}

function writeSplit(context: Context, job: Job): number {
  const { source, metadata, columns, plan } = job;
  const isSpectral = job.options.usewtspectrum === true || hasSpectrum(source, 'WEIGHT_SPECTRUM', job.rows[0]);
  const target = createMs(job.path, {
    dataColumns: [...columns.write, ...(isSpectral ? ['SIGMA_SPECTRUM'] : [])],
    withWeightSpectrum: isSpectral,
    subtables: [],
    widest: widestOf(plan.windows, metadata),
  });
  try {
    copySubtables(source, target, metadata, plan);
    const isAveraged = plan.timebinSec > 0 || job.after.length > 0 || job.chosen.windows.some(({ width }) => width > 1);
    const isChanged = isSpectral || isAveraged;
    const operators: ChunkOperator[] = [
      isAveraged && columns.read.join() === 'MODEL_DATA' ? unitWeights() : weightOperator(columns),
      ...(columns.weights === 'both' && isChanged ? [separateWeights()] : []),
      ...(isSpectral ? [flatSpectrum()] : []),
      ...job.extra,
      // Tasks that change visibilities leave WEIGHT (or SIGMA) as the mean of that by channel, as CASA's do.
      ...(isSpectral && job.extra.length > 0 ? [meanWeights(), weightOperator(columns)] : []),
    ];
    operators.push(...averages(job.chosen, metadata), ...job.after);
    const sink = (chunk: VisibilityChunk) => {
      appendChunk(target, finish(chunk, plan, columns), { dataDescId: plan.dataDescMap.get(chunk.dataDescId) ?? -1 });
      chunk.release();
    };
    runChunks(context, job, operators, sink);
    appendHistory(target, job.task, job.options);
    job.steps?.finish?.(target, plan);
    return target.main.rowCount;
  } finally {
    target.close();
  }
}

function runChunks(
  context: Context,
  job: Job,
  operators: readonly ChunkOperator[],
  sink: (chunk: VisibilityChunk) => void,
): void {
  const options = { columns: job.columns.read, withWeightSpectrum: true, withSigmaSpectrum: true };
  const limit = rowLimiter(job.metadata, options);
  const { isCombined, timebinSec: seconds, combined, maxUvwDistanceM } = job.plan;
  const bins = seconds > 0 ? { seconds, combined, isByTimeAlone: maxUvwDistanceM === 0 } : undefined;
  const batches = isCombined
    ? planTogether(job.source, job.rows, limit, bins)
    : [planOrdered(job.source, job.rows, limit, combined)];
  const total = batches.reduce((sum, { length }) => sum + length, 0);
  const reader = openChunkReader(job.source, job.metadata, options);
  const stage = (index: number): ((chunk: VisibilityChunk) => void) =>
    index === operators.length ? sink : (chunk) => operators[index].push(chunk, stage(index + 1));
  const enter = stage(0);
  try {
    let done = 0;
    for (const batch of batches) {
      for (const each of batch) {
        context.checkAbort();
        enter(reader.read(each));
        context.progress.update(++done / total, `${done} of ${total}`);
      }
      for (const [index, operator] of operators.entries()) operator.flush(stage(index + 1));
    }
  } finally {
    reader.close();
  }
}

function planColumns(ms: MeasurementSet, datacolumn: string): ColumnPlan {
  const named = datacolumn
    .toLowerCase()
    .split(',')
    .map((part) => part.trim());
  const known: Record<string, DataColumn> = {
    data: 'DATA',
    model: 'MODEL_DATA',
    corrected: 'CORRECTED_DATA',
    float_data: 'FLOAT_DATA',
  };
  const wanted = named.includes('all')
    ? Object.values(known).filter((name) => hasDataColumn(ms, name))
    : Object.entries(known).flatMap(([name, column]) => (named.includes(name) ? [column] : []));
  const isKnown = named.includes('all') || wanted.length === named.length;
  if (!isKnown) fail('usage', `"${datacolumn}" is not a data column; use data, corrected, model, float_data or all.`);
  const absent = wanted.find((name) => !hasDataColumn(ms, name));
  if (absent)
    fail('missing', `The MeasurementSet has no ${absent} column; choose another datacolumn.`, { file: ms.path });
  if (named.includes('all') || named.length > 1) return { read: wanted, write: wanted, weights: 'both' };
  const [column] = wanted;
  const write: DataColumn = column === 'FLOAT_DATA' ? 'FLOAT_DATA' : 'DATA';
  return { read: [column], write: [write], weights: column === 'CORRECTED_DATA' ? 'weight' : 'sigma' };
}

function widestOf(
  windows: readonly WindowPlan[],
  metadata: MsMetadata,
): { chanCount: number; corrCount: number } | undefined {
  const counts = windows.map(({ bins, grid }) => grid?.freqs.length ?? bins.length);
  const widest = Math.max(...counts);
  if (Math.min(...counts) < widest / 8) return undefined;
  return { chanCount: widest, corrCount: Math.max(...metadata.polarizations.map(({ corrTypes }) => corrTypes.length)) };
}

/** Takes rows away whose values are all flagged. */
function dropFlagged(ms: MeasurementSet, metadata: MsMetadata, plan: SplitPlan): Int32Array {
  const kept: number[] = [];
  for (const chunk of readChunks(ms, { rows: plan.selection.rows, columns: [], metadata })) {
    const size = chunk.chanCount * chunk.corrCount;
    for (let row = 0; row < chunk.rowCount; row++) {
      const isFlagged = chunk.flagRow[row] !== 0 || !chunk.flag.subarray(row * size, (row + 1) * size).includes(0);
      if (!isFlagged) kept.push(chunk.rows[row]);
    }
    chunk.release();
  }
  return Int32Array.from(kept).sort();
}

function weightOperator(columns: ColumnPlan): ChunkOperator {
  return {
    push(chunk, next) {
      // The weights of DATA come from SIGMA, those by channel as well.
      if (columns.weights === 'sigma' && chunk.weightSpectrum) fillDataWeights(chunk, chunk.weightSpectrum);
      deriveWeights(chunk, columns.weights);
      next(chunk);
    },
    flush() {},
  };
}

/** Gives values of models weights of 1: as in CASA, averages of models alone are plain means, and their weights count values. */
function unitWeights(): ChunkOperator {
  return {
    push(chunk, next) {
      for (const weights of [chunk.weight, chunk.sigma, chunk.weightSpectrum]) weights?.fill(1);
      next(chunk);
    },
    flush() {},
  };
}

/** Selects channels and correlations, averages in time and along channels, in this order. */
function averages(plan: SplitPlan, metadata: MsMetadata): ChunkOperator[] {
  const { timebinSec: seconds, combined, maxUvwDistanceM } = plan;
  const isAveraged = plan.windows.some(({ width }) => width > 1);
  const corrsOf = ({ dataDescId }: VisibilityChunk) =>
    plan.selection.corrs?.get(metadata.dataDescriptions[dataDescId].polId);
  const bins = (of: (window: WindowPlan) => ChannelBins['bins']) =>
    new Map(plan.windows.map((window) => [window.oldId, of(window)]));
  // Where one window is averaged, the weights of all are means over their channels, as in CASA.
  const means = isAveraged ? [meanWeights()] : [];
  if (seconds === 0)
    return [
      channelOperator(
        bins((window) => window.bins),
        corrsOf,
      ),
      ...means,
    ];
  return [
    channelOperator(
      bins(({ ranges }) => binsOf(ranges, 1)),
      corrsOf,
    ),
    timeAverage({ seconds, combine: combined.join(), maxUvwDistanceM }),
    ...(isAveraged ? [channelOperator(bins(binsOfSelected)), ...means] : []),
  ];
}

/** The bins of a window in numbers of its selected channels. */
function binsOfSelected({ ranges, width }: WindowPlan): ChannelBins['bins'] {
  let next = 0;
  return ranges.flatMap(([first, last]) => {
    const count = last - first + 1;
    next += count;
    return binsOf([[next - count, next - 1]], width);
  });
}

/** Chooses and averages channels and correlations; chunks of which all stay pass as they are. */
function channelOperator(
  bins: ReadonlyMap<number, ChannelBins['bins']>,
  corrsOf: (chunk: VisibilityChunk) => readonly number[] | undefined = () => undefined,
): ChunkOperator {
  return {
    push(chunk, next) {
      const own = bins.get(chunk.spwId) ?? [];
      const corrs = corrsOf(chunk);
      const isWhole =
        own.length === chunk.chanCount &&
        own.every(([first, count], chan) => first === chan && count === 1) &&
        (!corrs || corrs.length === chunk.corrCount);
      next(isWhole ? chunk : binChannels(chunk, { bins: own, ...(corrs && { corrs }) }));
    },
    flush() {},
  };
}

function deriveWeights(chunk: VisibilityChunk, rule: ColumnPlan['weights']): void {
  const { weight, sigma } = chunk;
  for (let index = 0; index < weight.length; index++) {
    if (rule === 'weight') sigma[index] = weight[index] > 0 ? 1 / Math.sqrt(weight[index]) : 0;
    else if (rule === 'sigma') weight[index] = sigma[index] > 0 ? 1 / (sigma[index] * sigma[index]) : 0;
  }
}

/** Renames a single column to DATA and gives rows their new numbers. */
function finish(chunk: VisibilityChunk, plan: SplitPlan, columns: ColumnPlan): VisibilityChunk {
  renumberInPlace(chunk.fieldId, plan.fieldMap);
  renumberInPlace(chunk.stateId, plan.stateMap);
  renumberInPlace(chunk.observationId, plan.observationMap);
  renumberInPlace(chunk.arrayId, plan.arrayMap);
  renumberInPlace(chunk.antenna1, plan.antennaMap);
  renumberInPlace(chunk.antenna2, plan.antennaMap);
  if (columns.read.length > 1) return chunk;
  const [from, to] = [columns.read[0], columns.write[0]];
  return { ...chunk, data: { [to]: chunk.data[from] } };
}

function renumberInPlace(ids: Int32Array, map: ReadonlyMap<number, number> | undefined): void {
  if (!map) return;
  for (let row = 0; row < ids.length; row++) ids[row] = map.get(ids[row]) ?? -1;
}
