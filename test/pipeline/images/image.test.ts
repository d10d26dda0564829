import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFitsImage } from '../../../src/formats/fits/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import {
  createImage,
  exportfits,
  imfit,
  imhead,
  immath,
  impbcor,
  importfits,
  imstat,
  makeCoordinates,
  openImage,
  pixelToSky,
  skyToPixel,
} from '../../../src/pipeline/images/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'images-'));
const context = silentContext(folder);
const [sizeX, sizeY, chans] = [20, 12, 3];
const cell = 1e-6;

function makeCube(name: string, beams: number, amplitude = 1): string {
  const path = join(folder, name);
  const coordinates = makeCoordinates({
    centre: { lon: 4.3, lat: -0.43 },
    cell,
    imsize: [sizeX, sizeY],
    system: 'J2000',
    stokes: ['I'],
    spectral: { system: 'LSRK', reference: 230e9, increment: -1e6, referencePixel: 0, restFrequency: 230.538e9 },
    telescope: 'ALMA',
    observer: 'someone',
    observedMjdSec: 4877996515.136001,
    telescopePosition: [2225142.18, -5440307.37, -2481029.85],
  });
  const arcsec = 648_000 / Math.PI;
  const image = createImage(path, {
    shape: [chans, 1, sizeY, sizeX],
    coordinates,
    unit: 'Jy/beam',
    info: {
      imageType: 'Intensity',
      objectName: 'T1',
      beams: Array.from({ length: beams }, (_, k) => ({
        major: 4 * cell * arcsec,
        minor: (2 + k / 10) * cell * arcsec,
        positionAngle: 30,
      })),
    },
  });
  for (let plane = 0; plane < chans; plane++) {
    const values = Float32Array.from(
      { length: sizeX * sizeY },
      (_, k) =>
        amplitude * (plane + 1) * Math.exp(-(((k % sizeX) - 9) ** 2) / 8 - (Math.floor(k / sizeX) - 5) ** 2 / 4),
    );
    image.writePlane(plane, values);
  }
  const mask = new Uint8Array(sizeX * sizeY).fill(1);
  mask[3] = 0;
  image.writeMask(1, mask);
  image.addHistory(['made by a test'], 'test');
  image.close();
  return path;
}

describe('CASA images', () => {
  it('come back as written', () => {
    const image = openImage(makeCube('a.image', 3));
    expect(image.shape).toEqual([chans, 1, sizeY, sizeX]);
    expect([image.chanCount, image.stokesCount, image.planeCount]).toEqual([3, 1, 3]);
    expect(image.readPlane(2)[5 * sizeX + 9]).toBe(3);
    expect([image.readMask(0)![3], image.readMask(1)![3], image.readMask(1)![4]]).toEqual([1, 0, 1]);
    expect(image.info.beams.map((beam) => beam.minor / image.info.beams[0].minor)).toEqual(
      [1, 1.05, 1.1].map((value) => expect.closeTo(value, 12)),
    );
    expect(image.unit).toBe('Jy/beam');
    expect(image.history()).toEqual(['made by a test']);
    expect(image.coordinates.spectral).toEqual({
      system: 'LSRK',
      reference: 230e9,
      increment: -1e6,
      referencePixel: 0,
      restFrequency: 230.538e9,
      pixelAxis: 3,
    });
    expect(image.coordinates.telescopePosition![1]).toBeCloseTo(-5440307.37, 5);
    image.close();
  });

  it('place pixels on the sky and back', () => {
    const image = openImage(makeCube('b.image', 1));
    const axes = image.coordinates.direction!;
    expect(pixelToSky(axes, 10, 6)).toEqual({ lon: expect.closeTo(4.3, 14), lat: expect.closeTo(-0.43, 14) });
    const sky = pixelToSky(axes, 2.5, 11)!;
    expect(sky.lon).toBeGreaterThan(4.3);
    const [x, y] = skyToPixel(axes, sky)!;
    expect(x).toBeCloseTo(2.5, 8);
    expect(y).toBeCloseTo(11, 8);
    image.close();
  });

  it('go to FITS and come back, with masks and beams', () => {
    makeCube('c.image', 3);
    exportfits(context, { imagename: 'c.image', fitsimage: 'c.fits' });
    const fits = openFitsImage(join(folder, 'c.fits'));
    expect(fits.shape).toEqual([1, chans, sizeY, sizeX]);
    expect(fits.header.text('CTYPE3')).toBe('FREQ');
    expect(fits.header.get('CASAMBM')).toBe(true);
    expect(fits.readPlane(1)[3]).toBeNaN();
    fits.close();
    expect(() => exportfits(context, { imagename: 'c.image', fitsimage: 'c.fits' })).toThrow(/exists/);
    importfits(context, { fitsimage: 'c.fits', imagename: 'c2.image' });
    const back = openImage(join(folder, 'c2.image'));
    expect(back.shape).toEqual([1, chans, sizeY, sizeX]);
    expect(back.chanCount).toBe(3);
    expect(back.readMask(back.planeIndex(1))![3]).toBe(0);
    expect(back.readPlane(back.planeIndex(2))[5 * sizeX + 9]).toBe(3);
    expect(back.info.beams).toHaveLength(3);
    expect(back.coordinates.spectral?.reference).toBe(230e9);
    expect(back.coordinates.direction?.reference.lon).toBeCloseTo(4.3, 13);
    back.close();
  });

  it('export velocities and drop axes', () => {
    makeCube('d.image', 1);
    exportfits(context, { imagename: 'd.image', fitsimage: 'd.fits', velocity: true, dropdeg: true });
    const { header, shape } = openFitsImage(join(folder, 'd.fits'));
    expect(shape).toEqual([chans, sizeY, sizeX]);
    expect(header.text('CTYPE3')).toBe('VRAD');
    expect(header.number('CRVAL3')).toBeCloseTo(299792458 * (1 - 230e9 / 230.538e9), 6);
    expect(header.number('BMAJ')).toBeCloseTo((4 * cell * 180) / Math.PI, 12);
  });
});

