import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { writeSmallMs } from '../../../astronomy/ms/small-ms.ts';
import { toolCaller } from './tool-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-ms-tool-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** DATA of the small MS: window + channel/100 + i * (antenna1 + antenna2/10). */
describe('ms', () => {
  let ms: ReturnType<typeof toolCaller>;
  beforeEach(async () => {
    rmSync(join(folder, 'a.ms'), { recursive: true, force: true });
    writeSmallMs(join(folder, 'a.ms'));
    ms = toolCaller('ms', folder);
    await ms('open', ['a.ms'], { nomodify: false });
    await ms('selectinit', [1]);
  });

  it('gives visibilities with axes as CASA has them', async () => {
    await ms('select', [{ antenna1: 0, antenna2: [2], scan_number: 1 }]);
    expect(await ms('nrow', [true])).toBe(3);
    const found = (await ms('getdata', [['data', 'amplitude', 'antenna2', 'axis_info']])) as {
      data: number[][][][];
      amplitude: number[][][];
      antenna2: number[];
      axis_info: { corr_axis: string[]; freq_axis: { chan_freq: number[][] } };
    };
    expect(found.antenna2).toEqual([2, 2, 2]);
    expect(found.data.length).toBe(2);
    expect(found.data[1][3][0][0]).toBeCloseTo(1.03, 6);
    expect(found.data[1][3][0][1]).toBeCloseTo(0.2, 6);
    expect(found.amplitude[0][3][2]).toBeCloseTo(Math.hypot(1.03, 0.2), 6);
    expect(found.axis_info.corr_axis).toEqual(['XX', 'YY']);
    expect(found.axis_info.freq_axis.chan_freq[1]).toEqual([232.001e9]);
    await ms('close');
    const tb = toolCaller('tb', folder);
    await tb('open', ['a.ms'], { nomodify: false });
    await tb('putcolkeyword', ['DATA', 'ALMA_QA2_UNFINISHED', 'hanningsmooth']);
    await tb('close');
    await ms('open', ['a.ms']);
    await ms('selectinit', [1]);
    await expect(ms('getdata', [['amplitude']])).rejects.toThrow(/hanningsmooth was interrupted while it changed DATA/);
  });

  it('writes history, which tb reads', async () => {
    expect(await ms('writehistory', ['hello'], { origin: 'me', parms: 'a=1' })).toBe(true);
    const tb = toolCaller('tb', folder);
    await tb('open', ['a.ms/HISTORY']);
    const last = ((await tb('nrows', [])) as number) - 1;
    expect(await tb('getcell', ['MESSAGE', last])).toBe('hello');
    expect(await tb('getcell', ['ORIGIN', last])).toBe('me');
    await tb('open', ['a.ms']);
    const { ANTENNA1 } = (await tb('statistics', ['ANTENNA1'])) as { ANTENNA1: Record<string, number> };
    expect(ANTENNA1.min).toBe(0);
    expect(ANTENNA1.sum / ANTENNA1.npts).toBe(ANTENNA1.mean);
    await expect(tb('statistics', ['DATA'])).rejects.toThrow(/complex_value/);
  });

  it('averages channels, makes Stokes I, and spreads over interferometers and times', async () => {
    await ms('selectchannel', [2, 0, 2, 2]);
    await ms('selectpolarization', [['I']]);
    const { real } = (await ms('getdata', [['real']], { ifraxis: true })) as { real: number[][][][] };
    expect([real.length, real[0].length, real[0][0].length, real[0][0][0].length]).toEqual([1, 2, 10, 6]);
    expect(real[0][1][0][0]).toBeCloseTo(1.025, 6);
  });

  it('writes visibilities and flags of the chosen rows only', async () => {
    await ms('select', [{ antenna1: 1, antenna2: 2, scan_number: 2 }]);
    const { flag } = (await ms('getdata', [['flag']])) as { flag: boolean[][][] };
    const flagged = flag.map((corr) => corr.map((chan) => chan.map(() => true)));
    await ms('putdata', [{ flag: flagged }]);
    await ms('reset');
    await ms('selectinit', [1]);
    const all = (await ms('getdata', [['flag']])) as { flag: number[][][] };
    expect(all.flag[0][0].filter(Boolean)).toHaveLength(3);
    await expect(ms('putdata', [{ flag: [[[true]]] }])).rejects.toThrow('has the shape [1, 1, 1]');
  });

  it('tells ranges, and goes through parts', async () => {
    expect(await ms('range', [['antenna1', 'corr_names', 'num_chan']])).toEqual({
      antenna1: [0, 1, 2, 3],
      corr_names: [['XX'], ['YY']],
      num_chan: [4],
    });
    await ms('iterinit', [['SCAN_NUMBER']], { interval: 1e9 });
    expect(await ms('iterorigin')).toBe(true);
    expect(await ms('range', ['scan_number'])).toEqual({ scan_number: [1] });
    expect(await ms('iternext')).toBe(true);
    expect(await ms('range', ['scan_number'])).toEqual({ scan_number: [2] });
    expect(await ms('iternext')).toBe(false);
  });

  it('says that a data description has no window', async () => {
    await ms('close');
    const tb = toolCaller('tb', folder);
    await tb('open', ['a.ms/DATA_DESCRIPTION'], { nomodify: false });
    await tb('putcell', ['SPECTRAL_WINDOW_ID', 1, -1]);
    await tb('close');
    await ms('open', ['a.ms']);
    await ms('selectinit', [1]);
    for (const item of ['num_chan', 'ref_frequency', 'chan_freq'])
      await expect(ms('range', [[item]])).rejects.toThrow('The data description 1 has no spectral window.');
    await expect(ms('selectchannel', [1, 0, 1, 1])).rejects.toThrow('The data description 1 has no spectral window.');
    expect(await ms('range', [['num_corr']])).toEqual({ num_corr: [2] });
  });

  it('cuts parts to a number of rows, and parts interferometers by gaps', async () => {
    await ms('iterinit', [['SCAN_NUMBER']], { interval: 1e9, maxrows: 20, adddefaultsortcolumns: false });
    await ms('iterorigin');
    expect(((await ms('getdata', [['scan_number']])) as { scan_number: number[] }).scan_number).toHaveLength(20);
    await ms('iterend');
    const { amplitude, flag_sum } = (await ms('getdata', [['amplitude', 'flag_sum']], {
      ifraxis: true,
      ifraxisgap: 2,
    })) as { amplitude: number[][][][]; flag_sum: number[][] };
    // 10 interferometers of 4 first antennas, 3 gaps of 2.
    expect(amplitude[0][0]).toHaveLength(16);
    expect(flag_sum[1]).toHaveLength(4);
  });

  it('has statistics of a column', async () => {
    const found = (await ms('statistics', ['DATA', 'real'], { spw: '1', scan: '1' })) as Record<
      string,
      Record<string, number>
    >;
    // Window 1 with channels 0 to 3: 1 + channel / 100.
    expect(found[''].mean).toBeCloseTo(1.015, 6);
    expect(found[''].median).toBeCloseTo(1.015, 6);
    expect(found[''].stddev).toBeCloseTo(Math.sqrt(1.25e-4), 4);
    await expect(ms('statistics', ['UVW'])).rejects.toThrow('has no statistics');
  });

  it('remembers what was selected', async () => {
    await ms('reset');
    await ms('msselect', [{ field: 'Target*', spw: '1:0~2' }]);
    expect(await ms('msselectedindices')).toMatchObject({ field: [1], spw: [1], channel: [[1, 0, 2, 1]], stateid: [] });
    await ms('reset');
    await ms('msselect', [{ scanintent: '*PHASE*' }]);
    expect(await ms('msselectedindices')).toMatchObject({ field: [], stateid: [expect.any(Number)] });
  });

  it('says what a selection means', async () => {
    const found = await ms('msseltoindex', ['a.ms'], { field: 'Target*', spw: '1:0~2', baseline: 'DA41&DV01' });
    expect(found).toMatchObject({ field: [1], spw: [1], channel: [[1, 0, 2, 1]], baselines: [[0, 2]] });
    const listed = await ms('msseltoindex', ['a.ms'], { spw: '1:2,0:1~6^2;3' });
    expect(listed).toMatchObject({
      spw: [1, 0],
      channel: [
        [1, 2, 2, 1],
        [0, 1, 6, 2],
        [0, 3, 3, 1],
      ],
    });
    await expect(ms('msselect', [{ nonsense: '1' }])).rejects.toThrow('is no selection');
  });
});
