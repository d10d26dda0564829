import { stepRows, stepRuns } from './columns.ts';
import type { MeasurementSet } from './measurement-set.ts';
import type { MsDescription } from './metadata.ts';

/** What listobs counts in MAIN. */
export interface ListedRows {
  readonly count: number;
  readonly byField: ReadonlyMap<number, number>;
  readonly antennas: ReadonlySet<number>;
  readonly dataDescIds: ReadonlySet<number>;
  /** Rows that are not flagged, by field; parts of rows count as parts. Undefined when not asked for. */
  readonly unflaggedByField?: ReadonlyMap<number, number>;
  /** The same by observation, array, scan and field, see `scanKey`. */
  readonly unflaggedByScan?: ReadonlyMap<string, number>;
}

const COLUMNS = ['OBSERVATION_ID', 'ARRAY_ID', 'SCAN_NUMBER', 'FIELD_ID'] as const;
/** So many rows have all antennas of an array, unless one is missing. */
const ROWS_TO_MEET_ALL = 8192;
const BYTES_PER_PIECE = 8 * 1024 * 1024;

export const scanKey = (observation: number, array: number, scan: number, field: number) =>
  `${observation}/${array}/${scan}/${field}`;

/**
 * Counts rows of MAIN.
 *
 * @param isChosen for each row; undefined: all
 */
export function countRows(
  ms: MeasurementSet,
  metadata: MsDescription,
  isChosen: Uint8Array | undefined,
  withFlags: boolean,
): ListedRows {
  const byField = new Map<number, number>();
  const dataDescIds = new Set<number>();
  let total = 0;
  for (const { count, values } of stepRuns(ms.main, ['FIELD_ID', 'DATA_DESC_ID'], isChosen)) {
    total += count;
    add(byField, values.FIELD_ID, count);
    dataDescIds.add(values.DATA_DESC_ID);
  }
  const antennas = antennasOf(ms, metadata.antennas.length, isChosen);
  return { count: total, byField, antennas, dataDescIds, ...(withFlags && countUnflagged(ms, metadata, isChosen)) };
}

function add<Key>(map: Map<Key, number>, key: Key, value: number): void {
  map.set(key, (map.get(key) ?? 0) + value);
}

function antennasOf(ms: MeasurementSet, antennaCount: number, isChosen: Uint8Array | undefined): Set<number> {
  const isUsed = new Uint8Array(antennaCount);
  let missing = antennaCount;
  const use = (antenna: number) => {
    if (isUsed[antenna] === 0) missing--;
    isUsed[antenna] = 1;
  };
  for (const { start, count, values } of stepRows(ms.main, ['ANTENNA1', 'ANTENNA2'], ROWS_TO_MEET_ALL)) {
    const [ones, others] = [values.ANTENNA1 as Int32Array, values.ANTENNA2 as Int32Array];
    for (let row = 0; row < count; row++) {
      if (isChosen?.[start + row] === 0) continue;
      use(ones[row]);
      use(others[row]);
    }
    if (missing === 0) break; // mostly in the first integration
  }
  return new Set([...isUsed.keys()].filter((antenna) => isUsed[antenna] === 1));
}

function countUnflagged(ms: MeasurementSet, metadata: MsDescription, isChosen: Uint8Array | undefined) {
  const unflaggedByField = new Map<number, number>();
  const unflaggedByScan = new Map<string, number>();
  for (const { start, count, values } of stepRows(ms.main, COLUMNS)) {
    const [observations, arrays, scans, fields] = COLUMNS.map((name) => values[name] as Int32Array);
    const shares = unflaggedShares(ms, metadata, start, count, isChosen);
    for (let row = 0; row < count; row++) {
      if (isChosen && isChosen[start + row] === 0) continue;
      add(unflaggedByField, fields[row], shares[row]);
      add(unflaggedByScan, scanKey(observations[row], arrays[row], scans[row], fields[row]), shares[row]);
    }
  }
  return { unflaggedByField, unflaggedByScan };
}

/**
 * The part of each row's bandwidth that FLAG does not flag; FLAG_ROW does not count, as in CASA. Where only some channels are flagged
 * the widths of the others count against the total bandwidth of the window, which may be another than their sum.
 */
function unflaggedShares(
  ms: MeasurementSet,
  metadata: MsDescription,
  start: number,
  count: number,
  isChosen: Uint8Array | undefined,
): Float64Array {
  const shares = new Float64Array(count);
  const flags = ms.main.column('FLAG');
  const dataDescs = ms.main.column('DATA_DESC_ID').getRange(start, count) as Int32Array;
  for (let first = 0; first < count; ) {
    const { chanWidths, totalBandwidth } = metadata.spectralWindows[metadata.dataDescriptions[dataDescs[first]].spwId];
    const [chanCount = 0, corrCount = 0] = flags.cellShape(start + first) ?? [];
    const size = chanCount * corrCount;
    const limit = Math.max(1, Math.floor(BYTES_PER_PIECE / Math.max(1, size)));
    let end = first + 1;
    while (end < count && end - first < limit && dataDescs[end] === dataDescs[first]) end++;
    const isWanted = size > 0 && (!isChosen || isChosen.subarray(start + first, start + end).includes(1));
    const values = isWanted ? (flags.getRange(start + first, end - first) as Uint8Array) : undefined;
    for (let row = first; values && row < end; row++) {
      const cell = values.subarray((row - first) * size, (row - first + 1) * size);
      shares[row] = unflaggedShare(cell, corrCount, chanWidths, totalBandwidth);
    }
    first = end;
  }
  return shares;
}

/** @param cell [chan, corr] */
function unflaggedShare(cell: Uint8Array, corrCount: number, widths: readonly number[], bandwidth: number): number {
  let unflagged = 0;
  for (let corr = 0; corr < corrCount; corr++) {
    let [width, flagged] = [0, 0];
    for (let at = corr, chan = 0; at < cell.length; at += corrCount, chan++) {
      if (cell[at] === 0) width += Math.abs(widths[chan]);
      else flagged++;
    }
    unflagged += flagged === 0 ? 1 : width / bandwidth;
  }
  return unflagged / corrCount;
}
