import { describe, expect, it } from 'vitest';
import { type AutoMaskChoice, autoMask } from '../../../src/pipeline/imaging/auto-mask.ts';
import { runCleanCycles } from '../../../src/pipeline/imaging/clean-cycles.ts';
import { carefulNoise, robustNoise } from '../../../src/pipeline/imaging/residual-noise.ts';
import { randomNumbers } from '../../reference/random.ts';

const geometry = { sizeX: 64, sizeY: 64, cell: (0.5 * Math.PI) / 648_000 };
/** Four pixels wide. */
const beam = { major: 2, minor: 2, positionAngle: 0 };
const choice: AutoMaskChoice = {
  ...{ sidelobeThreshold: 2, noiseThreshold: 5, lowNoiseThreshold: 1.5, negativeThreshold: 0 },
  ...{ smoothFactor: 1, leastBeams: 0.3, cutThreshold: 0.01, growIterations: 75, prunesGrown: true, leastChange: -1 },
  isNoiseCareful: false,
};
const random = randomNumbers(4);
const noise = Float32Array.from({ length: 64 * 64 }, () => (random() + random() + random() - 1.5) * 0.02);
const lobe = (x: number, y: number, width: number) =>
  Float32Array.from({ length: 64 * 64 }, (_, k) =>
    Math.exp((-4 * Math.LN2 * (((k % 64) - x) ** 2 + (Math.floor(k / 64) - y) ** 2)) / width ** 2),
  );
const sum = (...planes: Float32Array[]) => planes[0].map((_, k) => planes.reduce((total, one) => total + one[k], 0));
const times = (plane: Float32Array, factor: number) => plane.map((value) => value * factor);

const empty = new Float32Array(64 * 64);
const everywhere = new Uint8Array(64 * 64).fill(1);
const input = { mask: empty, allowed: everywhere, beam, sidelobe: 0.1 };
const count = (mask: Float32Array) => mask.reduce((total, value) => total + value, 0);
const at = (x: number, y: number) => y * 64 + x;

describe('the automatic mask', () => {
  it('holds what stands out, with a rim of about a beam, and no single pixel', () => {
    const spike = empty.slice();
    spike[at(50, 12)] = 1;
    const mask = autoMask({ ...input, residual: sum(noise, lobe(20, 30, 5), spike) }, geometry, choice);
    expect(mask[at(20, 30)]).toBe(1);
    expect(mask[at(24, 30)]).toBe(1);
    expect(mask[at(32, 30)]).toBe(0);
    expect(mask[at(50, 12)]).toBe(0);
    expect(count(mask)).toBeLessThan(300);
  });

  it('leaves out sidelobes, places that are not allowed and, unless wanted, negative features', () => {
    const residual = sum(noise, lobe(20, 30, 5), times(lobe(45, 45, 5), 0.15), times(lobe(50, 15, 5), -0.8));
    const mask = autoMask({ ...input, residual }, geometry, choice);
    expect([mask[at(20, 30)], mask[at(45, 45)], mask[at(50, 15)]]).toEqual([1, 0, 0]);
    const wanted = { ...choice, negativeThreshold: 10 };
    expect(autoMask({ ...input, residual }, geometry, wanted)[at(50, 15)]).toBe(1);
    const allowed = everywhere.map((_, k) => (k % 64 > 22 ? 1 : 0));
    const part = autoMask({ ...input, residual, allowed, sidelobe: 0 }, geometry, choice);
    expect([part[at(20, 30)], part[at(45, 45)]]).toEqual([0, 1]);
  });

  it('measures the noise outside of the mask, or without the sources where there is none', () => {
    const sky = sum(noise, times(lobe(32, 32, 15), 0.3));
    const mask = lobe(32, 32, 15).map((value) => (value > 0.005 ? 1 : 0));
    const { rms } = robustNoise(noise);
    expect(robustNoise(sky).rms).toBeGreaterThan(1.1 * rms);
    expect(carefulNoise(sky, mask)!.rms / rms).toBeCloseTo(1, 1);
    const spots = sum(noise, lobe(20, 30, 9), lobe(45, 45, 9));
    expect(carefulNoise(spots, empty)!.rms).toBeLessThan(robustNoise(spots).rms);
    expect(
      carefulNoise(
        sky,
        empty.map(() => 1),
      )!.rms,
    ).toBe(carefulNoise(sky, empty)!.rms);
    expect(
      carefulNoise(
        sky,
        mask,
        everywhere.map((_, k) => mask[k]),
      ),
    ).toBeUndefined();
  });

  it('grows from the mask before to fainter parts that hang together with it, and never shrinks', () => {
    const faint = times(lobe(26, 30, 12), 0.05);
    const before = autoMask({ ...input, residual: sum(noise, lobe(20, 30, 5)) }, geometry, choice);
    const after = autoMask({ ...input, mask: before, residual: sum(noise, faint), sidelobe: 0 }, geometry, choice);
    expect(before[at(29, 30)]).toBe(0);
    expect(after[at(29, 30)]).toBe(1);
    expect(before.every((value, k) => after[k] >= value)).toBe(true);
    const still = { ...choice, growIterations: 0, leastChange: 100 };
    expect(autoMask({ ...input, mask: before, residual: noise }, geometry, still)).toBe(before);
  });

  it('is renewed before each minor cycle, and not after the last', () => {
    const seen: number[] = [];
    let peak = 1;
    const summary = runCleanCycles(
      { log: { post() {} }, progress: { update() {} }, checkAbort() {}, cwd: '' },
      {
        planeCount: 1,
        psf: () => Float32Array.of(1),
        residual: () => Float32Array.of(peak),
        model: () => Float32Array.of(0),
        mask: () => Float32Array.of(1),
        setModel() {},
        updateResidual() {
          peak /= 4;
        },
        renewMask: (plane) => seen.push(plane),
      },
      { run: () => ({ iterations: 1, peak: 0, hasDiverged: false }) },
      {
        ...{
          niter: 3,
          gain: 0.1,
          threshold: 0,
          nsigma: 0,
          isNoiseCareful: false,
          cycleniter: 10,
          cyclefactor: 1,
          nmajor: 9,
        },
        ...{ minPsfFraction: 0.1, maxPsfFraction: 0.8, thresholdShare: 1, mostGrowth: 3 },
      },
      0.2,
    );
    expect(summary.nmajordone).toBe(3);
    expect(seen).toEqual([0, 0, 0]);
  });
});
