import { describe, expect, it } from 'vitest';
import { findPeaks } from '../../../src/pipeline/images/index.ts';

const [width, height] = [80, 64];
const sources = [
  { flux: 1, x: 20.3, y: 30.7 },
  { flux: 0.5, x: 60.2, y: 12.4 },
  { flux: -0.4, x: 40.6, y: 50.1 },
  { flux: 0.3, x: 5.4, y: 60.2 },
];

function plane(): Float32Array {
  return Float32Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return sources.reduce((sum, one) => sum + one.flux * Math.exp(-((x - one.x) ** 2 + (y - one.y) ** 2) / 8), 0);
  });
}

const places = (choice: Partial<Parameters<typeof findPeaks>[3]> = {}, good?: Uint8Array) =>
  findPeaks(plane(), width, good, { count: 9, cutoff: 0.1, withNegative: false, ...choice });

describe('peaks', () => {
  it('are where the sources are, the highest first', () => {
    const found = places();
    expect(found).toHaveLength(3);
    [sources[0], sources[1], sources[3]].forEach((source, index) => {
      // A quadratic surface through the top of a Gaussian of 2 pixels misses its place by 0.03 pixels and its height by 2 %.
      expect(found[index]?.x).toBeCloseTo(source?.x ?? 0, 1);
      expect(found[index]?.y).toBeCloseTo(source?.y ?? 0, 1);
      expect((found[index]?.value ?? 0) / (source?.flux ?? 1)).toBeCloseTo(1, 1);
    });
  });

  it('are troughs too when asked for, below all peaks', () => {
    expect(places({ withNegative: true }).map(({ value }) => Math.round(10 * value))).toEqual([10, 5, 3, -4]);
  });

  it('are as many as asked for, above a share of the highest, on good pixels', () => {
    expect(places({ count: 2 })).toHaveLength(2);
    expect(places({ cutoff: 0.4 })).toHaveLength(2);
    const good = new Uint8Array(width * height).fill(1);
    good[31 * width + 20] = 0;
    expect(Math.round(10 * (places({}, good)[0]?.value ?? 0))).toBe(5);
  });
});
