import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ARCSEC } from '../../../src/foundation/base/index.ts';
import { createImage, makeCoordinates } from '../../../src/pipeline/images/index.ts';
import { addComponents } from '../../../src/pipeline/imaging/index.ts';
import type { ListedComponent } from '../../../src/pipeline/skymodel/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-components-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SIZE = 40;
const arcsec = (value: number) => ({ value, unit: 'arcsec' });
const point: ListedComponent = {
  ...{ flux: [2, 0, 0, 0], fluxError: [0, 0, 0, 0], fluxUnit: 'Jy', longitude: 1, latitude: -0.4, frame: 'J2000' },
  ...{ directionError: [0, 0], shape: 'Point', axes: [], axisErrors: [], label: '' },
  ...{ frequencyGHz: 230, frequencyFrame: 'LSRK' },
};
const axes = [arcsec(3), arcsec(2), { value: 30, unit: 'deg' }];

describe('components in an image', () => {
  it('have their flux density, their spectrum, and go when they are subtracted', () => {
    const coordinates = makeCoordinates({
      ...{ centre: { lon: 1, lat: -0.4 }, cell: 0.5 * ARCSEC, imsize: [SIZE, SIZE], system: 'J2000', stokes: ['I'] },
      spectral: { system: 'LSRK', reference: 230e9, increment: 230e9, referencePixel: 0, restFrequency: 230e9 },
      ...{ telescope: 'ALMA', observer: 'x', observedMjdSec: 5e9 },
    });
    const shape = [2, 1, SIZE, SIZE];
    const info = { imageType: 'Intensity', objectName: '', beams: [{ major: 2, minor: 1, positionAngle: 0 }] };
    for (const [unit, area] of [
      ['Jy/pixel', 1],
      ['Jy/beam', (Math.PI / (4 * Math.LN2)) * 2 * 4],
    ] as const) {
      const image = createImage(join(folder, unit.slice(3)), { shape, coordinates, unit, info });
      const all = { planes: [0, 1], good: () => undefined };
      const sum = (plane: number) => image.readPlane(plane).reduce((total, value) => total + value, 0) / area;
      const kinds: ListedComponent[] = [
        { ...point, spectralIndex: -1 },
        { ...point, shape: 'Gaussian', axes },
      ];
      for (const component of kinds) {
        addComponents(image, [component], { ...all, isSubtracted: false });
        expect(sum(0)).toBeCloseTo(2, 4);
        expect(sum(1)).toBeCloseTo(component.shape === 'Point' ? 1 : 2, 4);
        addComponents(image, [component], { ...all, isSubtracted: true });
        expect(Math.max(...image.readPlane(0), ...image.readPlane(1))).toBe(0);
      }
      // An ellipse covers whole pixels: its flux density holds to the share of its rim.
      addComponents(image, [{ ...point, shape: 'Disk', axes }], { ...all, isSubtracted: false });
      expect(Math.abs(sum(0) - 2)).toBeLessThan(0.3);
      image.close();
    }
  });

  it('change no plane when one has a Stokes parameter that they lack', () => {
    const stokes = ['I', 'XX'];
    const coordinates = makeCoordinates({
      ...{ centre: { lon: 1, lat: -0.4 }, cell: 0.5 * ARCSEC, imsize: [SIZE, SIZE], system: 'J2000', stokes },
      spectral: { system: 'LSRK', reference: 230e9, increment: 1e9, referencePixel: 0, restFrequency: 230e9 },
      ...{ telescope: 'ALMA', observer: 'x', observedMjdSec: 5e9 },
    });
    const image = createImage(join(folder, 'hands'), { shape: [1, 2, SIZE, SIZE], coordinates, unit: 'Jy/pixel' });
    const options = { isSubtracted: false, planes: [0, 1], good: () => undefined };
    expect(() => addComponents(image, [point], options)).toThrow('Components have no XX');
    expect(image.readPlane(0).some((value) => value !== 0)).toBe(false);
    image.close();
  });
});
