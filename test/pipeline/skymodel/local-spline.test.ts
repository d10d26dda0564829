import { describe, expect, it } from 'vitest';
import { LocalSpline, nearestIndex } from '../../../src/pipeline/skymodel/local-spline.ts';

describe('interpolation in a table', () => {
  it('is a cubic spline without knots at the second and last but one point', () => {
    const x = [0, 1, 2.5, 3, 4, 5.5, 6, 7, 8, 9.5];
    const spline = new LocalSpline(x, x.map(Math.sin));
    // scipy.interpolate.interp1d(kind='cubic')
    expect([0.3, 2.7].map((at) => spline.at(at))).toEqual(
      [0.33615986, 0.4303023].map((value) => expect.closeTo(value, 7)),
    );
  });

  it('keeps cubics and the values of the table', () => {
    const x = Array.from({ length: 40 }, (_, at) => at + 0.3 * Math.sin(at));
    const cubic = (value: number) => value ** 3 / 50 - value ** 2 + 3;
    const spline = new LocalSpline(x, x.map(cubic));
    for (const at of [0.2, 3.3, 17.77, 38.9]) expect(spline.at(at)).toBeCloseTo(cubic(at), 7);
    for (const at of [0, 7, 39]) expect(spline.at(x[at])).toBeCloseTo(cubic(x[at]), 9);
  });

  it('finds the nearest value', () => {
    expect([-1, 0.4, 0.6, 2.4, 9].map((value) => nearestIndex([0, 1, 2, 3], value))).toEqual([0, 0, 1, 2, 3]);
  });
});
