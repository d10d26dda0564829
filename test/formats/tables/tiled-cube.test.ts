import { expect, it } from 'vitest';
import { tileLayout } from '../../../src/formats/tables/tiled-cube.ts';

it('columns in one tile: the widest values come first, of one width the last column, as in casacore', () => {
  const { offsets, bytes } = tileLayout(['UInt', 'Bool', 'Float', 'Int64', 'Short'], [3, 2]);
  expect(offsets).toEqual([6 * 12, 6 * 18, 6 * 8, 0, 6 * 16]);
  expect(bytes).toBe(6 * 18 + 1);
});
