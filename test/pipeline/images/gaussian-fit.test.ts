import { expect, test } from 'vitest';
import { fitGaussian } from '../../../src/pipeline/images/gaussian-fit.ts';

/** A Gaussian on a level, with noise of a fixed sequence. */
function pixelsOf(size: number, noise: number) {
  const [x, y, value] = [new Float64Array(size * size), new Float64Array(size * size), new Float64Array(size * size)];
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let at = 0; at < x.length; at++) {
    x[at] = at % size;
    y[at] = Math.floor(at / size);
    const squares = (x[at] - 20.3) ** 2 + (y[at] - 19.6) ** 2;
    let sum = 0;
    for (let k = 0; k < 12; k++) sum += uniform();
    value[at] = Math.exp(-squares / (2 * 9)) + 0.1 + noise * (sum - 6);
  }
  return { x, y, value };
}

test('finds a Gaussian on a level, and the error of the level', () => {
  const size = 40;
  const guess = { amplitude: 0.8, x: 19, y: 21, major: 6, minor: 6, angle: 0 };
  const fit = fitGaussian(pixelsOf(size, 0.02), guess, { withOffset: true });
  expect(Math.abs(fit.offset - 0.1)).toBeLessThan(4 * fit.offsetError);
  // A mean over all pixels would have rms / size; the Gaussian takes a little of it.
  expect(fit.offsetError / (fit.rms / size)).toBeGreaterThan(1);
  expect(fit.offsetError / (fit.rms / size)).toBeLessThan(1.2);
  expect(fitGaussian(pixelsOf(size, 0), guess, { withOffset: true }).offsetError).toBeLessThan(1e-6);
});
