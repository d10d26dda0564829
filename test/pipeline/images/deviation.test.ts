import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import {
  createImage,
  type ImdevOptions,
  imdev,
  makeCoordinates,
  openImage,
} from '../../../src/pipeline/images/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'imdev-'));
afterAll(() => rmSync(folder, { recursive: true }));
const context = silentContext(folder);
const [sizeX, sizeY] = [12, 10];
const BAD = [3, 4];

/** The result as a function of the pixel; undefined where it is masked. */
function made(options: Partial<ImdevOptions>) {
  imdev(context, { imagename: 'ramp', outfile: 'out', overwrite: true, ...options });
  const image = openImage(join(folder, 'out'));
  const [values, mask, width] = [image.readPlane(0), image.readMask(0), image.sizeX];
  image.close();
  return (x: number, y: number) => (mask?.[y * width + x] === 0 ? undefined : values[y * width + x]);
}

describe('imdev', () => {
  beforeAll(() => {
    const image = createImage(join(folder, 'ramp'), {
      shape: [1, 1, sizeY, sizeX],
      coordinates: makeCoordinates({
        ...{ centre: { lon: 1, lat: -0.4 }, cell: Math.PI / 648_000, imsize: [sizeX, sizeY], system: 'J2000' },
        stokes: ['I'],
        spectral: { system: 'LSRK', reference: 230e9, increment: 1e6, referencePixel: 0, restFrequency: 230e9 },
        ...{ telescope: 'ALMA', observer: 'x', observedMjdSec: 5e9 },
      }),
      unit: 'Jy/beam',
    });
    image.writePlane(
      0,
      Float32Array.from({ length: sizeX * sizeY }, (_, at) => (at % sizeX) + 10 * Math.floor(at / sizeX)),
    );
    image.writeMask(
      0,
      Uint8Array.from({ length: sizeX * sizeY }, (_, at) => Number(at !== BAD[1] * sizeX + BAD[0])),
    );
    image.close();
  });

  it('takes the good pixels of a box around each pixel, cut at the edges', () => {
    const mean = made({ stattype: 'mean', xlength: '3pix', ylength: '3arcsec' });
    expect(mean(6, 5)).toBe(56);
    expect(mean(0, 0)).toBe(5.5);
    expect(mean(3, 5)).toBeCloseTo((9 * 53 - 43) / 8, 5);
    expect(mean(3, 4)).toBeUndefined();
    // Of 1, 2, 3 the deviation is 1, and so is the median deviation from the median.
    expect(made({ xlength: '3pix' })(7, 2)).toBe(1);
    expect(made({ xlength: '3pix', stattype: 'xmadm' })(7, 2)).toBeCloseTo(1.482602, 6);
    expect(made({ xlength: '3pix', stattype: 'mad' })(7, 2)).toBe(1);
  });

  it('takes circles by their diameter, boxes with their rims, and leaves out values far from the mean', () => {
    expect(made({ stattype: 'npts', xlength: '4pix', ylength: '' })(7, 5)).toBe(13);
    expect(made({ stattype: 'npts', xlength: '4pix', ylength: '2pix' })(7, 5)).toBe(15);
    // Of rows -10, 0 and 10 away, a deviation of 8.7, the outer ones are left out.
    const few = made({
      stattype: 'npts',
      xlength: '3pix',
      ylength: '3pix',
      statalg: 'chauvenet',
      zscore: 1,
      maxiter: 0,
    });
    expect(few(7, 5)).toBe(3);
  });

  it('goes in straight lines between the points of a grid and beyond the last, or takes the nearest', () => {
    const grid = { grid: [3, 2], anchor: [4, -2], stattype: 'max' };
    const lines = made({ ...grid, interp: 'linear' });
    for (const [x, y] of [
      [0, 0],
      [2, 1],
      [11, 9],
      [8, 3],
    ])
      expect(lines(x, y)).toBeCloseTo(x + 10 * y, 4);
    expect(lines(3, 4)).toBeUndefined();
    const nearest = made({ ...grid, interp: 'nearest' });
    expect([nearest(2, 0), nearest(3, 3), nearest(0, 0)]).toEqual([1, 44, 1]);
    // The same on a box of the image: the anchor is a pixel of the image.
    expect(made({ ...grid, interp: 'linear', box: '2,1,11,9' })(0, 0)).toBeCloseTo(12, 4);
  });

  it('refuses boxes as large as the image and names that it does not know', () => {
    expect(() => made({ xlength: '9pix' })).toThrow('less than 8');
    expect(() => made({ stattype: 'zero' })).toThrow('is unknown');
    expect(() => made({ statalg: 'biweight' })).toThrow('classic and chauvenet');
    expect(() => made({ anchor: '5,6' })).toThrow('neither "ref" nor a pixel');
  });
});
