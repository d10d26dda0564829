import { stepRows } from './columns.ts';
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
  for (const { start, count, values } of stepRows(ms.main, COLUMNS)) {
    const numeric = values as unknown as Record<(typeof COLUMNS)[number], ArrayLike<number>>;
    let tally: Tally | undefined;
    let tallyField = -1;
    for (let row = 0; row < count; row++) {
      if (isChosen && isChosen[start + row] === 0) continue;
      const number = numeric.SCAN_NUMBER[row];
      const observationId = numeric.OBSERVATION_ID[row];
      const arrayId = numeric.ARRAY_ID[row];
      const field = byField ? numeric.FIELD_ID[row] : -1;
      const isSame = tally?.number === number && tally.observationId === observationId && tally.arrayId === arrayId;
      if (!tally || !isSame || field !== tallyField) {
        tally = tallyOf(tallies, number, observationId, arrayId, field);
        tallyField = field;
      }
      const interval = numeric.INTERVAL[row];
      const time = numeric.TIME[row];
      tally.rowCount++;
      if (time - interval / 2 < tally.startSec) tally.startSec = time - interval / 2;
      if (time + interval / 2 > tally.endSec) tally.endSec = time + interval / 2;
      tally.fields.add(numeric.FIELD_ID[row]);
      tally.states.add(numeric.STATE_ID[row]);
      const window = dataDescriptions[numeric.DATA_DESC_ID[row]]?.spwId ?? -1;
      const sum = tally.windows.get(window);
      if (sum) {
        sum[0] += interval;
        sum[1]++;
      } else tally.windows.set(window, [interval, 1]);
    }
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
