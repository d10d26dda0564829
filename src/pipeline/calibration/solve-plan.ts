import { type MeasurementSet, type MsMetadata, selectRows } from '../../astronomy/ms/index.ts';
import { readScalars } from '../../astronomy/visibility/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { ChannelInterval, SolveRequest } from './solve-options.ts';

/** One solution to come: a group of rows that share a set of gains. */
export interface PlannedSolution {
  /** The window that the solution stands for: the lowest of those combined. */
  spwId: number;
  /** The lowest of the fields combined, and the first scan of that field. */
  fieldId: number;
  scanNumber: number;
  readonly observationId: number;
  rowCount: number;
  /** Rows of one window and field, averaged before the solve; by data description and field. */
  readonly parts: Map<string, number>;
  /** Window of each part. */
  readonly partSpwIds: number[];
  /** Windows that take part. */
  readonly spwIds: Set<number>;
  /** Antennas with rows, flagged or not. */
  readonly antennaIds: Set<number>;
}

export interface SelectedIds {
  readonly antennaIds: readonly number[];
  readonly fieldIds: readonly number[];
  readonly scanNumbers: readonly number[];
  readonly observationIds: readonly number[];
  readonly spwIds: readonly number[];
}

/** Which rows go into which solution. */
export interface SolvePlan {
  /** What the selected cross-correlations are of, ascending. */
  readonly selected: SelectedIds;
  readonly solutions: readonly PlannedSolution[];
  /** Rows of one reading pass, ascending: one data description, or all when windows are combined. */
  readonly passes: readonly Int32Array[];
  /** Index of the solution of a row, -1 for rows that are not used, [row of the MS] */
  readonly solutionOfRow: Int32Array;
  /** Index of the part within the solution, [row of the MS] */
  readonly partOfRow: Uint16Array;
  /** Channel → index of the solution channel that it goes into, -1 for channels left out, by window. */
  readonly channelMaps: ReadonlyMap<number, Int32Array>;
}

/** Intervals end so much early, s: times that should differ by an interval may miss it by rounding (casacore, MSInterval). */
const ROUNDING_SEC = 0.01;

interface RowKeys {
  readonly time: Float64Array;
  readonly antenna1: Int32Array;
  readonly antenna2: Int32Array;
  readonly fieldId: Int32Array;
  readonly dataDescId: Int32Array;
  readonly scanNumber: Int32Array;
  readonly observationId: Int32Array;
  readonly arrayId: Int32Array;
}

/**
 * Assigns the selected rows to solutions as CASA 6.7 does: a solution ends where the array, observation, scan or window changes
 * (unless combined), where another field comes next (unless combined: scans of one field with another's between them stay
 * apart, whatever `combine` says of scans), and where the interval, counted from the solution's own first time, is over.
 *
 * @throws bad-data when the selection has no cross-correlations
 */
export function planSolutions(
  ms: MeasurementSet,
  metadata: MsMetadata,
  request: SolveRequest,
  warn?: (sentence: string) => void,
): SolvePlan {
  const selected = selectRows(ms, request.selection, { metadata, warn });
  const keys = readKeys(ms, selected.rows);
  const order = crossRows(keys);
  if (order.length === 0) fail('bad-data', 'The selection has no visibilities to solve on.', { file: ms.path });
  const spwOf = metadata.dataDescriptions.map((description) => description.spwId);
  const groups = groupRows(keys, order, request);
  const solutionOfRow = new Int32Array(ms.main.rowCount).fill(-1);
  const partOfRow = new Uint16Array(ms.main.rowCount);
  const solutions: PlannedSolution[] = [];
  for (const group of groups) addSolutions(group, request);
  return {
    selected: selectedIds(keys, order, spwOf),
    solutions,
    passes: passesOf(keys, order, selected.rows, request.combine.has('spw')),
    solutionOfRow,
    partOfRow,
    channelMaps: channelMaps(metadata, selected.channels, request.channelInterval),
  };

  /**
   * Splits a group, in order of time, where the field changes and where an interval is over; each begins with its own first row
   * (casacore, MSIter).
   */
  function addSolutions(group: number[], { intervalSec, combine }: SolveRequest): void {
    let begin = Number.NEGATIVE_INFINITY;
    let field = -1;
    for (const row of group) {
      const elapsed = keys.time[row] - begin;
      const isOver = elapsed > 0 && (intervalSec === 0 || elapsed + ROUNDING_SEC >= intervalSec);
      const isOther = !combine.has('field') && keys.fieldId[row] !== field;
      if (isOther || begin === Number.NEGATIVE_INFINITY || isOver) {
        begin = keys.time[row];
        field = keys.fieldId[row];
        solutions.push({
          spwId: spwOf[keys.dataDescId[row]],
          fieldId: keys.fieldId[row],
          scanNumber: keys.scanNumber[row],
          observationId: keys.observationId[row],
          rowCount: 0,
          parts: new Map(),
          partSpwIds: [],
          spwIds: new Set(),
          antennaIds: new Set(),
        });
      }
      addRow(solutions[solutions.length - 1], solutions.length - 1, row);
    }
  }

  function addRow(solution: PlannedSolution, index: number, row: number): void {
    const key = `${keys.dataDescId[row]} ${keys.fieldId[row]}`;
    let part = solution.parts.get(key);
    if (part === undefined) {
      part = solution.parts.size;
      solution.parts.set(key, part);
      solution.partSpwIds.push(spwOf[keys.dataDescId[row]]);
      solution.spwIds.add(spwOf[keys.dataDescId[row]]);
    }
    solution.spwId = Math.min(solution.spwId, spwOf[keys.dataDescId[row]]);
    if (keys.fieldId[row] < solution.fieldId) {
      solution.fieldId = keys.fieldId[row];
      solution.scanNumber = keys.scanNumber[row];
    }
    solution.rowCount++;
    solution.antennaIds.add(keys.antenna1[row]).add(keys.antenna2[row]);
    solutionOfRow[selected.rows[row]] = index;
    partOfRow[selected.rows[row]] = part;
  }
}