describe('image tasks', () => {
  it('imstat knows positions, flux and the mask', () => {
    makeCube('e.image', 1);
    const all = imstat(context, { imagename: 'e.image' });
    expect(all.npts).toEqual([sizeX * sizeY * chans - 1]);
    expect(all.max).toEqual([3]);
    expect(all.maxpos).toEqual([9, 5, 0, 2]);
    const one = imstat(context, { imagename: 'e.image', chans: '0', box: '8,4,10,6' });
    expect(one.npts).toEqual([9]);
    expect(one.sum[0]).toBeCloseTo((1 + 2 * Math.exp(-1 / 8)) * (1 + 2 * Math.exp(-1 / 4)), 5);
    expect(one.flux![0]).toBeCloseTo(one.sum[0] / ((Math.PI / (4 * Math.LN2)) * 8), 5);
    expect(imstat(context, { imagename: 'e.image', axes: [0, 1] }).max).toEqual([1, 2, 3]);
    const round = imstat(context, { imagename: 'e.image', region: 'circle[[9pix,5pix],1.2pix]' });
    expect([round.npts, round.blc, round.trc]).toEqual([[15], [8, 4, 0, 0], [10, 6, 0, 2]]);
  });

  it('imstat keeps axes, integrates flux over velocity, and judges by masks and values', () => {
    makeCube('s.image', 1);
    const ask = (more: object) => imstat(context, { imagename: 's.image', ...more });
    const whole = ask({});
    const byPlane = ask({ axes: [0, 1] });
    const width = (299792.458 * 1e6) / 230.538e9;
    expect(whole.flux![0]).toBeCloseTo(width * byPlane.flux!.reduce((sum, value) => sum + value, 0), 4);
    expect(whole.maxposf).toMatch(/^\d\d:\d\d:\d\d\.\d{3}, -\d\d\.\d\d\.\d\d\.\d{3}, I, 2.29998e\+11Hz$/);
    const columns = ask({ axes: [1, 2] });
    expect(columns.shape).toEqual([sizeX, chans]);
    expect(columns.max[2 * sizeX + 9]).toBe(3);
    expect(columns.minpos).toBeUndefined();
    expect(ask({ mask: 's.image > 2' }).npts).toEqual(ask({ includepix: [2.0000001, 9] }).npts);
    expect(ask({ excludepix: [-9, 2.5] }).min[0]).toBeGreaterThan(2.5);
    expect(ask({ region: 'box[[8pix,4pix],[10pix,6pix]], range=[1pix,2pix], corr=[I]' }).npts).toEqual([18]);
    const range = `range=[229.9985GHz,230.1GHz]`;
    expect(ask({ region: `box[[8pix,4pix],[10pix,6pix]], ${range}` }).trc[3]).toBe(1);
    expect(() => ask({ region: 'box[[90pix,4pix],[99pix,6pix]]' })).toThrow('leaves no pixel');
  });

  it('immath and impbcor compute pixels and keep masks', () => {
    makeCube('f.image', 1);
    makeCube('g.image', 1, 2);
    immath(context, { imagename: ['f.image', 'g.image'], expr: 'sqrt(IM0*IM1*2) - IM0', outfile: 'h.image' });
    const result = openImage(join(folder, 'h.image'));
    expect(result.readPlane(2)[5 * sizeX + 9]).toBeCloseTo(3, 5);
    expect(result.readMask(1)![3]).toBe(0);
    result.close();
    impbcor(context, { imagename: 'g.image', pbimage: 'f.image', outfile: 'i.image' });
    const corrected = openImage(join(folder, 'i.image'));
    expect(corrected.readPlane(0)[40]).toBeCloseTo(2, 6);
    corrected.close();
    expect(() => immath(context, { imagename: 'f.image', expr: 'IM0 +', outfile: 'x.image' })).toThrow(
      /ends too early/,
    );
  });

  it('immath takes FITS files and leaves only its output', () => {
    makeCube('k.image', 1);
    makeCube('l.image', 1, 2);
    for (const name of ['k', 'l']) exportfits(context, { imagename: `${name}.image`, fitsimage: `${name}.fits` });
    immath(context, { imagename: ['l.fits', 'k.fits'], expr: 'IM0/IM1', outfile: 'm.image' });
    const result = openImage(join(folder, 'm.image'));
    expect(result.readPlane(1)[5 * sizeX + 9]).toBeCloseTo(2, 5);
    expect(result.readMask(1)![3]).toBe(0);
    expect(result.coordinates.spectral).toMatchObject({ reference: 230e9, increment: -1e6, system: 'LSRK' });
    result.close();
    expect(readdirSync(folder).filter((name) => name.startsWith('m.'))).toEqual(['m.image']);
  });

  it('imfit recovers a Gaussian and imhead lists the header', () => {
    makeCube('j.image', 1);
    const [fit] = imfit(context, { imagename: 'j.image', chans: '0' });
    expect(fit?.pixel[0]).toBeCloseTo(9, 5);
    expect(fit?.peak.value).toBeCloseTo(1, 5);
    expect((fit?.shape.major ?? 0) / ((cell * 648_000) / Math.PI)).toBeCloseTo(Math.sqrt(8 * Math.LN2) * 2, 4);
    expect(Math.abs(fit?.shape.positionAngle ?? 0)).toBeCloseTo(90, 2);
    expect(imhead(context, { imagename: 'j.image', mode: 'get', hdkey: 'beampa' })).toEqual({ unit: 'deg', value: 30 });
    expect(imhead(context, { imagename: 'j.image' })).toMatchObject({
      shape: [sizeX, sizeY, 1, chans],
      unit: 'Jy/beam',
      hasmask: true,
    });
    expect(() => imhead(context, { imagename: 'nowhere.image' })).toThrow();
  });

  it('imhead changes entries in their units, keeps others of its own, and refuses what follows from others', () => {
    makeCube('put.image', 1);
    const ask = (mode: string, hdkey: string, hdvalue?: string) =>
      imhead(context, { imagename: 'put.image', mode, hdkey, hdvalue });
    ask('put', 'crval1', '12:00:00');
    ask('put', 'restfreq', '230.538GHz');
    ask('put', 'bmaj', '7arcsec');
    ask('put', 'date-obs', '2014/07/20/01:15:41.5');
    ask('add', 'epochnote', 'second');
    expect(ask('get', 'crval1')).toEqual({ unit: 'rad', value: Math.PI });
    expect(ask('get', 'restfreq')).toEqual({ unit: 'Hz', value: 230.538e9 });
    expect(ask('get', 'beammajor')).toMatchObject({ unit: 'arcsec', value: expect.closeTo(7, 9) });
    expect(ask('get', 'date-obs')).toBe('2014/07/20/01:15:41.500000');
    expect(ask('get', 'epochnote')).toBe('second');
    ask('del', 'epochnote');
    expect(() => ask('get', 'epochnote')).toThrow(/Unknown keyword epochnote/);
    expect(() => ask('put', 'shape', '3')).toThrow(/cannot set shape/);
    expect(() => ask('put', 'bmin', '70arcsec')).toThrow(/major is the larger/);
  });
});
