import { describe, expect, it } from 'vitest';
import { uniteWindows, type WindowChannels } from '../../../src/astronomy/visibility/index.ts';

/** `count` channels of `step`, the first at `from`. */
function evenly(id: number, from: number, step: number, count: number): WindowChannels {
  const freqs = Array.from({ length: count }, (_, chan) => from + chan * step);
  return { id, freqs, widths: new Array(count).fill(step) };
}

describe('uniteWindows', () => {
  it('puts windows side by side, also those that descend', () => {
    const { freqs, widths, parts } = uniteWindows([evenly(5, 22, -1, 3), evenly(2, 10, 2, 2)]);
    expect([...freqs]).toEqual([10, 12, 20, 21, 22]);
    expect([...widths]).toEqual([2, 2, 1, 1, 1]);
    expect(parts.map(([{ id, chan }]) => [id, chan])).toEqual([
      [2, 0],
      [2, 1],
      [5, 2],
      [5, 1],
      [5, 0],
    ]);
  });

  it('shares out channels that overlap, and widens the last one up to the edge', () => {
    const { freqs, widths, parts } = uniteWindows([evenly(0, 10, 1, 4), evenly(1, 12.25, 1, 3)]);
    expect([...freqs]).toEqual([10, 11, 12, 13.125, 14.25]);
    expect([...widths]).toEqual([1, 1, 1, 1.25, 1]);
    expect(parts[2]).toEqual([
      { id: 0, chan: 2, fraction: 1 },
      { id: 1, chan: 0, fraction: 0.75 },
    ]);
    expect(parts[3]).toEqual([
      { id: 0, chan: 3, fraction: 1 },
      { id: 1, chan: 0, fraction: 0.25 },
      { id: 1, chan: 1, fraction: 1 },
    ]);
  });

  it('cuts a channel that reaches in slightly', () => {
    const { freqs, widths, parts } = uniteWindows([evenly(0, 0, 128, 2), evenly(1, 255, 128, 2)]);
    expect([...freqs]).toEqual([0, 128, 255.5, 383]);
    expect([...widths]).toEqual([128, 128, 127, 128]);
    expect(parts[2]).toEqual([{ id: 1, chan: 0, fraction: 1 }]);
  });

  it('adds windows on one grid without new channels between them', () => {
    const { freqs, parts } = uniteWindows([evenly(0, 10, 1, 4), evenly(1, 12, 1, 3), evenly(2, 12, 1, 2)]);
    expect([...freqs]).toEqual([10, 11, 12, 13, 14]);
    expect(parts[3].map(({ id, fraction }) => [id, fraction])).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
  });
});
