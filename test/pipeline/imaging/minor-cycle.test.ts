import { describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { outerSidelobe } from '../../../src/pipeline/imaging/beam-fit.ts';
import { fitBeam, sidelobeLevel } from '../../../src/pipeline/imaging/index.ts';
import { makeMinorCycle } from '../../../src/pipeline/imaging/minor-cycle.ts';
import { chooseBeams, restorePlane, shareBeam } from '../../../src/pipeline/imaging/restore.ts';

const { log } = silentContext('');
const geometry = { sizeX: 64, sizeY: 64, cell: 1e-6 };

/** A Gaussian lobe with a ring of sidelobes. */
function psfAt(dx: number, dy: number): number {
  const radius = Math.hypot(dx, dy);
  return (
    Math.exp((-4 * Math.LN2 * (dx * dx)) / 36 - (4 * Math.LN2 * (dy * dy)) / 16) +
    0.1 * Math.exp(-((radius - 12) ** 2) / 8) * Math.cos(Math.atan2(dy, dx) * 4)
  );
}

function plane(value: (x: number, y: number) => number): Float32Array {
  return Float32Array.from({ length: 64 * 64 }, (_, k) => value(k % 64, Math.floor(k / 64)));
}

const psf = plane((x, y) => psfAt(x - 32, y - 32));

describe('beam and sidelobes', () => {
  it('leave aside what is as high as the main lobe, but apart from it', () => {
    const grating = plane((x, y) => psfAt(x - 32, y - 32) + 0.6 * (psfAt(x - 52, y - 40) + psfAt(x - 12, y - 24)));
    const [beam, alone] = [fitBeam(grating, geometry, 0.35, log), fitBeam(psf, geometry, 0.35, log)];
    expect(beam.major / alone.major).toBeCloseTo(1, 1);
    expect(beam.minor / alone.minor).toBeCloseTo(1, 1);
  });

  it('are those of the PSF', () => {
    const beam = fitBeam(psf, geometry, 0.35, log);
    const arcsec = (1e-6 * 648_000) / Math.PI;
    expect(beam.major / arcsec).toBeCloseTo(6, 1);
    expect(beam.minor / arcsec).toBeCloseTo(4, 1);
    expect(Math.abs(beam.positionAngle)).toBeCloseTo(90, 0);
    expect(sidelobeLevel(psf, geometry, beam)).toBeCloseTo(0.1, 2);
    expect(() => fitBeam(new Float32Array(64 * 64), geometry, 0.35, log)).toThrow(/no peak/);
  });

  it('count for the old clean outside of a box of one beam, or as holes', () => {
    const beam = fitBeam(psf, geometry, 0.35, log);
    const shoulder = plane((x, y) => psf[y * 64 + x] + 0.3 * Math.exp(-((x - 37) ** 2 + (y - 32) ** 2)));
    expect(sidelobeLevel(shoulder, geometry, beam)).toBeGreaterThan(0.25);
    expect(outerSidelobe(shoulder, geometry, beam, false)).toBeCloseTo(0.1, 2);
    const hole = plane((x, y) => psf[y * 64 + x] - (x === 33 && y === 40 ? 0.2 : 0));
    expect(outerSidelobe(hole, geometry, beam, true)).toBeCloseTo(0.2 - psf[40 * 64 + 33], 6);
  });

  it('are found in cells that are coarse, and said to be a guess where no Gaussian fits', () => {
    const arcsec = (1e-6 * 648_000) / Math.PI;
    const coarse = plane((x, y) => Math.exp(-4 * Math.LN2 * ((x - 32) ** 2 / 9 + (y - 32) ** 2 / 3)));
    const beam = fitBeam(coarse, geometry, 0.35, log);
    expect(beam.major / arcsec).toBeCloseTo(3, 1);
    expect(beam.minor / arcsec / Math.sqrt(3)).toBeCloseTo(1, 1);
    const warnings: string[] = [];
    const flat = plane(() => 1);
    const guessed = fitBeam(flat, geometry, 0.35, { post: (message) => warnings.push(message) });
    expect(guessed.major / arcsec).toBeCloseTo(2.5, 6);
    expect(warnings).toEqual([expect.stringContaining('No Gaussian fits')]);
  });
});

it('planes share a beam where their major axes differ by less than half a cell', () => {
  const beams = [3, 3.2, 2.9].map((major) => ({ major, minor: 1, positionAngle: 0 }));
  expect(shareBeam(beams, 1)).toEqual([beams[2], beams[2], beams[2]]);
  expect(shareBeam(beams, 0.5)).toBe(beams);
});

describe.each(['hogbom', 'clark', 'multiscale'] as const)('the minor cycle %s', (deconvolver) => {
  it('cleans two points down to the threshold and keeps their flux', () => {
    const dirty = plane((x, y) => psfAt(x - 20, y - 30) + 0.5 * psfAt(x - 41, y - 36));
    const input = { residual: dirty, psf, mask: new Float32Array(64 * 64).fill(1), model: new Float32Array(64 * 64) };
    const minor = makeMinorCycle(deconvolver, geometry, { scales: [0, 4], smallScaleBias: 0, checkAbort() {} });
    const result = minor.run(input, { gain: 0.1, threshold: 0.01, iterations: 500 });
    expect(result.iterations).toBeGreaterThan(20);
    expect(result.iterations).toBeLessThan(500);
    expect(result.peak).toBeLessThanOrEqual(0.0101);
    expect(input.model.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1.5, 1);
  });

  it('places nothing outside the mask', () => {
    const dirty = plane((x, y) => psfAt(x - 20, y - 30) + 0.5 * psfAt(x - 41, y - 36));
    const mask = plane((x) => (x < 30 ? 1 : 0));
    const input = { residual: dirty, psf, mask, model: new Float32Array(64 * 64) };
    makeMinorCycle(deconvolver, geometry, { scales: [0, 2], smallScaleBias: 0, checkAbort() {} }).run(input, {
      gain: 0.2,
      threshold: 0.05,
      iterations: 50,
    });
    expect(input.model.some((value) => value !== 0)).toBe(true);
    expect(input.model.every((value, k) => value === 0 || mask[k] === 1)).toBe(true);
  });
});

it('the minor cycle multiscale leaves out scales that are larger than anything that the data see', () => {
  // 300 visibilities of long baselines alone.
  const lobe = (dx: number, dy: number) => {
    let sum = 0;
    for (let k = 0; k < 300; k++) {
      const [turn, reach] = [2.4 * k, 0.12 + 0.2 * Math.sqrt(k / 300)];
      sum += Math.cos(2 * Math.PI * reach * (dx * Math.cos(turn) + dy * Math.sin(turn)));
    }
    return sum / 300;
  };
  const ringed = plane((x, y) => lobe(x - 32, y - 32));
  // A constant, as noise may leave one, is more of the largest scale than any source would show.
  const dirty = plane((x, y) => lobe(x - 30, y - 33) + 0.01);
  const input = {
    residual: dirty,
    psf: ringed,
    mask: new Float32Array(64 * 64).fill(1),
    model: new Float32Array(64 * 64),
  };
  const minor = makeMinorCycle('multiscale', geometry, { scales: [0, 4, 28], smallScaleBias: 0.6, checkAbort() {} });
  const result = minor.run(input, { gain: 0.3, threshold: 0.1, iterations: 100 });
  expect(result.hasDiverged).toBe(false);
  expect(result.peak).toBeLessThanOrEqual(0.1);
});

it('the minor cycle clark takes the same components whether few or many pixels take part', () => {
  const size = 200;
  const wide = (value: (x: number, y: number) => number) =>
    Float32Array.from({ length: size * size }, (_, k) => value(k % size, Math.floor(k / size)));
  const dirty = wide((x, y) => psfAt(x - 20, y - 30) + 0.5 * psfAt(x - 61, y - 46));
  const clean = (mask: Float32Array) => {
    const model = new Float32Array(size * size);
    const shape = { sizeX: size, sizeY: size, cell: 1e-6 };
    const minor = makeMinorCycle('clark', shape, { scales: [], smallScaleBias: 0, checkAbort() {} });
    const around = wide((x, y) => psfAt(x - size / 2, y - size / 2));
    const input = { residual: Float32Array.from(dirty), psf: around, mask, model };
    const { iterations, peak } = minor.run(input, { gain: 0.1, threshold: 0, iterations: 60 });
    return { model, iterations, peak };
  };
  const about = wide((x, y) => Number(Math.min(Math.hypot(x - 20, y - 30), Math.hypot(x - 61, y - 46)) < 9));
  const [many, few] = [clean(new Float32Array(size * size).fill(1)), clean(about)];
  expect(many.iterations).toBe(60);
  expect(few.peak).toBeCloseTo(many.peak, 6);
  for (let k = 0; k < many.model.length; k++) expect(few.model[k]).toBeCloseTo(many.model[k], 6);
});

describe('restoring', () => {
  it('takes the beams asked for', () => {
    const fitted = [
      { major: 2, minor: 1, positionAngle: 0 },
      { major: 1.9, minor: 1.2, positionAngle: 5 },
    ];
    expect(chooseBeams([], fitted)).toBe(fitted);
    expect(chooseBeams(['3arcsec', '2arcsec', '10deg'], fitted)[1]).toEqual({
      major: expect.closeTo(3, 9),
      minor: expect.closeTo(2, 9),
      positionAngle: expect.closeTo(10, 9),
    });
    const [common, other] = chooseBeams('common', fitted);
    expect(other).toEqual(common);
    expect(common.minor).toBeGreaterThanOrEqual(1.2 * 0.99);
    expect(() => chooseBeams(['1arcsec', '2arcsec'], fitted)).toThrow(/restoringbeam/);
  });

  it('turns a model pixel into a beam of its height on the residual', () => {
    const model = new Float32Array(64 * 64);
    model[30 * 64 + 20] = 2;
    const beam = fitBeam(psf, geometry, 0.35, log);
    const image = restorePlane(model, new Float32Array(64 * 64).fill(0.5), geometry, beam);
    expect(image[30 * 64 + 20]).toBeCloseTo(2.5, 5);
    expect(image[30 * 64 + 23]).toBeCloseTo(1.5, 1);
    expect(image[63 * 64 + 63]).toBeCloseTo(0.5, 4);
  });
});
