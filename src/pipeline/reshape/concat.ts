import {
  appendHistory,
  type CreateMsOptions,
  createMs,
  type MeasurementSet,
  openMs,
  readMetadata,
} from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { baseName, disk, joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import {
  cellColumns,
  type JoinInput,
  type JoinOptions,
  openInput,
  openInputs,
  ScanNumbers,
  tolerancesOf,
  warnUnitWeights,
} from './concat-inputs.ts';
import { appendRows } from './concat-rows.ts';
import { joinEphemerides } from './joint-ephemeris.ts';
import {
  appendHistoryRows,
  appendPointing,
  appendSubtables,
  clearStates,
  identityMaps,
  mergeSubtables,
} from './merge-maps.ts';
import { noteModelChannels } from './model-channels.ts';
import { sortByTime } from './time-sort.ts';

/** Parameters of CASA's concat. */
export interface ConcatOptions extends JoinOptions {
  /** Sorts the rows by time. */
  readonly timesort?: boolean;
  /** Fields whose ephemerides are joined to one, by name or number. */
  readonly forcesingleephemfield?: string | number | readonly (string | number)[];
  readonly overwrite?: boolean;
}

export interface ConcatResult {
  readonly concatvis: string;
  readonly rowCount: number;
  /** Inputs in the order in which they were joined. */
  readonly order: readonly string[];
}

/**
 * Joins MeasurementSets into one: CASA 6.7's concat.
 *
 * Inputs are taken in the order of their start times; where `concatvis` exists, they are joined to it. Subtables are merged (see
 * `mergeSubtables`); scans of an input with a new observation are numbered on from the largest scan so far; FLAG_CMD and ASDM_*
 * tables are those of the first input.
 *
 * @throws usage with no input; exists when the output is there and is no MeasurementSet
 */
export function concat(context: Context, options: ConcatOptions): ConcatResult {
  const concatvis = joinPath(context.cwd, options.concatvis);
  const inputs = openInputs(context, 'concat', options);
  try {
    const isThere = !options.overwrite && disk().exists(concatvis);
    if (isThere) putFirst(inputs, concatvis);
    warnUnitWeights(context, 'concat', inputs);
    const rowCount = writeWhole(concatvis, isThere || (options.overwrite ?? false), (path) =>
      join(context, path, inputs, options),
    );
    context.log.post(`${rowCount} rows written to ${concatvis}`, 'INFO', 'concat');
    return { concatvis, rowCount, order: inputs.map(({ ms }) => ms.path) };
  } finally {
    for (const { ms } of inputs) ms.close();
  }
}

/** The MeasurementSet that the others are joined to comes first; @throws usage where it is an input but not the earliest */
function putFirst(inputs: JoinInput[], concatvis: string): void {
  const place = inputs.findIndex(({ ms }) => ms.path === concatvis);
  if (place > 0) {
    const sentence = `concatvis is among vis but not the earliest; take ${baseName(inputs[0].ms.path)} for concatvis, or a new name.`;
    fail('usage', sentence, { file: concatvis });
  }
  if (place < 0) inputs.unshift(openInput(concatvis, 1));
}

function join(context: Context, path: string, inputs: readonly JoinInput[], options: ConcatOptions): number {
  const first = inputs[0].ms;
  const columns = cellColumns(inputs);
  const layout: CreateMsOptions = {
    dataColumns: columns.filter((name) => name !== 'WEIGHT_SPECTRUM'),
    withWeightSpectrum: columns.includes('WEIGHT_SPECTRUM'),
    subtables: [],
    widest: widestOf(inputs),
  };
  const target = createMs(path, layout);
  try {
    for (const name of first.subtableNames) copySubtable(first, target, name, options.copypointing ?? true);
    const joined = options.forcesingleephemfield ?? '';
    if (joined !== '')
      joinEphemerides(
        context,
        target,
        inputs.map(({ ms }) => ms),
        [joined].flat(),
      );
    joinRows(context, target, inputs, columns, options);
    const order = inputs.map(({ ms }) => baseName(ms.path));
    appendHistory(target, 'concat', { order, freqtol: options.freqtol ?? '', dirtol: options.dirtol ?? '' });
  } finally {
    target.close();
  }
  if (options.timesort) sortByTime(context, path, layout);
  if (columns.includes('MODEL_DATA')) {
    const joined = openMs(path, 'update');
    noteModelChannels(joined, joined);
    joined.close();
  }
  return inputs.reduce((sum, { ms }) => sum + ms.main.rowCount, 0);
}

function joinRows(
  context: Context,
  target: MeasurementSet,
  inputs: readonly JoinInput[],
  columns: readonly string[],
  options: ConcatOptions,
): void {
  const scans = new ScanNumbers();
  inputs.forEach((input, index) => {
    const { ms, scale } = input;
    const maps = index === 0 ? identityMaps() : mergeSubtables(context, target, ms, tolerancesOf(options, input));
    if (index > 0) {
      if (options.copypointing ?? true) appendPointing(context, target, ms, maps);
      appendSubtables(context, target, ms, maps);
      appendHistoryRows(target, ms);
      if (!maps.state) clearStates(target);
    }
    const scanOffset = index === 0 ? () => 0 : scans.offsets(ms, maps);
    appendRows(context, target, ms, columns, { maps, scanOffset, weightScale: scale });
    scans.note(ms, (id) => maps.observation[id] ?? id, scanOffset);
  });
}

function copySubtable(first: MeasurementSet, target: MeasurementSet, name: string, withPointing: boolean): void {
  if (name === 'POINTING' && !withPointing) {
    target.addSubtable(name);
    return;
  }
  disk().copy(first.subtable(name).path, joinPath(target.path, name));
  target.linkSubtable(name);
}

function widestOf(inputs: readonly JoinInput[]): { chanCount: number; corrCount: number } | undefined {
  const metadata = inputs.map(({ ms }) => readMetadata(ms));
  const counts = metadata.flatMap(({ spectralWindows }) => spectralWindows.map(({ chanFreqs }) => chanFreqs.length));
  const widest = Math.max(...counts);
  if (Math.min(...counts) < widest / 8) return undefined;
  const corrs = metadata.flatMap(({ polarizations }) => polarizations.map(({ corrTypes }) => corrTypes.length));
  return { chanCount: widest, corrCount: Math.max(...corrs) };
}
