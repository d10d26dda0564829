import { expect, it } from 'vitest';
import { textTable } from '../../../src/pipeline/qa/text-table.ts';

it('sets columns as wide as needed, numbers flush right, no trailing blanks', () => {
  expect(
    textTable(
      ['name', '>Jy', 'note'],
      [
        ['J1924-2914', '3.4', ''],
        ['A', '12.25', 'outlier'],
      ],
    ),
  ).toEqual([
    'name           Jy  note',
    '----------  -----  -------',
    'J1924-2914    3.4',
    'A           12.25  outlier',
  ]);
  expect(textTable(['a'], [])).toEqual(['a', '-']);
});
