import { describe, expect, it } from 'vitest';
import { parseFluxSpec } from '../../../src/pipeline/skymodel/flux-spec.ts';

describe('parseFluxSpec', () => {
  it('reads name, flux density, frequency and spectral index', () => {
    expect(parseFluxSpec('J1733-1304=1.85Jy@225GHz,-0.55')).toEqual({
      name: 'J1733-1304',
      fluxJy: 1.85,
      referenceHz: 225e9,
      spectralIndex: [-0.55],
    });
    expect(parseFluxSpec('3c279 = 12500mJy@97.5GHz')).toMatchObject({ fluxJy: 12.5, spectralIndex: [0] });
    expect(parseFluxSpec('NGC 253 + M 83 =1Jy@1GHz').name).toBe('NGC 253 + M 83');
    expect(parseFluxSpec('X=2@1GHz,-0.7,-0.1').spectralIndex).toEqual([-0.7, -0.1]);
  });

  it.each(['J1733', 'J1733=1Jy', 'J1733=-1Jy@1GHz', 'J1733=1Jy@1GHz,steep', 'J1733=1Jy@3mm'])('refuses %s', (text) => {
    expect(() => parseFluxSpec(text)).toThrow();
  });
});
