import { type MeasurementSet, readNumbers, readTexts } from '../../astronomy/ms/index.ts';
import { removeRows, type Table } from '../../formats/tables/index.ts';
import { appendRow, bothTables, cellKey } from './merged-rows.ts';

/** Columns in which rows of one source agree; an undefined cell agrees with all. */
const SOURCE_COLUMNS = ['CALIBRATION_GROUP', 'CODE', 'NAME', 'NUM_LINES', 'PROPER_MOTION', 'PULSAR_ID', 'SYSVEL'];
const PLACE_COLUMNS = ['DIRECTION', 'POSITION'];
/** Columns that may differ from window to window. */
const LINE_COLUMNS = ['REST_FREQUENCY', 'TRANSITION'];

interface SourceRow {
  readonly row: number;
  readonly name: string;
  readonly spwId: number;
  readonly start: number;
  readonly end: number;
  id: number;
  readonly cells: Readonly<Record<string, string>>;
}

export interface SourceMerge {
  /** New number of a source of the input. */
  numberOf(id: number): number;
}

/** Sources that have no place of their own: those of fields with ephemerides. */
export interface MovingSources {
  readonly known: ReadonlySet<number>;
  readonly added: ReadonlySet<number>;
}

/**
 * Appends the sources of an input: rows equal to one of the merged MS in all but number, window and time are that source, and
 * are left out when it is there for the window; all others get new numbers.
 */
export function mergeSources(
  target: MeasurementSet,
  input: MeasurementSet,
  spw: readonly number[],
  moving: MovingSources,
): SourceMerge {
  const tables = bothTables(target, input, 'SOURCE');
  if (!tables || tables[1].rowCount === 0) return { numberOf: (id) => id };
  const [to, from] = tables;
  const known = readRows(to, (id) => id);
  let next = Math.max(-1, ...known.map(({ id }) => id)) + 1;
  const numbers = new Map<number, number>();
  for (const row of readRows(from, (id) => (id < 0 ? id : spw[id]))) {
    const isSame = (other: SourceRow) => isEqual(row, other, moving.added.has(row.id) && moving.known.has(other.id));
    const found = known.find((other) => other.spwId === row.spwId && isSame(other)) ?? known.find(isSame);
    const before = numbers.get(row.id);
    const number = found?.id ?? before ?? next++;
    if (before === undefined) numbers.set(row.id, number);
    if (found?.spwId === row.spwId) {
      widen(to, found, row);
      continue;
    }
    const at = appendRow(from, to, row.row, { SOURCE_ID: () => number, SPECTRAL_WINDOW_ID: () => row.spwId });
    known.push({ ...row, row: at, id: number });
  }
  return { numberOf: (id) => numbers.get(id) ?? id };
}

/**
 * Sources that no field uses take the number of an equal source of another window (their lines may differ), or go: after fields
 * were merged by direction their sources are of no use.
 */
export function dropStraySources(target: MeasurementSet): void {
  if (!target.hasSubtable('SOURCE')) return;
  const table = target.subtable('SOURCE');
  const used = new Set(readNumbers(target.subtable('FIELD'), 'SOURCE_ID', -1));
  const rows = readRows(table, (id) => id);
  const gone: number[] = [];
  for (const row of rows) {
    if (used.has(row.id)) continue;
    const found = rows.find(
      (other) => other.spwId !== row.spwId && other.id !== row.id && isEqual(row, other, false, true),
    );
    if (!found) gone.push(row.row);
    else {
      row.id = found.id;
      table.column('SOURCE_ID').put(row.row, found.id);
    }
  }
  if (gone.length > 0) removeRows(table, gone);
}

function readRows(table: Table, windowOf: (id: number) => number): SourceRow[] {
  const names = readTexts(table, 'NAME');
  const ids = readNumbers(table, 'SOURCE_ID');
  const windows = readNumbers(table, 'SPECTRAL_WINDOW_ID', -1);
  const times = readNumbers(table, 'TIME', 0);
  const intervals = readNumbers(table, 'INTERVAL', 0);
  const columns = [...SOURCE_COLUMNS, ...PLACE_COLUMNS, ...LINE_COLUMNS].filter((name) => table.hasColumn(name));
  return names.map((name, row) => ({
    ...{ row, name, id: ids[row], spwId: windowOf(windows[row]) },
    ...{ start: times[row] - intervals[row] / 2, end: times[row] + intervals[row] / 2 },
    cells: Object.fromEntries(columns.map((column) => [column, cellKey(table, column, row)])),
  }));
}

function isEqual(one: SourceRow, other: SourceRow, isMoving: boolean, withoutLines = false): boolean {
  if (one.name !== other.name) return false;
  const columns = [...SOURCE_COLUMNS, ...(isMoving ? [] : PLACE_COLUMNS), ...(withoutLines ? [] : LINE_COLUMNS)];
  return columns.every((column) => {
    const [a, b] = [one.cells[column] ?? '', other.cells[column] ?? ''];
    return a === '' || b === '' || a === b;
  });
}

/** The time of a source becomes that of both rows together. */
function widen(table: Table, kept: SourceRow, row: SourceRow): void {
  if (row.start >= kept.start && row.end <= kept.end) return;
  const [start, end] = [Math.min(row.start, kept.start), Math.max(row.end, kept.end)];
  table.column('TIME').put(kept.row, (start + end) / 2);
  table.column('INTERVAL').put(kept.row, end - start);
}
