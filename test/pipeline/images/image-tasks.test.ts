import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import {
  type Beam,
  createImage,
  exportfits,
  imageconcat,
  imcollapse,
  imhistory,
  immath,
  immoments,
  imreframe,
  imsmooth,
  imsubimage,
  imtrans,
  imval,
  makeCoordinates,
  makemask,
  openImage,
  pixelToSky,
} from '../../../src/pipeline/images/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'image-tasks-'));
afterAll(() => rmSync(folder, { recursive: true }));
const context = silentContext(folder);
const [sizeX, sizeY] = [32, 24];
const CELL = 0.3;
const ARCSEC = Math.PI / 648_000;

const coordinates = makeCoordinates({
  centre: { lon: 1, lat: -0.4 },
  cell: CELL * ARCSEC,
  imsize: [sizeX, sizeY],
  system: 'ICRS',
  stokes: ['I'],
  spectral: { system: 'LSRK', reference: 230e9, increment: 1e6, referencePixel: 0, restFrequency: 230.538e9 },
  telescope: 'ALMA',
  observer: 'nobody',
  observedMjdSec: 4.88e9,
});

/** A point source of 1 Jy in the middle as a beam shows it. */
function beamPlane({ major, minor, positionAngle }: Beam, amplitude = 1): Float32Array {
  const angle = (positionAngle * Math.PI) / 180;
  return Float32Array.from({ length: sizeX * sizeY }, (_, k) => {
    const [x, y] = [-((k % sizeX) - 16) * CELL, (Math.floor(k / sizeX) - 12) * CELL];
    const along = x * Math.sin(angle) + y * Math.cos(angle);
    const across = x * Math.cos(angle) - y * Math.sin(angle);
    return amplitude * Math.exp(-4 * Math.LN2 * ((along / major) ** 2 + (across / minor) ** 2));
  });
}

function makeImage(name: string, beams: readonly Beam[], planes: readonly Float32Array[]): void {
  const image = createImage(join(folder, name), {
    shape: [planes.length, 1, sizeY, sizeX],
    coordinates,
    unit: 'Jy/beam',
    info: { imageType: 'Intensity', objectName: 'T1', beams },
  });
  planes.forEach((plane, k) => {
    image.writePlane(k, plane);
  });
  image.close();
}

function read<T>(name: string, use: (image: ReturnType<typeof openImage>) => T): T {
  const image = openImage(join(folder, name));
  try {
    return use(image);
  } finally {
    image.close();
  }
}

const ROUND: Beam = { major: 1.5, minor: 1.2, positionAngle: 30 };
const SPECTRUM = [1, 3, 2];
makeImage(
  'cube',
  [ROUND],
  SPECTRUM.map((amplitude) => beamPlane(ROUND, amplitude)),
);

describe('imhistory', () => {
  it('appends a line and lists all', () => {
    makeImage('told', [ROUND], [beamPlane(ROUND)]);
    expect(imhistory(context, { imagename: 'told', mode: 'append', origin: 'me', message: 'a line' })).toBe(true);
    expect(imhistory(context, { imagename: 'told', mode: 'a' })).toBe(true);
    const lines = imhistory(context, { imagename: 'told' }) as string[];
    expect(lines.map((line) => line.slice(-6))).toEqual(['a line']);
    expect(() => imhistory(context, { imagename: 'told', mode: 'show' })).toThrow('use list or append');
  });
});

