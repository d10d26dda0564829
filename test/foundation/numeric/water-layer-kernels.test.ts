import { describe, expect, it } from 'vitest';
import { arena, LayerMisfit } from '../../../src/foundation/numeric/index.ts';
import { type LayerSample, layerBrightness } from '../../reference/water-layer.ts';

/** Deterministic numbers in [0, 1). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('LayerMisfit', () => {
  it('is half the squared distance of the definition, from clear to opaque', () => {
    const next = sequence(5);
    const samples: LayerSample[] = Array.from({ length: 4 * 6 }, (_, index) => ({
      channel: Math.floor(index / 6),
      frequency: 180 + 6 * next(),
      background: next(),
      emission: [next(), next() - 0.5, next(), next()],
    }));
    arena().scope((lease) => {
      const terms = samples.map(({ frequency, background, emission }) => [frequency ** 2, background, ...emission]);
      const planes = lease.float64(6 * samples.length);
      planes.set(terms[0].flatMap((_, term) => terms.map((one) => one[term])));
      const measured = lease.float64(4);
      measured.set([100, 200, 50, 300]);
      const misfit = new LayerMisfit(planes, measured, 5.5);
      for (let round = 0; round < 200; round++) {
        const layer = {
          column: round === 0 ? 0 : 10 ** (4 * next() - 2),
          temperature: 250 + 45 * next(),
          centre: 183 ** 2,
          line: 1e-4 * next(),
          width: next(),
          continuum: 1e-5 * next(),
        };
        const expected = layerBrightness(samples, 5.5, layer);
        const half = 0.5 * expected.reduce((sum, kelvin, channel) => sum + (measured[channel] - kelvin) ** 2, 0);
        expect(Math.abs(misfit.of(layer) / half - 1)).toBeLessThan(1e-12);
      }
    });
  });

  it('does not overflow where nothing comes through', () => {
    arena().scope((lease) => {
      const samples = lease.float64(6 * 8).fill(1);
      const measured = lease.float64(4).fill(0);
      const layer = { column: 1e9, temperature: 1, centre: 0, line: 1, width: 1, continuum: 1 };
      // Two samples of four emission terms of 1 in each channel: 4 · (2 · 4)² / 2
      expect(new LayerMisfit(samples, measured, 0).of(layer)).toBe(128);
    });
  });
});
