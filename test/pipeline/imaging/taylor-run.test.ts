import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { disk } from '../../../src/foundation/bytes/index.ts';
import { openImage } from '../../../src/pipeline/images/index.ts';
import { clean, tclean } from '../../../src/pipeline/imaging/index.ts';
import { TaylorCleaner } from '../../../src/pipeline/imaging/taylor-cycle.ts';
import { referenceTaylorClean } from '../../reference/clean.ts';
import { randomNumbers } from '../../reference/random.ts';
import { writeSyntheticMs } from '../calibration/synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'taylor-'));
const context = silentContext(folder);
const arcsec = Math.PI / 648_000;
const C = 299_792_458;
const windows = [91e9, 93e9, 103e9, 105e9];
const chanCount = 2;
const frequency = (spw: number, chan: number) => windows[spw] + 5e8 * chan;
/** Pixel in 64 x 64 images of 0.5 arcsec, flux at the reference frequency, spectral index. */
const source = { x: 40, y: 25, fluxJy: 1, alpha: -0.7, referenceHz: 98e9 };
const l = -(source.x - 32) * 0.5 * arcsec;
const m = (source.y - 32) * 0.5 * arcsec;

interface Sample {
  readonly u: number;
  readonly v: number;
  readonly x: number;
  readonly re: number;
  readonly im: number;
}
const samples: Sample[] = [];

beforeAll(() => {
  const path = join(folder, 'wide.ms');
  writeSyntheticMs(path, {
    antCount: 9,
    chanCount,
    spwCount: windows.length,
    scanFields: [0],
    integrations: 3,
    visibility: () => [1, 0],
    isFlagged: ({ ant1, ant2 }) => ant1 === ant2,
  });
  const ms = openMs(path, 'update');
  windows.forEach((_, spw) => {
    const values = Float64Array.from({ length: chanCount }, (_none, chan) => frequency(spw, chan));
    const table = ms.subtable('SPECTRAL_WINDOW');
    table.column('CHAN_FREQ').put(spw, { shape: [chanCount], values });
    table.column('CHAN_WIDTH').put(spw, { shape: [chanCount], values: new Float64Array(chanCount).fill(5e8) });
  });
  const rows = ms.main.rowCount;
  const random = randomNumbers(8);
  const uvw = Float64Array.from({ length: rows * 3 }, (_, k) => (k % 3 === 2 ? 0 : (random() - 0.5) * 400));
  const spws = ms.main.column('DATA_DESC_ID').getRange(0, rows) as Int32Array;
  const [ant1, ant2] = ['ANTENNA1', 'ANTENNA2'].map((name) => ms.main.column(name).getRange(0, rows) as Int32Array);
  const data = new Float32Array(rows * chanCount * 4);
  for (let row = 0; row < rows; row++) {
    for (let chan = 0; chan < chanCount; chan++) {
      const hertz = frequency(spws[row], chan);
      const [u, v] = [(uvw[3 * row] * hertz) / C, (uvw[3 * row + 1] * hertz) / C];
      const flux = source.fluxJy * (hertz / source.referenceHz) ** source.alpha;
      const phase = 2 * Math.PI * (u * l + v * m);
      const value = [flux * Math.cos(phase), flux * Math.sin(phase)];
      for (let corr = 0; corr < 2; corr++) data.set(value, 2 * ((row * chanCount + chan) * 2 + corr));
      if (ant1[row] !== ant2[row])
        samples.push({ u, v, x: hertz / source.referenceHz - 1, re: value[0], im: value[1] });
    }
  }
  ms.main.column('UVW').putRange(0, rows, uvw, [3]);
  ms.main.column('DATA').putRange(0, rows, data, [chanCount, 2]);
  ms.close();
});

const plane = (name: string) => {
  const image = openImage(join(folder, name));
  try {
    return image.readPlane(0);
  } finally {
    image.close();
  }
};

/** Image of x^power times the samples, or times ones, at a pixel: the sum by definition. */
function fourierSum(x: number, y: number, power: number, ofOnes = false): number {
  const [l0, m0] = [-(x - 32) * 0.5 * arcsec, (y - 32) * 0.5 * arcsec];
  let sum = 0;
  for (const one of samples) {
    const phase = 2 * Math.PI * (one.u * l0 + one.v * m0);
    const [re, im] = ofOnes ? [1, 0] : [one.re, one.im];
    sum += one.x ** power * (re * Math.cos(phase) + im * Math.sin(phase));
  }
  return sum / samples.length;
}

/** Least-squares fit of a + b x to the source's spectrum over the samples: what two terms can tell of it. */
function bestTerms(): [number, number] {
  const flux = samples.map(({ x }) => source.fluxJy * (1 + x) ** source.alpha);
  const mean = (value: (k: number) => number) => samples.reduce((sum, _, k) => sum + value(k), 0) / samples.length;
  const [x1, x2] = [1, 2].map((power) => mean((k) => samples[k].x ** power));
  const [f0, f1] = [mean((k) => flux[k]), mean((k) => flux[k] * samples[k].x)];
  const slope = (f1 - x1 * f0) / (x2 - x1 * x1);
  return [f0 - slope * x1, slope];
}

const common = { vis: 'wide.ms', imsize: 64, cell: '0.5arcsec', outframe: 'TOPO', reffreq: '98GHz' };
const at = source.y * 64 + source.x;

