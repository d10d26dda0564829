import { describe, expect, it } from 'vitest';
import {
  type InterpolationPlan,
  planAveraging,
  planInterpolation,
} from '../../../src/astronomy/visibility/spectral-interpolation.ts';

function apply(plan: InterpolationPlan, values: readonly number[]): number[] {
  return Array.from({ length: plan.outCount }, (_, out) => {
    let sum = 0;
    for (let tap = plan.starts[out]; tap < plan.starts[out + 1]; tap++)
      sum += plan.factors[tap] * values[plan.channels[tap]];
    return sum;
  });
}

const FROM = [0, 1, 2, 3, 4, 5];

describe('planInterpolation', () => {
  it('is linear between channels and flags what lies outside', () => {
    const plan = planInterpolation(FROM, [-0.5, 0, 2.25, 5.5], 'linear');
    expect(apply(plan, [0, 10, 20, 30, 40, 50])).toEqual([0, 0, 22.5, 50]);
    expect([...plan.isOutside]).toEqual([1, 0, 0, 1]);
    expect([...plan.flagged.subarray(plan.flagStarts[2], plan.flagStarts[3])]).toEqual([2, 3]);
  });

  it('takes the nearest channel, the earlier one of two', () => {
    expect(apply(planInterpolation(FROM, [1.5, 1.6], 'nearest'), FROM)).toEqual([1, 2]);
  });

  it('reproduces a cubic, also on descending axes', () => {
    const cube = (x: number) => x ** 3 - 2 * x;
    for (const from of [FROM, [...FROM].reverse()]) {
      const [value] = apply(planInterpolation(from, [2.3], 'cubic'), from.map(cube));
      expect(value).toBeCloseTo(cube(2.3), 12);
    }
  });

  it('takes channels that differ by rounding only as the same', () => {
    const plan = planInterpolation(FROM, [2 + 1e-9], 'linear');
    expect([...plan.channels]).toEqual([2]);
  });
});

describe('planAveraging', () => {
  it('averages samples over each output channel', () => {
    const plan = planAveraging(FROM, [1, 4], [3, 3], 'linear');
    expect(apply(plan, [6, 6, 6, 12, 12, 12])).toEqual([6, 11]);
    expect([...plan.isOutside]).toEqual([1, 0]);
  });
});
