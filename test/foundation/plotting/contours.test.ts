import { describe, expect, it } from 'vitest';
import { contourPieces } from '../../../src/foundation/plotting/contours.ts';

describe('contourPieces', () => {
  it('follows a circle to a few hundredths of a pixel and closes it', () => {
    const size = 41;
    const values = Float32Array.from({ length: size * size }, (_, at) =>
      Math.hypot((at % size) - 20, Math.floor(at / size) - 20),
    );
    const { x, y } = contourPieces(values, size, size, 9.5);
    let length = 0;
    for (let at = 0; at < x.length; at += 3) {
      expect(x[at + 2]).toBeNaN();
      for (const end of [at, at + 1]) expect(Math.abs(Math.hypot(x[end] - 20, y[end] - 20) - 9.5)).toBeLessThan(0.04);
      length += Math.hypot(x[at + 1] - x[at], y[at + 1] - y[at]);
    }
    expect(Math.abs(length / (2 * Math.PI * 9.5) - 1)).toBeLessThan(0.01);
  });

  it('separates the high corners of a saddle by its centre', () => {
    const low = contourPieces(Float32Array.of(1, 0, 0, 1), 2, 2, 0.6);
    expect(low.x.filter(Number.isFinite)).toHaveLength(4);
    // corners 0 and 3 are high, the centre 0.5 is not: each is cut off by itself
    expect(low.x[0] + low.y[0] < 1 && low.x[1] + low.y[1] < 1).toBe(true);
  });

  it('leaves out cells next to a gap', () => {
    const values = new Float32Array(9).map((_, at) => at % 3);
    values[0] = Number.NaN;
    expect(contourPieces(values, 3, 3, 0.5).y.every((y) => Number.isNaN(y) || y >= 1)).toBe(true);
  });
});
