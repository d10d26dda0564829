import { describe, expect, it } from 'vitest';
import { phaseCentreTurn, turnUvwInPlace } from '../../../src/astronomy/visibility/index.ts';

describe('phaseCentreTurn', () => {
  it('keeps lengths and comes back', () => {
    const [one, other] = [[1.2, -0.4] as const, [1.3, -0.35] as const];
    const uvw = Float64Array.of(0, 120, -40, 15);
    const change = turnUvwInPlace(uvw, 1, phaseCentreTurn(one, other));
    expect(Math.hypot(uvw[1], uvw[2], uvw[3])).toBeCloseTo(Math.hypot(120, 40, 15), 10);
    expect(uvw[3]).toBeCloseTo(15 + change, 12);
    turnUvwInPlace(uvw, 1, phaseCentreTurn(other, one));
    expect(uvw[1]).toBeCloseTo(120, 10);
    expect(uvw[0]).toBe(0);
  });

  it('changes w by the path to a source at the new centre', () => {
    const offset = 1e-3;
    const uvw = Float64Array.of(100, 0, 0);
    turnUvwInPlace(uvw, 0, phaseCentreTurn([0, 0], [offset, 0]));
    expect(uvw[2]).toBeCloseTo(100 * Math.sin(offset), 12);
  });
});
