import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { disk } from '../../../src/foundation/bytes/index.ts';
import { type Image, openImage } from '../../../src/pipeline/images/index.ts';
import { translateClean } from '../../../src/pipeline/imaging/clean.ts';
import { runCleanByPlane } from '../../../src/pipeline/imaging/clean-cycles.ts';
import { clean, tclean } from '../../../src/pipeline/imaging/index.ts';
import { TCLEAN_STYLE } from '../../../src/pipeline/imaging/options.ts';
import { writeMosaicMs } from './mosaic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'clean-'));
const context = silentContext(folder);
const arcsec = Math.PI / 648_000;
const centre = { lon: 1, lat: -0.4 };
const at = (east: number, north: number) => ({
  lon: centre.lon + (east * arcsec) / Math.cos(centre.lat + north * arcsec),
  lat: centre.lat + north * arcsec,
});

function see<T>(name: string, look: (image: Image) => T): T {
  const image = openImage(join(folder, name));
  try {
    return look(image);
  } finally {
    image.close();
  }
}

beforeAll(() => {
  const diameters = [7, 7, 7, 7, 7, 7];
  const sources = [{ ...at(9, 6), fluxJy: 1, fwhm: 0 }];
  const pointings = [at(-10, 0), at(10, 0)];
  writeMosaicMs(join(folder, 'a.ms'), { pointings, diameters, sources, chanCount: 4, integrations: 3, radius: 25 });
});

const common = { vis: 'a.ms', imsize: [64, 64], cell: '1.5arcsec', phasecenter: 'J2000 1.0rad -0.4rad', niter: 100 };
/** Pixel of the source. */
const pixel = (32 + 4) * 64 + 32 - 6;

