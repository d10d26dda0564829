import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ColumnDescription, createTable } from '../../../src/formats/tables/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import type { WvrData } from '../../../src/pipeline/calibration/wvr-data.ts';
import { subtractOffsets } from '../../../src/pipeline/calibration/wvr-offsets.ts';

const folder = mkdtempSync(join(tmpdir(), 'offsets-'));
const path = join(folder, 'a.offsets');
const warnings: string[] = [];
const context = { ...silentContext(folder), log: { post: (text: string) => void warnings.push(text) } };
/** Two antennas at two times, 100 K; the last sample has no value. */
const samples = (): WvrData =>
  ({
    time: Float64Array.of(10, 11),
    antennaCount: 2,
    brightness: Float64Array.from({ length: 16 }, (_, at) => (at < 12 ? 100 : 0)),
  }) as unknown as WvrData;

beforeAll(() => {
  const columns: ColumnDescription[] = [
    { name: 'TIME', type: 'Double', kind: 'scalar' },
    { name: 'ANTENNA', type: 'Int', kind: 'scalar' },
    { name: 'OFFSETS', type: 'Double', kind: 'array', shape: [4] },
  ];
  const names = columns.map(({ name }) => name);
  const table = createTable(
    path,
    { columns, storageManagers: [{ type: 'StandardStMan', name: 'SM', columns: names }] },
    4,
  );
  const rows = [
    [10, 0, [1, 2, 3, 4]],
    [10, 1, [0, 0, 0, 98]],
    [11, 1, [5, 5, 5, 5]],
    [12, 0, [1, 1, 1, 1]],
  ] as const;
  table.column('TIME').putRange(
    0,
    4,
    Float64Array.from(rows, ([time]) => time),
  );
  table.column('ANTENNA').putRange(
    0,
    4,
    Int32Array.from(rows, ([, antenna]) => antenna),
  );
  table.column('OFFSETS').putRange(0, 4, Float64Array.from(rows.flatMap(([, , offsets]) => offsets)));
  table.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('offsets of radiometer samples', () => {
  it('are subtracted; samples colder than the sky lose their value, rows without a sample are reported', () => {
    const data = samples();
    subtractOffsets(context, path, data, 4);
    expect([...data.brightness]).toEqual([99, 98, 97, 96, 0, 0, 0, 0, 100, 100, 100, 100, 0, 0, 0, 0]);
    expect(warnings).toEqual([expect.stringContaining('1 rows')]);
  });

  it('must be one for each sample', () => {
    expect(() => subtractOffsets(context, path, samples(), 5)).toThrow('has 4 rows, the MeasurementSet 5');
  });
});
