import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFits, FitsHeader } from '../../../src/formats/fits/index.ts';

describe('the FITS check', () => {
  it('names doubled keywords, wrong order and missing padding', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'fits-')), 'bad.fits');
    const header = new FitsHeader()
      .add('SIMPLE', true)
      .add('NAXIS', 2)
      .add('BITPIX', 8)
      .add('NAXIS1', 10)
      .add('NAXIS2', 10)
      .add('OBJECT', 'a')
      .add('OBJECT', 'b');
    writeFileSync(path, Buffer.concat([header.encode(), new Uint8Array(100)]));
    expect(checkFits(path).map((issue) => issue.code)).toEqual([
      'fits-mandatory-order',
      'fits-mandatory-order',
      'fits-duplicate-keyword',
      'fits-length',
    ]);
  });
});
