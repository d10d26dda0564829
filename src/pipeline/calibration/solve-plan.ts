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

/** Intervals begin so much before the time of a row, s: times that should differ by an interval may miss it by rounding. */
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
 * Assigns the selected rows to solutions as CASA 6.7 does: a solution ends where the array, observation, scan, field or window
 * changes (unless combined), and at the ticks of a clock that strikes every interval and is set anew by `clockStarts`.
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
  const solutionOfRow = new Int32Array(ms.main.rowCount).fill(-1);
  const partOfRow = new Uint16Array(ms.main.rowCount);
  const solutions: PlannedSolution[] = [];
  addSolutions(request);
  return {
    selected: selectedIds(keys, order, spwOf),
    solutions,
    passes: passesOf(keys, order, selected.rows, request.combine.has('spw')),
    solutionOfRow,
    partOfRow,
    channelMaps: channelMaps(metadata, selected.channels, request.channelInterval),
  };

  function addSolutions({ combine, intervalSec }: SolveRequest): void {
    const indices = new Map<string, number>();
    const tickOf = tickCounter(clockStarts(keys, { combine, intervalSec }), intervalSec);
    for (const row of order) {
      const key = [
        keys.arrayId[row],
        combine.has('obs') ? '' : keys.observationId[row],
        combine.has('scan') ? '' : keys.scanNumber[row],
        combine.has('field') ? '' : keys.fieldId[row],
        combine.has('spw') ? '' : keys.dataDescId[row],
        tickOf(keys.time[row]),
      ].join(' ');
      let index = indices.get(key);
      if (index === undefined) {
        index = solutions.length;
        indices.set(key, index);
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
      addRow(solutions[index], index, row);
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

/**
 * Times at which the clock of the intervals is set anew, ascending: the first selected row of each scan, where scans are not
 * combined; of each scan whose field is another than that of the scan before, where fields are not; and of a scan after one that
 * is not selected when an interval has gone by since the last start (casa, MSIter2).
 */
function clockStarts(keys: RowKeys, { combine, intervalSec }: Pick<SolveRequest, 'combine' | 'intervalSec'>): number[] {
  const isPerField = !combine.has('field');
  const firsts = new Map<string, { scan: number; field: number; time: number }>();
  for (let row = 0; row < keys.time.length; row++) {
    const [scan, field] = [keys.scanNumber[row], keys.fieldId[row]];
    const key = isPerField ? `${scan} ${field}` : `${scan}`;
    if (!firsts.has(key)) firsts.set(key, { scan, field, time: keys.time[row] - ROUNDING_SEC });
  }
  const inOrder = [...firsts.values()].sort((a, b) => a.scan - b.scan || a.field - b.field);
  const starts: number[] = [];
  inOrder.forEach(({ scan, field, time }, at) => {
    const before = inOrder[at - 1];
    const isNew =
      at === 0 ||
      (!combine.has('scan') && scan !== before.scan) ||
      (isPerField && field !== before.field) ||
      (scan - before.scan > 1 && time - starts[starts.length - 1] > intervalSec);
    if (isNew) starts.push(time);
  });
  return starts.sort((a, b) => a - b);
}

/** Names the tick of a time: the start that it follows and the whole intervals since then. Each time has its own where the interval is 0. */
function tickCounter(starts: readonly number[], intervalSec: number): (time: number) => string {
  if (intervalSec === 0) return String;
  const interval = Math.fround(intervalSec);
  return (time) => {
    let [first, end] = [0, starts.length];
    while (end - first > 1) {
      const middle = (first + end) >> 1;
      if (starts[middle] <= time) first = middle;
      else end = middle;
    }
    // What comes before the first start has ticks of its own, those below 0.
    return `${first}:${Math.floor((time - starts[first]) / interval)}`;
  };
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
