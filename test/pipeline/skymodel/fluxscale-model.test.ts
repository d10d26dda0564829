import { describe, expect, it } from 'vitest';
import type { MsMetadata } from '../../../src/astronomy/ms/index.ts';
import { spectrumFromFluxscale } from '../../../src/pipeline/skymodel/fluxscale-model.ts';

const metadata = { spectralWindows: [{ chanFreqs: [99e9, 101e9] }] } as unknown as MsMetadata;

describe('a spectrum from the result of fluxscale', () => {
  it('is the fit when there is one', () => {
    const dictionary = {
      '1': { fitFluxd: 0.5, fitRefFreq: 98e9, spidx: [-0.3, -0.6], '0': { fluxd: [0.4, 0, 0, 0] } },
    };
    expect(spectrumFromFluxscale(dictionary, 1, 0, metadata)).toEqual({
      kind: 'power-law',
      stokes: [0.5, 0, 0, 0],
      referenceHz: 98e9,
      spectralIndex: [-0.6],
    });
  });

  it("is the window's own flux density otherwise, at the frequency that fluxscale gives", () => {
    const own = { '0': { fluxd: [0.4, 0, 0, 0] } };
    expect(spectrumFromFluxscale({ '2': own, freq: [97e9] }, 2, 0, metadata)).toMatchObject({ referenceHz: 97e9 });
    expect(spectrumFromFluxscale({ '2': own }, 2, 0, metadata)).toMatchObject({
      referenceHz: 100e9,
      stokes: [0.4, 0, 0, 0],
    });
  });

  it('says when it has nothing', () => {
    expect(() => spectrumFromFluxscale({}, 1, 0, metadata)).toThrow(/field 1/);
    expect(() => spectrumFromFluxscale({ '1': { '0': { fluxd: [-1] } } }, 1, 0, metadata)).toThrow(/no valid flux/);
  });
});
