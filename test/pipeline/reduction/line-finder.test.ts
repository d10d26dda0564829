import { describe, expect, it } from 'vitest';
import { channelsText, findLines, lineFreeChannels } from '../../../src/pipeline/reduction/line-finder.ts';

/** A flat spectrum with a fixed, seeded scatter of about 1 percent. */
function flat(count: number): Float64Array {
  let state = 12345;
  return Float64Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return 1 + 0.01 * (state / 2147483648 - 0.5);
  });
}

describe('findLines', () => {
  it('finds nothing in noise', () => {
    expect(findLines(flat(480))).toEqual([]);
  });

  it('finds an emission and an absorption line with their wings', () => {
    const spectrum = flat(480);
    for (let chan = 0; chan < 480; chan++) {
      spectrum[chan] += Math.exp(-(((chan - 100) / 8) ** 2)) - 0.5 * Math.exp(-(((chan - 300) / 5) ** 2));
    }
    const lines = findLines(spectrum);
    expect(lines).toHaveLength(2);
    expect(lines[0].first).toBeLessThanOrEqual(84);
    expect(lines[0].last).toBeGreaterThanOrEqual(116);
    expect(lines[1].first).toBeLessThanOrEqual(291);
    expect(lines[1].last).toBeGreaterThanOrEqual(309);
    expect(lines[1].last - lines[1].first).toBeLessThan(50);
  });

  it('does not take a single bright channel for a line', () => {
    const spectrum = flat(128);
    spectrum[40] = 3;
    expect(findLines(spectrum)).toEqual([]);
  });

  it('ignores flagged channels', () => {
    const spectrum = flat(128);
    spectrum.fill(Number.NaN, 0, 4);
    expect(findLines(spectrum)).toEqual([]);
  });
});

describe('lineFreeChannels', () => {
  it('is the complement of the lines within the edges', () => {
    const lines = [
      { first: 20, last: 30 },
      { first: 60, last: 61 },
    ];
    expect(channelsText(lineFreeChannels(lines, 100, 2))).toBe('2~19;31~59;62~97');
    expect(channelsText(lineFreeChannels([], 100, 0))).toBe('0~99');
    expect(channelsText(lineFreeChannels([{ first: 0, last: 50 }], 100, 2))).toBe('51~97');
  });
});
