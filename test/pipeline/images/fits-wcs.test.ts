import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFitsImage, FitsHeader, openFitsImage, real } from '../../../src/formats/fits/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import {
  channelFrequency,
  exportfits,
  frequencyChannel,
  importfits,
  openImage,
  pixelToSky,
  skyToPixel,
} from '../../../src/pipeline/images/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'fits-wcs-'));
const context = silentContext(folder);
const DEG = 180 / Math.PI;

/** Writes a FITS image of 3 x 2 pixels (and `outer`, slow to fast) whose pixels count from 0, and imports it. */
function imported(name: string, cards: Readonly<Record<string, string | number>>, outer: readonly number[] = []) {
  const header = new FitsHeader();
  for (const [key, value] of Object.entries(cards)) header.add(key, typeof value === 'number' ? real(value) : value);
  const shape = [...outer, 2, 3];
  const writer = createFitsImage(join(folder, `${name}.fits`), shape, header);
  const planes = outer.reduce((product, length) => product * length, 1);
  for (let plane = 0; plane < planes; plane++)
    writer.writePlane(Float32Array.from({ length: 6 }, (_, k) => (k === 4 ? Number.NaN : 6 * plane + k)));
  writer.close();
  importfits(context, { fitsimage: `${name}.fits`, imagename: `${name}.image`, overwrite: true });
  return openImage(join(folder, `${name}.image`));
}

const sky = (code: string, lat: number, more: Readonly<Record<string, string | number>> = {}) => ({
  CTYPE1: `RA---${code}`,
  CTYPE2: `DEC--${code}`,
  CRVAL1: 57.3,
  CRVAL2: lat,
  CRPIX1: 1,
  CRPIX2: 1,
  CDELT1: -0.1,
  CDELT2: 0.1,
  ...more,
});

// Pixel (30, -47), counted from 0, by astropy.wcs 6 (WCSLIB).
const BY_ASTROPY: readonly (readonly [string, number, Readonly<Record<string, number>>, number, number])[] = [
  ['SIN', -22.9, {}, 53.91370769361526, -27.570664223524627],
  ['SIN', -22.9, { PV2_1: 0.1, PV2_2: -0.3 }, 53.88607034501381, -27.48976128843021],
  ['SIN', -22.9, { LONPOLE: 150 }, 57.0177710608018, -28.478892981199607],
  ['TAN', -22.9, {}, 53.93031935688912, -27.54882389955361],
  ['TAN', 89.99, {}, 24.80519966028809, 84.43323019606619],
  ['ARC', -22.9, {}, 53.91928239410859, -27.563336028186733],
  ['STG', -22.9, {}, 53.92205363581642, -27.559692658958582],
  ['ZEA', -22.9, {}, 53.91789325570589, -27.56516222565956],
  ['CAR', 0, {}, 54.3, -4.7],
  ['CAR', -22.9, {}, 53.92680585900513, -27.565643077531362],
  ['CAR', 40, { LONPOLE: 20 }, 55.58450765854229, 34.59525123789554],
  ['CEA', -22.9, {}, 53.92666883856312, -27.570928756408044],
  ['MER', -22.9, {}, 53.92694222167625, -27.560382267102362],
  ['SFL', -22.9, {}, 53.915429241864125, -27.565410938779625],
  ['AIT', -22.9, {}, 53.91814997803308, -27.56638114669671],
];

