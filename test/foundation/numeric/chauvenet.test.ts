import { describe, expect, it } from 'vitest';
import { chauvenetScore } from '../../../src/foundation/numeric/index.ts';

describe("scores of Chauvenet's criterion", () => {
  it('are those of a number between this and the next', () => {
    // Half a value is expected beyond 1.96 of 10 and beyond 2 of 10.99; beyond 3.4808 of 1000 and beyond 3.4810 of 1001.
    expect(chauvenetScore(10)).toBe(2);
    expect(chauvenetScore(1000)).toBeGreaterThan(3.480756);
    expect(chauvenetScore(1000)).toBeLessThan(3.481);
  });

  it('are found by halving between multiples of a half, as CASA finds them', () => {
    expect(chauvenetScore(0)).toBe(0.5);
    expect(chauvenetScore(40)).toBe(2.5);
    expect(chauvenetScore(96)).toBe(2.796875);
  });
});
