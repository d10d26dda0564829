import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { START, writeSmallMs } from '../../../astronomy/ms/small-ms.ts';
import { toolCaller } from './tool-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-msmd-'));
afterAll(() => rmSync(folder, { recursive: true }));
const msmd = toolCaller('msmd', folder);

describe('msmd', () => {
  beforeAll(async () => {
    writeSmallMs(join(folder, 'a.ms'));
    await msmd('open', ['a.ms']);
  });

  it('looks scans, fields, intents and windows up in each other', async () => {
    expect(await msmd('scansforintent', ['*TARGET*'])).toEqual([2]);
    expect(await msmd('fieldsforscans', [], { asmap: true, obsid: 0, arrayid: 0 })).toEqual({ 1: [0], 2: [1] });
    expect(await msmd('spwsforfields')).toEqual({ 0: [0, 1], 1: [0, 1] });
    expect(await msmd('intentsforspw', [0])).toEqual([
      'CALIBRATE_PHASE#ON_SOURCE',
      'CALIBRATE_WVR#ON_SOURCE',
      'OBSERVE_TARGET#ON_SOURCE',
    ]);
    await expect(msmd('intentsforscan', [7])).rejects.toThrow('There is no scan 7');
  });

  it('knows the times of scans, windows and fields', async () => {
    const times = (await msmd('timesforscan', [1])) as number[];
    expect(times).toHaveLength(3);
    expect(times[0] - START).toBeLessThan(10);
    expect(Object.keys((await msmd('timesforspws', [-1])) as object)).toEqual(['0', '1']);
    expect(await msmd('scansfortimes', [times[0], 0.1])).toEqual([1]);
  });

  it('counts what is not flagged', async () => {
    const all = (await msmd('nrows')) as number;
    const good = (await msmd('nrows', [], { flagged: false })) as number;
    expect(good).toBeLessThanOrEqual(all);
    const { value } = (await msmd('effexposuretime')) as { value: number };
    expect(value).toBeGreaterThan(0);
  });

  it('counts antennas, baselines and rows', async () => {
    expect(await msmd('nbaselines')).toBe(6);
    expect(await msmd('nbaselines', [], { ac: true })).toBe(10);
    expect(await msmd('antennaids', ['DA*'])).toEqual([0, 1]);
    expect(await msmd('antennaids', [''], { mindiameter: '20m' })).toEqual([]);
    expect(await msmd('antennadiameter', ['DV01'])).toEqual({ unit: 'm', value: 12 });
    expect(await msmd('ncorrforpol')).toEqual([2]);
    expect(await msmd('corrprodsforpol', [0])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });
});
