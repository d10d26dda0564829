import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs, readMetadata, readNumbers } from '../../../src/astronomy/ms/index.ts';
import { concat, initweights, split } from '../../../src/pipeline/reshape/index.ts';
import { freshContext, ROW_COUNT, writeSmallMs } from '../../astronomy/ms/small-ms.ts';

describe('concat', () => {
  it('joins two observations in time order, with scans numbered on', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'));
    writeSmallMs(join(context.cwd, 'b.ms'), { later: 3600, project: 'uid://A001/X1/X2' });
    const { order, rowCount } = concat(context, { vis: ['b.ms', 'a.ms'], concatvis: 'c.ms', copypointing: false });
    expect(order.map((path) => path.slice(-4))).toEqual(['a.ms', 'b.ms']);
    expect(rowCount).toBe(2 * ROW_COUNT);
    const ms = openMs(join(context.cwd, 'c.ms'));
    const metadata = readMetadata(ms);
    expect([metadata.spectralWindows.length, metadata.fields.length, metadata.antennas.length]).toEqual([2, 2, 4]);
    expect(metadata.sources).toHaveLength(4);
    expect(metadata.observations).toHaveLength(2);
    expect(metadata.scans.map(({ number, observationId }) => [number, observationId])).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 1],
    ]);
    ms.close();
  });

  it('adds what the first MS does not have', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'));
    split(context, {
      vis: 'a.ms',
      outputvis: 'one.ms',
      datacolumn: 'data',
      spw: '1',
      field: '1',
      antenna: 'DA42,DV02&',
    });
    split(context, { vis: 'a.ms', outputvis: 'two.ms', datacolumn: 'data', spw: '0', field: '0' });
    concat(context, { vis: ['one.ms', 'two.ms'], concatvis: 'c.ms', visweightscale: [1, 4] });
    const ms = openMs(join(context.cwd, 'c.ms'));
    const metadata = readMetadata(ms);
    expect(metadata.antennas.map(({ name }) => name)).toEqual(['DA41', 'DA42', 'DV01', 'DV02']);
    expect(metadata.spectralWindows.map(({ bbcNo }) => bbcNo)).toEqual([1, 2]);
    expect(metadata.fields.map(({ name, sourceId }) => [name, sourceId])).toEqual([
      ['J1517-2422', 0],
      ['Target one', 1],
    ]);
    const last = ms.main.rowCount - 1;
    expect([readNumbers(ms.main, 'ANTENNA1')[last], readNumbers(ms.main, 'ANTENNA2')[last]]).toEqual([1, 3]);
    expect(readNumbers(ms.main, 'FIELD_ID')[last]).toBe(1);
    ms.close();
  });
});

describe('weights of Cycle 0', () => {
  it('are told before they are joined', () => {
    const said: string[] = [];
    const context = { ...freshContext(), log: { post: (text: string) => void said.push(text) } };
    for (const [name, later] of [
      ['a.ms', 0],
      ['b.ms', 3600],
    ] as const)
      writeSmallMs(join(context.cwd, name), { later });
    initweights(context, { vis: 'a.ms', wtmode: 'ones' });
    initweights(context, { vis: 'b.ms', wtmode: 'nyq' });
    concat(context, { vis: ['b.ms', 'a.ms'], concatvis: 'c.ms' });
    expect(said.filter((text) => text.startsWith('All weights of'))).toEqual([
      expect.stringMatching(/^All weights of a.ms are 1 while the others follow the noise, .*statwt.*initweights/),
    ]);
    said.length = 0;
    concat(context, { vis: 'b.ms', concatvis: 'd.ms' });
    expect(said.join()).not.toMatch(/weights/);
  });
});

describe('initweights', () => {
  it('follows bandwidth and exposure', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'));
    initweights(context, { vis: 'a.ms', wtmode: 'nyq' });
    const ms = openMs(join(context.cwd, 'a.ms'));
    const weight = ms.main.column('WEIGHT').getRange(0, 30) as Float32Array;
    expect(weight[0]).toBeCloseTo(6e6, -1); // autocorrelation
    expect(weight[2 * 12]).toBeCloseTo(12e6, -1); // baseline
    expect(() => initweights(context, { vis: 'a.ms', wtmode: 'tsys' })).toThrow(/not done/);
    ms.close();
  });
});
