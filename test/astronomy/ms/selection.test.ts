import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type MeasurementSet, openMs, parseSpw, readMetadata, selectRows } from '../../../src/astronomy/ms/index.ts';
import { freshContext, ROW_COUNT, writeSmallMs } from './small-ms.ts';

let ms: MeasurementSet;

beforeAll(() => {
  const path = join(freshContext().cwd, 'a.ms');
  writeSmallMs(path);
  ms = openMs(path);
});

const count = (selection: Parameters<typeof selectRows>[1]) => selectRows(ms, selection).rows.length;

describe('selectRows', () => {
  it('takes everything without a selection', () => {
    expect(count({})).toBe(ROW_COUNT);
  });

  it('knows baselines and autocorrelations', () => {
    expect(count({ antenna: 'DA41' })).toBe(36);
    expect(count({ antenna: 'DA41&&*' })).toBe(48);
    expect(count({ antenna: 'DA41&&&' })).toBe(12);
    expect(count({ antenna: '*&*' })).toBe(72);
    expect(count({ antenna: 'DA41&DV*' })).toBe(24);
    expect(count({ antenna: '!DA41' })).toBe(ROW_COUNT - 36);
    expect(count({ antenna: 'DA41;!DA42' })).toBe(24);
    expect(count({ antenna: '@A003' })).toBe(36);
  });

  it('knows fields, scans, intents, times, uv ranges and correlations', () => {
    expect(count({ field: 'Target*' })).toBe(ROW_COUNT / 2);
    expect(count({ field: '0' })).toBe(ROW_COUNT / 2);
    expect(count({ scan: '>1' })).toBe(ROW_COUNT / 2);
    expect(count({ intent: '*PHASE*' })).toBe(ROW_COUNT / 2);
    expect(count({ intent: 'CALIBRATE_WVR#ON_SOURCE' })).toBe(ROW_COUNT / 2);
    expect(count({ timerange: '2013/06/15/03:00:00~03:00:07' })).toBe(20);
    expect(count({ timerange: '>03:00:30' })).toBe(ROW_COUNT / 2);
    expect(count({ uvrange: '0~35m' })).toBe(ROW_COUNT - 36);
    expect(count({ uvrange: '>50m' })).toBe(36);
    expect(count({ correlation: 'YY' })).toBe(ROW_COUNT);
  });

  it('says what matches nothing', () => {
    expect(() => count({ antenna: 'CM01' })).toThrow(/No antenna matches "CM01"/);
    expect(() => count({ field: 'Nowhere' })).toThrow(/No field/);
    expect(() => count({ spw: '7' })).toThrow(/No spectral window/);
    expect(() => count({ timerange: 'noon' })).toThrow(/not a time/);
    expect(() => count({ correlation: 'RR' })).toThrow(/RR/);
  });
});

describe('parseSpw', () => {
  it('reads windows, channels, names and frequencies', () => {
    const { spectralWindows } = readMetadata(ms);
    const read = (text: string) => [...parseSpw(text, spectralWindows)];
    expect(read('0:1~2;4~5,1')).toEqual([
      [
        0,
        [
          [1, 2],
          [4, 5],
        ],
      ],
      [1, [[0, 3]]],
    ]);
    expect(read('*:0~5')).toEqual([
      [0, [[0, 5]]],
      [1, [[0, 3]]],
    ]);
    expect(read('1,0')).toEqual([
      [1, [[0, 3]]],
      [0, [[0, 7]]],
    ]);
    expect(read('*BB_2*')).toEqual([[1, [[0, 3]]]]);
    expect(read('0:230.001~230.003GHz')).toEqual([[0, [[1, 3]]]]);
    expect(read('231~233GHz')).toEqual([[1, [[0, 3]]]]);
    expect(read('0:0~6^3')).toEqual([
      [
        0,
        [
          [0, 0],
          [3, 3],
          [6, 6],
        ],
      ],
    ]);
  });
});