describe('imsmooth', () => {
  const worst = (found: Float32Array, wanted: Float32Array) =>
    found.reduce((most, value, k) => Math.max(most, Math.abs(value - wanted[k])), 0);

  it('leaves a point source its flux density, with kernels wider and thinner than a pixel', () => {
    const thin: Beam[] = [
      ROUND,
      { major: 1.47, minor: 1.18, positionAngle: 31 },
      { ...ROUND, major: 1.45, minor: 1.19 },
    ];
    makeImage(
      'thin',
      thin,
      thin.map((beam) => beamPlane(beam)),
    );
    imsmooth(context, { imagename: 'thin', outfile: 'common', kernel: 'commonbeam' });
    const target = read('common', (image) => image.info.beams);
    expect(target).toHaveLength(1);
    // A fifth of CASA's error (1.9e-2, and 3 % of the flux density) on the same image; what is left is the fourth moment.
    for (const plane of [0, 1, 2])
      expect(
        worst(
          read('common', (image) => image.readPlane(plane)),
          beamPlane(target[0]),
        ),
      ).toBeLessThan(4e-3);
    imsmooth(context, {
      imagename: 'cube',
      outfile: 'wide',
      major: '2.5arcsec',
      minor: '2arcsec',
      pa: '-20deg',
      targetres: true,
    });
    const wide = { major: 2.5, minor: 2, positionAngle: -20 };
    expect(
      worst(
        read('wide', (image) => image.readPlane(0)),
        beamPlane(wide),
      ),
    ).toBeLessThan(1e-4);
    imsmooth(context, { imagename: 'cube', outfile: 'more', major: '2arcsec', minor: '2arcsec' });
    const [beam] = read('more', (image) => image.info.beams);
    expect(beam.major).toBeCloseTo(2.5, 6);
    expect(
      worst(
        read('more', (image) => image.readPlane(0)),
        beamPlane(beam),
      ),
    ).toBeLessThan(1e-4);
    const sizes = { major: '2arcsec', minor: '2arcsec', box: '2,1,6,5', chans: '1' };
    imsmooth(context, { imagename: 'cube', outfile: 'piece', ...sizes });
    expect(read('piece', ({ sizeX, sizeY, planeCount }) => [sizeX, sizeY, planeCount])).toEqual([5, 5, 1]);
    expect(() =>
      imsmooth(context, { imagename: 'cube', outfile: 'x', major: '1arcsec', minor: '1arcsec', targetres: true }),
    ).toThrow('does not fit');
    const degrees = { major: '1deg', minor: '1deg' };
    expect(() => imsmooth(context, { imagename: 'cube', outfile: 'x', ...degrees })).toThrow(/units of its axes/);
  });

  it('leaves nothing of a FITS file behind whose box it refuses, and names that file', () => {
    exportfits(context, { imagename: 'cube', fitsimage: 'cube.fits' });
    const options = { imagename: 'cube.fits', outfile: 'refused', major: '2arcsec', minor: '2arcsec' };
    expect(() => imsmooth(context, { ...options, box: '100,100,200,200' })).toThrow('cube.fits');
    expect(readdirSync(context.cwd).filter((name) => name.startsWith('refused'))).toEqual([]);
  });
});

describe('immoments', () => {
  it('gives the moments of a known spectrum', () => {
    immoments(context, { imagename: 'cube', moments: [-1, 0, 1, 2, 8, 9], outfile: 'm' });
    const at = (suffix: string) => read(`m.${suffix}`, (image) => image.readPlane(0)[12 * sizeX + 16]);
    const speeds = [0, 1, 2].map((chan) => 299_792.458 * (1 - (230e9 + chan * 1e6) / 230.538e9));
    const mean = speeds.reduce((sum, speed, chan) => sum + (speed * SPECTRUM[chan]) / 6, 0);
    const second = speeds.reduce((sum, speed, chan) => sum + ((speed - mean) ** 2 * SPECTRUM[chan]) / 6, 0);
    expect(at('average')).toBeCloseTo(2, 5);
    expect(at('integrated')).toBeCloseTo(6 * (speeds[0] - speeds[1]), 4);
    expect(at('weighted_coord')).toBeCloseTo(mean, 3);
    expect(at('weighted_dispersion_coord')).toBeCloseTo(Math.sqrt(second), 4);
    expect(at('maximum_coord')).toBeCloseTo(speeds[1], 3);
    expect(read('m.integrated', (image) => [image.unit, image.chanCount])).toEqual(['Jy/beam.km/s', 1]);
    immoments(context, { imagename: 'cube', moments: [0], includepix: [0.5, 9], chans: '1~2', outfile: 'n' });
    expect(read('n', (image) => image.readMask(0)?.[0])).toBe(0);
    expect(() => immoments(context, { imagename: 'cube', moments: [4], outfile: 'o' })).toThrow('moment 4');
  });
});

