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

  it('takes samples as far apart as the share of each channel, where channels differ', () => {
    // Samples at 0, 1, 3 and 5.
    const from = FROM.slice(0, 4);
    const plan = planAveraging(from, [1, 4], [2, 4], 'linear');
    expect(apply(plan, [0, 10, 20, 30])).toEqual([5, 30]);
    const turned = planAveraging([...from].reverse(), [4, 1], [4, 2], 'linear');
    // Widths are counted from the highest frequency: samples at 0, 2, 3 and 4.
    const [high, low] = apply(turned, [30, 20, 10, 0]);
    expect(high).toBeCloseTo((20 + 30 + 30) / 3, 12);
    expect(low).toBe(0);
  });

  it('interpolates at the centres of channels between two samples, where a narrow and a wide window are combined', () => {
    const to = Array.from({ length: 8 }, (_, chan) => 0.75 + 0.5 * chan);
    const widths = to.map(() => 0.5);
    for (const [from, channels] of [
      [[0, 1, 2, 5], to],
      [[5, 2, 1, 0], [...to].reverse()],
    ]) {
      const plan = planAveraging(from, channels, widths, 'linear');
      // Samples at 0.5, 1.5, 2.5 and 3.5.
      const expected = channels.map((at) => 10 * (at % 1 === 0.75 ? at - 0.25 : at));
      apply(
        plan,
        from.map((at) => 10 * at),
      ).forEach((value, out) => {
        expect(value).toBeCloseTo(expected[out], 12);
      });
      expect([...plan.flagStarts].every((start, out) => out === 0 || start > plan.flagStarts[out - 1])).toBe(true);
    }
  });
});

describe('spline', () => {
  it('passes through the points, and between them as the second derivatives tell', () => {
    expect(apply(planInterpolation([0, 1, 2], [1, 0.5], 'spline'), [0, 1, 0])).toEqual([1, 0.6875]);
    // The second of four points is left out of the back-substitution: derivatives 0, -3, 2.4, 0.
    const [value] = apply(planInterpolation([0, 1, 2, 3], [1.5], 'spline'), [0, 1, 0, 0]);
    expect(value).toBeCloseTo(0.5375, 12);
  });

  it('is a straight line through points in a line, wherever they are', () => {
    const from = Array.from({ length: 200 }, (_, at) => 230e9 - at * 1e6 - 3e3 * (at % 7));
    const to = [229.9994e9, 229.9e9, 229.8011e9];
    const values = from.map((frequency) => (frequency - 230e9) / 1e6);
    const plan = planInterpolation(from, to, 'spline');
    for (const [out, value] of apply(plan, values).entries()) expect(value).toBeCloseTo((to[out] - 230e9) / 1e6, 6);
    expect(Math.max(...plan.starts.slice(1).map((end, out) => end - plan.starts[out]))).toBeLessThan(70);
  });
});