describe('sky coordinates of FITS headers', () => {
  it.each(BY_ASTROPY)('%s at %d deg are those of WCSLIB, there and back', (code, lat, more, lonDeg, latDeg) => {
    const image = imported('sky', sky(code, lat, more));
    const axes = image.coordinates.direction!;
    image.close();
    const place = pixelToSky(axes, 30, -47)!;
    expect(place.lon * DEG).toBeCloseTo(lonDeg, 10);
    expect(place.lat * DEG).toBeCloseTo(latDeg, 10);
    const [x, y] = skyToPixel(axes, place)!;
    expect([x, y]).toEqual([expect.closeTo(30, 7), expect.closeTo(-47, 7)]);
  });

  it('take their system from RADESYS and EQUINOX, and refuse what CASA does not know', () => {
    const systemOf = (more: Readonly<Record<string, string | number>>, code = 'TAN') =>
      imported('system', sky(code, -20, more)).coordinates.direction!.system;
    expect(systemOf({})).toBe('ICRS');
    expect(systemOf({ EQUINOX: 2000 })).toBe('J2000');
    expect(systemOf({ EPOCH: 1950 })).toBe('B1950');
    expect(systemOf({ RADESYS: 'FK4', EQUINOX: 1979.9 })).toBe('B1950_VLA');
    expect(systemOf({ CTYPE1: 'GLON-CAR', CTYPE2: 'GLAT-CAR' })).toBe('GALACTIC');
    expect(() => systemOf({ RADESYS: 'FK5', EQUINOX: 1975 })).toThrow('equinox 1975 are not read');
    expect(() => systemOf({}, 'TSC')).toThrow('projection TSC are not handled');
  });

  it('turned by PC, CD or CROTA come back from CASA images and FITS turned the same way', () => {
    const headers: Readonly<Record<string, number>>[] = [
      { PC1_1: 0.8, PC1_2: -0.6, PC2_1: 0.6, PC2_2: 0.8 },
      { CD1_1: -0.08, CD1_2: 0.06, CD2_1: 0.06, CD2_2: 0.08 },
      // With CDELT1 < 0 CROTA turns the other way.
      { CROTA2: -Math.atan2(0.6, 0.8) * DEG },
    ];
    const turned = headers.map((more) => {
      const image = imported('turned', sky('SIN', 10, more));
      // CASA 6.7's increments of the same headers
      const [x, y] = image.coordinates.direction!.increment;
      expect([x * DEG, y * DEG]).toEqual([expect.closeTo(-0.1, 12), expect.closeTo(0.1, 12)]);
      exportfits(context, { imagename: 'turned.image', fitsimage: 'again.fits', overwrite: true });
      importfits(context, { fitsimage: 'again.fits', imagename: 'again.image', overwrite: true });
      const again = openImage(join(folder, 'again.image'));
      const [first, second] = [image, again].map((one) => pixelToSky(one.coordinates.direction!, 5, -3)!);
      expect(second).toEqual({ lon: expect.closeTo(first.lon, 13), lat: expect.closeTo(first.lat, 13) });
      return first;
    });
    // North of the reference by 0.1 (0.6 * 5 - 0.8 * 3) deg, which the sphere changes by less than 0.01 deg.
    for (const place of turned) expect((place.lat * DEG - 10) / 0.06).toBeCloseTo(1, 1);
    expect(turned[0].lon).toBeCloseTo(turned[1].lon, 12);
    expect(turned[0].lon).toBeCloseTo(turned[2].lon, 12);
  });
});

describe('spectral coordinates of FITS headers', () => {
  const spectrum = (more: Readonly<Record<string, string | number>>) =>
    imported('cube', { ...sky('SIN', -20), CRPIX3: 1, RESTFRQ: 230e9, ...more }, [4]).coordinates.spectral!;
  const c = 299_792_458;

  it('are tables of frequencies where velocities are optical or the axis is a wavelength', () => {
    const optical = spectrum({ CTYPE3: 'VOPT', CRVAL3: 1e6, CDELT3: 5e5, SPECSYS: 'BARYCENT' });
    expect(optical).toMatchObject({ system: 'BARY', nativeType: 'optical velocity', referencePixel: 0 });
    expect(channelFrequency(optical, 3)).toBeCloseTo(230e9 / (1 + 2.5e6 / c), 3);
    expect(frequencyChannel(optical, channelFrequency(optical, 1.25))).toBeCloseTo(1.25, 8);
    expect(frequencyChannel(optical, channelFrequency(optical, 5))).toBeCloseTo(5, 8);
    const wave = spectrum({ CTYPE3: 'WAVE', CRVAL3: 1.3, CDELT3: 0.01, CUNIT3: 'mm', SPECSYS: 'LSRK' });
    expect(channelFrequency(wave, 2)).toBeCloseTo(c / 1.32e-3, 3);
  });

  it('have the frame of SPECSYS, of the type, or of VELREF', () => {
    const axis = { CRVAL3: 1e6, CDELT3: 1e3 };
    expect(spectrum({ CTYPE3: 'VELO-LSR', ...axis })).toMatchObject({ system: 'LSRK', nativeType: 'optical velocity' });
    const radio = spectrum({ CTYPE3: 'VELO-HEL', VELREF: 258, ...axis });
    expect(radio).toMatchObject({ system: 'BARY', nativeType: 'radio velocity' });
    expect(radio.reference).toBeCloseTo(230e9 * (1 - 1e6 / c), 3);
    expect(spectrum({ CTYPE3: 'FREQ', CRVAL3: 230, CDELT3: 1, CUNIT3: 'GHz' })).toMatchObject({
      system: 'Undefined',
      reference: 230e9,
    });
    expect(() => spectrum({ CTYPE3: 'FREQ', SPECSYS: 'NOWHERE' })).toThrow('frame NOWHERE');
  });
});

