import {
  appendCells,
  type MeasurementSet,
  type Renumbering,
  readMetadata,
  readNumbers,
} from '../../astronomy/ms/index.ts';
import { removeRows, type Table } from '../../formats/tables/index.ts';
import { ARCSEC, type Context } from '../../foundation/base/index.ts';
import { mergeFields, movingSources } from './merge-fields.ts';
import { dropStraySources, mergeSources } from './merge-sources.ts';
import { mergeWindows } from './merge-windows.ts';
import { appendRow, bothTables, cellKey, matchEqualRows } from './merged-rows.ts';

/** How close things must be to be the same. */
export interface MergeTolerances {
  /** Hz */
  readonly frequencyHz: number;
  /** rad */
  readonly directionRad: number;
  /** Fields must also have the same name. */
  readonly respectName: boolean;
  /** First and last TIME of the input's data, s. */
  readonly span: readonly [number, number];
}

/** New numbers, in the merged MS, of the things of one input: old number → new number. */
export interface MergeMaps {
  readonly antenna: readonly number[];
  readonly spw: readonly number[];
  readonly dataDesc: readonly number[];
  /** Data descriptions of the input whose channels run the other way in the merged MS. */
  readonly isReversed: readonly boolean[];
  readonly field: readonly number[];
  /** Undefined: one of the MSs has no states, so that no row has one. */
  readonly state?: readonly number[];
  readonly processor: readonly number[];
  readonly observation: readonly number[];
  /** Observations of the merged MS that the input has, too. */
  readonly shared: ReadonlySet<number>;
}

/** Same antenna: same name and pad, this near, m. */
const ANTENNA_NEARNESS = 1;
/** Same state: noise and load this near, K. */
const STATE_NEARNESS = 1;
export const DEFAULT_DIRECTION = ARCSEC / 1000;
const OBSERVATION_COLUMNS = ['FLAG_ROW', 'OBSERVER', 'PROJECT', 'RELEASE_DATE', 'TELESCOPE_NAME', 'TIME_RANGE'];
const PROCESSOR_COLUMNS = ['FLAG_ROW', 'MODE_ID', 'TYPE', 'TYPE_ID', 'SUB_TYPE', 'PASS_ID'];
/** Subtables whose rows are appended with new numbers. */
const APPENDED = ['SYSCAL', 'WEATHER', 'GAIN_CURVE', 'PHASE_CAL', 'CALDEVICE', 'SYSPOWER'];

/**
 * Adds what an input's subtables have beyond the merged MS's, and says under which numbers everything is found there.
 *
 * Rules as CASA 6.7's concat: antennas by name, pad and position; windows by frequencies; fields by directions; states by intent
 * and load; observations and processors by their content.
 */
export function mergeSubtables(
  context: Context,
  target: MeasurementSet,
  input: MeasurementSet,
  tolerances: MergeTolerances,
): MergeMaps {
  const state = mergeStates(context, target, input);
  const windows = mergeWindows(target, input, tolerances.frequencyHz);
  const moving = { known: movingSources(target), added: movingSources(input) };
  const sources = mergeSources(target, input, windows.spw, moving);
  const antenna = mergeAntennas(target, input);
  const { numbers: field, isAdded } = mergeFields(target, input, tolerances, tolerances.span, sources.numberOf);
  if (isAdded.some((isNew) => !isNew)) dropStraySources(target);
  const observationsBefore = target.subtable('OBSERVATION').rowCount;
  const match = (name: string, columns: readonly string[]) => {
    const tables = bothTables(target, input, name);
    return tables ? matchEqualRows(...tables, columns) : [];
  };
  const observation = match('OBSERVATION', OBSERVATION_COLUMNS);
  const maps: MergeMaps = {
    ...{ antenna, ...windows, field, state, observation },
    processor: match('PROCESSOR', PROCESSOR_COLUMNS),
    shared: new Set(observation.filter((id) => id < observationsBefore)),
  };
  mergeFeeds(target, input, maps);
  return maps;
}

/** Appends the rows of SYSCAL, WEATHER and the like; a table that the merged MS has without rows stays so, as in CASA. */
export function appendSubtables(
  context: Context,
  target: MeasurementSet,
  input: MeasurementSet,
  maps: MergeMaps,
): void {
  for (const name of APPENDED) {
    const tables = bothTables(target, input, name);
    if (!tables || tables[1].rowCount === 0) continue;
    if (tables[0].rowCount === 0)
      warn(context, `${name} of ${input.path} is left out: the first MeasurementSet has none.`);
    else appendRenumbered(tables, maps);
  }
}

/** Appends POINTING; where one of the MSs has none, the merged MS has none, as in CASA. */
export function appendPointing(context: Context, target: MeasurementSet, input: MeasurementSet, maps: MergeMaps): void {
  const tables = bothTables(target, input, 'POINTING');
  if (!tables) return;
  const [to, from] = tables;
  if (to.rowCount === from.rowCount && to.rowCount === 0) return;
  if (to.rowCount > 0 && from.rowCount > 0) {
    appendRenumbered(tables, maps);
    return;
  }
  warn(context, `Not all MeasurementSets have POINTING: the joined one has none.`);
  if (to.rowCount > 0)
    removeRows(
      to,
      Array.from({ length: to.rowCount }, (_, row) => row),
    );
}

