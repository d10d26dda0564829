import { describe, expect, it } from 'vitest';
import { type ReadmeContent, writeReadme } from '../../../src/pipeline/delivery/readme.ts';

const none = { heads: [], rows: [], notes: [] };
const content: ReadmeContent = {
  names: { project: '2012.1.1.S', scienceGoal: 'uid___A002_X1_X10', group: 'group', member: 'uid___A002_X1_X12' },
  title: 'A title that goes on and on until it must be broken into more than one line of the file',
  programVersion: '0.1.0',
  verdict: 'PASS',
  reasons: ['Sensitivity (rms) is 0.64 of the request, within 1.10, which is a sentence too long for one line.'],
  goal: {
    heads: ['', 'requested', 'achieved'],
    rows: [['Sensitivity', '1 mJy/beam', '2 mJy/beam']],
    notes: ['Judged on a.fits.'],
  },
  blocks: none,
  fluxes: { heads: ['calibrator', '>common'], rows: [['J1751-1950', '0.6145']], notes: [] },
  images: none,
  comments: [`${'x '.repeat(36)}3.6 % of its data are flagged.`],
  hasFluxScript: true,
  tree: ['|-- uid___A002_X1_X12/'],
};

describe('writeReadme', () => {
  const text = writeReadme(content);

  it('is no wider than 78 characters and never breaks before a per cent sign', () => {
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(78);
    expect(text).toContain('3.6 %');
    expect(text).not.toMatch(/^ *%/m);
    expect(text).not.toContain('\u00a0');
  });

  it('says who, what, how good, how to run and what is there', () => {
    for (const part of [
      'Member OUS:            uid://A002/X1/X12',
      'Group OUS:             group',
      'QA2 Result:            PASS',
      'Sensitivity  1 mJy/beam  2 mJy/beam',
      'J1751-1950  0.6145',
      'casapy -c "execfile(\'scriptForPI.py\')"',
      'calibrated.ms holds all Execution Blocks',
    ])
      expect(text).toContain(part);
    expect(text.trimEnd().endsWith('|-- uid___A002_X1_X12/')).toBe(true);
  });

  it('leaves out tables without rows, and names the result of a single block', () => {
    expect(text).not.toContain('Images (directory product)');
    expect(writeReadme({ ...content, hasFluxScript: false })).toContain('uid___*.ms.split.cal holds');
  });
});
