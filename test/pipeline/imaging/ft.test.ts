import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { createImage, makeCoordinates } from '../../../src/pipeline/images/index.ts';
import { ft } from '../../../src/pipeline/imaging/index.ts';
import { randomNumbers } from '../../reference/random.ts';
import { writeSyntheticMs } from '../calibration/synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'ft-'));
const context = silentContext(folder);
const chanCount = 4;
const arcsec = Math.PI / 648_000;
const frequency = (chan: number) => 230e9 + 1e7 * chan;
/** Pixels of a model of 48 x 40 pixels of 0.25 arcsec whose centre is pixel (24, 20). */
const points = [
  { x: 30, y: 18, flux: 1.5 },
  { x: 11, y: 33, flux: -0.5 },
];

function writeModel(name: string, factor: number, first: number, planes: number): void {
  const spectral = { system: 'TOPO', reference: frequency(first), referencePixel: 0, restFrequency: 0 };
  const increment = planes > 1 ? 1e7 : 1e9;
  const image = createImage(join(folder, name), {
    shape: [planes, 1, 40, 48],
    coordinates: makeCoordinates({
      ...{ centre: { lon: 1, lat: -0.4 }, cell: 0.25 * arcsec, imsize: [48, 40], system: 'J2000', stokes: ['I'] },
      spectral: { ...spectral, increment },
      ...{ telescope: 'ALMA', observer: '', observedMjdSec: 0 },
    }),
    unit: 'Jy/pixel',
  });
  for (let plane = 0; plane < planes; plane++) {
    const values = new Float32Array(40 * 48);
    for (const { x, y, flux } of points) values[48 * y + x] = factor * flux * (plane + 1);
    image.writePlane(image.planeIndex(plane), values);
  }
  image.close();
}

/** The sum V = sum of S exp(+2 pi i (u l + v m + w (n - 1)) nu / c), by definition. */
function sumOf(uvw: ArrayLike<number>, row: number, chan: number): [number, number] {
  let [re, im] = [0, 0];
  for (const { x, y, flux } of points) {
    const [l, m] = [-(x - 24) * 0.25 * arcsec, (y - 20) * 0.25 * arcsec];
    const path = uvw[3 * row] * l + uvw[3 * row + 1] * m + uvw[3 * row + 2] * (Math.sqrt(1 - l * l - m * m) - 1);
    const phase = (2 * Math.PI * path * frequency(chan)) / 299_792_458;
    re += flux * Math.cos(phase);
    im += flux * Math.sin(phase);
  }
  return [re, im];
}

/** Largest difference of MODEL_DATA and the sum times a factor for each channel. */
function worst(factors: readonly number[]): number {
  const ms = openMs(join(folder, 'a.ms'));
  const rows = ms.main.rowCount;
  const model = ms.main.column('MODEL_DATA').getRange(0, rows) as Float32Array;
  const uvw = ms.main.column('UVW').getRange(0, rows) as Float64Array;
  ms.close();
  let found = 0;
  for (let row = 0; row < rows; row++) {
    for (let chan = 0; chan < chanCount; chan++) {
      const expected = sumOf(uvw, row, chan);
      for (let k = 0; k < 4; k++)
        found = Math.max(found, Math.abs(model[4 * (row * chanCount + chan) + k] - factors[chan] * expected[k % 2]));
    }
  }
  return found;
}

beforeAll(() => {
  const path = join(folder, 'a.ms');
  const setup = { antCount: 5, chanCount, spwCount: 1, scanFields: [0], integrations: 3 };
  writeSyntheticMs(path, { ...setup, visibility: () => [1, 0] });
  const ms = openMs(path, 'update');
  const random = randomNumbers(4);
  const rows = ms.main.rowCount;
  const uvw = Float64Array.from({ length: rows * 3 }, (_, k) => (random() - 0.5) * (k % 3 === 2 ? 20 : 200));
  ms.main.column('UVW').putRange(0, rows, uvw, [3]);
  ms.close();
  writeModel('one', 1, 0, 1);
  writeModel('slope', 10, 0, 1);
  writeModel('cube', 1, 1, 2);
  writeModel('between', 1, 0.5, 2);
});

describe('ft', () => {
  it('writes the Fourier sum of the pixels, and adds to it', () => {
    ft(context, { vis: 'a.ms', model: 'one' });
    expect(worst([1, 1, 1, 1])).toBeLessThan(1e-5);
    ft(context, { vis: 'a.ms', model: 'one', incremental: true });
    expect(worst([2, 2, 2, 2])).toBeLessThan(2e-5);
  });

  it('takes each channel from its plane, and nothing where there is none', () => {
    ft(context, { vis: 'a.ms', model: 'cube' });
    expect(worst([0, 1, 2, 0])).toBeLessThan(2e-5);
  });

  it('gives a channel between two planes to the upper one, and to none above the last', () => {
    ft(context, { vis: 'a.ms', model: 'between' });
    expect(worst([1, 2, 0, 0])).toBeLessThan(2e-5);
  });

  it('follows Taylor terms about the reference frequency', () => {
    ft(context, { vis: 'a.ms', model: ['one', 'slope'], nterms: 2, reffreq: '229GHz' });
    expect(worst([0, 1, 2, 3].map((chan) => 1 + 10 * (frequency(chan) / 229e9 - 1)))).toBeLessThan(2e-5);
  });

  it('adds several images of one term', () => {
    ft(context, { vis: 'a.ms', model: ['one', 'cube'] });
    expect(worst([1, 2, 3, 1])).toBeLessThan(3e-5);
  });

  it('writes nothing where one of several models is not there', () => {
    ft(context, { vis: 'a.ms', model: 'one' });
    expect(() => ft(context, { vis: 'a.ms', model: ['slope', 'none'] })).toThrow(/no image/);
    expect(() => ft(context, { vis: 'a.ms', model: ['slope', 'one'], complist: 'a.cl' })).toThrow(/no component list/);
    expect(worst([1, 1, 1, 1])).toBeLessThan(1e-5);
  });

  it('says what it does not take', () => {
    expect(() => ft(context, { vis: 'a.ms', model: 'one', nterms: 2 })).toThrow(/as many images/);
    expect(() => ft(context, { vis: 'a.ms', complist: 'a.cl' })).toThrow(/no component list/);
    expect(() => ft(context, { vis: 'a.ms', model: 'none' })).toThrow(/no image/);
  });
});
