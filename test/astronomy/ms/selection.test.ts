import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseFeed } from '../../../src/astronomy/ms/feed-selection.ts';
import { type MeasurementSet, openMs, parseSpw, readMetadata, selectRows } from '../../../src/astronomy/ms/index.ts';
import { parseTimerange } from '../../../src/astronomy/ms/time-selection.ts';
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
    expect(count({ antenna: '<1m' })).toBe(ROW_COUNT - 72); // 31.9 m between neighbours
    expect(count({ antenna: '30~40m' })).toBe(count({ antenna: 'DA41&DA42;*&*;!>40m' }));
    expect(count({ antenna: '>1000m' })).toBe(0);
    expect(count({ antenna: '0~999999999' })).toBe(count({ antenna: '0~2' }));
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
    expect(count({ uvrange: '0~35m:10%,>50m:60%' })).toBe(ROW_COUNT);
    expect(count({ uvrange: '>0m' })).toBe(count({ antenna: '*&*' }));
    expect(count({ correlation: 'YY' })).toBe(ROW_COUNT);
  });

  it('reads times as CASA does', () => {
    const first = 4_878_000_000.25; // 2013-06-15T08:00:00.25
    const at = (text: string) => parseTimerange(text, first, () => 6)[0].map((time) => time - first);
    const [start] = parseTimerange('2013/06/15/08:00:00.25~2013/06/15/09:00:00', first, () => 6)[0];
    expect(start).toBeCloseTo(first, 6);
    expect(at('08:00:10.25~*/*/15/08:01:00')).toEqual([10, 59.75]);
    expect(at('*/*/16/*:*:10')).toEqual([86_409.75 - 3, 86_409.75 + 3]);
    expect(at('08:00:00+01:30')).toEqual([-0.25, 89.75]); // two fields are minutes and seconds
    expect(at('08:00:00+90')).toEqual([-0.25, 89.75]);
    expect(at('[08:00:00~08:00:10]')).toEqual([-3.25, 12.75]);
    expect(at('2[08:00:00~08:00:10]')).toEqual([-2.25, 11.75]);
    expect(at('>08:00:26.016')[0]).toBeCloseTo(26.015 - 0.25, 6); // cut to milliseconds as the numbers come out
    expect(() => parseTimerange('08:00:10~08:00:00', first)).toThrow(/ends before it begins/);
  });

  it('reads feeds as baselines', () => {
    const pairs = [0, 1, 2].flatMap((one) => [0, 1, 2].map((other) => [one, other] as const));
    const chosen = (text: string) =>
      pairs.filter(([one, other]) => parseFeed(text, new Set([0, 1, 2]))(one, other)).map((pair) => pair.join(''));
    expect(chosen('0')).toEqual(['01', '02', '10', '20']);
    expect(chosen('0&1')).toEqual(['01', '10']);
    expect(chosen('0,1&')).toEqual(['01', '10']);
    expect(chosen('0,1&&')).toEqual(['00', '01', '10', '11']);
    expect(chosen('1~2&&&')).toEqual(['11', '22']);
    expect(chosen('!0')).toEqual(['00', '11', '12', '21', '22']);
    expect(() => parseFeed('x', new Set([0]))).toThrow(/selection of feeds/);
    expect(() => parseFeed('1&&&', new Set([0]))).toThrow(/No feed matches "1"/);
    expect(parseFeed('0,1', new Set([0]))(1, 2)).toBe(false);
  });

  it('warns of fields and channels beyond the last', () => {
    const said: string[] = [];
    const rows = (selection: Parameters<typeof selectRows>[1]) => {
      said.length = 0;
      return selectRows(ms, selection, { warn: (sentence) => said.push(sentence) });
    };
    expect(rows({ field: '0,7' }).rows).toHaveLength(ROW_COUNT / 2);
    expect(said).toEqual([expect.stringMatching(/There are 2 fields: .*7/)]);
    expect([...rows({ spw: '0:3~9,1:50' }).channels]).toEqual([
      [0, [[3, 7]]],
      [1, [[3, 3]]],
    ]);
    expect(said).toHaveLength(2);
    expect(rows({ antenna: 'DA41,9' }).rows).toHaveLength(36);
    expect(rows({ scan: '1,9' }).rows).toHaveLength(ROW_COUNT / 2);
    expect(said).toEqual([]);
    expect(() => rows({ antenna: '9' })).toThrow(/No antenna matches "9"/);
    expect(() => rows({ spw: '0,9' })).toThrow(/spectral windows/);
    expect(() => rows({ scan: '1,' })).toThrow(/empty/);
  });

  it('takes a single time for half an exposure of the first row that the other parts leave', () => {
    const path = join(freshContext().cwd, 'b.ms');
    writeSmallMs(path);
    const mixed = openMs(path, 'update');
    const [exposure, dataDesc] = ['EXPOSURE', 'DATA_DESC_ID'].map((name) => mixed.main.column(name));
    for (let row = 0; row < mixed.main.rowCount; row++) if (dataDesc.get(row) === 1) exposure.put(row, 0.5);
    const at = new Date((Number(mixed.main.column('TIME').get(0)) - 3506716800 + 1) * 1000).toISOString();
    const timerange = at.replaceAll('-', '/').replace('T', '/').slice(0, 23);
    const found = (spw: string) => selectRows(mixed, { timerange, spw }).rows.length;
    expect(found('0')).toBeGreaterThan(0);
    expect(found('1')).toBe(0);
    mixed.close();
  });

  it('takes correlations from windows that have all of them', () => {
    const known = readMetadata(ms);
    const [both] = known.polarizations;
    const metadata = {
      ...known,
      polarizations: [both, { id: 1, corrTypes: ['XX'], corrProducts: [0, 0] }],
      dataDescriptions: known.dataDescriptions.map((row) => ({ ...row, polId: row.spwId })),
    };
    for (const forgives of [[], ['correlation'] as const]) {
      const found = (correlation: string) => selectRows(ms, { correlation }, { metadata, forgives }).rows.length;
      expect(found('XX')).toBe(ROW_COUNT);
      expect(found('YY,XX')).toBe(count({ spw: '0' }));
    }
  });

  it('forgives unknown names beside known ones where it is told to', () => {
    const said: string[] = [];
    const forgives = ['antenna', 'spw', 'intent', 'correlation'] as const;
    const rows = (selection: Parameters<typeof selectRows>[1]) =>
      selectRows(ms, selection, { forgives, warn: (sentence) => said.push(sentence) }).rows.length;
    expect(rows({ antenna: 'DA41,CM01' })).toBe(36);
    expect(rows({ antenna: '!CM01' })).toBe(ROW_COUNT);
    expect(rows({ antenna: 'DA41;CM01&DV01' })).toBe(36);
    expect(rows({ spw: '0,9' })).toBe(count({ spw: '0' }));
    expect(rows({ intent: '*PHASE*,*NOTHING*' })).toBe(ROW_COUNT / 2);
    expect(rows({ correlation: 'XX,RR' })).toBe(ROW_COUNT);
    expect(said).toHaveLength(6);
    expect(rows({ correlation: 'RR' })).toBe(0);
    expect(() => rows({ antenna: 'CM01' })).toThrow(/No baseline/);
    expect(() => rows({ antenna: 'CM01&&&' })).toThrow(/No baseline/);
    expect(() => rows({ spw: '9' })).toThrow(/No spectral window/);
    expect(() => rows({ intent: 'NOTHING' })).toThrow(/No intent/);
    expect(() => rows({ field: 'Nowhere,0' })).toThrow(/No field/);
  });

  it('knows pads, names of baselines and numbers of states', () => {
    expect(count({ antenna: 'A003' })).toBe(36);
    expect(count({ antenna: '(DA41,DA42)@(A001,A002)' })).toBe(count({ antenna: 'DA42' }));
    expect(count({ antenna: '/DA41&DA42/' })).toBe(12);
    expect(count({ antenna: '^/DA4.&.*/' })).toBe(count({ antenna: 'DV*&&*' }) - count({ antenna: 'DA*&DV*' }));
    expect(count({ antenna: 'DA4[12]&' })).toBe(12);
    expect(count({ antenna: '^DA*&&' })).toBe(count({ antenna: 'DV*&&' }));
    expect(count({ intent: '0,9' })).toBe(ROW_COUNT / 2);
    expect(count({ correlation: '1:XX' })).toBe(count({ spw: '1' }));
  });

  it('says what matches nothing', () => {
    expect(() => count({ antenna: 'CM01' })).toThrow(/No antenna matches "CM01"/);
    expect(() => count({ field: 'Nowhere' })).toThrow(/No field/);
    expect(() => count({ spw: '7' })).toThrow(/spectral windows/);
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
    expect(read('*:>5')).toEqual([[0, [[6, 7]]]]); // window 1 ends before
    expect(read('1,0')).toEqual([
      [1, [[0, 3]]],
      [0, [[0, 7]]],
    ]);
    expect(read('*BB_2*')).toEqual([[1, [[0, 3]]]]);
    expect(read('0:230.0005~230.0035GHz')).toEqual([[0, [[1, 3]]]]);
    expect(read('0:230.001~230.003GHz')).toEqual([[0, [[2, 2]]]]); // in single precision both ends miss their channels
    expect(read('0:230.0012~230.0018GHz')).toEqual([[0, [[1, 2]]]]); // between two channels: these
    expect([...parseSpw('*:230.001~230.003GHz', spectralWindows, { keepsEmptyWindows: true })]).toEqual([
      [0, [[2, 2]]],
      [1, []],
    ]);
    expect(read('231~233GHz')).toEqual([[1, [[0, 3]]]]);
    // The order of the frequencies counts, whatever the sign of the widths.
    const [{ chanFreqs, chanWidths }] = spectralWindows;
    const descending = { ...spectralWindows[0], chanFreqs: [...chanFreqs].reverse() };
    for (const sign of [1, -1]) {
      const window = { ...descending, chanWidths: chanWidths.map((width) => sign * width) };
      expect([...parseSpw('0:230.0005~230.0035GHz', [window])]).toEqual([[0, [[4, 6]]]]);
      expect([...parseSpw('0:230.0012~230.0018GHz', [window])]).toEqual([[0, [[5, 6]]]]);
    }
    expect(read('230.0035GHz~230.0035GHz')).toEqual(read('230.0035GHz'));
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