function selectedIds(keys: RowKeys, rows: Int32Array, spwOf: readonly number[]): SelectedIds {
  const ids = (...columns: Int32Array[]) => {
    const found = new Set<number>();
    for (const column of columns) for (const row of rows) found.add(column[row]);
    return [...found].sort((a, b) => a - b);
  };
  const spwIds = new Set(ids(keys.dataDescId).map((id) => spwOf[id]));
  return {
    antennaIds: ids(keys.antenna1, keys.antenna2),
    fieldIds: ids(keys.fieldId),
    scanNumbers: ids(keys.scanNumber),
    observationIds: ids(keys.observationId),
    spwIds: [...spwIds].sort((a, b) => a - b),
  };
}

function readKeys(ms: MeasurementSet, rows: Int32Array): RowKeys {
  const ints = (name: string) => readScalars(ms.main.column(name), rows, new Int32Array(rows.length));
  return {
    time: readScalars(ms.main.column('TIME'), rows, new Float64Array(rows.length)),
    antenna1: ints('ANTENNA1'),
    antenna2: ints('ANTENNA2'),
    fieldId: ints('FIELD_ID'),
    dataDescId: ints('DATA_DESC_ID'),
    scanNumber: ints('SCAN_NUMBER'),
    observationId: ints('OBSERVATION_ID'),
    arrayId: ints('ARRAY_ID'),
  };
}

/** Positions of cross-correlation rows, in order of time, then data description, then row. */
function crossRows(keys: RowKeys): Int32Array {
  const all = Int32Array.from({ length: keys.time.length }, (_, row) => row);
  return all
    .filter((row) => keys.antenna1[row] !== keys.antenna2[row])
    .sort((a, b) => keys.time[a] - keys.time[b] || keys.dataDescId[a] - keys.dataDescId[b] || a - b);
}

function groupRows(keys: RowKeys, order: Int32Array, { combine }: SolveRequest): Iterable<number[]> {
  const groups = new Map<string, number[]>();
  for (const row of order) {
    const key = [
      keys.arrayId[row],
      combine.has('obs') ? '' : keys.observationId[row],
      combine.has('scan') ? '' : keys.scanNumber[row],
      combine.has('spw') ? '' : keys.dataDescId[row],
    ].join(' ');
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups.values();
}

function passesOf(keys: RowKeys, order: Int32Array, rows: Int32Array, isCombined: boolean): Int32Array[] {
  const byDescription = new Map<number, number[]>();
  for (const row of order) {
    const key = isCombined ? -1 : keys.dataDescId[row];
    const list = byDescription.get(key);
    if (list) list.push(rows[row]);
    else byDescription.set(key, [rows[row]]);
  }
  return [...byDescription.entries()].sort(([a], [b]) => a - b).map(([, list]) => Int32Array.from(list).sort());
}

function channelMaps(
  metadata: MsMetadata,
  chosen: ReadonlyMap<number, readonly (readonly [first: number, last: number])[]>,
  interval: ChannelInterval | undefined,
): Map<number, Int32Array> {
  const maps = new Map<number, Int32Array>();
  for (const [spwId, ranges] of chosen) {
    const { chanFreqs, chanWidths } = metadata.spectralWindows[spwId];
    const map = new Int32Array(chanFreqs.length).fill(-1);
    for (const [first, last] of ranges) map.fill(0, first, last + 1);
    const width = channelsPerSolution(interval, chanWidths[0]);
    let next = 0;
    for (let chan = 0; chan < map.length; chan++) if (map[chan] === 0) map[chan] = Math.floor(next++ / width);
    maps.set(spwId, map);
  }
  return maps;
}

/** Channels of the data per channel of the solution: of Hz the whole number that fits, at least 1, as CASA 6.7 does. */
function channelsPerSolution(interval: ChannelInterval | undefined, chanWidth: number): number {
  if (!interval) return 1;
  if ('channels' in interval) return interval.channels;
  return Math.max(1, Math.floor(interval.widthHz / Math.abs(chanWidth)));
}
