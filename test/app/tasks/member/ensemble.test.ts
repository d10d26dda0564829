import { describe, expect, it } from 'vitest';
import { pullStatistics, pullTable } from '../../../../src/app/tasks/member/ensemble.ts';

const pull = (field: string, value: number) => ({ seed: 1, field, spw: 17, pull: value, deviation: value / 100 });

describe('pulls', () => {
  it('have mean and width about the mean, by calibrator and of all', () => {
    const [a, b, all] = pullStatistics([pull('a', 1), pull('a', -1), pull('b', 3), pull('b', 1)]);
    expect(a).toMatchObject({ name: 'a', pullCount: 2, mean: 0, width: 1, deviation: 0.01 });
    expect(b).toMatchObject({ name: 'b', pullCount: 2, mean: 2, width: 1 });
    expect(all.mean).toBe(1);
    expect(all.width).toBeCloseTo(Math.sqrt(2), 12);
  });

  it('hold within three sigma of what so many blocks can tell', () => {
    const one = { name: 'a', pullCount: 8, mean: 0.7, width: 1.3, deviation: 0.01 };
    expect(pullTable([one], 16).isGood).toBe(true);
    expect(pullTable([one], 25).isGood).toBe(false);
    expect(pullTable([{ ...one, mean: 0, width: 0.4 }], 16).isGood).toBe(false);
    expect(pullTable([one], 16).text).toContain('|mean| < 0.750, |width - 1| < 0.530: held');
  });
});
