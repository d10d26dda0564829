import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { openImage, pixelToSky } from '../../../src/pipeline/images/index.ts';
import { tclean } from '../../../src/pipeline/imaging/index.ts';
import { type MosaicSample, mosaicSums } from '../../reference/mosaic.ts';
import { writeMosaicMs } from './mosaic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'mosaic-'));
const context = silentContext(folder);
const arcsec = Math.PI / 648_000;
const centre = { lon: 1, lat: -0.4 };
const at = (east: number, north: number) => ({
  lon: centre.lon + (east * arcsec) / Math.cos(centre.lat + north * arcsec),
  lat: centre.lat + north * arcsec,
});
const pointings = [at(-12, -6), at(12, -6), at(0, 12)];
const sources = [
  { ...at(15, 4.2), fluxJy: 1, fwhm: 0 },
  { ...at(-10.8, -9), fluxJy: 2, fwhm: 2.5 * arcsec },
];
const size = 96;
const cell = 0.6;
const common = {
  vis: 'mixed.ms',
  imsize: size,
  cell: `${cell}arcsec`,
  gridder: 'mosaic',
  phasecenter: `J2000 ${centre.lon}rad ${centre.lat}rad`,
  pblimit: 0.1,
};
let samples: MosaicSample[];

function plane(name: string): Float32Array {
  const image = openImage(join(folder, name));
  const values = image.readPlane(0);
  image.close();
  return values;
}

beforeAll(() => {
  const diameters = [12, 12, 12, 12, 12, 7, 7, 7];
  samples = writeMosaicMs(join(folder, 'mixed.ms'), {
    pointings,
    diameters,
    sources,
    chanCount: 2,
    integrations: 3,
    radius: 40,
  });
});

describe('the mosaic gridder', () => {
  // The w term is exact to first order about a facet's centre; with w of 60 m its square reaches 1e-3 turns at the rim.
  it('makes dirty image and response of the defining sums, beams of unlike dishes included', () => {
    tclean(context, { ...common, imagename: 'dirty', niter: 0 });
    const [dirty, response] = [plane('dirty.residual'), plane('dirty.pb')];
    const image = openImage(join(folder, 'dirty.residual'));
    const direction = image.coordinates.direction!;
    image.close();
    const mosaicAt = (k: number) => mosaicSums(samples, pixelToSky(direction, k % size, Math.floor(k / size))!);
    const most = mosaicAt(response.indexOf(1)).sensitivity;
    const peak = Math.max(...dirty);
    let [worstImage, worstBeam] = [0, 0];
    for (let k = 0; k < dirty.length; k += 211) {
      if (response[k] === 0) continue;
      const { signal, sensitivity } = mosaicAt(k);
      worstBeam = Math.max(worstBeam, Math.abs(response[k] - Math.sqrt(sensitivity / most)));
      worstImage = Math.max(worstImage, Math.abs(dirty[k] - signal / Math.sqrt(sensitivity * most)));
    }
    expect(worstBeam).toBeLessThan(1e-4);
    expect(worstImage / peak).toBeLessThan(5e-4);
  });

  it('finds the fluxes of a point and a Gaussian away from the centre, the same when pointings are read one by one', () => {
    const options = { ...common, niter: 400, gain: 0.2, threshold: '5mJy', pbcor: true, weighting: 'briggs' };
    tclean(context, { ...options, imagename: 'kept' });
    tclean(context, { ...options, imagename: 'again', cacheBytes: 1 });
    const image = openImage(join(folder, 'kept.image.pbcor'));
    const beam = image.info.beams[0];
    const values = image.readPlane(0);
    image.close();
    expect(plane('again.image.pbcor')).toEqual(values);
    expect(values[(48 + 7) * size + 48 - 25]).toBeCloseTo(1, 1);
    const area = (Math.PI / 4 / Math.LN2) * ((beam.major * beam.minor) / cell ** 2);
    let sum = 0;
    for (let y = -9; y <= 9; y++)
      for (let x = -9; x <= 9; x++) sum += values[(48 - 15 + y) * size + 48 + 18 + x] / area;
    expect(sum).toBeCloseTo(2, 1);
  });

  // Beyond the beams of 12 m dishes compact dishes of 7 m alone make the PSF, but sources show faintly there; with
  // the same vote for every place the PSF is wrong by 0.17.
  it('takes a PSF that fits where sources show best', () => {
    writeMosaicMs(join(folder, 'compact.ms'), {
      pointings: [at(0, 0), at(12, 0)],
      diameters: [...Array<number>(10).fill(12), ...Array<number>(10).fill(7)],
      sources: [{ ...at(3, 2.4), fluxJy: 2, fwhm: 0 }],
      chanCount: 1,
      integrations: 6,
      radius: 60,
      smallRadius: 12,
    });
    tclean(context, { ...common, imsize: 192, vis: 'compact.ms', weighting: 'briggs', imagename: 'compact', niter: 0 });
    const [dirty, psf] = [plane('compact.residual'), plane('compact.psf')];
    const source = (96 + 4) * 192 + 96 - 5;
    let worst = 0;
    for (let y = -20; y <= 20; y++)
      for (let x = -20; x <= 20; x++)
        worst = Math.max(
          worst,
          Math.abs(dirty[source + 192 * y + x] / dirty[source] - psf[96 * 192 + 96 + 192 * y + x]),
        );
    expect(worst).toBeLessThan(0.1);
  });

  it('takes the PSF where it is told, and refuses a place off the image', () => {
    tclean(context, {
      ...common,
      imagename: 'placed',
      niter: 0,
      psfphasecenter: `J2000 ${at(12, -6).lon}rad ${at(12, -6).lat}rad`,
    });
    const psf = plane('placed.psf');
    expect(psf[48 * size + 48]).toBe(1);
    expect(psf).not.toEqual(plane('dirty.psf'));
    const off = { ...common, imagename: 'off', niter: 0, psfphasecenter: 'J2000 1.1rad -0.4rad' };
    expect(() => tclean(context, off)).toThrow(/outside the image/);
  });
});
