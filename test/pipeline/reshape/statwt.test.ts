import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs, readMetadata } from '../../../src/astronomy/ms/index.ts';
import { clearcal, delmod, statwt, uvsub } from '../../../src/pipeline/reshape/index.ts';
import { channelBinning } from '../../../src/pipeline/reshape/statwt-samples.ts';
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
  it('weighs by the scatter along the channels', () => {
    const { context, open } = start();
    statwt(context, { vis: 'a.ms', datacolumn: 'data' });
    const ms = open();
    const [sigma] = ms.main.column('SIGMA').getRange(0, 1) as Float32Array;
    expect(sigma).toBeCloseTo(Math.sqrt(variance(8) / 2), 6);
    expect((ms.main.column('WEIGHT').getRange(0, 1) as Float32Array)[0]).toBe(4);
    ms.close();
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

  it('refuses other statistics', () => {
    const { context } = start();
    expect(() => statwt(context, { vis: 'a.ms', statalg: 'chauvenet' })).toThrow(/chauvenet/);
    expect(() => statwt(context, { vis: 'a.ms', slidetimebin: true })).toThrow(/slidetimebin/);
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