describe('clean', () => {
  it('makes a mosaic with the names of CASA 4: right flux after division by .flux, masked where pointings hardly reach', () => {
    clean(context, {
      ...common,
      imagename: 'mosaic',
      imagermode: 'mosaic',
      weighting: 'briggs',
      robust: 0.5,
      threshold: 2,
    });
    const image = see('mosaic.image', (one) => ({ values: one.readPlane(0), mask: one.readMask(0) }));
    const flux = see('mosaic.flux', (one) => one.readPlane(0));
    const coverage = see('mosaic.flux.pbcoverage', (one) => one.readPlane(0));
    expect(image.values[pixel] / flux[pixel]).toBeCloseTo(1, 2);
    expect(flux[pixel]).toBeLessThan(0.95);
    expect(Array.from(image.mask!, Boolean)).toEqual(Array.from(coverage, (value) => value > 0.2));
    for (const extension of ['psf', 'residual', 'model', 'mask'])
      expect(disk().exists(join(folder, `mosaic.${extension}`)), extension).toBe(true);
    for (const extension of ['sumwt', 'weight', 'pb'])
      expect(disk().exists(join(folder, `mosaic.${extension}`)), extension).toBe(false);
  });

  it('leaves a single response unmasked, and corrects the image itself with pbcor', () => {
    const single = { ...common, field: '1' };
    clean(context, { ...single, imagename: 'plain' });
    clean(context, { ...single, imagename: 'corrected', pbcor: true, minpb: 0.3 });
    const plain = see('plain.image', (one) => ({ value: one.readPlane(0)[pixel], mask: one.readMask(0) }));
    expect(plain.mask).toBeUndefined();
    const flux = see('plain.flux', (one) => one.readPlane(0));
    const corrected = see('corrected.image', (one) => ({ value: one.readPlane(0)[pixel], mask: one.readMask(0)! }));
    expect(corrected.value).toBeCloseTo(plain.value / flux[pixel], 5);
    expect(Array.from(corrected.mask, Boolean)).toEqual(Array.from(flux, (value) => value > 0.3));
    expect(disk().exists(join(folder, 'corrected.image.pbcor'))).toBe(false);
  });

  it('images channels, velocities and frequencies of the frame asked for', () => {
    const cube = { ...common, imagermode: 'mosaic', niter: 0 };
    clean(context, { ...cube, imagename: 'chan', mode: 'channel', start: 1, width: 2, nchan: 1, outframe: 'lsrk' });
    clean(context, { ...cube, imagename: 'topo', mode: 'channel', start: 0, width: 1 });
    const velocity = { mode: 'velocity', restfreq: '230GHz', start: '-20km/s', width: '10km/s', nchan: 3 };
    clean(context, { ...cube, imagename: 'velo', outframe: 'LSRK', ...velocity });
    clean(context, { ...cube, imagename: 'freq', mode: 'frequency', start: '230.01GHz', width: '10MHz', nchan: 2 });
    const axis = (name: string) =>
      see(`${name}.image`, ({ chanCount, coordinates }) => ({ chanCount, ...coordinates.spectral! }));
    expect(axis('topo')).toMatchObject({ chanCount: 4, system: 'TOPO', reference: 230e9, increment: 1e7 });
    expect(axis('chan')).toMatchObject({ chanCount: 1, system: 'LSRK' });
    expect(axis('chan').increment / 2e7).toBeCloseTo(1, 3);
    expect(axis('velo').reference).toBeCloseTo(230e9 * (1 + 20e3 / 299792458), -1);
    expect(axis('velo').increment).toBeCloseTo((-230e9 * 10e3) / 299792458, 0);
    expect(axis('freq')).toMatchObject({ chanCount: 2, system: 'TOPO', reference: 230.01e9, increment: 1e7 });
  });

  it('counts niter for each channel', () => {
    const cube = { ...common, imagermode: 'mosaic', mode: 'channel', niter: 7, threshold: '0mJy' };
    expect(clean(context, { ...cube, imagename: 'together' }).iterdone).toBe(28);
  });

  it('cleans each channel by its own peak and sidelobes, to its own end', () => {
    const peaks = [1, 0.5];
    const updates = [0, 0];
    const target = {
      planeCount: 2,
      psf: () => Float32Array.of(1),
      residual: (plane: number) => Float32Array.of(peaks[plane]),
      model: () => Float32Array.of(0),
      mask: () => Float32Array.of(1),
      setModel() {},
      updateResidual: (plane: number) => void updates[plane]++,
    };
    const minor = {
      run(
        { residual }: { residual: Float32Array },
        { threshold, iterations }: { threshold: number; iterations: number },
      ) {
        const plane = peaks.findIndex((peak) => Math.fround(peak) === residual[0]);
        peaks[plane] = threshold;
        return { iterations: Math.min(iterations, 6), peak: threshold, hasDiverged: false };
      },
    };
    const control = {
      ...{
        niter: 10,
        gain: 0.1,
        threshold: 0.02,
        nsigma: 0,
        isNoiseCareful: false,
        cycleniter: 10,
        cyclefactor: 1.5,
        nmajor: 9,
      },
      ...{ minPsfFraction: 0, maxPsfFraction: 0.8, thresholdShare: 0.95, mostGrowth: 1.05 },
    };
    // The first goes down by a quarter a cycle and has its ten iterations after two; the second by 85 %: below the threshold after two.
    const style = { ...TCLEAN_STYLE, task: 'clean', hasOldCycles: true } as const;
    const summary = runCleanByPlane(context, target, minor, control, [0.5, 0.1], style);
    expect(summary).toMatchObject({ iterdone: 20, nmajordone: 4 });
    expect(updates).toEqual([2, 2]);
    expect(peaks).toEqual([0.5625, 0.019]);
  });

  it('takes boxes, box files, levels and True as masks', () => {
    writeFileSync(join(folder, 'boxes.txt'), '1 20 30 30 40\n');
    const masks = [[20, 30, 30, 40], [[20, 30, 30, 40]], 'boxes.txt', 'box[[20pix,30pix],[30pix,40pix]]'] as const;
    const base = { ...common, imagermode: 'mosaic', niter: 20 };
    const planes = masks.map((mask, k) => {
      clean(context, { ...base, imagename: `mask${k}`, mask: mask as never });
      return see(`mask${k}.mask`, (one) => one.readPlane(0));
    });
    expect(planes[0].reduce((sum, value) => sum + value, 0)).toBe(121);
    for (const other of planes.slice(1)) expect(other).toEqual(planes[0]);
    clean(context, { ...base, imagename: 'level', mask: 0.7 });
    clean(context, { ...base, imagename: 'true', mask: true, minpb: 0.7 });
    const level = see('level.mask', (one) => one.readPlane(0));
    const coverage = see('level.flux.pbcoverage', (one) => one.readPlane(0));
    expect(Array.from(level, Boolean)).toEqual(Array.from(coverage, (value) => value > 0.7));
    expect(see('true.mask', (one) => one.readPlane(0))).toEqual(level);
    // What tclean of CASA 4 called a mask at a fifth of the response.
    const same = {
      vis: common.vis,
      imsize: common.imsize,
      cell: common.cell,
      gridder: 'mosaic',
      niter: 2,
      pblimit: 0.1,
    };
    tclean(context, { ...same, phasecenter: common.phasecenter, imagename: 'beam', mask: 'auto-pb' });
    const response = see('beam.pb', (one) => one.readPlane(0));
    const beam = see('beam.mask', (one) => one.readPlane(0));
    expect(Array.from(beam, Boolean)).toEqual(Array.from(response, (value) => value > 0.2));
  });

  it('reads bare thresholds in mJy and says which unit a mode needs', () => {
    const of = (threshold: string | number) => translateClean({ vis: 'a.ms', imagename: 'x', threshold }).threshold;
    expect([of(3), of('3'), of('0.0023Jy/beam'), of('1.5 mJy')]).toEqual(['3mJy', '3mJy', '0.0023Jy', '1.5 mJy']);
    const wrong = { vis: 'a.ms', imagename: 'x', mode: 'velocity', start: '230GHz' };
    expect(() => translateClean(wrong)).toThrow(/needs, km\/s/);
    expect(() => translateClean({ vis: 'a.ms', imagename: 'x', mode: 'speed' })).toThrow(/mfs, channel/);
  });
});
