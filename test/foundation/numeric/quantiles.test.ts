import { describe, expect, it } from 'vitest';
import { quartilesOf } from '../../../src/foundation/numeric/index.ts';

describe('quartilesOf', () => {
  it('takes values for the quarters and the mean of two for the middle', () => {
    expect(quartilesOf([1, 2, 3, 10])).toEqual({ first: 1, median: 2.5, third: 3 });
    expect(quartilesOf([1, 2, 3, 10, 20])).toEqual({ first: 2, median: 3, third: 10 });
    expect(quartilesOf(Float32Array.of(7))).toEqual({ first: 7, median: 7, third: 7 });
    expect(quartilesOf([]).median).toBeNaN();
  });
});
