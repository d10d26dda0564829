import { extendFlagsInPlace, extensionTracks, type FlagCommand, isQuacked, type ScanEdges } from '../flagging/index.ts';
import type { CalTable } from './caltable.ts';

/** Which solutions a command is about. */
export interface CellChoice {
  readonly rows: readonly number[];
  /** Inclusive channel ranges of a row. */
  rangesOf(row: number): readonly (readonly [number, number])[];
  /** Parameters of a channel. */
  readonly params: readonly number[];
}

/** Calls `visit` for each chosen cell, and for each row's channel. */
export function forEachCell(
  { rows }: CalTable,
  choice: CellChoice,
  row: number,
  visit: (cell: number, chan: number) => void,
) {
  const last = rows.chanCount[row] - 1;
  for (const [from, to] of choice.rangesOf(row)) {
    for (let chan = from; chan <= Math.min(to, last); chan++) {
      for (const param of choice.params) visit(rows.offsets[row] + chan * rows.parCount + param, chan);
    }
  }
}

/**
 * Test for solutions at the edges of scans (flagdata's mode quack).
 *
 * @param scanRows rows among which scans begin and end; undefined: all
 */
export function quackedRows(
  { rows }: CalTable,
  scanRows: readonly number[] | undefined,
  command: FlagCommand,
): (row: number) => boolean {
  const edges = new Map<string, ScanEdges>();
  const keyOf = (row: number) => `${rows.observationId[row]}/${rows.scanNumber[row]}`;
  for (const row of scanRows ?? Array.from(rows.time.keys())) {
    if (command.quackincrement && isFlagged(rows, row)) continue;
    const [first, last] = edges.get(keyOf(row)) ?? [rows.time[row], rows.time[row]];
    edges.set(keyOf(row), [Math.min(first, rows.time[row]), Math.max(last, rows.time[row])]);
  }
  return (row) => {
    const found = edges.get(keyOf(row));
    return found !== undefined && isQuacked(rows.time[row], found, command);
  };
}

function isFlagged({ flag, offsets }: CalTable['rows'], row: number): boolean {
  return !flag.subarray(offsets[row], offsets[row + 1]).includes(0);
}

/**
 * Spreads the flags of solutions in time, channel and parameter (flagdata's mode extend); scans are not combined, as in CASA.
 *
 * @returns how many changed
 */
export function extendSolutions(table: CalTable, choice: CellChoice, command: FlagCommand): number {
  const { rows } = table;
  const of = (column: ArrayLike<number>) => choice.rows.map((row) => column[row]);
  const keys = [rows.spwId, rows.observationId, rows.fieldId, rows.antenna1, rows.antenna2].map(of);
  let changed = 0;
  for (const track of extensionTracks(
    { keys, scan: of(rows.scanNumber), time: of(rows.time) },
    { ...command, combinescans: false },
  )) {
    const cells = track.flatMap((at) => {
      const own: number[] = [];
      forEachCell(table, choice, choice.rows[at], (cell) => own.push(cell));
      return own;
    });
    const flags = Uint8Array.from(cells, (cell) => rows.flag[cell]);
    const paramCount = choice.params.length;
    if (flags.length === 0) continue;
    extendFlagsInPlace(flags, [track.length, flags.length / track.length / paramCount, paramCount], command);
    cells.forEach((cell, index) => {
      if (rows.flag[cell] !== flags[index]) changed++;
      rows.flag[cell] = flags[index];
    });
  }
  return changed;
}
