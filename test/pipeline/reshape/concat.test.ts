import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs, readArray, readMetadata, readNumbers } from '../../../src/astronomy/ms/index.ts';
import { concat, fixplanets, initweights, split } from '../../../src/pipeline/reshape/index.ts';
import { writeEphemeris } from '../../astronomy/ms/small-ephemeris.ts';
import { ANTENNAS, freshContext, ROW_COUNT, writeSmallMs } from '../../astronomy/ms/small-ms.ts';

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

describe('concat of MeasurementSets that number otherwise', () => {
  it('brings along the ephemeris of a field, with and without a column for it in the first', () => {
    const context = freshContext();
    for (const [name, later] of Object.entries({ 'a.ms': 0, 'b.ms': 3600, 'c.ms': 7200 }))
      writeSmallMs(join(context.cwd, name), { later });
    const moving = openMs(join(context.cwd, 'c.ms'), 'update');
    const time = readNumbers(moving.main, 'TIME')[0];
    moving.subtable('FIELD').column('TIME').put(1, time);
    moving.close();
    writeEphemeris(join(context.cwd, 'body.tab'), time / 86_400 - 0.5);
    fixplanets(context, { vis: 'c.ms', field: '1', direction: 'body.tab' });
    for (const vis of ['a.ms', 'b.ms']) {
      const still = openMs(join(context.cwd, vis), 'update');
      const fields = still.subtable('FIELD');
      if (vis === 'a.ms') fields.removeColumns(['EPHEMERIS_ID']);
      else fields.column('EPHEMERIS_ID').putRange(0, 2, Int32Array.of(-1, -1));
      still.close();
    }
    for (const [first, second] of ['a.ms', 'b.ms'].map((vis) => [vis, `with-${vis}`])) {
      concat(context, { vis: [first, 'c.ms'], concatvis: second });
      const ms = openMs(join(context.cwd, second));
      expect([first, ...readNumbers(ms.subtable('FIELD'), 'EPHEMERIS_ID')]).toEqual([first, -1, -1, 0]);
      expect(readdirSync(join(ms.path, 'FIELD')).filter((name) => name.startsWith('EPHEM'))).toHaveLength(1);
      ms.close();
    }
  });

  it('turns baselines round whose first antenna gets the larger number', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'));
    writeSmallMs(join(context.cwd, 'b.ms'), { later: 3600 });
    exchangeAntennas(join(context.cwd, 'b.ms'), 0, 1);
    concat(context, { vis: ['a.ms', 'b.ms'], concatvis: 'c.ms' });
    const ms = openMs(join(context.cwd, 'c.ms'));
    const row = ROW_COUNT + 3 * ANTENNAS.length; // the first baseline of the second: 0 and 1 there, 1 and 0 here
    expect(['ANTENNA1', 'ANTENNA2'].map((name) => readNumbers(ms.main, name)[row])).toEqual([0, 1]);
    expect(readArray(ms.main, 'UVW', row)).toEqual([30, 10, 1]);
    expect(readArray(ms.main, 'DATA', row)?.slice(0, 2)).toEqual([0, -Math.fround(0.1)]);
    ms.close();
  });

  it('makes the columns that only one has, and sorts by time', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'), { dataColumns: ['DATA', 'CORRECTED_DATA'] });
    writeSmallMs(join(context.cwd, 'b.ms'), { later: 3 });
    concat(context, { vis: ['a.ms', 'b.ms'], concatvis: 'c.ms', timesort: true });
    const ms = openMs(join(context.cwd, 'c.ms'));
    const times = readNumbers(ms.main, 'TIME');
    expect(times).toEqual([...times].sort((one, other) => one - other));
    const all = Array.from({ length: 2 * ROW_COUNT }, (_, row) => row);
    expect(
      all.every((row) => String(readArray(ms.main, 'DATA', row)) === String(readArray(ms.main, 'CORRECTED_DATA', row))),
    ).toBe(true);
    ms.close();
  });

  it('appends to a MeasurementSet that is there, if it is the earliest', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'));
    writeSmallMs(join(context.cwd, 'b.ms'), { later: 3600, project: 'uid://A001/X1/X2' });
    expect(() => concat(context, { vis: ['a.ms', 'b.ms'], concatvis: 'b.ms' })).toThrow(/not the earliest; take a.ms/);
    expect(concat(context, { vis: ['a.ms', 'b.ms'], concatvis: 'a.ms' }).rowCount).toBe(2 * ROW_COUNT);
    expect(concat(context, { vis: 'b.ms', concatvis: 'a.ms' }).rowCount).toBe(3 * ROW_COUNT);
  });
});

/** Exchanges the rows of two antennas in ANTENNA. */
function exchangeAntennas(path: string, one: number, other: number): void {
  const ms = openMs(path, 'update');
  const table = ms.subtable('ANTENNA');
  for (const name of ['NAME', 'STATION', 'POSITION']) {
    const column = table.column(name);
    const [a, b] = [column.get(one), column.get(other)];
    column.put(one, b);
    column.put(other, a);
  }
  ms.close();
}

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

  it('makes WEIGHT_SPECTRUM, keeps it like WEIGHT, and takes it away', () => {
    const context = freshContext();
    writeSmallMs(join(context.cwd, 'a.ms'));
    const spectrumOf = () => {
      const ms = openMs(join(context.cwd, 'a.ms'));
      const found = ms.main.hasColumn('WEIGHT_SPECTRUM') ? readArray(ms.main, 'WEIGHT_SPECTRUM', 12) : undefined;
      ms.close();
      return found;
    };
    expect(() => initweights(context, { vis: 'a.ms', wtmode: 'weight' })).toThrow(/dowtsp=True/);
    initweights(context, { vis: 'a.ms', wtmode: 'weight', dowtsp: true });
    expect(spectrumOf()).toEqual(new Array(16).fill(4));
    initweights(context, { vis: 'a.ms', wtmode: 'ones' });
    expect(spectrumOf()).toEqual(new Array(16).fill(1));
    initweights(context, { vis: 'a.ms', wtmode: 'delwtsp' });
    expect(spectrumOf()).toBeUndefined();
  });
});
