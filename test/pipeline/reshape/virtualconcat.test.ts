import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs, readMetadata, readNumbers } from '../../../src/astronomy/ms/index.ts';
import {
  clearcal,
  concat,
  fixplanets,
  fixvis,
  initweights,
  split,
  uvsub,
  virtualconcat,
} from '../../../src/pipeline/reshape/index.ts';
import { openModel } from '../../../src/pipeline/skymodel/index.ts';
import { freshContext, ROW_COUNT, writeSmallMs } from '../../astronomy/ms/small-ms.ts';

describe('virtualconcat', () => {
  it('makes a multi-MS and takes the inputs away when it is whole', () => {
    const context = freshContext();
    const at = (...names: string[]) => join(context.cwd, ...names);
    writeSmallMs(at('a.ms'));
    writeSmallMs(at('b.ms'), { later: 3600, project: 'uid://A001/X1/X2' });
    virtualconcat(context, { vis: ['b.ms', 'a.ms'], concatvis: 'c.ms' });
    expect([existsSync(at('a.ms')), existsSync(at('b.ms'))]).toEqual([false, false]);
    const ms = openMs(at('c.ms'));
    expect(ms.main.rowCount).toBe(2 * ROW_COUNT);
    expect(readMetadata(ms).scans.map(({ number, observationId }) => [number, observationId])).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 1],
    ]);
    expect(ms.main.column('DATA').cellShape(ROW_COUNT)).toEqual([8, 2]);
    ms.close();
    expect(readlinkSync(at('c.ms', 'ANTENNA'))).toBe('SUBMSS/a.ms/ANTENNA');
    expect(readlinkSync(at('c.ms', 'SUBMSS', 'b.ms', 'FIELD'))).toBe('../a.ms/FIELD');
    expect(readFileSync(at('c.ms', 'table.info'), 'utf8')).toMatch(/SubType = CONCATENATED[\s\S]*SUBMSS\/b.ms/);
  });

  it('leaves the inputs as they are with keepcopy, and refuses what makes no multi-MS', () => {
    const context = freshContext();
    const at = (...names: string[]) => join(context.cwd, ...names);
    writeSmallMs(at('a.ms'));
    writeSmallMs(at('b.ms'), { later: 3600, project: 'uid://A001/X1/X2' });
    writeSmallMs(at('f.ms'), { dataColumns: ['DATA', 'FLOAT_DATA'] });
    expect(() => virtualconcat(context, { vis: ['a.ms', 'f.ms'], concatvis: 'd.ms' })).toThrow(/need the same columns/);
    virtualconcat(context, { vis: ['a.ms', 'b.ms'], concatvis: 'c.ms', keepcopy: true });
    const kept = openMs(at('b.ms'));
    expect(new Set(readNumbers(kept.main, 'SCAN_NUMBER'))).toEqual(new Set([1, 2]));
    kept.close();
    expect(() => virtualconcat(context, { vis: ['c.ms'], concatvis: 'd.ms' })).toThrow(/multi-MS already/);
    expect(existsSync(at('d.ms'))).toBe(false);
  });

  it('stays as it is when others are made of it: their subtables are their own', () => {
    const context = freshContext();
    const at = (...names: string[]) => join(context.cwd, ...names);
    writeSmallMs(at('a.ms'));
    writeSmallMs(at('b.ms'), { later: 3600, project: 'uid://A001/X1/X2' });
    virtualconcat(context, { vis: ['a.ms', 'b.ms'], concatvis: 'c.ms' });
    const fields = () => readFileSync(at('c.ms', 'FIELD', 'table.f0')).toString('latin1');
    const before = fields();
    split(context, { vis: 'c.ms', outputvis: 's.ms', datacolumn: 'data', field: '0' });
    concat(context, { vis: ['s.ms', 'c.ms'], concatvis: 'j.ms' });
    const direction = 'J2000 1.0rad 0.5rad';
    fixplanets(context, { vis: 's.ms', field: '0', direction });
    fixplanets(context, { vis: 'j.ms', field: '0', direction });
    fixvis(context, { vis: 'c.ms', outputvis: 'f.ms' });
    fixplanets(context, { vis: 'f.ms', field: '0', direction });
    for (const made of ['s.ms', 'j.ms']) expect(lstatSync(at(made, 'POLARIZATION')).isSymbolicLink()).toBe(false);
    expect(readlinkSync(at('f.ms', 'FIELD'))).toBe('SUBMSS/a.ms/FIELD');
    expect(fields()).toBe(before);
  });

  it('is changed as any other: model subtracted, weights by channel made, in all parts', () => {
    const context = freshContext();
    const at = (...names: string[]) => join(context.cwd, ...names);
    writeSmallMs(at('a.ms'));
    writeSmallMs(at('b.ms'), { later: 3600, project: 'uid://A001/X1/X2' });
    virtualconcat(context, { vis: ['a.ms', 'b.ms'], concatvis: 'c.ms' });
    clearcal(context, { vis: 'c.ms', addmodel: true });
    uvsub(context, { vis: 'c.ms' }, { openModel });
    initweights(context, { vis: 'c.ms', wtmode: 'nyq', dowtsp: true });
    const ms = openMs(at('c.ms'));
    for (const row of [0, ROW_COUNT]) {
      const [data, corrected] = ['DATA', 'CORRECTED_DATA'].map((name) => ms.main.column(name).getRange(row, 1));
      expect(Number(corrected[0])).toBeCloseTo(Number(data[0]) - 1, 6);
      expect(ms.main.column('WEIGHT_SPECTRUM').isDefined(row)).toBe(true);
    }
    expect(ms.main.column('CORRECTED_DATA').keywords.size).toBe(
      openMs(at('c.ms', 'SUBMSS', 'b.ms')).main.column('CORRECTED_DATA').keywords.size,
    );
    ms.close();
  });
});
