import { describe, expect, it } from 'vitest';
import { ARCSEC } from '../../../src/foundation/base/index.ts';
import { makeCoordinates } from '../../../src/pipeline/images/index.ts';
import { parseRegion, regionMask } from '../../../src/pipeline/images/region.ts';

const SIZE = 96;
/** An image of 96 pixels of an arcsec, centred on pixel 48. */
const coordinates = makeCoordinates({
  ...{ centre: { lon: 0.5, lat: -0.4 }, cell: ARCSEC, imsize: [SIZE, SIZE], system: 'J2000', stokes: ['I'] },
  spectral: { system: 'LSRK', reference: 100e9, increment: 1e9, referencePixel: 0, restFrequency: 100e9 },
  ...{ telescope: 'ALMA', observer: '', observedMjdSec: 4.8e9, telescopePosition: [1, 1, 1] },
});

/** How many pixels a region has, and the first and last in x and y. */
function extent(text: string) {
  const mask = regionMask(parseRegion(text, coordinates), SIZE, SIZE);
  const inside = [...mask.keys()].filter((at) => mask[at] === 1);
  const [x, y] = [inside.map((at) => at % SIZE), inside.map((at) => Math.floor(at / SIZE))];
  return [inside.length, Math.min(...x), Math.max(...x), Math.min(...y), Math.max(...y)];
}

/** Whether the pixel so far from the centre is inside. */
const holds = (text: string, dx: number, dy: number) => parseRegion(text, coordinates)(48 + dx, 48 + dy);

describe('regions', () => {
  it('have as many pixels as in CASA 6.7 (imstat of the same texts)', () => {
    expect(extent('circle[[48pix,48pix],10arcsec]')).toEqual([317, 38, 58, 38, 58]);
    expect(extent('annulus[[48pix,48pix],[5arcsec,10arcsec]]')).toEqual([236, 38, 58, 38, 58]);
    expect(extent("annulus[[48pix,48pix],['5.2arcsec','10.1arcsec']]")).toEqual([236, 38, 58, 38, 58]);
    expect(extent('centerbox[[48pix,48pix],[20arcsec,10arcsec]]')).toEqual([231, 38, 58, 43, 53]);
    expect(extent('rotbox[[48pix,48pix],[20arcsec,10arcsec],40deg]')).toEqual([201, 38, 58, 39, 57]);
    expect(extent('rotbox[[48pix,48pix],[21arcsec,9arcsec],110deg]')).toEqual([187, 41, 55, 37, 59]);
    for (const turn of [0, 180])
      expect(extent(`ellipse[[48pix,48pix],[20arcsec,10arcsec],${turn}deg]`)).toEqual([629, 38, 58, 28, 68]);
    expect(extent('ellipse[[48pix,48pix],[20arcsec,10arcsec],90deg]')).toEqual([629, 28, 68, 38, 58]);
    expect(extent('ellipse[[48pix,48pix],[20arcsec,10arcsec],40deg]')[0]).toBe(627);
  });

  it('turn ellipses from north through east, which is to the left, and boxes against the clock', () => {
    const ellipse = 'ellipse[[48pix,48pix],[20pix,5pix],45deg]';
    expect([holds(ellipse, -10, 10), holds(ellipse, 10, 10)]).toEqual([true, false]);
    const box = 'rotbox[[48pix,48pix],[40pix,10pix],45deg]';
    expect([holds(box, 10, 10), holds(box, -10, 10)]).toEqual([true, false]);
  });
});
