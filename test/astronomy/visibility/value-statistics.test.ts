import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { type StatisticsRequest, valueStatistics } from '../../../src/astronomy/visibility/index.ts';
import { CHANNELS, FIELDS, freshContext, INTEGRATIONS, SECONDS, START, writeSmallMs } from '../ms/small-ms.ts';

function start() {
  const path = join(freshContext().cwd, 'a.ms');
  writeSmallMs(path);
  const of = (request: Partial<StatisticsRequest>, prepare?: (ms: ReturnType<typeof openMs>) => void) => {
    const ms = openMs(path, 'update');
    try {
      prepare?.(ms);
      return valueStatistics(ms, { column: 'DATA', selection: {}, usesFlags: true, withQuantiles: true, ...request });
    } finally {
      ms.close();
    }
  };
  return { of };
}

/** Rows of an integration: autocorrelations and baselines of four antennas. */
const ROWS = 10;

describe('valueStatistics', () => {
  it('gives a data description what its definition says, and where the extremes are', () => {
    const { of } = start();
    const [first, second] = of({ part: 'real', groups: 'ddid' });
    const values = Array.from({ length: CHANNELS[0] }, (_, chan) => chan / 100);
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const count = FIELDS.length * INTEGRATIONS * ROWS * CHANNELS[0] * 2;
    expect([first.name, second.name]).toEqual(['DATA_DESC_ID=0', 'DATA_DESC_ID=1']);
    expect(first.count).toBe(count);
    expect(first.mean).toBeCloseTo(mean, 7);
    expect(first.variance).toBeCloseTo((squares * count) / (count - 1), 7);
    expect(first.quantiles?.median).toBeCloseTo((values[3] + values[4]) / 2, 7);
    expect(first.quantiles?.medabsdevmed).toBeCloseTo(0.02, 7);
    // Of equal values the first: the first integration; cells go [row, chan, corr].
    expect([first.minDataset, first.minIndex, first.maxDataset, first.maxIndex]).toEqual([
      0,
      0,
      0,
      2 * (CHANNELS[0] - 1),
    ]);
  });

  it('leaves flagged values out, but counts their places', () => {
    const { of } = start();
    const flagFirst = (ms: ReturnType<typeof openMs>) => {
      const flag = ms.main.column('FLAG');
      const cell = flag.get(0) as { shape: number[]; values: Uint8Array };
      flag.put(0, { ...cell, values: cell.values.map((_, at) => (at < 2 ? 1 : 0)) });
    };
    const [{ count, minIndex, min }] = of({ part: 'real', groups: 'ddid', withQuantiles: false }, flagFirst);
    expect(count).toBe(FIELDS.length * INTEGRATIONS * ROWS * CHANNELS[0] * 2 - 2);
    expect([min, minIndex]).toEqual([0, 2 * CHANNELS[0]]);
    expect(of({ part: 'real', usesFlags: false })[0].count).toBe((count + 2) * 1.5);
  });

  it('groups by field and integration and takes columns of rows', () => {
    const { of } = start();
    expect(of({ part: 'amp', groups: 'field' }).map(({ name }) => name)).toEqual(['FIELD_ID=0', 'FIELD_ID=1']);
    const times = of({ column: 'ANTENNA2', groups: 'integration', selection: { spw: '1' } });
    expect(times).toHaveLength(FIELDS.length * INTEGRATIONS);
    expect(times[0].name).toBe(`TIME=${(START + SECONDS / 2 - SECONDS / 2).toFixed(6)}`);
    expect(times[0]).toMatchObject({ count: ROWS, max: 3, min: 0 });
    expect(() => of({ column: 'UVW' })).toThrow('has no statistics');
    expect(() => of({ column: 'CORRECTED_DATA', part: 'amp' })).toThrow('no column');
  });
});
