import { describe, expect, it } from 'vitest';
import type { VisibilityChunk } from '../../../src/astronomy/visibility/index.ts';
import { scaleSpectrum, type WeightFactors } from '../../../src/pipeline/calibration/calibrated-weights.ts';

/** Rows of two correlations between antennas 0 and 1; weights by channel between 1 and 2, or all 2. */
function makeChunk(rowCount: number, chanCount: number, isFlat = false): VisibilityChunk {
  const size = rowCount * chanCount * 2;
  return {
    ...{ rowCount, chanCount, corrCount: 2, weight: new Float32Array(rowCount * 2) },
    weightSpectrum: Float32Array.from({ length: size }, (_, k) => (isFlat ? 2 : 1 + ((k * 7919) % 4001) / 4001)),
    antenna1: new Int32Array(rowCount),
    antenna2: new Int32Array(rowCount).fill(1),
  } as unknown as VisibilityChunk;
}

/** One term that divides by 9 and 16 (first antenna) and by 4 (second), and has no gain of the last channel. */
function makeFactors(chanCount: number): WeightFactors {
  const amplitudes = [3, 4, 2, 2];
  const inverse = new Float32Array(2 * chanCount * 4);
  const bad = new Uint8Array(2 * chanCount * 2);
  for (let cell = 0; cell < bad.length; cell++) {
    inverse[2 * cell] = amplitudes[2 * Math.floor(cell / (2 * chanCount)) + (cell % 2)];
    bad[cell] = cell % (2 * chanCount) >= 2 * (chanCount - 1) ? 1 : 0;
  }
  const ones = new Float32Array(4).fill(1);
  const term = { chanCount, inverse, bad, weight: ones, isUnity: new Uint8Array(2) };
  return { weight: ones, evenWeight: Float32Array.of(1, 1, 0.5, 0.5), channelTerms: [term] };
}

describe('scaleSpectrum', () => {
  it.each([false, true])(
    'multiplies each channel and makes WEIGHT the lower median of the chosen (flat: %s)',
    (isFlat) => {
      const chunk = makeChunk(1, 6, isFlat);
      const given = chunk.weightSpectrum!.slice();
      scaleSpectrum(chunk, 0, 1, makeFactors(6), new Set([0]));
      const wanted = given.map((value, at) => (at >= 10 ? 0 : value / (at % 2 === 0 ? 72 : 128)));
      for (const [at, value] of wanted.entries()) expect(chunk.weightSpectrum![at]).toBeCloseTo(value, 7);
      for (const corr of [0, 1]) {
        const chosen = [1, 2, 3, 4, 5].map((chan) => chunk.weightSpectrum![2 * chan + corr]);
        expect(chunk.weight[corr]).toBe(chosen.sort((a, b) => a - b)[2]);
      }
    },
  );
});
