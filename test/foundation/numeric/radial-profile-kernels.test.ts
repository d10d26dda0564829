import { expect, it } from 'vitest';
import { radialProfileInto } from '../../../src/foundation/numeric/index.ts';

it('a radial profile is straight between the values of its table and 0 beyond', () => {
  const values = Float32Array.of(1, 0.8, 0.1, -0.2, 0);
  const [cell, step, x, y] = [0.7, 2, 3.3, -1.2];
  for (const [sizeX, sizeY] of [
    [8, 6],
    [11, 3],
    [3, 9],
  ] as const) {
    const plane = new Float32Array(sizeX * sizeY).fill(9);
    radialProfileInto(plane, [sizeX, sizeY], [x, y], cell, { values, step });
    plane.forEach((value, k) => {
      const place = (cell * Math.hypot((k % sizeX) - x, Math.floor(k / sizeX) - y)) / step;
      const at = Math.floor(place);
      const wanted = at < 4 ? values[at] + (place - at) * (values[at + 1] - values[at]) : 0;
      expect(value).toBeCloseTo(wanted, 5);
    });
  }
});
