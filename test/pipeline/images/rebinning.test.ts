import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { createImage, makeCoordinates, openImage, pixelToSky, rebin } from '../../../src/pipeline/images/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-rebin-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('rebin', () => {
  it('gives means of good pixels at the places of the bins', () => {
    const context = silentContext(folder);
    const coordinates = makeCoordinates({
      ...{ centre: { lon: 1, lat: 0.3 }, cell: 1e-6, imsize: [5, 4], system: 'J2000', stokes: ['I'] },
      spectral: { system: 'LSRK', reference: 1e11, increment: 1e6, referencePixel: 0, restFrequency: 0 },
      ...{ telescope: 'ALMA', observer: 'x', observedMjdSec: 5e9 },
    });
    const image = createImage(join(folder, 'a'), { shape: [2, 1, 4, 5], coordinates, unit: 'Jy/beam' });
    for (let chan = 0; chan < 2; chan++)
      image.writePlane(
        chan,
        Float32Array.from({ length: 20 }, (_, k) => k + 100 * chan),
      );
    const mask = new Uint8Array(20).fill(1);
    mask[1] = 0;
    image.writeMask(0, mask);
    image.close();
    rebin(context, { imagename: 'a', outfile: 'b', factor: [2, 2, 1, 2] });
    const binned = openImage(join(folder, 'b'));
    expect(binned.shape).toEqual([1, 1, 2, 3]);
    // Pixels 0, 5, 6 of channel 0 (1 is masked) and 0, 1, 5, 6 of channel 1; the last column holds one pixel of five.
    const plane = binned.readPlane(0);
    expect(plane[0]).toBeCloseTo((11 + 412) / 7, 5);
    expect(plane[2]).toBeCloseTo((4 + 9 + 104 + 109) / 4, 5);
    const [from, to] = [coordinates.direction!, binned.coordinates.direction!];
    const [a, b] = [pixelToSky(from, 2.5, 0.5)!, pixelToSky(to, 1, 0)!];
    expect([b.lon, b.lat]).toEqual([expect.closeTo(a.lon, 12), expect.closeTo(a.lat, 12)]);
    expect(binned.coordinates.spectral?.referencePixel).toBe(-0.25);
    binned.close();
    rebin(context, { imagename: 'a', outfile: 'c', factor: [2, 3], crop: true });
    const cropped = openImage(join(folder, 'c'));
    expect(cropped.shape).toEqual([2, 1, 1, 2]);
    cropped.close();
    expect(() => rebin(context, { imagename: 'a', outfile: 'd', factor: [0] })).toThrow(/whole numbers/);
  });
});
