import { describe, expect, it } from 'vitest';
import {
  casacoreMedian,
  median,
  quartilesOf,
  robustScatter,
  selectRank,
} from '../../../src/foundation/numeric/index.ts';

describe('quartilesOf', () => {
  it('takes values for the quarters and the mean of two for the middle', () => {
    expect(quartilesOf([1, 2, 3, 10])).toEqual({ first: 1, median: 2.5, third: 3 });
    expect(quartilesOf([1, 2, 3, 10, 20])).toEqual({ first: 2, median: 3, third: 10 });
    expect(quartilesOf(Float32Array.of(7))).toEqual({ first: 7, median: 7, third: 7 });
    expect(quartilesOf([]).median).toBeNaN();
  });
});

describe('median', () => {
  it('is the middle value, or the mean of two', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
  });

  it("is the lower of two in casacore's arrays of more than 100", () => {
    expect([casacoreMedian([3, 1, 2]), casacoreMedian([4, 1, 2, 3])]).toEqual([2, 2.5]);
    expect(casacoreMedian(Array.from({ length: 102 }, (_, k) => k))).toBe(50);
    expect(casacoreMedian([])).toBeNaN();
  });
});

describe('selectRank', () => {
  it('finds the value of every rank, equal ones and NaN among them', () => {
    const values = Float32Array.from({ length: 200 }, (_, k) => (k * 7919) % 53);
    const sorted = values.slice().sort();
    for (let rank = 0; rank < 200; rank++) expect(selectRank(values.slice(), rank)).toBe(sorted[rank]);
    expect(selectRank(new Float32Array(9).fill(4), 4)).toBe(4);
    expect(selectRank(new Float32Array(9).fill(Number.NaN), 4)).toBeNaN();
    expect(selectRank(new Float32Array(0), 0)).toBeNaN();
  });
});

it('measures the spread of samples whatever a few outliers do', () => {
  const samples = Array.from({ length: 1001 }, (_, at) => (at < 5 ? 1e6 : (at % 101) - 50));
  expect(robustScatter(samples)).toBeCloseTo(1.4826 * 25, 0);
  expect(robustScatter([])).toBeNaN();
});
