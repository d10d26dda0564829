import { describe, expect, it } from 'vitest';
import {
  linearGrid,
  parseFrequencyMethod,
  resampleFlagsInto,
  resampleInto,
  resampleOnGrid,
  resamplingScratch,
} from '../../../src/pipeline/calibration/frequency-interpolation.ts';

interface Case {
  readonly from: number[];
  readonly to: number[];
  readonly values: number[];
  readonly flags?: number[];
  readonly isPhase?: boolean;
}

function run({ from, to, values, flags = from.map(() => 0), isPhase = false }: Case, text: string) {
  const job = {
    ...{ inFreqs: Float64Array.from(from, (f) => f * 1e9), outFreqs: Float64Array.from(to, (f) => f * 1e9), isPhase },
    ...{
      values: Float32Array.from(values),
      offset: 0,
      stride: 1,
      flags: Uint8Array.from(flags),
      flagOffset: 0,
      flagStride: 1,
    },
  };
  const out = new Float32Array(to.length);
  const bad = new Uint8Array(to.length);
  const method = parseFrequencyMethod(text);
  const hasGood = resampleInto(job, method, resamplingScratch(from.length), out, 0, 1);
  resampleFlagsInto(job, method, bad, 0, 1);
  return { hasGood, exact: [...out], values: [...out].map((value) => Math.round(value * 1e4) / 1e4), bad: [...bad] };
}

describe('resampling in frequency', () => {
  it('is linear inside and nearest beyond the edges, in either direction of the channels', () => {
    const to = [0.5, 1, 1.25, 2.5, 3, 4];
    expect(run({ from: [1, 2, 3], values: [10, 20, 0], to }, 'linear').values).toEqual([10, 10, 12.5, 10, 0, 0]);
    expect(run({ from: [3, 2, 1], values: [0, 20, 10], to }, 'linear').values).toEqual([10, 10, 12.5, 10, 0, 0]);
  });

  it('bridges flagged channels, and keeps their flags in the flag forms', () => {
    const entry = { from: [1, 2, 3, 4], values: [1, 99, 3, 4], flags: [0, 1, 0, 0], to: [1.5, 2.5, 3.5] };
    expect(run(entry, 'linear').values).toEqual([1.5, 2.5, 3.5]);
    expect(run(entry, 'linearflag').bad).toEqual([1, 1, 0]);
    expect(run(entry, 'nearestflag').bad).toEqual([0, 1, 0]);
  });

  it('takes the earlier channel of two equally near ones', () => {
    const values = [1, 99, 3, 4];
    const flags = [0, 1, 0, 0];
    expect(run({ from: [1, 2, 3, 4], values, flags, to: [1.9, 2, 2.1] }, 'nearest').values).toEqual([1, 1, 3]);
    expect(run({ from: [4, 3, 2, 1], values, flags, to: [3.1, 3, 2.9] }, 'nearest').values).toEqual([1, 1, 3]);
  });

  it('copies on equal frequencies', () => {
    const grid = [1, 2, 3];
    expect(run({ from: grid, values: [1, 5, 2], to: grid }, 'spline').values).toEqual([1, 5, 2]);
    expect(run({ from: grid, values: [1, 5, 2], flags: [0, 1, 0], to: grid }, 'linearflag').bad).toEqual([0, 1, 0]);
  });

  it('takes phases the shorter way', () => {
    expect(run({ from: [1, 2], values: [3, -3], to: [1.5], isPhase: true }, 'linear').values[0]).toBeCloseTo(
      Math.PI,
      3,
    );
  });

  it('follows a cubic exactly', () => {
    const cubic = (f: number) => f ** 3 - 2 * f;
    const from = [1, 2, 3, 4, 5];
    expect(run({ from, values: from.map(cubic), to: [2.5] }, 'cubic').values[0]).toBeCloseTo(cubic(2.5), 3);
  });

  it('says when nothing is good', () => {
    expect(run({ from: [1, 2], values: [1, 2], flags: [1, 1], to: [1.5] }, 'linear')).toMatchObject({
      hasGood: false,
      values: [0],
    });
    expect(() => parseFrequencyMethod('linearflagrel')).toThrow(/not an interpolation in frequency/);
    expect(() => parseFrequencyMethod('quadratic')).toThrow(/not an interpolation in frequency/);
  });
});

describe('a grid looked up once', () => {
  const rising = [1, 2, 4, 5.5, 7];
  const wanted = [0.5, 1, 1.25, 2, 3.9, 4, 6, 7, 8];

  it.each([
    ['rising', rising, wanted],
    ['falling', rising.toReversed(), wanted],
    ['falling output', rising, wanted.toReversed()],
  ])('gives the same bits as the search: %s', (_name, from, to) => {
    const values = Float32Array.from(from, (f) => Math.sqrt(f) + 0.1);
    const grid = linearGrid(
      Float64Array.from(from, (f) => f * 1e9),
      Float64Array.from(to, (f) => f * 1e9),
    );
    const into = new Float32Array(2 * to.length).fill(-1);
    if (grid) resampleOnGrid({ values, offset: 0, stride: 1 }, grid, into, 1, 2);
    expect(Array.from(into.filter((_, at) => at % 2 === 1))).toEqual(
      run({ from, to, values: [...values] }, 'linear').exact,
    );
    expect(into[0]).toBe(-1);
  });

  it('is not made where channels agree or there is only one', () => {
    expect(linearGrid(Float64Array.of(1e9, 2e9), Float64Array.of(1e9, 2e9))).toBeUndefined();
    expect(linearGrid(Float64Array.of(1e9), Float64Array.of(1e9, 2e9))).toBeUndefined();
  });
});
