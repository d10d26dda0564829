import { type MeasurementSet, type NumericColumns, type RowTest, stepRows } from '../../astronomy/ms/index.ts';
import type { VisibilityChunk } from '../../astronomy/visibility/index.ts';
import type { FlagCommand } from './flag-command.ts';

/** First and last TIME of a scan, MJD seconds. */
export type ScanEdges = readonly [first: number, last: number];
type ScanTimes = ReadonlyMap<string, ScanEdges>;

/** Rows among which scans begin and end. */
export interface QuackRows {
  readonly columns: readonly string[];
  bind(values: NumericColumns): RowTest;
}

/**
 * Test for rows at the edges of scans (CASA's quack): `beg` the first `quackinterval` seconds, `endb` the last, `tail` all but the
 * first, `end` all but the last.
 *
 * @param rows absent: all
 */
export function quackTest(
  ms: MeasurementSet,
  command: FlagCommand,
  rows?: QuackRows,
): (chunk: VisibilityChunk) => RowTest {
  const times = readScanTimes(ms, command.quackincrement ?? false, rows);
  return (chunk) => (row) => {
    const range = times.get(scanKey(chunk.observationId[row], chunk.arrayId[row], chunk.scanNumber[row]));
    return range !== undefined && isQuacked(chunk.time[row], range, command);
  };
}

/** Whether a time lies at the edge of its scan that a command of mode quack means. */
export function isQuacked(time: number, [first, last]: ScanEdges, command: FlagCommand): boolean {
  const { quackinterval: interval = 1, quackmode = 'beg' } = command;
  switch (quackmode) {
    case 'beg':
      return time < first + interval;
    case 'endb':
      return time > last - interval;
    case 'end':
      return time < last - interval;
    case 'tail':
      return time > first + interval;
  }
}

function scanKey(observationId: number, arrayId: number, scan: number): string {
  return `${observationId}/${arrayId}/${scan}`;
}

/** @param onlyUnflagged count edges from the first unflagged row, as quackincrement asks */
function readScanTimes(ms: MeasurementSet, onlyUnflagged: boolean, rows?: QuackRows): ScanTimes {
  const times = new Map<string, [number, number]>();
  const names = ['OBSERVATION_ID', 'ARRAY_ID', 'SCAN_NUMBER', 'TIME', 'FLAG_ROW'] as const;
  for (const { count, values } of stepRows(ms.main, [...new Set([...names, ...(rows?.columns ?? [])])])) {
    const isChosen = rows?.bind(values as unknown as NumericColumns);
    const [observations, arrays, scans, rowTimes, flags] = names.map((name) => values[name] as Float64Array);
    let key = '';
    let range: [number, number] | undefined;
    for (let row = 0; row < count; row++) {
      if ((onlyUnflagged && flags[row] !== 0) || (isChosen && !isChosen(row))) continue;
      const current = scanKey(observations[row], arrays[row], scans[row]);
      if (current !== key || !range) {
        key = current;
        range = times.get(key);
        if (!range) {
          range = [rowTimes[row], rowTimes[row]];
          times.set(key, range);
        }
      }
      if (rowTimes[row] < range[0]) range[0] = rowTimes[row];
      if (rowTimes[row] > range[1]) range[1] = rowTimes[row];
    }
  }
  return times;
}
