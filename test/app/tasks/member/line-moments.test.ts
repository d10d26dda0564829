import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lineMoments } from '../../../../src/app/tasks/member/line-moments.ts';
import type { TruthComponent } from '../../../../src/app/tasks/member/true-component.ts';
import { ARCSEC, DEGREE, SPEED_OF_LIGHT } from '../../../../src/foundation/base/index.ts';
import { createImage, makeCoordinates } from '../../../../src/pipeline/images/index.ts';
import type { ReportProduct } from '../../../../src/pipeline/qa/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-line-'));
afterAll(() => rmSync(folder, { recursive: true }));

const REST = 230e9;
const CHANNEL = 1e6;
/** A pixel is 1 arcsec, and a beam one pixel wide. */
const PER_BEAM = Math.PI / (4 * Math.LN2);

/** Eight channels of one value, but for blank pixels. */
function cube(name: string, [sizeX, sizeY]: [number, number], value: number, isBlank = (_x: number) => false): string {
  const coordinates = makeCoordinates({
    ...{ centre: { lon: 1, lat: 0 }, cell: ARCSEC, imsize: [sizeX, sizeY], system: 'ICRS', stokes: ['I'] },
    spectral: { system: 'LSRK', reference: REST, increment: CHANNEL, referencePixel: 3.5, restFrequency: REST },
    ...{ telescope: 'ALMA', observer: 'x', observedMjdSec: 5e9 },
  });
  const path = join(folder, name);
  const image = createImage(path, { shape: [8, 1, sizeY, sizeX], coordinates, unit: 'Jy/beam' });
  image.setInfo({ imageType: 'Intensity', objectName: '', beams: [{ major: 1, minor: 1, positionAngle: 0 }] });
  for (let chan = 0; chan < 8; chan++) {
    image.writePlane(chan, new Float32Array(sizeX * sizeY).fill(value));
    image.writeMask(
      chan,
      Uint8Array.from({ length: sizeX * sizeY }, (_, at) => (isBlank(at % sizeX) ? 0 : 1)),
    );
  }
  image.close();
  return path;
}

function component(velocityLsrk: number): TruthComponent {
  const line = { restHz: REST, velocityLsrk, fwhm: 2000, areaJyKms: 1 };
  const place = { offsetArcsec: [0, 0] as const, raDeg: 1 / DEGREE, decDeg: 0, fwhmArcsec: 0 };
  return { kind: 'point', ...place, apparentFluxJy: 1, fluxJy: 1, spectralIndex: 0, line };
}

const product = { frequencyHz: REST } as ReportProduct;

it('states as the error what is beside the source inside the image only', () => {
  // Everywhere the same, so that every whole place has what the source has.
  const whole = lineMoments(cube('whole', [41, 41], 0.1), [component(0)], product);
  // Four channels within 2.6 km/s, of 1.3 km/s each, and 13 pixels in a circle of 2 arcsec.
  const area = (4 * 13 * 0.1 * (SPEED_OF_LIGHT * CHANNEL)) / REST / 1e3 / PER_BEAM;
  expect(whole?.areaJyKms).toBeCloseTo(area, 4);
  expect(whole?.velocityMs).toBeCloseTo(0, 3);
  const { areaJyKms } = whole ?? expect.fail();
  // A circle elsewhere on the grid holds 12 to 13 pixels.
  const expectLikeSource = (error: number | undefined) =>
    expect(Math.abs((error ?? 0) / areaJyKms - 1)).toBeLessThan(0.1);
  expectLikeSource(whole?.errorJyKms);
  // Places to the north and south fall beside a low image: those in it are as before.
  expectLikeSource(lineMoments(cube('low', [41, 17], 0.1), [component(0)], product)?.errorJyKms);
  const blank = cube('blank', [41, 17], 0.1, (x) => x > 25);
  expectLikeSource(lineMoments(blank, [component(0)], product)?.errorJyKms);
  const small = lineMoments(cube('small', [15, 15], 0.1), [component(0)], product);
  expect(small).toEqual({ areaJyKms, velocityMs: whole?.velocityMs });
});

it('has nothing to say of a line that no channel reaches', () => {
  expect(lineMoments(cube('far', [41, 41], 0.1), [component(50e3)], product)).toBeUndefined();
});
