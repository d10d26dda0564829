import { describe, expect, it } from 'vitest';
import { formatG, statisticsLines } from '../../../src/pipeline/calibration/wvr-report.ts';

describe('formatG', () => {
  it('writes numbers as C does', () => {
    expect([3.48084e-15, 0.940043, 14.7672, 151.4, 0.00001234, 1e9, 0, 100000].map((value) => formatG(value))).toEqual([
      ...['3.48084e-15', '0.940043', '14.7672', '151.4', '1.234e-05', '1e+09', '0', '100000'],
    ]);
    expect([70.55, 150.9, 0.0123].map((value) => formatG(value, 3))).toEqual(['70.5', '151', '0.0123']);
  });
});

describe('the table of antennas', () => {
  it('stands in the columns that scripts read', () => {
    const entry = { id: 7, name: 'DV05', hasWvr: true, isFlagged: false, rmsMicron: 151.2, discrepancyMicron: 24.5 };
    const lines = statisticsLines([entry], [[10, 20]], 8);
    expect(lines).toContain('(2, 12)');
    expect(lines.at(-1)).toBe('7       DV05    Yes     No       151            24.5');
    expect(lines.at(-1)?.split(/\s+/)).toEqual(['7', 'DV05', 'Yes', 'No', '151', '24.5']);
    expect(lines.at(-2)).toBe('#       Name    WVR?    Flag?   RMS (um)        Disc (um)');
  });
});