describe('parts of images', () => {
  it('imsubimage keeps the places of pixels, and masks what is outside the region', () => {
    imsubimage(context, {
      imagename: 'cube',
      outfile: 'part',
      region: 'circle[[16pix,12pix],3pix]',
      chans: '1',
      dropdeg: true,
    });
    read('part', (image) => {
      expect(image.shape).toEqual([7, 7]);
      expect(image.readPlane(0)[3 * 7 + 3]).toBeCloseTo(3, 6);
      expect([image.readMask(0)?.[0], image.readMask(0)?.[24]]).toEqual([0, 1]);
      const place = pixelToSky(image.coordinates.direction!, 3, 3);
      expect(place?.lon).toBeCloseTo(1, 12);
    });
  });

  it('imcollapse puts the result in the middle of what it took', () => {
    imcollapse(context, { imagename: 'cube', function: 'mean', axes: 'freq', outfile: 'mean', chans: '1~2' });
    read('mean', (image) => {
      expect(image.readPlane(0)[12 * sizeX + 16]).toBeCloseTo(2.5, 6);
      expect(image.coordinates.spectral?.reference).toBe(230.0015e9);
    });
    imcollapse(context, { imagename: 'cube', function: 'flux', axes: [0, 1], outfile: 'flux' });
    read('flux', (image) => {
      expect(image.unit).toBe('Jy');
      expect([0, 1, 2].map((plane) => Math.round(1e4 * image.readPlane(plane)[0]))).toEqual([1e4, 3e4, 2e4]);
    });
    expect(() => imcollapse(context, { imagename: 'cube', function: 'mean', axes: 'time', outfile: 'x' })).toThrow(
      'no axis',
    );
  });

  it('imreframe gives an image or its copy another rest frequency and epoch, and refuses another frame', () => {
    makeImage('framed', [], [new Float32Array(sizeX * sizeY)]);
    const before = read('framed', (image) => image.coordinates);
    imreframe(context, { imagename: 'framed', output: 'other', restfreq: '231.1GHz', epoch: '2020/03/04/05:06:07' });
    const { spectral, observedMjdSec, ...rest } = read('other', (image) => image.coordinates);
    expect(spectral).toEqual({ ...before.spectral, restFrequency: 231.1e9 });
    expect(observedMjdSec / 86400).toBeCloseTo(58912 + (5 + 6 / 60 + 7 / 3600) / 24, 8);
    const { spectral: _spectral, observedMjdSec: _time, ...same } = before;
    expect(rest).toEqual(same);
    expect(read('framed', (image) => image.coordinates)).toEqual(before);
    const frame = before.spectral?.system ?? '';
    imreframe(context, { imagename: 'framed', outframe: frame.toLowerCase(), restfreq: '230GHz' });
    expect(read('framed', (image) => image.coordinates.spectral?.restFrequency)).toBe(230e9);
    expect(() => imreframe(context, { imagename: 'framed', outframe: 'cmb' })).toThrow(/Make the image anew/);
  });

  it('imtrans moves pixels, masks and coordinates together', () => {
    const plane = (chan: number) => Float32Array.from({ length: sizeX * sizeY }, (_, k) => 1000 * chan + k);
    makeImage('straight', [], [0, 1, 2].map(plane));
    imsubimage(context, { imagename: 'straight', outfile: 'cut', mask: 'straight > 5' });
    imtrans(context, { imagename: 'cut', outfile: 'turned', order: ['freq', 'dec', 'right', 'stokes'] });
    imtrans(context, { imagename: 'turned', outfile: 'back', order: '2130' });
    read('turned', (image) => {
      expect(image.shape).toEqual([1, sizeX, sizeY, 3]);
      expect(image.coordinates.direction?.pixelAxes).toEqual([2, 1]);
      expect(image.coordinates.spectral?.pixelAxis).toBe(0);
      // [stokes, x, y, chan]
      expect([...image.readPlane(7).slice(3 * 4, 3 * 5)]).toEqual([0, 1, 2].map((chan) => 1000 * chan + 4 * sizeX + 7));
      expect([...(image.readMask(3) ?? []).slice(0, 4)]).toEqual([0, 1, 1, 1]);
    });
    const all = (name: string) => read(name, (image) => [0, 1, 2].map((k) => [image.readPlane(k), image.readMask(k)]));
    expect(all('back')).toEqual(all('cut'));
    expect(read('back', (image) => image.coordinates)).toEqual(read('cut', (image) => image.coordinates));
    expect(() => imtrans(context, { imagename: 'cut', outfile: 'no', order: '0122' })).toThrow(
      /each of the 4 axes once/,
    );
  });

  it('imageconcat joins channels that follow, and others when told to', () => {
    const cut = (outfile: string, chans: string) => imsubimage(context, { imagename: 'straight', outfile, chans });
    cut('first', '0');
    cut('last', '1~2');
    cut('end', '2');
    imageconcat(context, { infiles: ['last', 'first'], outfile: 'whole', reorder: true });
    const planes = (name: string) => read(name, (image) => [0, 1, 2].map((k) => image.readPlane(k)));
    expect(planes('whole')).toEqual(planes('straight'));
    expect(read('whole', (image) => image.coordinates.spectral)).toEqual(coordinates.spectral);
    expect(() => imageconcat(context, { infiles: ['first', 'end'], outfile: 'no' })).toThrow(/relax=True/);
    imageconcat(context, { infiles: ['first', 'end'], outfile: 'gap', relax: true });
    expect(read('gap', (image) => image.coordinates.spectral?.frequencies)).toEqual([230e9, 230.002e9]);
  });

  it('immath masks what image[condition] leaves out', () => {
    immath(context, { imagename: 'straight', outfile: 'masked', expr: '2 * IM0[IM0 > 1 && IM0 < 4] + floor(0.5)' });
    read('masked', (image) => {
      expect([...image.readPlane(0).slice(0, 5)]).toEqual([0, 0, 4, 6, 0]);
      expect([...(image.readMask(0) ?? []).slice(0, 5)]).toEqual([0, 0, 1, 1, 0]);
    });
  });

  it('immath and masks take numbers of whole images', () => {
    const all = read('straight', (image) =>
      Array.from({ length: image.planeCount }, (_, plane) => [...image.readPlane(plane)]).flat(),
    );
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (all.length - 1);
    const expr = 'min(IM0, 3) + 0.5*(max(IM0) - mean(IM0)) + stddev(2*IM0 - min(IM0))';
    imcollapse(context, { imagename: 'straight', function: 'mean', axes: [3], outfile: 'single' });
    imsubimage(context, { imagename: 'single', outfile: 'holes', mask: 'single < 1005' });
    immath(context, { imagename: ['straight', 'holes'], outfile: 'sums', expr: 'sum(IM1 - IM1 + 1) + max(IM0)' });
    read('sums', (image) => {
      const good = [...(image.readMask(0) ?? [])].reduce((sum, value) => sum + value, 0);
      expect(good).toBe(5);
      expect(image.readPlane(0)[0]).toBeCloseTo(good + Math.max(...all), 3);
    });
    immath(context, { imagename: 'straight', outfile: 'wholes', expr });
    const expected = 2 + 0.5 * (Math.max(...all) - mean) + 2 * Math.sqrt(variance);
    read('wholes', (image) => expect(image.readPlane(0)[2]).toBeCloseTo(expected, 3));
    imsubimage(context, { imagename: 'straight', outfile: 'above', mask: 'straight > 0.5*max(straight)', chans: '2' });
    read('above', (image) => {
      const highest = Math.max(...all);
      const values = image.readPlane(0);
      expect([...(image.readMask(0) ?? [])]).toEqual([...values].map((value) => Number(value > 0.5 * highest)));
    });
    expect(() => immath(context, { imagename: 'straight', outfile: 'no', expr: 'mean(IM0, 2)' })).toThrow(
      /takes one image/,
    );
  });

  it('immath makes polarized intensities and angles of Stokes parameters', () => {
    const parameters = { ...coordinates, stokes: { stokes: ['I', 'Q', 'U', 'V'], pixelAxis: 2 } };
    const image = createImage(join(folder, 'iquv'), {
      shape: [2, 4, sizeY, sizeX],
      coordinates: parameters,
      unit: 'Jy/beam',
    });
    for (let plane = 0; plane < 8; plane++)
      image.writePlane(plane, new Float32Array(sizeX * sizeY).fill([9, 3, -4, 12][plane % 4] * (plane < 4 ? 1 : 2)));
    image.close();
    const first = (outfile: string) =>
      read(outfile, (result) => [
        result.shape,
        result.coordinates.stokes?.stokes,
        result.unit,
        [0, 1].map((chan) => result.readPlane(chan)[5]),
        [0, 1].map((chan) => result.readMask(chan)?.[5] ?? 1),
      ]);
    const make = (mode: string, outfile: string, more: object) =>
      immath(context, { imagename: 'iquv', mode, outfile, ...more });
    make('poli', 'total', {});
    const shape = [2, 1, sizeY, sizeX];
    expect(first('total')).toEqual([shape, ['Ptotal'], 'Jy/beam', [13, 26], [1, 1]]);
    make('lpoli', 'linear', { sigma: '6000mJy/beam' });
    expect(first('linear')).toEqual([shape, ['Plinear'], 'Jy/beam', [0, 8], [0, 1]]);
    make('pola', 'angle', { polithresh: '7Jy/beam' });
    const degrees = expect.closeTo((Math.atan2(-4, 3) * 90) / Math.PI, 5);
    expect(first('angle')).toEqual([shape, ['Pangle'], 'deg', [0, degrees], [0, 1]]);
    expect(() => make('tpoli', 'no', { imagename: ['straight'] })).toThrow(/needs Stokes Q, U, V; Q is missing/);
    expect(() => make('lpoli', 'no', { sigma: '1K' })).toThrow(/sigma is "1K", but the image is in Jy\/beam/);
  });

  it('immath gives the result the coordinates, unit and beam of imagemd', () => {
    const told = (name: string) =>
      read(name, ({ coordinates: { spectral }, unit, info }) => [spectral?.reference, unit, info.beams.length]);
    const spectral = coordinates.spectral && { ...coordinates.spectral, reference: 99e9 };
    const other = { shape: [1, 1, sizeY, sizeX], coordinates: { ...coordinates, spectral }, unit: 'K' };
    createImage(join(folder, 'about'), {
      ...other,
      info: { imageType: 'Intensity', objectName: '', beams: [ROUND] },
    }).close();
    immath(context, { imagename: 'straight', outfile: 'relabelled', expr: '2 * IM0', imagemd: 'about' });
    expect(told('relabelled')).toEqual([99e9, 'K', 1]);
    const two = { imagename: ['straight', 'about'], outfile: 'again', imagemd: 'IM1', expr: 'IM0 + IM1' };
    immath(context, two);
    expect(told('again')).toEqual([99e9, 'K', 1]);
    expect(() => immath(context, { ...two, outfile: 'no', imagemd: 'nowhere' })).toThrow(/nowhere/);
  });

  it('immath takes names of its own, selections, and two frequencies for a spectral index', () => {
    const value = (outfile: string) => read(outfile, (image) => [image.sizeX, image.readPlane(0)[2]]);
    const names = { varnames: ['a', 'b'], expr: 'a + 2*max(b, 1)' };
    immath(context, { imagename: ['straight', 'straight'], outfile: 'named', ...names, box: '1,0,6,3' });
    expect(value('named')).toEqual([6, 9]);
    const higher = { ...coordinates, spectral: coordinates.spectral && { ...coordinates.spectral, reference: 460e9 } };
    for (const [name, spectral, flux] of [
      ['low', coordinates, 2],
      ['high', higher, 4],
    ] as const) {
      const image = createImage(join(folder, name), { shape: [1, 1, sizeY, sizeX], coordinates: spectral, unit: 'Jy' });
      image.writePlane(0, new Float32Array(sizeX * sizeY).fill(flux));
      image.close();
    }
    immath(context, { imagename: ['low', 'high'], outfile: 'index', mode: 'spix' });
    expect(value('index')).toEqual([sizeX, expect.closeTo(1, 5)]);
    const swapped = { varnames: ['IM1', 'a.b'], expr: '2*a.b - IM1' };
    immath(context, { imagename: ['low', 'high'], outfile: 'swapped', ...swapped });
    expect(value('swapped')).toEqual([sizeX, 6]);
  });

  it('imval gives values, and the reference pixel without a place', () => {
    const found = imval(context, { imagename: 'cube' });
    expect([found.shape, Array.from(found.data)]).toEqual([[1, 1, 1, 3], SPECTRUM]);
    expect(imval(context, { imagename: 'cube', box: '3,4,5,5', chans: '1' }).shape).toEqual([3, 2, 1, 1]);
    expect(imval(context, { imagename: 'cube', box: '3,4', chans: '1' }).shape).toEqual([1, 1, 1, 1]);
    expect(() => imval(context, { imagename: 'cube', box: '3,4,5,999' })).toThrow(/reaches beyond the image/);
  });

  it('makemask joins regions and masks, as an image and inside one', () => {
    const regions = ['circle[[16pix,12pix],2.2pix]', 'box[[0pix,0pix],[1pix,1pix]], range=[0pix,0pix]'];
    makemask(context, { mode: 'copy', inpimage: 'cube', inpmask: regions, output: 'mask' });
    const sums = read('mask', (image) =>
      [0, 1].map((plane) => image.readPlane(plane).reduce((sum, value) => sum + value, 0)),
    );
    expect(sums[0]).toBe(sums[1] + 4);
    imsubimage(context, { imagename: 'cube', outfile: 'own' });
    makemask(context, { mode: 'copy', inpimage: 'own', inpmask: 'mask', output: 'own:clean' });
    expect(read('own', (image) => [image.maskName, image.readMask(1)?.reduce((sum, value) => sum + value, 0)])).toEqual(
      ['clean', sums[1]],
    );
    expect(() => makemask(context, { mode: 'copy', inpimage: 'own', inpmask: 'mask', output: 'own:clean' })).toThrow(
      'there already',
    );
  });
});
