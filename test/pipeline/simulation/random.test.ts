import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/pipeline/simulation/random.ts';

describe('RandomStream', () => {
  it('repeats itself for a seed and name, and differs otherwise', () => {
    const first = (seed: number, name: string) => {
      const random = new RandomStream(seed, name);
      return Array.from({ length: 5 }, () => random.uniform());
    };
    expect(first(1, 'noise 0')).toEqual(first(1, 'noise 0'));
    expect(first(1, 'noise 0')).not.toEqual(first(1, 'noise 1'));
    expect(first(1, 'noise 0')).not.toEqual(first(2, 'noise 0'));
  });

  it('is normal: moments within 4 sigma of their sampling error', () => {
    const random = new RandomStream(3, 'moments');
    const count = 200_000;
    const moments = [0, 0, 0, 0];
    for (let index = 0; index < count; index++) {
      const value = random.normal();
      for (let power = 1; power <= 4; power++) moments[power - 1] += value ** power / count;
    }
    const error = 4 / Math.sqrt(count);
    expect(Math.abs(moments[0])).toBeLessThan(error);
    expect(Math.abs(moments[1] - 1)).toBeLessThan(error * Math.SQRT2);
    expect(Math.abs(moments[2])).toBeLessThan(error * Math.sqrt(15));
    expect(Math.abs(moments[3] - 3)).toBeLessThan(error * Math.sqrt(96));
  });
});
