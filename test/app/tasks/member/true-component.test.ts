import { expect, test } from 'vitest';
import { apparentFluxAt, REFERENCE_HZ } from '../../../../src/app/tasks/member/true-component.ts';
import { ARCSEC } from '../../../../src/foundation/base/index.ts';
import { primaryBeam } from '../../../../src/pipeline/simulation/sky.ts';

const component = (offset: number, dish: number) => ({
  kind: 'point',
  offsetArcsec: [offset, 0] as const,
  raDeg: 0,
  decDeg: 0,
  fwhmArcsec: 0,
  fluxJy: 0.045,
  apparentFluxJy: 0.045 * primaryBeam(offset * ARCSEC, REFERENCE_HZ, dish),
  spectralIndex: -0.3,
});

test.each([
  [0.5, 12],
  [4.56, 12],
  [7, 7],
])('the beam narrows with frequency as an Airy disk does, %f arcsec off', (offset, dish) => {
  for (const hz of [213e9, 225e9, 232e9]) {
    const expected = 0.045 * (hz / REFERENCE_HZ) ** -0.3 * primaryBeam(offset * ARCSEC, hz, dish);
    expect(apparentFluxAt(component(offset, dish), hz) / expected).toBeCloseTo(1, 4);
  }
});
