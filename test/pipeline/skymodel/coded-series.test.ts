import { describe, expect, it } from 'vitest';
import { decodeIntegers, evaluateSeries } from '../../../src/pipeline/skymodel/coded-series.ts';

const coded = (...bytes: number[]) => btoa(String.fromCharCode(...bytes));

describe('a coded series', () => {
  it('has integers of one or more bytes and runs of zeros', () => {
    expect([...decodeIntegers(coded(2, 1, 0x80 | 72, 2, 0, 2, 3), 7)]).toEqual([1, -1, 164, 0, 0, 0, -2]);
    expect(() => decodeIntegers(coded(2), 2)).toThrow();
  });

  it('is a sum of Chebyshev polynomials times harmonics', () => {
    // one segment of ten days: 1 + 2 T1(x) for the constant, 3 for the cosine, 0 for the sine
    const data = coded(2, 4, 6, 0, 0, 0, 1);
    const series = {
      first: 100,
      step: 10,
      count: 1,
      degree: 1,
      components: 1,
      scale: 0.5,
      data,
      harmonics: 1,
      period: 4,
    };
    for (const mjd of [100, 101, 107.3, 110]) {
      const x = (mjd - 105) / 5;
      const expected = 0.5 * (1 + 2 * x + 3 * Math.cos((2 * Math.PI * (mjd - 100)) / 4));
      expect(evaluateSeries(series, mjd)[0]).toBeCloseTo(expected, 12);
    }
  });
});
