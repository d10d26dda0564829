import { describe, expect, it } from 'vitest';
import {
  bandwidthText,
  beamText,
  commonFluxNotes,
  flaggedText,
  fluxText,
  goalLines,
  productText,
} from '../../../src/pipeline/qa/report-words.ts';
import { smallReport } from './small-report.ts';

describe('words of the report', () => {
  it('compare what was asked for with what was reached', () => {
    expect(goalLines(smallReport())).toEqual([
      { what: 'Sensitivity in 7.66 MHz', requested: '6.60 mJy/beam', achieved: '4.20 mJy/beam' },
      { what: 'Angular resolution', requested: '0.60"', achieved: '1.04" x 0.55"' },
      { what: 'Representative frequency', requested: 'not stated', achieved: 'observed' },
    ]);
  });

  it('choose units by size and say when a number is unknown', () => {
    expect([fluxText(0.1754), fluxText(35e-6), fluxText(1.5), fluxText(null), fluxText(Number.NaN)]).toEqual([
      '175 mJy/beam',
      '35.0 uJy/beam',
      '1500 mJy/beam',
      'unknown',
      'unknown',
    ]);
    expect([bandwidthText(3.4e9), bandwidthText(7.66e6), bandwidthText(488e3)]).toEqual([
      '3.40 GHz',
      '7.66 MHz',
      '488.0 kHz',
    ]);
    expect(beamText({ beamMajorArcsec: null, beamMinorArcsec: 1 })).toBe('unknown');
    expect(flaggedText({ DA41: 0.02, DA42: 0.06 })).toBe('4.0 %');
    expect(flaggedText({})).toBe('unknown');
  });

  it('tell which Execution Blocks have no part in a common flux', () => {
    const report = smallReport();
    expect(commonFluxNotes(report)).toEqual([]);
    const [flux] = report.commonFluxes;
    expect(
      commonFluxNotes({
        ...report,
        commonFluxes: [{ ...flux, windows: { a: 17 }, without: ['b'], disagreement: 'Odd.' }],
      }),
    ).toEqual([
      'Odd.',
      'J1751-1950 in window 17 of a: b has no window near its frequency and no part in its common flux.',
    ]);
  });

  it('name products by kind, line and windows', () => {
    const [product] = smallReport().products;
    expect(productText(product)).toBe('continuum of T, windows 0, 3');
    expect(productText({ ...product, kind: 'cube', spw: '1', line: 'CO(2-1)' })).toBe(
      'line cube of CO(2-1) in T, window 1',
    );
    expect(productText({ ...product, kind: 'cube', spw: '1' })).toBe('cube of T, window 1');
  });
});
