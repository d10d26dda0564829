import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fitsListing } from '../../../../src/app/tasks/commands/fits-listing.ts';
import { createFitsImage, FitsHeader, real, scanUnits } from '../../../../src/formats/fits/index.ts';
import { disk } from '../../../../src/foundation/bytes/index.ts';

describe('fitsListing', () => {
  it('shows numbers, words and truth values of the header as they are', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'qa2-fits-')), 'a.fits');
    const header = new FitsHeader();
    header.add('CRVAL1', real(230), 'reference');
    header.add('BMAJ', real(1.5e-4));
    header.add('OBJECT', 'ORACLE_T1');
    const writer = createFitsImage(path, [2, 3], header);
    writer.writePlane(new Float32Array(6));
    writer.close();
    const source = disk().open(path);
    const { text, facts } = fitsListing(path, scanUnits(source));
    source.close();
    expect(text).toMatch(/CRVAL1 {3}= 230 \/ reference/);
    expect(text).toMatch(/BMAJ {5}= 0\.00015/);
    expect(text).toMatch(/OBJECT {3}= ORACLE_T1/);
    expect(text).toMatch(/SIMPLE {3}= T/);
    expect((facts as { header: Record<string, unknown> }).header).toMatchObject({ CRVAL1: 230, BMAJ: 1.5e-4 });
  });
});
