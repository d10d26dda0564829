import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import {
  type CoordinateSystem,
  createImage,
  imageFigure,
  makeCoordinates,
  openImage,
  regrid,
} from '../../../src/pipeline/images/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-regrid-'));
afterAll(() => rmSync(folder, { recursive: true }));
const context = silentContext(folder);
const arcsec = Math.PI / 648_000;

function frame(cell: number, imsize: [number, number], step: number, restFrequency = 230.538e9): CoordinateSystem {
  return makeCoordinates({
    ...{ centre: { lon: 1, lat: -0.4 }, cell: cell * arcsec, imsize, system: 'J2000', stokes: ['I'] },
    spectral: { system: 'LSRK', reference: 230e9, increment: step, referencePixel: 0, restFrequency },
    ...{ telescope: 'ALMA', observer: 'x', observedMjdSec: 5e9 },
  });
}

beforeAll(() => {
  // A ramp, which is the same after linear interpolation: x + 10 y + 100 channels.
  const image = createImage(join(folder, 'ramp'), {
    shape: [3, 1, 20, 16],
    coordinates: frame(1, [16, 20], 1e6),
    unit: 'Jy/beam',
  });
  for (let chan = 0; chan < 3; chan++)
    image.writePlane(
      chan,
      Float32Array.from({ length: 320 }, (_, k) => (k % 16) + 10 * Math.floor(k / 16) + 100 * chan),
    );
  const mask = new Uint8Array(320).fill(1);
  mask[10 * 16 + 8] = 0;
  image.writeMask(0, mask);
  image.close();
});

describe('regridding', () => {
  it('keeps a ramp over finer pixels and channels, and masks what lies outside or beside masked pixels', () => {
    const grid = { coordinates: frame(0.5, [40, 40], 0.5e6), shape: [40, 40, 1, 6] };
    regrid(context, { imagename: 'ramp', output: 'fine', grid });
    const image = openImage(join(folder, 'fine'));
    expect(image.shape).toEqual([6, 1, 40, 40]);
    // The centres (8, 10) and (20, 20) coincide; half a pixel and half a channel a step.
    expect(image.readPlane(1)[24 * 40 + 22]).toBeCloseTo(9 + 120 + 50, 3);
    expect(image.readMask(0)?.[20 * 40 + 20]).toBe(0);
    expect(image.readMask(2)?.[20 * 40 + 20]).toBe(1);
    expect(image.readMask(2)?.[20 * 40 + 38]).toBe(0);
    expect(image.readMask(5)?.includes(1)).toBe(false);
    image.close();
  });

  it('stretches an image over the pixels of the result, wherever these are, with replicate', () => {
    const grid = { coordinates: frame(7, [40, 40], 1e6), shape: [32, 40, 1, 3] };
    const stretched = (output: string, interpolation: string) => {
      regrid(context, { imagename: 'ramp', output, grid, replicate: true, interpolation, axes: [0, 1] });
      const image = openImage(join(folder, output));
      const plane = image.readPlane(1);
      expect(image.readMask(1)?.includes(0) ?? false).toBe(false);
      image.close();
      return plane;
    };
    // Edge upon edge: pixel i of 32 is at (i + 0.5) / 2 - 0.5 of 16.
    const linear = stretched('wide', 'linear');
    expect(linear[0]).toBeCloseTo(100 - 0.25 - 2.5, 3);
    expect(linear[7 * 32 + 4]).toBeCloseTo(100 + 1.75 + 10 * 3.25, 3);
    const nearest = stretched('steps', 'nearest');
    expect([nearest[0], nearest[1], nearest[2], nearest[7 * 32 + 4]]).toEqual([100, 100, 101, 132]);
  });

  it('lets channels correspond by velocity or by frequency', () => {
    const grid = { coordinates: frame(1, [16, 20], 1e6, 230.539e9), shape: [16, 20, 1, 2] };
    const at = (asvelocity: boolean) => {
      regrid(context, { imagename: 'ramp', output: 'line', grid, axes: [3], asvelocity, overwrite: true });
      const image = openImage(join(folder, 'line'));
      const found = [image.readPlane(1)[0], image.coordinates.spectral?.restFrequency];
      image.close();
      return found;
    };
    expect(at(false)).toEqual([100, 230.539e9]);
    // 230.001 GHz of a line at 230.539 GHz has the velocity of 230.0000023 GHz of one at 230.538 GHz.
    expect(at(true)).toEqual([expect.closeTo(0.234, 2), 230.538e9]);
    expect(() => regrid(context, { imagename: 'ramp', output: 'line', grid, interpolation: 'cubic' })).toThrow(/cubic/);
  });

  it('is shown as a picture with contours of the other image at their place', () => {
    const choice = { raster: { file: 'ramp' }, contours: [{ file: 'fine', levels: [129.5], unit: 1 }], channel: 2 };
    const [panel] = imageFigure(choice, folder).sections[0].panels;
    expect(panel.raster?.range).toEqual([200, 405]);
    // In channel 2 of the finer image the ramp is x + 10 y + 100: the level lies on one line.
    const [{ x, y }] = panel.series;
    for (let k = 0; k < x.length; k++)
      if (!Number.isNaN(x[k])) expect(8 - x[k] + 10 * (10 + y[k]) + 100).toBeCloseTo(129.5, 1);
    expect(x.length).toBeGreaterThan(6);
    expect(() => imageFigure({ contours: [] }, folder)).toThrow(/Nothing to show/);
  });
});