describe('importfits', () => {
  it('masks blanks alone, keeps further cards, and takes a beam from the user', () => {
    const image = imported('kept', { ...sky('SIN', -20), PROJECT: 'x', BUNIT: 'JY/BEAM' });
    expect(Array.from(image.readMask(0)!)).toEqual([1, 1, 1, 1, 0, 1]);
    expect(Array.from(image.readPlane(0))).toEqual([0, 1, 2, 3, 0, 5]);
    expect(image.miscInfo.get('project')).toEqual({ type: 'String', value: 'x' });
    expect(image.unit).toBe('Jy/beam');
    image.close();
    const beam = ['3arcsec', '2arcsec', '20deg'];
    importfits(context, { fitsimage: 'kept.fits', imagename: 'beam.image', beam, zeroblanks: false });
    const other = openImage(join(folder, 'beam.image'));
    expect(other.info.beams[0].major).toBeCloseTo(3, 12);
    expect(other.readPlane(0)[4]).toBeNaN();
    other.close();
  });

  it('adds the axes that are missing, and finds the unit that holds the image', () => {
    imported('flat', sky('SIN', -20)).close();
    const more = { defaultaxes: true, defaultaxesvalues: ['', '', '88.5GHz', 'Q'] };
    importfits(context, { fitsimage: 'flat.fits', imagename: 'four.image', ...more });
    const image = openImage(join(folder, 'four.image'));
    expect(image.shape).toEqual([1, 1, 2, 3]);
    expect(image.coordinates.stokes!.stokes).toEqual(['Q']);
    expect(image.coordinates.spectral).toMatchObject({ reference: 88.5e9, restFrequency: 88.5e9 });
    image.close();
    expect(() => importfits(context, { fitsimage: 'flat.fits', imagename: 'no.image', whichhdu: 3 })).toThrow(
      'there is no unit 3',
    );
    const empty = new FitsHeader().add('SIMPLE', true).add('BITPIX', 8).add('NAXIS', 0);
    writeFileSync(join(folder, 'empty.fits'), empty.encode());
    expect(() => importfits(context, { fitsimage: 'empty.fits', imagename: 'no.image' })).toThrow('holds no image');
  });
});

describe('exportfits with bitpix 16', () => {
  it('scales to the whole range, cuts off at limits, and marks blanks', () => {
    imported('short', sky('SIN', -20)).close();
    exportfits(context, { imagename: 'short.image', fitsimage: 's.fits', bitpix: 16 });
    const fits = openFitsImage(join(folder, 's.fits'));
    expect([fits.header.number('BITPIX'), fits.header.number('BLANK')]).toEqual([16, -32_768]);
    expect(fits.header.number('BSCALE')).toBeCloseTo(5 / 65_534, 15);
    const values = Array.from(fits.readPlane(0));
    fits.close();
    expect(values[4]).toBeNaN();
    for (const k of [0, 1, 2, 3, 5]) expect(Math.abs(values[k] - k)).toBeLessThan(5 / 65_534);
    exportfits(context, { imagename: 'short.image', fitsimage: 't.fits', bitpix: 16, minpix: 1, maxpix: 3 });
    const cut = openFitsImage(join(folder, 't.fits'));
    expect(Array.from(cut.readPlane(0), (value) => Math.round(value * 100) / 100)).toEqual([1, 1, 2, 3, Number.NaN, 3]);
    cut.close();
  });
});
