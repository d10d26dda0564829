import { stepRuns } from './columns.ts';
import type { MeasurementSet } from './measurement-set.ts';
import type { DataDescriptionInfo, ScanInfo, StateInfo } from './metadata.ts';

interface Tally {
  readonly number: number;
  readonly observationId: number;
  readonly arrayId: number;
  rowCount: number;
  startSec: number;
  endSec: number;
  readonly fields: Set<number>;
  readonly states: Set<number>;
  /** Window → [sum of INTERVAL, rows]. */
  readonly windows: Map<number, [sum: number, rows: number]>;
}

const COLUMNS = [
  'SCAN_NUMBER',
  'OBSERVATION_ID',
  'ARRAY_ID',
  'FIELD_ID',
  'STATE_ID',
  'DATA_DESC_ID',
  'TIME',
  'INTERVAL',
] as const;

/**
 * Groups the rows of MAIN by observation, array and scan, in the order of their start times.
 *
 * @param byField a group for each field of a scan, as listobs prints them
 * @param isChosen for each row of MAIN; undefined: all
 */
export function readScans(
  ms: MeasurementSet,
  dataDescriptions: readonly DataDescriptionInfo[],
  states: readonly StateInfo[],
  byField = false,
  isChosen?: Uint8Array,
): ScanInfo[] {
  const tallies = new Map<string, Tally>();
  for (const { count, values } of stepRuns(ms.main, COLUMNS, isChosen)) {
    const { FIELD_ID: field, TIME: time, INTERVAL: interval } = values;
    const tally = tallyOf(tallies, values.SCAN_NUMBER, values.OBSERVATION_ID, values.ARRAY_ID, byField ? field : -1);
    tally.rowCount += count;
    if (time - interval / 2 < tally.startSec) tally.startSec = time - interval / 2;
    if (time + interval / 2 > tally.endSec) tally.endSec = time + interval / 2;
    tally.fields.add(field);
    tally.states.add(values.STATE_ID);
    const window = dataDescriptions[values.DATA_DESC_ID]?.spwId ?? -1;
    const [sum, rows] = tally.windows.get(window) ?? [0, 0];
    tally.windows.set(window, [sum + interval * count, rows + count]);
  }
  return [...tallies.values()]
    .sort((one, other) => one.observationId - other.observationId || one.startSec - other.startSec)
    .map((tally) => describe(tally, states));
}

function tallyOf(
  tallies: Map<string, Tally>,
  number: number,
  observationId: number,
  arrayId: number,
  field: number,
): Tally {
  const key = `${observationId}/${arrayId}/${number}/${field}`;
  let tally = tallies.get(key);
  if (!tally) {
    const empty = { fields: new Set<number>(), states: new Set<number>(), windows: new Map() };
    tally = { number, observationId, arrayId, rowCount: 0, startSec: Infinity, endSec: -Infinity, ...empty };
    tallies.set(key, tally);
  }
  return tally;
}

function describe(tally: Tally, states: readonly StateInfo[]): ScanInfo {
  const spwIds = ascending(tally.windows.keys());
  const stateIds = ascending(tally.states);
  const modes = stateIds.flatMap((id) => (states[id]?.obsMode ?? '').split(','));
  return {
    number: tally.number,
    observationId: tally.observationId,
    arrayId: tally.arrayId,
    rowCount: tally.rowCount,
    fieldIds: ascending(tally.fields),
    spwIds,
    stateIds,
    intents: [...new Set(modes.filter((mode) => mode !== ''))].sort(),
    startSec: tally.startSec,
    endSec: tally.endSec,
    integrationSec: spwIds.map((id) => {
      const [sum, rows] = tally.windows.get(id) ?? [0, 1];
      return sum / rows;
    }),
  };
}

function ascending(values: Iterable<number>): number[] {
  return [...values].sort((one, other) => one - other);
}
