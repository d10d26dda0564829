import { expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { type WvrgcalOptions, wvrgcal } from '../../../src/pipeline/calibration/wvrgcal.ts';

it('takes no scale that is not positive, and passes over names of sources without segsource, as CASA', () => {
  const lines: string[] = [];
  const context = { ...silentContext('/nowhere'), log: { post: (line: string) => lines.push(line) } };
  const call = (more: Partial<WvrgcalOptions>) => () => wvrgcal(context, { vis: 'none.ms', caltable: 'w', ...more });
  expect(call({ scale: -1 })).toThrow('scale');
  expect(lines).toEqual([]);
  expect(call({ segsource: false, sourceflag: ['J1733-1304'] })).toThrow('none.ms');
  expect(lines).toEqual(['tie and sourceflag have no effect without segsource.']);
});
