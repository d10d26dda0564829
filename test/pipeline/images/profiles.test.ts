import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import {
  createImage,
  feather,
  imcontsub,
  impv,
  makeCoordinates,
  openImage,
  rotateImage,
  specsmooth,
} from '../../../src/pipeline/images/index.ts';
import { directTransform } from '../../reference/fourier.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-profiles-'));
afterAll(() => rmSync(folder, { recursive: true }));
const context = silentContext(folder);
const arcsec = Math.PI / 648_000;
const SIZE = 24;

function make(name: string, channels: number, major: number, value: (x: number, y: number, chan: number) => number) {
  const coordinates = makeCoordinates({
    ...{ centre: { lon: 1, lat: -0.4 }, cell: arcsec, imsize: [SIZE, SIZE], system: 'J2000', stokes: ['I'] },
    spectral: { system: 'LSRK', reference: 230e9, increment: 1e6, referencePixel: 0, restFrequency: 230.538e9 },
    ...{ telescope: 'ALMA', observer: 'x', observedMjdSec: 5e9 },
  });
  const image = createImage(join(folder, name), {
    ...{ shape: [channels, 1, SIZE, SIZE], coordinates, unit: 'Jy/beam' },
    info: { imageType: 'Intensity', objectName: '', beams: [{ major, minor: major, positionAngle: 0 }] },
  });
  for (let chan = 0; chan < channels; chan++)
    image.writePlane(
      chan,
      Float32Array.from({ length: SIZE * SIZE }, (_, k) => value(k % SIZE, Math.floor(k / SIZE), chan)),
    );
  image.close();
}

const line = (chan: number) => Math.exp(-((chan - 5) ** 2));

beforeAll(() => {
  make('cube', 11, 2, (x, y, chan) => 0.1 * x - 0.03 * chan + (y === 12 ? line(chan) : 0));
});

function read(name: string) {
  const image = openImage(join(folder, name));
  const planes = Array.from({ length: image.planeCount }, (_, plane) => image.readPlane(plane));
  const { shape, coordinates } = image;
  const masks = planes.map((_, plane) => image.readMask(plane));
  image.close();
  return { planes, shape, coordinates, mask: masks[0], masks };
}

