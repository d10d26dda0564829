import { type MeasurementSet, type MsMetadata, openMs, readMetadata, stepRows } from '../../../astronomy/ms/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { method, type ToolArguments, type ToolMethod } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';

/** Rows of MAIN that agree in scan, field, state and data description. */
export interface RowGroup {
  readonly observation: number;
  readonly array: number;
  readonly scan: number;
  readonly field: number;
  readonly state: number;
  readonly dataDescription: number;
  readonly spw: number;
  /** TIME → number of rows. */
  readonly times: Map<number, number>;
  rowCount: number;
  /** Rows of one antenna with itself. */
  autoCount: number;
}

/** What a pass over MAIN found. */
export interface RowIndex {
  readonly groups: readonly RowGroup[];
  /** Scan number → antennas. */
  readonly antennas: ReadonlyMap<number, ReadonlySet<number>>;
  /** Baselines as antenna1 · 2^16 + antenna2. */
  readonly baselines: ReadonlySet<number>;
}

/** An open MS; MAIN is read only when a method asks for it. */
export interface MsmdState {
  ms?: MeasurementSet;
  metadata?: MsMetadata;
  index?: RowIndex;
}

export function openMsmd(state: MsmdState, path: string): void {
  closeMsmd(state);
  state.ms = openMs(path, 'read');
  state.metadata = readMetadata(state.ms);
}

export function closeMsmd(state: MsmdState): void {
  state.ms?.close();
  state.ms = undefined;
  state.metadata = undefined;
  state.index = undefined;
}

export function opened(state: MsmdState): MsMetadata {
  return state.metadata ?? fail('usage', 'No MeasurementSet is open; call open first.');
}

export function openedMs(state: MsmdState): MeasurementSet {
  return state.ms ?? fail('usage', 'No MeasurementSet is open; call open first.');
}

const COLUMNS = [
  'OBSERVATION_ID',
  'ARRAY_ID',
  'SCAN_NUMBER',
  'FIELD_ID',
  'STATE_ID',
  'DATA_DESC_ID',
  'TIME',
  'ANTENNA1',
  'ANTENNA2',
] as const;

/** The groups of rows, in ascending order of observation, array, scan, field, state and data description. */
export function rowGroups(state: MsmdState): readonly RowGroup[] {
  return rowIndex(state).groups;
}

export function rowIndex(state: MsmdState): RowIndex {
  state.index ??= readIndex(openedMs(state), opened(state));
  return state.index;
}

function readIndex(ms: MeasurementSet, { dataDescriptions }: MsMetadata): RowIndex {
  const groups = new Map<string, RowGroup>();
  const antennas = new Map<number, Set<number>>();
  const baselines = new Set<number>();
  for (const { count, values } of stepRows(ms.main, COLUMNS)) {
    const columns = COLUMNS.map((name) => values[name] as unknown as ArrayLike<number>);
    const [times, first, second] = columns.slice(6);
    let group: RowGroup | undefined;
    let inScan: Set<number> | undefined;
    for (let row = 0; row < count; row++) {
      const [observation, array, scan, field, obsState, dataDescription] = columns.map((column) => column[row]);
      const isSame =
        group?.dataDescription === dataDescription &&
        group.scan === scan &&
        group.field === field &&
        group.state === obsState &&
        group.observation === observation &&
        group.array === array;
      if (!group || !isSame) {
        const key = `${observation}/${array}/${scan}/${field}/${obsState}/${dataDescription}`;
        const spw = dataDescriptions[dataDescription]?.spwId ?? -1;
        const ids = { observation, array, scan, field, state: obsState, dataDescription, spw };
        group = groups.get(key) ?? { ...ids, times: new Map(), rowCount: 0, autoCount: 0 };
        groups.set(key, group);
        inScan = antennas.get(scan) ?? new Set();
        antennas.set(scan, inScan);
      }
      group.rowCount++;
      if (first[row] === second[row]) group.autoCount++;
      group.times.set(times[row], (group.times.get(times[row]) ?? 0) + 1);
      inScan?.add(first[row]).add(second[row]);
      baselines.add(first[row] * 65_536 + second[row]);
    }
  }
  return { groups: [...groups.values()].sort(inOrder), antennas, baselines };
}

function inOrder(a: RowGroup, b: RowGroup): number {
  return (
    a.observation - b.observation ||
    a.array - b.array ||
    a.scan - b.scan ||
    a.field - b.field ||
    a.state - b.state ||
    a.dataDescription - b.dataDescription
  );
}

/** Groups of the observation and array that `obsid` and `arrayid` name; -1: all. */
export function groupsOf(state: MsmdState, args: ToolArguments): RowGroup[] {
  return rowGroups(state).filter(
    ({ observation, array }) =>
      (args.obsid === undefined || Number(args.obsid) < 0 || observation === args.obsid) &&
      (args.arrayid === undefined || Number(args.arrayid) < 0 || array === args.arrayid),
  );
}

/** The groups of a scan; @throws usage when there is none */
export function groupsOfScan(state: MsmdState, args: ToolArguments, scan = Number(args.scan)): RowGroup[] {
  const found = groupsOf(state, args).filter((group) => group.scan === scan);
  return found.length > 0 ? found : fail('usage', `There is no scan ${scan}.`);
}

/** An intent matches a pattern with * as in CASA, or exactly. */
function intentTest(pattern: string): (intent: string) => boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${escaped.join('.*')}$`);
  return (intent) => expression.test(intent);
}

export function intentsOfState(state: MsmdState, id: number): string[] {
  const mode = opened(state).states[id]?.obsMode ?? '';
  return mode.split(',').filter((intent) => intent !== '');
}

/** Groups observed with an intent; `*` stands for any characters. */
export function groupsOfIntent(state: MsmdState, args: ToolArguments): RowGroup[] {
  const matches = intentTest(String(args.intent));
  return groupsOf(state, args).filter((group) => intentsOfState(state, group.state).some(matches));
}

/** Ids of the fields that a name or number means. */
export function fieldIds(metadata: MsMetadata, field: TaskValue): number[] {
  if (typeof field === 'number') {
    if (field < 0 || field >= metadata.fields.length)
      fail('usage', `There is no field ${field}; there are ${metadata.fields.length}.`);
    return [field];
  }
  const found = metadata.fields.filter(({ name }) => name === field).map(({ id }) => id);
  return found.length > 0 ? found : fail('usage', `There is no field ${String(field)}.`);
}

/** Short constructor for the methods of msmd. */
export const ask = (signature: string, run: ToolMethod<MsmdState>['run']) => method<MsmdState>(signature, run);

/** Groups gathered by a key, keys ascending. */
export function byKey(groups: readonly RowGroup[], key: (group: RowGroup) => number): [number, RowGroup[]][] {
  const gathered = new Map<number, RowGroup[]>();
  for (const group of groups) {
    const list = gathered.get(key(group));
    if (list) list.push(group);
    else gathered.set(key(group), [group]);
  }
  return [...gathered].sort(([a], [b]) => a - b);
}

/** Times of groups, ascending, each once. */
export function timesOf(groups: readonly RowGroup[]): number[] {
  return [...new Set(groups.flatMap(({ times }) => [...times.keys()]))].sort((a, b) => a - b);
}
