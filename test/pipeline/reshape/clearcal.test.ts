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