describe('profiles of a cube', () => {
  it('lose a continuum of any slope and keep the line', () => {
    imcontsub(context, { imagename: 'cube', linefile: 'line', contfile: 'continuum', fitorder: 1, chans: '0~1,9~10' });
    const [found, continuum] = [read('line').planes, read('continuum').planes];
    for (const chan of [0, 5, 7]) {
      expect(found[chan][12 * SIZE + 7]).toBeCloseTo(line(chan), 5);
      expect(found[chan][3 * SIZE + 7]).toBeCloseTo(0, 5);
      expect(continuum[chan][12 * SIZE + 7]).toBeCloseTo(0.7 - 0.03 * chan, 5);
    }
    expect(() => imcontsub(context, { imagename: 'cube', linefile: 'x', fitorder: 2, chans: '0~1' })).toThrow(
      /order 2/,
    );
  });

  it('are smoothed by Hanning weights and boxes, and thinned', () => {
    specsmooth(context, { imagename: 'cube', outfile: 'hanning', function: 'hanning', dmethod: 'copy' });
    const { planes, shape, coordinates } = read('hanning');
    expect(shape[0]).toBe(5);
    expect(planes[2][12 * SIZE]).toBeCloseTo(-0.15 + (line(4) + 2 * line(5) + line(6)) / 4, 5);
    expect(coordinates.spectral).toMatchObject({ increment: 2e6, referencePixel: -0.5 });
    specsmooth(context, { imagename: 'cube', outfile: 'box', function: 'boxcar', width: 3, dmethod: '' });
    const box = read('box');
    expect(box.shape[0]).toBe(9);
    expect(box.planes[4][12 * SIZE]).toBeCloseTo(-0.15 + (line(4) + line(5) + line(6)) / 3, 5);
    expect(box.coordinates.spectral?.reference).toBe(230.001e9);
    specsmooth(context, { imagename: 'cube', outfile: 'default' });
    expect(read('default').planes).toEqual(planes);
  });

  it('are masked where no channel was chosen, though the cube has no mask', () => {
    make('ones', 12, 2, () => 1);
    const selection = { chans: '0~3,8~11', width: 2, function: 'boxcar' };
    specsmooth(context, { ...selection, imagename: 'ones', outfile: 'gap', dmethod: '' });
    const { planes, masks } = read('gap');
    expect(planes.map((plane) => plane[0])).toEqual([1, 1, 1, 0.5, 0, 0, 0, 0.5, 1, 1, 1]);
    // The mask is that of the first channel of each box.
    expect(masks.map((mask) => mask?.[0])).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1]);
  });

  it('lie along a slit at any angle', () => {
    impv(context, { imagename: 'cube', outfile: 'slit', mode: 'coords', start: [4, 12], end: [18, 12] });
    const { planes, shape, coordinates } = read('slit');
    // The sky's two axes are one: offset, Stokes, frequency.
    expect(shape).toEqual([11, 1, 15]);
    expect(coordinates.linear[0]).toMatchObject({ name: 'Offset', unit: 'arcsec', referencePixel: 7 });
    expect(coordinates.linear[0].increment).toBeCloseTo(1, 4);
    expect(planes[0][3]).toBeCloseTo(0.7 + line(0), 5);
    // A ramp in x stays one along a slanting slit: ten pixels of path, eight in x.
    impv(context, { imagename: 'cube', outfile: 'slant', mode: 'coords', start: [6, 3], end: [14, 9], chans: '0' });
    const slant = read('slant').planes[0];
    expect(slant.length).toBe(11);
    expect(slant[10] - slant[0]).toBeCloseTo(0.8, 4);
    expect(() => impv(context, { imagename: 'cube', outfile: 'x', start: [0, 3], end: [9, 3] })).toThrow(/two pixels/);
  });
});

