import type { AsdmRow, AsdmTable } from '../../formats/asdm/index.ts';

/** A row with the part of time that it is valid for, as importasdm takes it. */
export interface TimedRow {
  readonly row: AsdmRow;
  readonly startNs: bigint;
  readonly durationNs: bigint;
  /** MS columns TIME (midpoint) and INTERVAL, s. */
  readonly time: number;
  readonly interval: number;
}

/**
 * Rows with their time intervals, each cut where the next row of the same key begins: ASDM writers leave intervals open-ended,
 * and importasdm (CASA 6.7) closes those of XML tables so. Binary tables keep theirs (SysCal, to which fixsyscaltimes owes
 * its being).
 *
 * @param keyOf rows of the same key follow one another in time
 * @param isWanted overlap with the chosen scans; asked for the interval as cut
 */
export function timedRows(
  table: AsdmTable,
  keyOf: (row: AsdmRow) => string,
  isWanted: (startNs: bigint, durationNs: bigint) => boolean,
): TimedRow[] {
  const all = [...table.rows()].map((row) => {
    const { midNs, durationNs } = row.span('timeInterval');
    return { row, startNs: midNs - durationNs / 2n, durationNs };
  });
  if (!table.isBinary) cutAll(all, keyOf);
  return all
    .filter(({ startNs, durationNs }) => isWanted(startNs, durationNs))
    .map(({ row, startNs, durationNs }) => {
      const interval = Number(durationNs) / 1e9;
      return { row, startNs, durationNs, interval, time: Number(startNs) / 1e9 + interval / 2 };
    });
}

interface OpenInterval {
  readonly row: AsdmRow;
  readonly startNs: bigint;
  durationNs: bigint;
}

function cutAll(all: readonly OpenInterval[], keyOf: (row: AsdmRow) => string): void {
  const groups = new Map<string, OpenInterval[]>();
  for (const entry of all) {
    const key = keyOf(entry.row);
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  for (const group of groups.values()) cutOverlaps(group);
}

function cutOverlaps(group: readonly OpenInterval[]): void {
  const sorted = [...group].sort((a, b) => (a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1 : 0));
  for (let index = 0; index + 1 < sorted.length; index++) {
    const gap = sorted[index + 1].startNs - sorted[index].startNs;
    if (gap > 0n && sorted[index].durationNs > gap) sorted[index].durationNs = gap;
  }
}
