import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs, readMetadata } from '../../../src/astronomy/ms/index.ts';
import type { ArrayValue } from '../../../src/formats/tables/index.ts';
import { clearcal, delmod, initweights, statwt, uvsub } from '../../../src/pipeline/reshape/index.ts';
import { channelBinning, groupRows } from '../../../src/pipeline/reshape/statwt-samples.ts';
import { robustVariance } from '../../../src/pipeline/reshape/statwt-statistics.ts';
import { ensureSpectrum } from '../../../src/pipeline/reshape/weight-spectrum.ts';
import { clearModel, openModel } from '../../../src/pipeline/skymodel/index.ts';
import { freshContext, writeSmallMs } from '../../astronomy/ms/small-ms.ts';

function start() {
  const context = freshContext();
  writeSmallMs(join(context.cwd, 'a.ms'));
  return { context, open: () => openMs(join(context.cwd, 'a.ms')) };
}

/** Variance over n of 0, 1 … n-1 hundredths. */
const variance = (n: number) => ((n * n - 1) / 12) * 1e-4;

describe('statwt', () => {
  it('weighs by the scatter along the channels: DATA give SIGMA, and WEIGHT where nothing else does', () => {
    for (const isCalibrated of [false, true]) {
      const { context, open } = start();
      if (isCalibrated) clearcal(context, { vis: 'a.ms' });
      statwt(context, { vis: 'a.ms', datacolumn: 'data' });
      const ms = open();
      const [sigma] = ms.main.column('SIGMA').getRange(0, 1) as Float32Array;
      expect(sigma).toBeCloseTo(Math.sqrt(variance(8) / 2), 6);
      const [weight] = ms.main.column('WEIGHT').getRange(0, 1) as Float32Array;
      expect(weight * sigma ** 2).toBeCloseTo(isCalibrated ? 4 * sigma ** 2 : 1, 6);
      ms.close();
    }
  });

  it('flags samples without scatter and previews without change', () => {
    const { context, open } = start();
    clearcal(context, { vis: 'a.ms' });
    statwt(context, { vis: 'a.ms', preview: true });
    statwt(context, { vis: 'a.ms', minsamp: 5, spw: '1' });
    const ms = open();
    const flags = Array.from({ length: ms.main.rowCount }, (_, row) => Boolean(ms.main.column('FLAG_ROW').get(row)));
    expect(flags.filter(Boolean)).toHaveLength(ms.main.rowCount / 2);
    ms.close();
  });

  it('refuses what CASA refuses, and changes nothing then', () => {
    const { context, open } = start();
    clearcal(context, { vis: 'a.ms' });
    const refused = (options: object) => expect(() => statwt(context, { vis: 'a.ms', chanbin: 4, ...options }));
    refused({ timebin: 0 }).toThrow(/timebin=0/);
    refused({ timebin: '5' }).toThrow(/no unit/);
    refused({ timebin: '-5s' }).toThrow(/timebin=-5s/);
    refused({ chanbin: '5' }).toThrow(/no unit/);
    refused({ minsamp: 1 }).toThrow(/minsamp=1/);
    refused({ wtrange: [5] }).toThrow(/wtrange/);
    refused({ wtrange: [-1, 1] }).toThrow(/wtrange/);
    refused({ field: '0', intent: 'OBSERVE_TARGET#ON_SOURCE' }).toThrow(/no rows/);
    const ms = open();
    expect(ms.main.hasColumn('WEIGHT_SPECTRUM')).toBe(false);
    ms.close();
  });

  it('gives no weight in any channel to what wtrange leaves out', () => {
    const { context, open } = start();
    clearcal(context, { vis: 'a.ms' });
    statwt(context, { vis: 'a.ms', chanbin: 1, timebin: 2, wtrange: [0, 1e-9] });
    const ms = open();
    const { values } = ms.main.column('WEIGHT_SPECTRUM').get(0) as ArrayValue;
    expect(Math.max(...(values as Float32Array))).toBe(0);
    ms.close();
  });

  it('keeps up a WEIGHT_SPECTRUM that is there, with one weight for correlations that are combined', () => {
    const { context, open } = start();
    clearcal(context, { vis: 'a.ms' });
    initweights(context, { vis: 'a.ms', wtmode: 'weight', dowtsp: true });
    const before = openMs(join(context.cwd, 'a.ms'), 'update');
    const flags = before.main.column('FLAG').get(0) as ArrayValue;
    for (let at = 1; at < flags.values.length; at += 2) (flags.values as Uint8Array)[at] = 1; // YY of the first row
    before.main.column('FLAG').put(0, flags);
    before.close();
    statwt(context, { vis: 'a.ms', combine: 'corr' });
    const ms = open();
    const [spectrum, weight] = ['WEIGHT_SPECTRUM', 'WEIGHT'].map((name) => {
      return [...((ms.main.column(name).get(0) as ArrayValue).values as Float32Array)];
    });
    expect(weight[0]).toBeGreaterThan(100);
    expect([...new Set([...spectrum, ...weight])]).toEqual([weight[0]]);
    ms.close();
  });

  it('gives rows beyond the selection their WEIGHT in all channels when it makes a WEIGHT_SPECTRUM', () => {
    const { context, open } = start();
    clearcal(context, { vis: 'a.ms' });
    statwt(context, { vis: 'a.ms', spw: '1', chanbin: 2 });
    const ms = open();
    expect((ms.main.column('WEIGHT_SPECTRUM').get(0) as ArrayValue).values).toEqual(new Float32Array(16).fill(4));
    ms.close();
  });

  it('leaves the weights by channel of rows beyond the selection as they are', () => {
    const { context, open } = start();
    clearcal(context, { vis: 'a.ms' });
    const path = join(context.cwd, 'a.ms');
    const before = openMs(path, 'update');
    ensureSpectrum(before, readMetadata(before), 'WEIGHT_SPECTRUM');
    const kept = { shape: [8, 2], values: new Float32Array(16).map((_, at) => at) };
    before.main.column('WEIGHT_SPECTRUM').put(1, kept); // none in the first row
    before.close();
    statwt(context, { vis: 'a.ms', spw: '1', chanbin: 2 });
    const ms = open();
    const spectrum = (row: number) => (ms.main.column('WEIGHT_SPECTRUM').get(row) as ArrayValue).values;
    expect(spectrum(0)).toEqual(new Float32Array(16).fill(4));
    expect(spectrum(1)).toEqual(kept.values);
    ms.close();
  });

  it('takes variances that outliers do not rule', () => {
    const values = Float32Array.of(-2, -1, -1, 0, 0, 1, 1, 2, 40);
    const weights = new Float64Array(9).fill(3);
    const of = (options: Parameters<typeof robustVariance>[0]) => robustVariance(options)?.(values, weights);
    expect(of({ statalg: 'classic' })).toBeUndefined();
    expect(of({ statalg: 'chauvenet', zscore: 2.5 })).toBeCloseTo((3 * 12) / 8, 12);
    expect(of({ statalg: 'chauvenet' })).toBeCloseTo((3 * 12) / 8, 12);
    expect(of({ statalg: 'chauvenet', zscore: 4, maxiter: 0 })).toBeGreaterThan(400);
    expect(of({ statalg: 'hinges-fences', fence: 0 })).toBeCloseTo((3 * 4) / 6, 12); // quartiles -1 and 1
    expect(of({ statalg: 'hinges-fences' })).toBeGreaterThan(400);
    expect(of({ statalg: 'fit-half', center: 'zero' })).toBeCloseTo((3 * 6) / 5, 12);
    expect(of({ statalg: 'fit-half', center: 'median', lside: false })).toBeCloseTo((3 * 1606) / 6, 9);
    expect(() => of({ statalg: 'biweight' })).toThrow(/hinges-fences/);
    expect(() => of({ statalg: 'fit-half', center: 'mode' })).toThrow(/median/);
  });

  it('fills the last bin up to so many integrations, and writes SIGMA for channel bins', () => {
    const { context, open } = start();
    let ms = open();
    const rows = Int32Array.from({ length: ms.main.rowCount }, (_, row) => row);
    const groups = groupRows(ms, rows, { combined: ['scan', 'field', 'state'], integrations: 2 });
    const times = ms.main.column('TIME').getRange(0, ms.main.rowCount) as Float64Array;
    for (const group of groups) {
      expect(new Set([...group.rows, ...group.borrowed()].map((row) => times[row])).size).toBe(2);
    }
    expect(groups.reduce((sum, { rows: own }) => sum + own.length, 0)).toBe(ms.main.rowCount);
    ms.close();
    statwt(context, { vis: 'a.ms', datacolumn: 'data', chanbin: 4, statalg: 'hinges-fences', fence: 3 });
    ms = open();
    const spectrum = ms.main.column('SIGMA_SPECTRUM').getRange(0, 1) as Float32Array;
    expect(spectrum[0]).toBeCloseTo(Math.sqrt(variance(4) / 2), 6);
    ms.close();
  });

  it('ends a bin where another field is observed in between, though scans may be spanned', () => {
    const { context } = start();
    const ms = openMs(join(context.cwd, 'a.ms'), 'update');
    const rows = Int32Array.from({ length: ms.main.rowCount }, (_, row) => row);
    // Of 3 integrations in each of 2 fields, the middle one of the first falls between those of the second.
    const times = ms.main.column('TIME').getRange(0, rows.length) as Float64Array;
    const fields = ms.main.column('FIELD_ID').getRange(0, rows.length) as Int32Array;
    const first = Math.min(...times);
    const moved = times.map((time, row) => (fields[row] === 0 && time - first === 6 ? time + 63 : time));
    ms.main.column('TIME').putRange(0, rows.length, moved);
    const inTurn = (options: Partial<Parameters<typeof groupRows>[2]>) =>
      groupRows(ms, rows, { combined: ['scan', 'state'], ...options })
        .filter(({ rows: [row] }) => ms.main.column('DATA_DESC_ID').get(row) === 0)
        .map((group) => `${fields[group.rows[0]]}:${new Set([...group.rows].map((row) => moved[row])).size}`)
        .join(' ');
    expect(inTurn({ seconds: 1000 })).toBe('0:2 1:2 0:1 1:1');
    expect(inTurn({ integrations: 100 })).toBe('0:2 1:2 0:1 1:1');
    expect(inTurn({ seconds: 1000, combined: ['scan', 'state', 'field'] })).toBe('0:6');
    ms.close();
  });

  it('slides bins along the integrations, which are as many at the ends', () => {
    const { open } = start();
    const ms = open();
    const rows = Int32Array.from({ length: ms.main.rowCount }, (_, row) => row);
    const inBlocks = groupRows(ms, rows, { combined: [], integrations: 1 });
    const sliding = groupRows(ms, rows, { combined: [], integrations: 3, isSliding: true });
    expect(sliding.map((group) => [...group.rows])).toEqual(inBlocks.map((group) => [...group.rows]));
    for (const chain of new Set(sliding.map((group) => group.chain))) {
      const bins = sliding.filter((group) => group.chain === chain);
      bins.forEach((bin, index) => {
        const first = Math.max(0, Math.min(index - 1, bins.length - 3));
        const around = bins.slice(first, first + 3).filter((other) => other !== bin);
        expect([...bin.borrowed()]).toEqual(around.flatMap((other) => [...other.rows]));
        expect(bin.countedRowCount).toBe(bin.rows.length + [...bin.borrowed()].length);
      });
    }
    ms.close();
  });

  it('refuses columns that are not there', () => {
    const { context } = start();
    expect(() => statwt(context, { vis: 'a.ms' })).toThrow(/CORRECTED_DATA/);
  });

  it('bins channels by number and by bandwidth', () => {
    const { open } = start();
    const ms = open();
    const metadata = readMetadata(ms);
    ms.close();
    expect([...(channelBinning(metadata, 3, '0:0~1', false).get(0)?.binOf ?? [])]).toEqual([0, 0, 0, 1, 1, 1, 2, 2]);
    expect([...(channelBinning(metadata, '1.5MHz', '', false).get(1)?.binOf ?? [])]).toEqual([0, 0, 1, 1]);
    expect([...(channelBinning(metadata, 'spw', '1:1', true).get(1)?.isFitted ?? [])]).toEqual([1, 0, 1, 1]);
  });
});

describe('clearcal, uvsub and delmod', () => {
  it('make, subtract and remove a model', () => {
    const { context, open } = start();
    clearcal(context, { vis: 'a.ms', addmodel: true });
    uvsub(context, { vis: 'a.ms' }, { openModel });
    let ms = open();
    const [data, corrected] = ['DATA', 'CORRECTED_DATA'].map(
      (name) => ms.main.column(name).getRange(0, 1) as Float32Array,
    );
    expect(corrected[0]).toBeCloseTo(data[0] - 1, 6);
    ms.close();
    uvsub(context, { vis: 'a.ms', reverse: true }, { openModel });
    delmod(context, { vis: 'a.ms', scr: true }, { clearModel });
    ms = open();
    expect(ms.main.hasColumn('MODEL_DATA')).toBe(false);
    expect((ms.main.column('CORRECTED_DATA').getRange(0, 1) as Float32Array)[0]).toBeCloseTo(data[0], 6);
    ms.close();
  });
});