function warn(context: Context, sentence: string): void {
  context.log.post(sentence, 'WARN', 'concat');
}

/** Appends what is written about the history of an input. */
export function appendHistoryRows(target: MeasurementSet, input: MeasurementSet): void {
  const tables = bothTables(target, input, 'HISTORY');
  if (tables) appendRenumbered(tables, identityMaps());
}

/** Of an MS that keeps its numbers. */
export function identityMaps(): MergeMaps {
  const none: readonly number[] = [];
  return {
    ...{ antenna: none, spw: none, dataDesc: none, isReversed: [], field: none, state: none },
    ...{ processor: none, observation: none, shared: new Set() },
  };
}

/** Rows joined so far have no state where one of the inputs has no states. */
export function clearStates(target: MeasurementSet): void {
  const { rowCount } = target.main;
  if (rowCount > 0) target.main.column('STATE_ID').putRange(0, rowCount, new Int32Array(rowCount).fill(-1));
}

function appendRenumbered([to, from]: readonly [to: Table, from: Table], maps: MergeMaps): void {
  const at = to.rowCount;
  const rows = Array.from({ length: from.rowCount }, (_, row) => row);
  to.addRows(rows.length);
  appendCells(from, to, rows, at, idRenumbering(maps));
}

/** Changes of the antenna and window numbers in a subtable. */
function idRenumbering(maps: MergeMaps): Renumbering {
  return {
    ANTENNA_ID: (id) => (id < 0 ? id : (maps.antenna[id] ?? id)),
    SPECTRAL_WINDOW_ID: (id) => (id < 0 ? id : (maps.spw[id] ?? id)),
  };
}

function mergeAntennas(target: MeasurementSet, input: MeasurementSet): number[] {
  const known = [...readMetadata(target).antennas];
  const [to, from] = [target.subtable('ANTENNA'), input.subtable('ANTENNA')];
  return readMetadata(input).antennas.map((antenna) => {
    const found = known.findLast(
      (other) =>
        !other.isFlagged &&
        other.name === antenna.name &&
        other.station === antenna.station &&
        Math.hypot(...other.position.map((value, axis) => value - antenna.position[axis])) <= ANTENNA_NEARNESS,
    );
    const id = found?.id ?? appendRow(from, to, antenna.id);
    if (!found) known.push({ ...antenna, id });
    return id;
  });
}

interface State {
  readonly key: string;
  readonly calK: number;
  readonly loadK: number;
}

function mergeStates(context: Context, target: MeasurementSet, input: MeasurementSet): number[] | undefined {
  const tables = bothTables(target, input, 'STATE');
  if (!tables) return undefined;
  const [to, from] = tables;
  if (to.rowCount === 0 || from.rowCount === 0) {
    if (to.rowCount !== from.rowCount)
      warn(context, 'Not all MeasurementSets have STATE: the joined one has no states, thus no intents.');
    if (to.rowCount > 0)
      removeRows(
        to,
        Array.from({ length: to.rowCount }, (_, row) => row),
      );
    return undefined;
  }
  const known = readStates(to);
  return readStates(from).map((state, row) => {
    const found = known.findLastIndex(
      (other) =>
        other.key === state.key &&
        Math.abs(other.calK - state.calK) < STATE_NEARNESS &&
        Math.abs(other.loadK - state.loadK) < STATE_NEARNESS,
    );
    if (found >= 0) return found;
    known.push(state);
    return appendRow(from, to, row);
  });
}

function readStates(table: Table): State[] {
  const [cal, load] = ['CAL', 'LOAD'].map((name) => readNumbers(table, name, 0));
  const names = ['OBS_MODE', 'REF', 'SIG', 'SUB_SCAN', 'FLAG_ROW'].filter((name) => table.hasColumn(name));
  return cal.map((calK, row) => ({
    key: names.map((name) => cellKey(table, name, row)).join('\u0001'),
    ...{ calK, loadK: load[row] },
  }));
}

/** Feed rows for antennas and windows that the merged MS does not describe yet. */
function mergeFeeds(target: MeasurementSet, input: MeasurementSet, maps: MergeMaps): void {
  const keyOf = (table: Table) => {
    const columns = ['ANTENNA_ID', 'FEED_ID', 'SPECTRAL_WINDOW_ID'].map((name) => readNumbers(table, name));
    return (row: number) => columns.map((column) => column[row]);
  };
  const [to, from] = [target.subtable('FEED'), input.subtable('FEED')];
  const knownKey = keyOf(to);
  const addedKey = keyOf(from);
  const known = new Set(Array.from({ length: to.rowCount }, (_, row) => knownKey(row).join('/')));
  const rows: number[] = [];
  for (let row = 0; row < from.rowCount; row++) {
    const [antenna, feed, window] = addedKey(row);
    if (!known.has([maps.antenna[antenna], feed, window < 0 ? window : maps.spw[window]].join('/'))) rows.push(row);
  }
  const at = to.rowCount;
  to.addRows(rows.length);
  appendCells(from, to, rows, at, idRenumbering(maps));
}
