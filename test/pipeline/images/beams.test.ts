import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openFitsImage } from '../../../src/formats/fits/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { type Beam, commonBeam } from '../../../src/pipeline/images/beams.ts';
import {
  createImage,
  exportfits,
  imhead,
  importfits,
  makeCoordinates,
  openImage,
} from '../../../src/pipeline/images/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'beams-'));
afterAll(() => rmSync(folder, { recursive: true }));

const beam = (major: number, minor: number, positionAngle: number): Beam => ({ major, minor, positionAngle });

describe('commonBeam', () => {
  it('is the largest beam where that contains the others', () => {
    expect(commonBeam([beam(1, 0.9, 20), beam(2, 1.5, 0)])).toEqual(beam(2, 1.5, 0));
  });

  it('is the smallest one that contains the largest and what sticks out of it, as CASA finds it', () => {
    const pair = commonBeam([beam(2, 1.4, 10), beam(2.02, 1.38, 14)]);
    expect(pair.major).toBeCloseTo(2.03940085858, 9);
    expect(pair.minor).toBeCloseTo(1.41300833414, 9);
    expect(pair.positionAngle).toBeCloseTo(11.91538113, 7);
    const four = commonBeam([beam(2, 1.4, 10), beam(2.02, 1.38, 14), beam(1.9, 1.45, -20), beam(2.05, 1.3, 0)]);
    // CASA grows beams by a thousandth where rounding wants it, here one time less.
    expect(four.major / 2.15109409).toBeGreaterThan(1 - 1e-8);
    expect(four.major / 2.15109409).toBeLessThan(1.0011);
    expect(four.minor / 1.5715735).toBeLessThan(1.0011);
  });

  it('is as small for position angles on both sides of north', () => {
    const { major, minor, positionAngle } = commonBeam([beam(2, 1.4, 88), beam(2.02, 1.38, -85)]);
    const turned = commonBeam([beam(2, 1.4, -2), beam(2.02, 1.38, 5)]);
    expect(major * minor).toBeCloseTo(turned.major * turned.minor, 9);
    expect((positionAngle - turned.positionAngle + 360) % 180).toBeCloseTo(90, 7);
  });
});

describe('beams of channels and polarizations', () => {
  const context = silentContext(folder);
  // [chan, stokes]
  const beams = [1, 2, 3, 4].map((size) => beam(1 + size / 10, 1, 10 * size));
  const image = createImage(join(folder, 'cube'), {
    shape: [2, 2, 4, 4],
    coordinates: makeCoordinates({
      ...{ centre: { lon: 1, lat: -0.4 }, cell: 1e-6, imsize: [4, 4], system: 'ICRS', stokes: ['I', 'Q'] },
      spectral: { system: 'LSRK', reference: 230e9, increment: 1e6, referencePixel: 0, restFrequency: 230e9 },
      ...{ telescope: 'ALMA', observer: '', observedMjdSec: 4.88e9 },
    }),
    unit: 'Jy/beam',
    info: { imageType: 'Intensity', objectName: '', beams },
  });
  for (let plane = 0; plane < 4; plane++) image.writePlane(plane, new Float32Array(16).fill(plane));
  image.close();

  it('are rows of FITS, and entries of imhead, with the channel fastest', () => {
    exportfits(context, { imagename: 'cube', fitsimage: 'cube.fits' });
    const fits = openFitsImage(join(folder, 'cube.fits'));
    const columns = fits.table('BEAMS')?.columns ?? [];
    const column = (name: string) => columns.find((each) => each.name === name)?.values.map(Number);
    expect([column('CHAN'), column('POL')]).toEqual([
      [0, 1, 0, 1],
      [0, 0, 1, 1],
    ]);
    expect(column('BPA')).toEqual([10, 30, 20, 40]);
    fits.close();
    const listed = imhead(context, { imagename: 'cube', mode: 'list' }) as Record<string, Record<string, unknown>>;
    expect(listed.perplanebeams['*1']).toMatchObject({ positionangle: { value: 30 } });
    expect(listed.perplanebeams).toMatchObject({ nChannels: 2, nStokes: 2 });
  });

  it('come back from FITS, or make way for a beam that is given', () => {
    importfits(context, { fitsimage: 'cube.fits', imagename: 'again' });
    importfits(context, { fitsimage: 'cube.fits', imagename: 'given', beam: ['3arcsec', '2arcsec', '5deg'] });
    const angles = ['again', 'given'].map((name) => {
      const read = openImage(join(folder, name));
      const found = read.info.beams.map(({ positionAngle }) => Math.round(positionAngle));
      read.close();
      return found;
    });
    expect(angles).toEqual([
      [10, 20, 30, 40],
      [5, 5, 5, 5],
    ]);
  });
});
