import { describe, expect, it } from 'vitest';
import { freeShares } from '../../../src/pipeline/simulation/shadow.ts';

/** Share of a disk at the origin that is free of another, by counting points. */
function counted(radius: number, other: number, distance: number): number {
  let [free, all] = [0, 0];
  for (let x = -radius; x <= radius; x += 0.01) {
    for (let y = -radius; y <= radius; y += 0.01) {
      if (Math.hypot(x, y) > radius) continue;
      all++;
      if (Math.hypot(x - distance, y) > other) free++;
    }
  }
  return free / all;
}

describe('freeShares', () => {
  it.each([
    [7, 7, 5.3],
    [7, 12, 6],
    [12, 7, 1],
    [7, 7, 7.1],
  ])('of a dish of %d m behind one of %d m, %d m apart', (diameter, other, distance) => {
    const [behind, before] = freeShares(Float64Array.of(0, 0, 0, distance, 0, 4), [diameter, other]);
    expect(before).toBe(1);
    expect(behind).toBeCloseTo(counted(diameter / 2, other / 2, distance), 2);
  });
});
