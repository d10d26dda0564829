import { describe, expect, it } from 'vitest';
import { arena, type Lease, type SampleBlock } from '../../../src/foundation/numeric/index.ts';
import { StandardGridder } from '../../../src/pipeline/imaging/index.ts';
import type { PlaneBlock } from '../../../src/pipeline/imaging/sample-store.ts';
import { directImage } from '../../reference/fourier.ts';
import { randomNumbers } from '../../reference/random.ts';

const geometry = { sizeX: 48, sizeY: 36, cell: 1e-6 };
const rows = 60;

function makeBlock(lease: Lease): PlaneBlock {
  const random = randomNumbers(21);
  const block = {
    frequencies: Float64Array.of(228e9, 240e9),
    uvw: lease.float64(rows * 3),
    scales: lease.float64(4),
    vis: lease.float32(rows * 4),
    weight: lease.float32(rows * 2),
    rowCount: rows,
    chanCount: 2,
    chanStart: 0,
    chanEnd: 2,
  };
  block.scales.set([760, 760, 800, 800]);
  for (let k = 0; k < block.uvw.length; k++) block.uvw[k] = (random() - 0.5) * 1000;
  for (let k = 0; k < block.vis.length; k++) block.vis[k] = random() - 0.5;
  for (let k = 0; k < block.weight.length; k++) block.weight[k] = k % 9 === 0 ? 0 : random();
  return block;
}

function samplesOf(block: SampleBlock) {
  const at = (k: number) => [Math.floor(k / 2), k % 2];
  const indices = Array.from({ length: rows * 2 }, (_, k) => k);
  return {
    u: indices.map((k) => block.uvw[3 * at(k)[0]] * block.scales[2 * at(k)[1]]),
    v: indices.map((k) => block.uvw[3 * at(k)[0] + 1] * block.scales[2 * at(k)[1]]),
    re: indices.map((k) => block.vis[2 * k]),
    im: indices.map((k) => block.vis[2 * k + 1]),
    weight: indices.map((k) => block.weight[k]),
  };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [most, peak] = [0, 0];
  for (let k = 0; k < a.length; k++) {
    most = Math.max(most, Math.abs(a[k] - b[k]));
    peak = Math.max(peak, Math.abs(b[k]));
  }
  return most / peak;
}

describe('the standard gridder', () => {
  it('makes dirty image and PSF within 5e-6 of the peak of the Fourier sum', () => {
    arena().scope((lease) => {
      const block = makeBlock(lease);
      const samples = samplesOf(block);
      const gridder = new StandardGridder(geometry);
      const source = (visit: (block: PlaneBlock) => void) => visit(block);
      const dirty = gridder.dirty(source, () => {});
      expect(largestDifference(dirty.values, directImage(samples, 48, 36, -1e-6, 1e-6))).toBeLessThan(5e-6);
      expect(dirty.sumOfWeights).toBeCloseTo(
        samples.weight.reduce((sum, weight) => sum + weight, 0),
        4,
      );
      const psf = gridder.psf(source, () => {});
      const ones = { ...samples, re: samples.re.map(() => 1), im: samples.im.map(() => 0) };
      expect(largestDifference(psf.values, directImage(ones, 48, 36, -1e-6, 1e-6))).toBeLessThan(5e-6);
    });
  });

  it.each([6, 8, 12, 20])('sees all samples in an image of %i pixels, near the edge of the uv plane too', (size) => {
    arena().scope((lease) => {
      const block = makeBlock(lease);
      const cell = 1.15e-6; // the longest spacing is 0.46 of what the pixels sample
      const gridder = new StandardGridder({ sizeX: size, sizeY: size + 2, cell });
      const { values, sumOfWeights } = gridder.dirty(
        (visit) => visit(block),
        () => {},
      );
      const samples = samplesOf(block);
      expect(sumOfWeights).toBeCloseTo(
        samples.weight.reduce((sum, weight) => sum + weight, 0),
        4,
      );
      expect(largestDifference(values, directImage(samples, size, size + 2, -cell, cell))).toBeLessThan(5e-6);
    });
  });

  it('makes the image of the others where a row has no place', () => {
    arena().scope((lease) => {
      const block = makeBlock(lease);
      const source = (visit: (block: PlaneBlock) => void) => visit(block);
      block.weight.fill(0, 14, 16);
      const whole = new StandardGridder(geometry).dirty(source, () => {});
      block.uvw.fill(Number.NaN, 21, 24);
      const { values } = new StandardGridder(geometry).dirty(source, () => {});
      expect(largestDifference(values, whole.values)).toBe(0);
    });
  });

  it('predicts S exp(+2 pi i (u l + v m)) for a model and leaves no residual of it', () => {
    arena().scope((lease) => {
      const block = makeBlock(lease);
      const gridder = new StandardGridder(geometry);
      const source = (visit: (block: PlaneBlock) => void) => visit(block);
      const model = new Float32Array(48 * 36);
      model[10 * 48 + 30] = 2;
      const { u, v, weight } = samplesOf(block);
      gridder.predict(source, model, (predicted) => {
        for (let k = 0; k < weight.length; k++) {
          if (weight[k] === 0) continue;
          const phase = 2 * Math.PI * (u[k] * -1e-6 * (30 - 24) + v[k] * 1e-6 * (10 - 18));
          expect(predicted.vis[2 * k]).toBeCloseTo(2 * Math.cos(phase), 4);
          expect(predicted.vis[2 * k + 1]).toBeCloseTo(2 * Math.sin(phase), 4);
        }
      });
      const residual = gridder.residual(source, () => {}, model);
      expect(Math.max(...residual.values.map(Math.abs))).toBeLessThan(2e-5);
    });
  });
});
