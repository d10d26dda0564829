import { describe, expect, it } from 'vitest';
import { blockText } from '../../../src/pipeline/qa/text-file.ts';
import { smallReport } from './small-report.ts';

describe('blockText', () => {
  const report = smallReport();
  const text = blockText(report, report.ebs[1]);

  it('tells what was done in this block and what came out', () => {
    for (const part of [
      'Execution Block uid___A002_X3_X1',
      'Reference antenna: DA41',
      '18.60 deg without, 2.10 deg with the correction (improved 8.9 times)',
      'DA42     6.0 %',
      'Check of a target image and sensitivity',
      'Decisions for the Member\n------------------------\n* Image size: 320 pixels\n    Five pixels over the beam.',
      'product/T.cont.fits: continuum of T, windows 0, 3',
      'QA2 SEMIPASS',
    ])
      expect(text).toContain(part);
    expect(text).toMatch(/J1733-1304 +17 +229\.600 +1\.8300 +model/);
    expect(text).toMatch(/J1751-1950 +17 +229\.600 +0\.7090 +0\.0020/);
    expect(text).not.toContain('X2_X1');
  });

  it('says so when there were no radiometers', () => {
    expect(blockText(report, { ...report.ebs[0], phaseRmsDeg: undefined })).toContain('No radiometer data');
  });
});
