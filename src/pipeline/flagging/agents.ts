import {
  compileSelection,
  type ForgivablePart,
  type MeasurementSet,
  type MsMetadata,
  type NumericColumns,
  type RowCondition,
  type RowTest,
  readTexts,
  type SelectionManner,
} from '../../astronomy/ms/index.ts';
import { hasDataColumn, type VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { type Context, fail, warningsOf } from '../../foundation/base/index.ts';
import type { Coverage, FlagAgent, OpenModel } from './agent-types.ts';
import { clipRow, parseClip } from './clip.ts';
import { elevationTest } from './elevation.ts';
import type { FlagCommand } from './flag-command.ts';
import { type QuackRows, quackTest } from './quack.ts';
import { shadowTest } from './shadow.ts';

export interface AgentOptions {
  /** Where clips of the model take it from; without it only a MODEL_DATA column serves. */
  readonly modelOf?: OpenModel;
  /** Take the command back: unflag what it would flag. */
  readonly isUndoing?: boolean;
  /** What becomes of names that the MS does not have. */
  readonly manner?: SelectionManner;
  /** The only command of its run: scans begin and end, for quack, with the rows that it selects, as in CASA. */
  readonly isAlone?: boolean;
}

/**
 * How flagging takes names that the MS does not have, as in CASA. Beside known ones they are only warned of: windows and
 * correlations always, intents unless the command is one of several, antennas in flagdata's own parameters alone. All by
 * themselves they end the command.
 */
export function flaggingManner(
  context: Context,
  task: string,
  { isList, isAlone }: { readonly isList: boolean; readonly isAlone: boolean },
): SelectionManner {
  const named: ForgivablePart[] = isList ? (isAlone ? ['intent'] : []) : ['intent', 'antenna'];
  return { warn: warningsOf(context, task), forgives: ['spw', 'correlation', ...named] };
}

/**
 * Looks a command up in the metadata.
 *
 * As in CASA's flagdata, a baseline selection without `&` leaves autocorrelations alone, and `autocorr` spares radiometer data.
 *
 * @throws usage when its selection matches nothing; unsupported for modes that are not done
 */
export function compileAgent(
  ms: MeasurementSet,
  metadata: MsMetadata,
  command: FlagCommand,
  { modelOf, isUndoing = false, isAlone = false, manner }: AgentOptions = {},
): FlagAgent {
  if (isUndoing && command.mode === 'extend')
    fail('unsupported', 'Extended flags cannot be told from those that they grew from.');
  const value = (command.mode === 'unflag') === isUndoing ? 1 : 0;
  const isClip = command.mode === 'clip';
  const selection = isClip ? { ...command, correlation: '' } : command;
  const compiled = compileSelection(ms, selection, { ...manner, metadata });
  const dataDescs = new Uint8Array(metadata.dataDescriptions.length);
  for (const { id, spwId } of metadata.dataDescriptions) dataDescs[id] = compiled.channels.has(spwId) ? 1 : 0;
  const conditions = [...compiled.conditions];
  if (command.autocorr) conditions.push(autocorrelations(ms));
  const bindRows = (values: NumericColumns): RowTest => {
    const tests = conditions.map((condition) => condition.bind(values));
    return (row) => tests.every((test) => test(row));
  };
  const cover = (chunk: VisibilityChunk): Coverage => {
    const { polId } = metadata.dataDescriptions[chunk.dataDescId];
    const ranges = compiled.channels.get(chunk.spwId) ?? [];
    const all = Array.from({ length: chunk.corrCount }, (_, corr) => corr);
    const corrs = compiled.corrs?.get(polId) ?? all;
    const isWhole =
      corrs.length === all.length && ranges.length === 1 && ranges[0][0] === 0 && ranges[0][1] === chunk.chanCount - 1;
    return { ranges, corrs, isWhole };
  };
  const clip = isClip ? parseClip(command, metadata) : undefined;
  const withModel = clip?.columns.includes('MODEL_DATA') && modelOf ? modelFiller(modelOf(ms)) : undefined;
  const stored = (clip?.columns ?? []).filter((column) => !(withModel && column === 'MODEL_DATA'));
  const isOfChannelWeights = isClip && command.datacolumn?.toUpperCase() === 'WEIGHT_SPECTRUM';
  const lacking =
    stored.find((column) => !hasDataColumn(ms, column)) ??
    (isOfChannelWeights && !ms.main.hasColumn('WEIGHT_SPECTRUM') ? 'WEIGHT_SPECTRUM' : undefined);
  if (lacking) fail('missing', `There is no column ${lacking}.`, { file: ms.path });
  const inTime = (time: number) => compiled.timeRanges?.some(([start, end]) => time >= start && time <= end) ?? true;
  const selected: QuackRows = {
    columns: ['DATA_DESC_ID', 'TIME', ...conditions.flatMap(({ columns }) => columns)],
    bind(values) {
      const test = bindRows(values);
      return (row) => dataDescs[values.DATA_DESC_ID[row]] === 1 && inTime(values.TIME[row]) && test(row);
    },
  };
  // As in CASA, only a warning.
  const isIdle = command.mode === 'quack' && !((command.quackinterval ?? 1) > 0);
  if (isIdle) manner?.warn?.('quackinterval is not greater than zero: nothing is flagged.');
  const refine = isIdle ? () => () => false : refiner(ms, metadata, command, isAlone ? selected : undefined);
  return {
    command,
    columns: stored,
    ...(clip?.source === 'weight' && { needsWeightSpectrum: true }),
    ...(compiled.timeRanges && { timeRanges: compiled.timeRanges }),
    dataDescs,
    rowColumns: [...new Set(conditions.flatMap(({ columns }) => columns))],
    bindRows,
    rowValues: chunkColumns,
    cover,
    value,
    // As in CASA: a clip flags no rows, but all that it selects are no longer flagged when it is taken back.
    isRowWide: !command.spw && (isClip ? isUndoing : !command.correlation),
    bind(chunk) {
      if (command.mode === 'summary' || command.mode === 'extend') return { flagRow: () => false };
      const isChosen = bindRows(chunkColumns(chunk));
      const coverage = cover(chunk);
      if (clip) {
        const clipIn = clipRow(clip, withModel?.(chunk) ?? chunk, coverage, value);
        return {
          flagRow(row) {
            if (!clipIn || !isChosen(row)) return false;
            clipIn(row);
            return true;
          },
        };
      }
      const isFound = refine?.(chunk);
      return {
        flagRow(row) {
          if (!isChosen(row) || (isFound && !isFound(row))) return false;
          markRow(chunk, row, coverage, value);
          return true;
        },
      };
    },
  };
}

/** Adds the model to chunks, in one array for all of them. */
function modelFiller(model: ReturnType<OpenModel>): (chunk: VisibilityChunk) => VisibilityChunk {
  let values = new Float32Array(0);
  return (chunk) => {
    const length = 2 * chunk.rowCount * chunk.chanCount * chunk.corrCount;
    if (values.length < length) values = new Float32Array(length);
    const own = values.subarray(0, length);
    model.fill(chunk, own);
    return { ...chunk, data: { ...chunk.data, MODEL_DATA: own } };
  };
}

/** Autocorrelations of correlators: those of radiometers are their data. */
function autocorrelations(ms: MeasurementSet): RowCondition {
  const types = ms.hasSubtable('PROCESSOR') ? readTexts(ms.subtable('PROCESSOR'), 'TYPE') : [];
  return {
    columns: ['ANTENNA1', 'ANTENNA2', 'PROCESSOR_ID'],
    bind: (values) => (row) =>
      values.ANTENNA1[row] === values.ANTENNA2[row] && types[values.PROCESSOR_ID[row]] !== 'RADIOMETER',
  };
}

/** A further test of rows that needs more than the selection. */
function refiner(
  ms: MeasurementSet,
  metadata: MsMetadata,
  command: FlagCommand,
  scanRows: QuackRows | undefined,
): ((chunk: VisibilityChunk) => RowTest) | undefined {
  if (command.mode === 'quack') return quackTest(ms, command, scanRows);
  if (command.mode === 'shadow') return shadowTest(ms, metadata, command.tolerance ?? 0, command.addantenna);
  if (command.mode === 'elevation') return elevationTest(metadata, command);
  return undefined;
}

/** The chunk's metadata columns under their MAIN names. */
function chunkColumns(chunk: VisibilityChunk): NumericColumns {
  return {
    ANTENNA1: chunk.antenna1,
    ANTENNA2: chunk.antenna2,
    FEED1: chunk.feed1,
    FEED2: chunk.feed2,
    FIELD_ID: chunk.fieldId,
    SCAN_NUMBER: chunk.scanNumber,
    STATE_ID: chunk.stateId,
    PROCESSOR_ID: chunk.processorId,
    ARRAY_ID: chunk.arrayId,
    OBSERVATION_ID: chunk.observationId,
    TIME: chunk.time,
    UVW: chunk.uvw,
    DATA_DESC_ID: new Int32Array(chunk.rowCount).fill(chunk.dataDescId),
  };
}

function markRow(chunk: VisibilityChunk, row: number, coverage: Coverage, value: 0 | 1): void {
  const { chanCount, corrCount, flag } = chunk;
  const base = row * chanCount * corrCount;
  if (coverage.isWhole) {
    flag.fill(value, base, base + chanCount * corrCount);
    return;
  }
  const isAllCorrs = coverage.corrs.length === corrCount;
  for (const [first, last] of coverage.ranges) {
    if (isAllCorrs) {
      flag.fill(value, base + first * corrCount, base + (last + 1) * corrCount);
      continue;
    }
    for (let chan = first; chan <= last; chan++) {
      for (const corr of coverage.corrs) flag[base + chan * corrCount + corr] = value;
    }
  }
}
