import { describe, expect, it } from 'vitest';
import { arena, clarkInPlace, hogbomInPlace, type Lease, peakIndex } from '../../../src/foundation/numeric/index.ts';
import { referenceHogbom } from '../../reference/clean.ts';
import { randomNumbers } from '../../reference/random.ts';

const [sizeX, sizeY] = [30, 22];

function makePlane(lease: Lease) {
  const random = randomNumbers(11);
  const image = () => lease.float32(sizeX * sizeY);
  const plane = { residual: image(), model: image().fill(0), mask: image().fill(1), psf: image(), sizeX, sizeY };
  for (let y = 0; y < sizeY; y++) {
    for (let x = 0; x < sizeX; x++) {
      const radius = Math.hypot(x - sizeX / 2, y - sizeY / 2);
      plane.psf[y * sizeX + x] =
        Math.exp((-radius * radius) / 4) + (radius > 0 ? 0.1 * Math.cos(radius) * Math.exp(-radius / 8) : 0);
      plane.residual[y * sizeX + x] = random() - 0.4;
    }
  }
  for (let x = 0; x < sizeX; x++) plane.mask[x] = 0;
  return plane;
}

describe('CLEAN minor cycles', () => {
  it('Högbom follows the published algorithm', () => {
    arena().scope((lease) => {
      const plane = makePlane(lease);
      const residual = Float64Array.from(plane.residual);
      const expected = referenceHogbom(residual, plane.psf, plane.mask, sizeX, sizeY, 0.1, 60);
      expect(hogbomInPlace(plane, { gain: 0.1, threshold: 0, iterations: 60 })).toBe(60);
      for (let k = 0; k < sizeX * sizeY; k++) {
        expect(plane.model[k]).toBeCloseTo(expected.model[k], 5);
        expect(plane.residual[k]).toBeCloseTo(residual[k], 5);
      }
      expect(plane.model.slice(0, sizeX).every((value) => value === 0)).toBe(true);
    });
  });

  it('stops when the masked peak is not above the threshold', () => {
    arena().scope((lease) => {
      const plane = makePlane(lease);
      plane.residual.set(plane.psf.map((value) => 2 * value));
      const done = hogbomInPlace(plane, { gain: 0.2, threshold: 0.3, iterations: 5000 });
      expect(done).toBeGreaterThan(0);
      expect(done).toBeLessThan(5000);
      expect(Math.abs(plane.residual[peakIndex(plane.residual, plane.mask, sizeX, sizeY)])).toBeLessThanOrEqual(0.3);
    });
  });

  it('Clark on all pixels of the mask finds what Högbom finds', () => {
    arena().scope((lease) => {
      const plane = makePlane(lease);
      const count = sizeX * (sizeY - 1);
      const active = {
        values: lease.float32(count),
        xs: lease.int32(count),
        ys: lease.int32(count),
        amounts: lease.float32(count).fill(0),
      };
      for (let k = 0; k < count; k++) {
        active.values[k] = plane.residual[k + sizeX];
        active.xs[k] = k % sizeX;
        active.ys[k] = 1 + Math.floor(k / sizeX);
      }
      const limits = { gain: 0.1, threshold: 0, iterations: 40 };
      clarkInPlace(active, plane.psf, plane, limits);
      hogbomInPlace(plane, limits);
      for (let k = 0; k < count; k++) expect(active.amounts[k]).toBeCloseTo(plane.model[k + sizeX], 5);
    });
  });
});
