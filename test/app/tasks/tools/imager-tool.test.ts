import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMs, readMetadata } from '../../../../src/astronomy/ms/index.ts';
import { readChunks } from '../../../../src/astronomy/visibility/index.ts';
import { ARCSEC, SPEED_OF_LIGHT } from '../../../../src/foundation/base/index.ts';
import { openImage } from '../../../../src/pipeline/images/index.ts';
import { writeMosaicMs } from '../../../pipeline/imaging/mosaic-ms.ts';
import { toolCaller } from './tool-session.ts';

const centre = { lon: 1, lat: -0.4 };

function start() {
  const folder = mkdtempSync(join(tmpdir(), 'imager-tool-'));
  writeMosaicMs(join(folder, 'one.ms'), {
    ...{ pointings: [centre], diameters: Array<number>(9).fill(12), chanCount: 2, integrations: 4, radius: 40 },
    sources: [{ ...centre, fluxJy: 1, fwhm: 0 }],
  });
  return { folder, im: toolCaller('im', folder) };
}

/** Longest u or v of unflagged baselines, wavelengths. */
function longestFringe(path: string): number {
  const ms = openMs(path);
  const { spectralWindows } = readMetadata(ms);
  let longest = 0;
  for (const chunk of readChunks(ms, { columns: [] })) {
    const highest = Math.max(...spectralWindows[chunk.spwId].chanFreqs);
    chunk.uvw.forEach((length, index) => {
      if (index % 3 < 2) longest = Math.max(longest, (Math.abs(length) * highest) / SPEED_OF_LIGHT);
    });
    chunk.release();
  }
  ms.close();
  return longest;
}

describe('im', () => {
  it('advises pixels of half a fringe, and even numbers of them with small factors', async () => {
    const { folder, im } = start();
    await im('selectvis', [], { vis: 'one.ms', field: '0' });
    const cell = 0.5 / longestFringe(join(folder, 'one.ms')) / ARCSEC;
    const [isDone, count, told, facets, place] = (await im('advise')) as [
      boolean,
      number,
      { value: number },
      number,
      string,
    ];
    expect([isDone, count, facets]).toEqual([true, 64, 1]);
    expect(told.value).toBeCloseTo(cell, 6);
    expect(place).toMatch(/^\S+ 03:49:10\.99 -022\.55\.05\.92/);
    const wide = async (pixels: number) =>
      ((await im('advise', [], { fieldofview: `${(pixels + 0.5) * cell}arcsec` })) as number[])[1];
    // The next number above, as CASA takes it.
    expect([await wide(180), await wide(182), await wide(240), await wide(1814)]).toEqual([192, 192, 250, 1920]);
  });

  it('makes dirty images, point-spread functions and primary beams, and leaves nothing else behind', async () => {
    const { folder, im } = start();
    await im('open', ['one.ms']);
    await im('defineimage', [], { nx: 64, ny: 48, cellx: '0.6arcsec', phasecenter: '0' });
    await expect(im('makeimage', [], { type: 'pb', image: 'a.pb' })).rejects.toThrow(/setvp/);
    await im('setvp', [], { dovp: true });
    for (const [type, name] of Object.entries({ pb: 'a.pb', psf: 'a.psf', observed: 'a.dirty' }))
      await im('makeimage', [], { type, image: name });
    await expect(im('makeimage', [], { type: 'model', image: 'a.model' })).rejects.toThrow(
      /observed, corrected, psf, pb/,
    );
    expect(readdirSync(folder).sort()).toEqual(['a.dirty', 'a.pb', 'a.psf', 'one.ms']);
    const middle = 24 * 64 + 32;
    for (const name of ['a.pb', 'a.psf', 'a.dirty']) {
      const image = openImage(join(folder, name));
      expect(image.shape).toEqual([1, 1, 48, 64]);
      const plane = image.readPlane(0);
      expect(plane[middle]).toBeCloseTo(1, 3);
      // The beam of the telescope reaches to the corners, and falls outwards.
      if (name === 'a.pb') expect(plane[0]).toBeGreaterThan(0.01);
      if (name === 'a.pb') expect(plane[0]).toBeLessThan(plane[32]);
      image.close();
    }
  });
});
