import { describe, expect, it } from 'vitest';
import { Scatter } from '../../../src/astronomy/visibility/index.ts';

describe('Scatter', () => {
  it('is the weighted variance about the mean', () => {
    const scatter = new Scatter(2);
    for (const value of [1, 2, 3, 6]) scatter.add(1, value + 1e6, 2);
    expect(scatter.mean(1)).toBeCloseTo(1e6 + 3, 6);
    expect(scatter.variance(1)).toBeCloseTo(2 * (14 / 4), 6);
    expect(scatter.unbiasedVariance(1)).toBeCloseTo(2 * (14 / 3), 6);
    expect(scatter.variance(0)).toBe(0);
  });
});
