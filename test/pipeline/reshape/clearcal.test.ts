import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { clearcal } from '../../../src/pipeline/reshape/index.ts';
import { freshContext, writeSmallMs } from '../../astronomy/ms/small-ms.ts';

it('clearcal refuses a selection without rows, as CASA, once the columns are there', () => {
  const context = freshContext();
  writeSmallMs(join(context.cwd, 'a.ms'));
  const none = { vis: 'a.ms', field: '0', intent: 'OBSERVE_TARGET#ON_SOURCE' };
  clearcal(context, none);
  const ms = openMs(join(context.cwd, 'a.ms'));
  expect(ms.main.hasColumn('CORRECTED_DATA')).toBe(true);
  ms.close();
  expect(() => clearcal(context, none)).toThrow(/no rows/);
});

it('clearcal clears the channels chosen; others keep what they have', () => {
  const context = freshContext();
  const path = join(context.cwd, 'a.ms');
  writeSmallMs(path);
  clearcal(context, { vis: 'a.ms', addmodel: true });
  const ms = openMs(path, 'update');
  const shape = [8, 2];
  const fives = new Float32Array(32).fill(5);
  for (const column of ['CORRECTED_DATA', 'MODEL_DATA']) ms.main.column(column).put(0, { shape, values: fives });
  ms.close();
  clearcal(context, { vis: 'a.ms', spw: '0:2~3' });
  const read = openMs(path);
  const cell = (column: string) => [...(read.main.column(column).getRange(0, 1) as Float32Array)];
  const data = cell('DATA');
  expect(cell('CORRECTED_DATA')).toEqual(data.map((value, at) => (at >= 8 && at < 16 ? value : 5)));
  expect(cell('MODEL_DATA')).toEqual(data.map((_, at) => (at >= 8 && at < 16 ? 1 - (at % 2) : 5)));
  read.close();
});
