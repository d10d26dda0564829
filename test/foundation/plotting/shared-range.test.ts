import { describe, expect, it } from 'vitest';
import type { Panel } from '../../../src/foundation/plotting/figure.ts';
import { sharedRange, withRanges } from '../../../src/foundation/plotting/shared-range.ts';

const panel = (x: number[], y: number[], more: Partial<Panel> = {}): Panel => ({
  ...{ title: '', x: { label: 'x' }, y: { label: 'y' }, series: [{ kind: 'points', x, y }] },
  ...more,
});

describe('ranges that panels share', () => {
  it('hold all points with a margin, gaps aside', () => {
    const panels = [panel([0, 10], [1, Number.NaN]), panel([-10, 0], [5, 3])];
    expect(sharedRange(panels, 'x')).toEqual([-11, 11]);
    expect(sharedRange(panels, 'y')).toEqual([0.8, 5.2]);
  });

  it('have a width where all values are one, and are not there for words and nothing', () => {
    expect(sharedRange([panel([2, 2], [3, 3 + 1e-9])], 'x')).toEqual([1.5, 2.5]);
    expect(sharedRange([panel([2, 2], [3, 3 + 1e-9])], 'y')?.map((value) => value.toFixed(3))).toEqual([
      '2.500',
      '3.500',
    ]);
    expect(sharedRange([panel([0], [0], { x: { label: 'antenna', categories: ['DV01'] } })], 'x')).toBeUndefined();
    expect(sharedRange([panel([], [])], 'x')).toBeUndefined();
  });

  it('leave a range alone that a panel has', () => {
    const own = panel([0, 1], [0, 1], { y: { label: 'y', range: [0, 9] } });
    expect(withRanges(own, [0, 2], [0, 3])).toMatchObject({ x: { range: [0, 2] }, y: { range: [0, 9] } });
  });
});
