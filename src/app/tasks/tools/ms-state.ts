import {
  type MeasurementSet,
  type MsMetadata,
  openMs,
  readMetadata,
  type Selection,
} from '../../../astronomy/ms/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { method, type ToolArguments, type ToolMethod } from '../tool-types.ts';
import { numberList } from './reply-values.ts';

/** Channels of getdata: `count` means of `width` channels, from `start` in steps of `step`. */
export interface ChannelChoice {
  readonly count: number;
  readonly start: number;
  readonly width: number;
  readonly step: number;
}

/** What an ms object holds. */
export interface MsState {
  ms?: MeasurementSet;
  metadata?: MsMetadata;
  isWritable?: boolean;
  /** Chosen rows; undefined: all. */
  rows?: Int32Array;
  /** Data description that selectinit chose. */
  dataDescription?: number;
  channels?: ChannelChoice;
  /** Names of the correlations, or Stokes parameters, that selectpolarization chose. */
  polarizations?: readonly string[];
  /** The selection that msselect made last, by our names. */
  selection?: Selection;
  iteration?: { readonly parts: readonly Int32Array[]; at: number };
}

export const ask = (signature: string, run: ToolMethod<MsState>['run']) => method<MsState>(signature, run);

export function openState(state: MsState, path: string, isWritable: boolean): void {
  closeState(state);
  state.ms = openMs(path, isWritable ? 'update' : 'read');
  state.isWritable = isWritable;
  state.metadata = readMetadata(state.ms);
}

export function closeState(state: MsState): void {
  state.ms?.close();
  for (const key of Object.keys(state) as (keyof MsState)[]) delete state[key];
}

export function msOf(state: MsState): MeasurementSet {
  return state.ms ?? fail('usage', 'No MeasurementSet is open; call open first.');
}

export function metadataOf(state: MsState): MsMetadata {
  return state.metadata ?? fail('usage', 'No MeasurementSet is open; call open first.');
}

/** The spectral window of a data description. @throws usage where it names none */
export function windowOf(
  { dataDescriptions, spectralWindows }: MsMetadata,
  id: number,
): MsMetadata['spectralWindows'][number] {
  const window = spectralWindows[dataDescriptions[id]?.spwId];
  return window ?? fail('usage', `The data description ${id} has no spectral window.`);
}

/** Row numbers in MAIN that are chosen now: by selection, and while iterating by its part. */
export function chosenRows(state: MsState): Int32Array {
  const { main } = msOf(state);
  const part = state.iteration?.parts[state.iteration.at];
  return part ?? state.rows ?? Int32Array.from({ length: main.rowCount }, (_, row) => row);
}

/** Values of numeric columns of MAIN for the chosen rows, each flat [row, ...cell]. */
export function columnsOf(state: MsState, names: readonly string[], rows = chosenRows(state)): ArrayLike<number>[] {
  const { main } = msOf(state);
  return names.map((name) => {
    const all = main.column(name).getRange(0, main.rowCount) as ArrayLike<number>;
    if (rows.length === main.rowCount) return all;
    const size = main.rowCount === 0 ? 1 : all.length / main.rowCount;
    const values = new Float64Array(rows.length * size);
    for (let index = 0; index < rows.length; index++)
      for (let part = 0; part < size; part++) values[index * size + part] = all[rows[index] * size + part];
    return values;
  });
}

/** Narrows the chosen rows; true when some are left. */
export function narrow(state: MsState, keep: (row: number, index: number) => boolean): boolean {
  state.rows = chosenRows(state).filter(keep);
  state.iteration = undefined;
  return state.rows.length > 0;
}

/** Lists that select() compares a column with; ranges are inclusive. */
const LIST_COLUMNS: Readonly<Record<string, string>> = {
  antenna1: 'ANTENNA1',
  antenna2: 'ANTENNA2',
  array_id: 'ARRAY_ID',
  data_desc_id: 'DATA_DESC_ID',
  feed1: 'FEED1',
  feed2: 'FEED2',
  field_id: 'FIELD_ID',
  observation_id: 'OBSERVATION_ID',
  scan_number: 'SCAN_NUMBER',
  state_id: 'STATE_ID',
  times: 'TIME',
};

type Test = (index: number, row: number) => boolean;

/** The tests of one item of select(); undefined for an item that it does not know. */
function testOf(state: MsState, name: string, value: readonly number[]): Test | undefined {
  const between =
    (of: (index: number) => number): Test =>
    (index) =>
      of(index) >= value[0] && of(index) <= value[1];
  const column = LIST_COLUMNS[name];
  if (column) {
    const wanted = new Set(value);
    const [values] = columnsOf(state, [column]);
    return (index) => wanted.has(values[index]);
  }
  if (name === 'rows') {
    const wanted = new Set(value);
    return (_index, row) => wanted.has(row);
  }
  if (name === 'ifr_number') {
    const wanted = new Set(value);
    const [first, second] = columnsOf(state, ['ANTENNA1', 'ANTENNA2']);
    return (index) => wanted.has(first[index] * 1000 + second[index]);
  }
  if (name === 'time') {
    const [times] = columnsOf(state, ['TIME']);
    return between((index) => times[index]);
  }
  if (!['u', 'v', 'w', 'uvdist'].includes(name)) return undefined;
  const [uvw] = columnsOf(state, ['UVW']);
  const axis = 'uvw'.indexOf(name);
  if (axis >= 0) return between((index) => uvw[3 * index + axis]);
  return between((index) => Math.hypot(uvw[3 * index], uvw[3 * index + 1]));
}

/** ms.select(): rows by values of columns; all must hold. */
export function selectItems(state: MsState, items: ToolArguments): boolean {
  const tests = Object.entries(items).map(([name, value]) => {
    const test = testOf(state, name.toLowerCase(), numberList(value, name));
    const known = [...Object.keys(LIST_COLUMNS), 'rows', 'ifr_number', 'time', 'u', 'v', 'w', 'uvdist'];
    return test ?? fail('usage', `ms.select() does not know the item '${name}'; it knows ${known.join(', ')}.`);
  });
  return narrow(state, (row, index) => tests.every((test) => test(index, row)));
}
