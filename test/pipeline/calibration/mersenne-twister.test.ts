import { describe, expect, it } from 'vitest';
import { Deviates, firstUniforms, MersenneTwister } from '../../../src/pipeline/calibration/mersenne-twister.ts';

describe('MersenneTwister', () => {
  it('gives the words that its authors publish for the seed 5489', () => {
    // First words 3499211612, 581869302, 3890346734, 3586334585; the 10 000th is 4123659995 (C++ standard, rand.predef).
    const twister = new MersenneTwister(5489);
    expect(twister.uniform()).toBe((3_499_211_612 + 581_869_302 * 2 ** 32) / 2 ** 64);
    expect(twister.uniform()).toBe((3_890_346_734 + 3_586_334_585 * 2 ** 32) / 2 ** 64);
    let last = 0;
    for (let count = 2; count < 5000; count++) last = twister.uniform();
    expect(Math.floor(last * 2 ** 32)).toBe(4_123_659_995);
  });
});

describe('Deviates', () => {
  it("are those of GCC's std::normal_distribution, from the seed of std::mt19937", () => {
    const deviates = new Deviates(new MersenneTwister());
    for (const expected of [0.13452965847232812, -0.14638178118972267, 0.4606501823830636, -1.8713843104106027]) {
      expect(Math.abs(deviates.normal() - expected)).toBeLessThan(1e-15);
    }
  });
});

describe('firstUniforms', () => {
  it('gives each of its readers the numbers of a new generator', () => {
    const draw = (source: { uniform(): number }) => Float64Array.from({ length: 70_000 }, () => source.uniform());
    const expected = draw(new MersenneTwister());
    expect(draw(firstUniforms())).toEqual(expected);
    expect(draw(firstUniforms())).toEqual(expected);
  });
});
