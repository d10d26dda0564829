import { describe, expect, it } from 'vitest';
import { evaluateSpectrum, powerLawFactor } from '../../../src/pipeline/skymodel/point-spectrum.ts';

describe('spectra of point sources', () => {
  it('are the power laws that CASA 6.7 sets', () => {
    expect(1.5 * powerLawFactor(229.622265625e9, 225e9, [-0.55])).toBeCloseTo(1.4833169015120846, 12);
    expect(2 * powerLawFactor(229.622265625e9, 1e9, [-0.7, -0.1])).toBeCloseTo(0.01232768383285228, 12);
  });

  it('scale all Stokes parameters alike', () => {
    const values = new Float64Array(4);
    const spectrum = { kind: 'power-law', stokes: [2, 0.2, 0.1, 0.05], referenceHz: 1e9, spectralIndex: [-1] } as const;
    evaluateSpectrum(spectrum, 2e9, values);
    expect([...values]).toEqual([1, 0.1, 0.05, 0.025].map((value) => expect.closeTo(value, 12)));
  });

  it('are linear between samples, of rising and falling frequencies, and constant beyond', () => {
    const rising = {
      kind: 'sampled',
      frequencies: Float64Array.of(1, 2, 4),
      stokes: [Float64Array.of(1, 3, 5)],
    } as const;
    const falling = {
      kind: 'sampled',
      frequencies: Float64Array.of(4, 2, 1),
      stokes: [Float64Array.of(5, 3, 1)],
    } as const;
    const values = new Float64Array(4);
    for (const spectrum of [rising, falling]) {
      const at = (frequency: number) => {
        evaluateSpectrum(spectrum, frequency, values);
        return values[0];
      };
      expect([0.5, 1, 1.5, 3, 4, 9].map(at)).toEqual([1, 1, 2, 4, 5, 5]);
    }
  });
});
