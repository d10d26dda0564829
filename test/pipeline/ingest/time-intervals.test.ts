import { describe, expect, it } from 'vitest';
import type { AsdmRow, AsdmTable } from '../../../src/formats/asdm/index.ts';
import { timedRows } from '../../../src/pipeline/ingest/time-intervals.ts';

const SECOND = 1_000_000_000n;
const OPEN = 4_000_000_000n * SECOND;

/** A table of rows that begin at 10, 20 and 35 s and have no end. */
function openTable(isBinary: boolean): AsdmTable {
  const rows = [10n, 20n, 35n].map((start) => ({
    span: () => ({ midNs: start * SECOND + OPEN / 2n, durationNs: OPEN }),
  }));
  return { isBinary, rows: () => rows as unknown as AsdmRow[] } as unknown as AsdmTable;
}

describe('open-ended time intervals', () => {
  it('of XML tables end where the next row begins', () => {
    const rows = timedRows(
      openTable(false),
      () => '',
      () => true,
    );
    expect(rows.map(({ interval }) => interval)).toEqual([10, 15, 4e9]);
    expect(rows.slice(0, 2).map(({ time }) => time)).toEqual([15, 27.5]);
  });

  it('of binary tables stay open, as CASA leaves them', () => {
    const rows = timedRows(
      openTable(true),
      () => '',
      () => true,
    );
    expect(rows.map(({ interval }) => interval)).toEqual([4e9, 4e9, 4e9]);
    expect(rows.map(({ time, interval }) => time - interval / 2)).toEqual([10, 20, 35]);
  });
});
