import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs, selectRows } from '../../../src/astronomy/ms/index.ts';
import {
  binChannels,
  binsOf,
  readChunks,
  timeAverage,
  type VisibilityChunk,
} from '../../../src/astronomy/visibility/index.ts';
import { freshContext, writeSmallMs } from '../ms/small-ms.ts';

function chunks(leftOut = 0): { all: VisibilityChunk[]; close: () => void } {
  const path = join(freshContext().cwd, 'a.ms');
  writeSmallMs(path);
  const ms = openMs(path);
  const { rows } = selectRows(ms, { spw: '0', antenna: '*&*' });
  return {
    all: [...readChunks(ms, { columns: ['DATA'], rows: rows.slice(leftOut) })],
    close: () => ms.close(),
  };
}

describe('binsOf', () => {
  it('drops the incomplete last bin of a range', () => {
    expect(
      binsOf(
        [
          [3, 12],
          [20, 21],
        ],
        4,
      ),
    ).toEqual([
      [3, 4],
      [7, 4],
      [20, 2],
    ]);
  });
});

describe('binChannels', () => {
  it('averages unflagged channels and counts their weights', () => {
    const { all, close } = chunks();
    const [chunk] = all;
    chunk.flag[0] = 1; // row 0, channel 0, XX
    for (let chan = 4; chan < 8; chan++) chunk.flag[chan * 2 + 1] = 1; // row 0, channels 4-7, YY
    const binned = binChannels(chunk, { bins: binsOf([[0, 7]], 4) });
    const data = binned.data.DATA as Float32Array;
    expect(data[0]).toBeCloseTo((0.01 + 0.02 + 0.03) / 3, 6); // XX without channel 0
    expect(data[2]).toBeCloseTo(0.015, 6); // YY
    expect(data[6]).toBeCloseTo(0.055, 6); // YY of the second bin: all flagged, mean of all
    expect([...binned.flag.subarray(0, 4)]).toEqual([0, 0, 0, 1]);
    expect(binned.weight[0]).toBeCloseTo(4 * 3.5, 5); // mean of 3 and 4 channels
    expect(binned.weight[1]).toBeCloseTo(4 * 4, 5);
    expect(binned.sigma[0]).toBeCloseTo((1 / Math.sqrt(12) + 1 / Math.sqrt(16)) / 2, 6);
    binned.release();
    close();
  });

  it('keeps chosen correlations', () => {
    const { all, close } = chunks();
    const one = binChannels(all[0], { bins: binsOf([[2, 3]], 1), corrs: [1] });
    expect([one.chanCount, one.corrCount]).toEqual([2, 1]);
    expect((one.data.DATA as Float32Array)[0]).toBeCloseTo(0.02, 6);
    one.release();
    close();
  });
});

/** Rows of averages that follow each other and agree in time, interval, weight and scan. */
function averages(options: Parameters<typeof timeAverage>[0], leftOut = 0) {
  const { all, close } = chunks(leftOut);
  const out: { rows: number; time: number; interval: number; weight: number; scan: number }[] = [];
  const average = timeAverage(options);
  const collect = (chunk: VisibilityChunk) => {
    for (let row = 0; row < chunk.rowCount; row++) {
      const found = {
        time: chunk.time[row] % 60,
        interval: chunk.interval[row],
        weight: chunk.weight[row * chunk.corrCount],
        scan: chunk.scanNumber[row],
      };
      const last = out[out.length - 1];
      if (last && Object.entries(found).every(([name, value]) => last[name as keyof typeof found] === value))
        last.rows++;
      else out.push({ rows: 1, ...found });
    }
    chunk.release();
  };
  for (const chunk of all) {
    for (let row = 0; row < chunk.rowCount; row++) chunk.uvw[3 * row] += chunk.time[row] - chunk.time[0];
    average.push(chunk, collect);
  }
  average.flush(collect);
  close();
  return out;
}

describe('timeAverage', () => {
  it('joins integrations of a scan and sums their weights', () => {
    expect(averages({ seconds: 12 })).toEqual([
      { rows: 6, time: 6, interval: 12, weight: 8, scan: 1 },
      { rows: 6, time: 15, interval: 6, weight: 4, scan: 1 },
      { rows: 6, time: 6, interval: 12, weight: 8, scan: 2 },
      { rows: 6, time: 15, interval: 6, weight: 4, scan: 2 },
    ]);
  });

  it('takes a bin for full that lacks less than a thousandth', () => {
    expect(averages({ seconds: 12.01 })).toEqual(averages({ seconds: 12 }));
    expect(averages({ seconds: 12.1 }).map(({ interval }) => interval)).toEqual([18, 18]);
  });

  it('begins the bins of each baseline with its own first row', () => {
    expect(averages({ seconds: 12 }, 1).slice(0, 3)).toEqual([
      { rows: 5, time: 6, interval: 12, weight: 8, scan: 1 },
      { rows: 5, time: 15, interval: 6, weight: 4, scan: 1 },
      { rows: 1, time: 12, interval: 12, weight: 8, scan: 1 },
    ]);
  });

  it('ends a bin where uvw have moved too far', () => {
    // All baselines move 1 m in a second: three integrations of 6 s move 12 m.
    expect(averages({ seconds: 1000, maxUvwDistanceM: 13 }).map(({ interval }) => interval)).toEqual([18, 18]);
    expect(averages({ seconds: 1000, maxUvwDistanceM: 7 }).map(({ interval }) => interval)).toEqual([12, 6, 12, 6]);
    expect(averages({ seconds: 1000, maxUvwDistanceM: 5 }).map(({ interval }) => interval)).toEqual([6, 6, 6, 6, 6, 6]);
  });
});
