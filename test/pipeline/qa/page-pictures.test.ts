import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPictures, thumbnailName } from '../../../src/pipeline/qa/page-pictures.ts';
import { smallReport } from './small-report.ts';

it('finds the pictures of products and Execution Blocks that are there, parts in order', () => {
  const qa = mkdtempSync(join(tmpdir(), 'pictures-'));
  for (const name of ['T.cont.png', 'uid___A002_X3_X1_qa2_part3.png', 'uid___A002_X3_X1_qa2_part1.png', 'other.png'])
    writeFileSync(join(qa, name), name);
  expect(thumbnailName({ file: 'product/T.cont.fits' })).toBe('T.cont.png');
  expect(readPictures(smallReport(), qa).map(({ subject, caption }) => `${subject}: ${caption}`)).toEqual([
    'product/T.cont.fits: product/T.cont.fits',
    'uid___A002_X3_X1: Part 1: observation and temporal gains',
    'uid___A002_X3_X1: Part 3: calibrators and target',
  ]);
});