describe('Taylor terms', () => {
  it('are imaged as their sums by definition', () => {
    const result = tclean(context, { ...common, imagename: 'dirty', deconvolver: 'mtmfs', nterms: 2, pblimit: 0.1 });
    expect(result.sumwt[0]).toBeGreaterThan(0);
    for (const [x, y] of [
      [32, 32],
      [40, 25],
      [11, 50],
      [60, 3],
    ]) {
      for (const term of [0, 1])
        expect(plane(`dirty.residual.tt${term}`)[y * 64 + x]).toBeCloseTo(fourierSum(x, y, term), 5);
      for (const moment of [0, 1, 2])
        expect(plane(`dirty.psf.tt${moment}`)[y * 64 + x]).toBeCloseTo(fourierSum(x, y, moment, true), 5);
    }
  });

  it('give flux and spectral index of a source, as far as two terms can', () => {
    const options = { niter: 500, threshold: '0.2mJy', pbcor: true, savemodel: 'modelcolumn', pblimit: 0.1 };
    const result = tclean(context, { ...common, ...options, imagename: 'wide', deconvolver: 'mtmfs' });
    expect(result.stopDescription).toBe('threshold');
    const [flux, slope] = bestTerms();
    expect(flux).toBeCloseTo(1.002, 2);
    expect(plane('wide.image.tt0')[at] / flux).toBeCloseTo(1, 3);
    expect(plane('wide.alpha')[at]).toBeCloseTo(slope / flux, 2);
    expect(slope / flux).toBeCloseTo(source.alpha, 1);
    expect(plane('wide.alpha.error')[at]).toBeLessThan(0.01);
    expect(plane('wide.image.tt0.pbcor')[at] * plane('wide.pb.tt0')[at]).toBeCloseTo(plane('wide.image.tt0')[at], 5);
    const ms = openMs(join(folder, 'wide.ms'));
    const [seen, model] = ['DATA', 'MODEL_DATA'].map(
      (name) => ms.main.column(name).getRange(0, ms.main.rowCount) as Float32Array,
    );
    const spws = ms.main.column('DATA_DESC_ID').getRange(0, ms.main.rowCount) as Int32Array;
    ms.close();
    // By spectral window the model holds the line a + b x, and not the mean flux.
    const ratio = (spw: number, column: Float32Array) => {
      let power = 0;
      spws.forEach((other, row) => {
        if (other === spw) for (let k = 0; k < 8; k++) power += column[8 * row + k] ** 2;
      });
      return Math.sqrt(power);
    };
    for (const spw of [0, 3]) expect(ratio(spw, model) / ratio(spw, seen)).toBeCloseTo(1, 2);
  });

  it('are named as in CASA 4 by clean, and refused where data have but one frequency', () => {
    const { outframe: _frame, ...rest } = common;
    clean(context, { ...rest, imagename: 'old', nterms: 2, niter: 20, multiscale: [0, 3] });
    for (const name of [
      'image.tt0',
      'image.tt1',
      'image.alpha',
      'image.alpha.error',
      'psf.tt0',
      'model.tt1',
      'flux',
      'mask',
    ])
      expect(disk().exists(join(folder, `old.${name}`)), name).toBe(true);
    expect(disk().exists(join(folder, 'old.sumwt.tt0'))).toBe(false);
    const narrow = { ...common, imagename: 'narrow', spw: '0:0', deconvolver: 'mtmfs', reffreq: '' };
    expect(() => tclean(context, narrow)).toThrow(/do not determine 2 Taylor terms/);
    expect(disk().exists(join(folder, 'narrow.psf.tt0'))).toBe(false);
    expect(() => tclean(context, { ...narrow, specmode: 'cube' })).toThrow(/continuum/);
    expect(() => clean(context, { ...rest, imagename: 'no', nterms: 2, pbcor: true })).toThrow(/impbcor/);
  });
});

describe('the multi-term minor cycle', () => {
  it('does what the algorithm says', () => {
    const [nx, ny] = [32, 24];
    const lobe = (dx: number, dy: number, width: number) => Math.exp(-(dx * dx + dy * dy) / width);
    const moments = [
      [1, 6],
      [0.02, 9],
      [0.004, 8],
    ];
    const made = (x0: number, y0: number, moment: number) =>
      Float32Array.from({ length: nx * ny }, (_, k) => {
        const [height, width] = moments[moment];
        return height * lobe((k % nx) - x0, Math.floor(k / nx) - y0, width);
      });
    const psfs = [0, 1, 2].map((moment) => made(nx / 2, ny / 2, moment));
    const residuals = [0, 1].map((term) => {
      const parts = [made(10, 9, term), made(10, 9, term + 1), made(20, 15, term), made(20, 15, term + 1)];
      return parts[0].map((value, k) => value - 0.7 * parts[1][k] + 0.4 * parts[2][k] + 0.5 * parts[3][k]);
    });
    const doubles = residuals.map((values) => Float64Array.from(values));
    const expected = referenceTaylorClean(doubles, psfs, nx, ny, 0.2, 25);
    const models = [new Float32Array(nx * ny), new Float32Array(nx * ny)];
    const planes = { psfs, residuals, models };
    const cleaner = new TaylorCleaner({ sizeX: nx, sizeY: ny, cell: 1e-6 }, () => planes, {
      ...{ scales: [0], smallScaleBias: 0 },
      checkAbort() {},
    });
    const mask = new Float32Array(nx * ny).fill(1);
    expect(cleaner.run({ mask }, { gain: 0.2, threshold: 0, iterations: 25 }).iterations).toBe(25);
    models.forEach((model, term) => {
      const worst = model.reduce((most, value, k) => Math.max(most, Math.abs(value - expected[term][k])), 0);
      expect(worst).toBeLessThan(1e-4);
    });
    expect(models[0][9 * nx + 10]).toBeCloseTo(1, 1);
  });
});