describe('images of two instruments', () => {
  it('add up to the flux density that the dish saw and the shape that the array saw', () => {
    const gaussian = (width: number) => (x: number, y: number) =>
      Math.exp((-4 * Math.LN2 * ((x - 12) ** 2 + (y - 12) ** 2)) / width ** 2);
    // 3 Jy seen with a beam of 2 and of 6 arcsec; the array saw only a third.
    const flux = (beam: number) => beam ** 2;
    const source = 2.5;
    const seen = (beam: number, scale: number) => (x: number, y: number) =>
      (scale * flux(beam) * gaussian(Math.hypot(beam, source))(x, y)) / (beam ** 2 + source ** 2);
    make('array', 1, 2, seen(2, 1));
    make('dish', 1, 6, seen(6, 3));
    feather(context, { imagename: 'both', highres: 'array', lowres: 'dish' });
    const sum = (plane: Float32Array) => plane.reduce((total, value) => total + value, 0);
    const [array, both] = [read('array').planes[0], read('both').planes[0]];
    expect(sum(both) / sum(array)).toBeCloseTo(3, 2);

    // The definition, with sums in the place of quick transforms: array (1 - beam) + dish in units of the array's beam.
    const transform = (value: (x: number, y: number) => number) =>
      directTransform(
        Array.from({ length: 2 * SIZE * SIZE }, (_, k) =>
          k % 2 ? 0 : value((k >> 1) % SIZE, Math.floor((k >> 1) / SIZE)),
        ),
        SIZE,
        SIZE,
        -1,
      );
    const [high, low] = [transform(seen(2, 1)), transform(seen(6, 3))];
    const beam = transform((x, y) => gaussian(6)((x + 12) % SIZE, (y + 12) % SIZE));
    const joined = high.map((value, k) => value * (1 - beam[k - (k % 2)] / beam[0]) + (low[k] * 4) / 36);
    const expected = directTransform(joined, SIZE, SIZE, 1);
    const largest = Math.max(...both.map((value, k) => Math.abs(value - expected[2 * k] / SIZE ** 2)));
    expect(largest).toBeLessThan(1e-6 * Math.max(...both));
  });

  it('are masked where the dish did not look, and go by the beam of each channel', () => {
    make('wide', 6, 2, () => 1);
    make('narrow', 3, 6, () => 1);
    feather(context, { imagename: 'covered', highres: 'wide', lowres: 'narrow' });
    expect(read('covered').masks.map((mask) => mask?.[0])).toEqual([1, 1, 1, 0, 0, 0]);
    // A constant plane is all zero frequency: the dish's value in units of each channel's own beam.
    const image = openImage(join(folder, 'wide'), 'update');
    const beams = [2, 2, 3, 2, 2, 2].map((major) => ({ major, minor: 2, positionAngle: 0 }));
    image.setInfo({ ...image.info, beams });
    image.close();
    feather(context, { imagename: 'varied', highres: 'wide', lowres: 'narrow' });
    const { planes } = read('varied');
    expect(planes[0][0]).toBeCloseTo(4 / 36, 6);
    expect(planes[2][0]).toBeCloseTo(6 / 36, 6);
    expect(() => feather(context, { imagename: 'x', highres: 'narrow', lowres: 'wide' })).toThrow(/differ in beam/);
  });

  it('smooths the low image to the beam of a smaller dish, or by its own, and warns of the flux density lost', () => {
    make('nothing', 1, 2, () => 0);
    make('point', 1, 4, (x, y) => (x === 12 && y === 12 ? 1 : 0));
    const warnings: string[] = [];
    const listening = { ...context, log: { post: (text: string) => warnings.push(text) } };
    const joined = (imagename: string, options: object) => {
      feather(listening, { imagename, highres: 'nothing', lowres: 'point', ...options });
      const image = openImage(join(folder, imagename));
      const plane = image.readPlane(0);
      image.close();
      return { ratio: plane[12 * SIZE + 13] / plane[12 * SIZE + 12], sum: plane.reduce((sum, one) => sum + one, 0) };
    };
    // A beam of 5 arcsec at 230 GHz; what smooths 4 arcsec to it has 3 pixels.
    const effdishdiam = (1.22 * 299_792_458) / 230e9 / (5 * arcsec);
    const smaller = joined('smaller', { effdishdiam, sdfactor: 3 });
    expect(smaller.ratio).toBeCloseTo(Math.exp((-4 * Math.LN2) / 9), 5);
    expect(smaller.sum).toBeCloseTo((3 * 2 ** 2) / 5 ** 2, 5);
    expect(warnings).toEqual([expect.stringContaining('count 0.6400 times')]);
    const lowpass = joined('lowpass', { lowpassfiltersd: true });
    expect(lowpass.ratio).toBeCloseTo(Math.exp((-4 * Math.LN2) / 16), 5);
    expect(lowpass.sum).toBeCloseTo(2 ** 2 / 4 ** 2, 5);
    expect(() => joined('x', { effdishdiam: 100 })).toThrow('smaller than that of the image');
  });
});

describe('an image turned by a right angle', () => {
  it('has what lay along y along x', () => {
    rotateImage(context, { imagename: join(folder, 'cube'), output: 'turned', angle: Math.PI / 2 });
    const { planes, mask } = read('turned');
    // The row of the line, y = 12, is the column x = 12 about the reference pixel (12, 12).
    const values = [5, 8, 16].map((y) => planes[5][y * SIZE + 12] - planes[5][y * SIZE + 15]);
    for (const value of values) expect(Math.abs(value)).toBeGreaterThan(0.9);
    expect(mask?.[12 * SIZE + 12]).toBe(1);
  });
});
