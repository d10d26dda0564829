import { expect, it } from 'vitest';
import { makeMinorCycle } from '../../../src/pipeline/imaging/minor-cycle.ts';
import { randomNumbers } from '../../reference/random.ts';

it('clark cleans many pixels as hogbom does: down to the threshold, with the same flux', () => {
  const [size, pixels] = [240, 57_600];
  const shape = { sizeX: size, sizeY: size, cell: 1e-6 };
  const lobe = (dx: number, dy: number) => Math.exp(-(dx * dx + dy * dy) / 8) * Math.cos(Math.hypot(dx, dy) / 3);
  const psf = Float32Array.from({ length: pixels }, (_, k) => lobe((k % size) - 120, Math.floor(k / size) - 120));
  const random = randomNumbers(4);
  const sources = Array.from({ length: 12 }, () => [50 + 140 * random(), 50 + 140 * random(), 0.3 + random()]);
  const dirty = Float32Array.from(
    { length: pixels },
    (_, k) =>
      0.001 * (random() - 0.5) +
      sources.reduce((sum, [x, y, jy]) => sum + jy * lobe((k % size) - x, Math.floor(k / size) - y), 0),
  );
  const clean = (deconvolver: 'clark' | 'hogbom') => {
    const model = new Float32Array(pixels);
    const minor = makeMinorCycle(deconvolver, shape, { scales: [], smallScaleBias: 0, checkAbort() {} });
    const input = { residual: Float32Array.from(dirty), psf, mask: new Float32Array(pixels).fill(1), model };
    const result = minor.run(input, { gain: 0.1, threshold: 0.001, iterations: 20_000 });
    return { ...result, flux: model.reduce((sum, value) => sum + value, 0) };
  };
  const [clark, hogbom] = [clean('clark'), clean('hogbom')];
  expect(clark.peak).toBeLessThanOrEqual(0.001);
  expect(clark.iterations).toBeLessThan(20_000);
  expect(Math.abs(clark.iterations / hogbom.iterations - 1)).toBeLessThan(0.05);
  expect(Math.abs(clark.flux / hogbom.flux - 1)).toBeLessThan(0.002);
});
