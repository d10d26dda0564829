import { describe, expect, it } from 'vitest';
import { type Beam, commonBeam } from '../../../src/pipeline/images/beams.ts';

const beam = (major: number, minor: number, positionAngle: number): Beam => ({ major, minor, positionAngle });

describe('commonBeam', () => {
  it('is the largest beam where that contains the others', () => {
    expect(commonBeam([beam(1, 0.9, 20), beam(2, 1.5, 0)])).toEqual(beam(2, 1.5, 0));
  });

  it('is the smallest one that contains the largest and what sticks out of it, as CASA finds it', () => {
    const pair = commonBeam([beam(2, 1.4, 10), beam(2.02, 1.38, 14)]);
    expect(pair.major).toBeCloseTo(2.03940085858, 9);
    expect(pair.minor).toBeCloseTo(1.41300833414, 9);
    expect(pair.positionAngle).toBeCloseTo(11.91538113, 7);
    const four = commonBeam([beam(2, 1.4, 10), beam(2.02, 1.38, 14), beam(1.9, 1.45, -20), beam(2.05, 1.3, 0)]);
    // CASA grows beams by a thousandth where rounding wants it, here one time less.
    expect(four.major / 2.15109409).toBeGreaterThan(1 - 1e-8);
    expect(four.major / 2.15109409).toBeLessThan(1.0011);
    expect(four.minor / 1.5715735).toBeLessThan(1.0011);
  });

  it('is as small for position angles on both sides of north', () => {
    const { major, minor, positionAngle } = commonBeam([beam(2, 1.4, 88), beam(2.02, 1.38, -85)]);
    const turned = commonBeam([beam(2, 1.4, -2), beam(2.02, 1.38, 5)]);
    expect(major * minor).toBeCloseTo(turned.major * turned.minor, 9);
    expect((positionAngle - turned.positionAngle + 360) % 180).toBeCloseTo(90, 7);
  });
});
