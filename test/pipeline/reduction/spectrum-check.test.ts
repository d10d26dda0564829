import { describe, expect, it } from 'vitest';
import type { MeasuredFlux } from '../../../src/pipeline/reduction/common-flux.ts';
import { oddWindows } from '../../../src/pipeline/reduction/spectrum-check.ts';

/** One calibrator in four windows of two sidebands. */
function spectrum(fluxesJy: readonly number[], errorJy: number): MeasuredFlux[] {
  return fluxesJy.map((fluxJy, index) => ({
    ...{ eb: 'a', field: 'J1751-1950', spw: 17 + 2 * index, frequencyHz: [230e9, 232e9, 218e9, 216e9][index] },
    ...{ fluxJy, errorJy, isReference: false },
  }));
}

const odd = (fluxes: readonly MeasuredFlux[]) => oddWindows(fluxes).map(({ choice }) => choice);

describe('oddWindows', () => {
  it('has nothing to say of power laws and noise', () => {
    expect(odd(spectrum([0.62, 0.61, 0.68, 0.69], 0.005))).toEqual([]);
    expect(odd(spectrum([0.62, 0.8, 0.64, 0.65], 0.1))).toEqual([]);
    expect(odd(spectrum([0.62, 1.2], 0.01))).toEqual([]);
  });

  it('names the window that is far off', () => {
    expect(odd(spectrum([0.62, 1.2, 0.64, 0.65], 0.05))).toEqual([
      'window 19 finds J1751-1950 95 % brighter than its other windows',
    ]);
  });
});
