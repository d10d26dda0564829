import { expect, it } from 'vitest';
import { windowName } from '../../../src/pipeline/qa/window-name.ts';

it('names windows by their number in the ASDM and their centre', () => {
  expect(windowName(1, [231e9, 231.9e9], { spws: [17, 19] })).toBe('spw 19, 231.45 GHz');
  expect(windowName(3, [213.6e9])).toBe('spw 3, 213.60 GHz');
  expect(windowName(3, [])).toBe('spw 3');
});
