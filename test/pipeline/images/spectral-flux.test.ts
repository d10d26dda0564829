import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SPEED_OF_LIGHT, silentContext } from '../../../src/foundation/base/index.ts';
import { createImage, imstat, makeCoordinates, specflux } from '../../../src/pipeline/images/index.ts';

const [sizeX, sizeY, chans] = [12, 10, 3];
const cell = 1e-6;
const arcsec = 648_000 / Math.PI;
const [reference, increment, restFrequency] = [230e9, -2e6, 230.538e9];

/** Channels of the values 1, 2 and 3, a pixel of the second one masked; a beam of 4 by 2 pixels, if there is one. */
function makeCube(hasBeam = true) {
  const folder = mkdtempSync(join(tmpdir(), 'specflux-'));
  const image = createImage(join(folder, 'c.image'), {
    shape: [chans, 1, sizeY, sizeX],
    coordinates: makeCoordinates({
      ...{ centre: { lon: 1, lat: -0.4 }, cell, imsize: [sizeX, sizeY], system: 'J2000', stokes: ['I'] },
      spectral: { system: 'LSRK', reference, increment, referencePixel: 0, restFrequency },
      ...{ telescope: 'ALMA', observer: '', observedMjdSec: 4_877_996_515, telescopePosition: [2.2e6, -5.4e6, -2.5e6] },
    }),
    unit: 'Jy/beam',
    info: {
      beams: hasBeam ? [{ major: 4 * cell * arcsec, minor: 2 * cell * arcsec, positionAngle: 0 }] : [],
      ...{ objectName: '', imageType: 'Intensity' },
    },
  });
  for (let chan = 0; chan < chans; chan++) image.writePlane(chan, new Float32Array(sizeX * sizeY).fill(chan + 1));
  const mask = new Uint8Array(sizeX * sizeY).fill(1);
  mask[2 * sizeX + 2] = 0;
  image.writeMask(1, mask);
  image.close();
  return silentContext(folder);
}

const beamArea = (Math.PI / (4 * Math.LN2)) * 8;
const velocityOf = (hz: number) => {
  const ratio = (hz / restFrequency) ** 2;
  return (SPEED_OF_LIGHT / 1000) * ((1 - ratio) / (1 + ratio));
};

describe('specflux', () => {
  it('tells pixels, frequency, relativistic velocity and flux density of each channel, and the sum over velocity', () => {
    const context = makeCube();
    specflux(context, { imagename: 'c.image', box: '1,1,4,3', unit: 'km/s', logfile: 'out.txt' });
    const lines = readFileSync(join(context.cwd, 'out.txt'), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe('# c.image, box=1,1,4,3, chans=, stokes=');
    expect(lines[3]).toBe('# Channel number_of_unmasked_pixels frequency_(MHz) Velocity_(km/s) Flux_density_(Jy)');
    const rows = lines.slice(4).map((line) => line.trim().split(/ +/).map(Number));
    const hz = [0, 1, 2].map((chan) => reference + chan * increment);
    const fluxes = [12, 22, 36].map((sum) => sum / beamArea);
    rows.forEach(([chan, pixels, megahertz, velocity, flux], k) => {
      expect([chan, pixels]).toEqual([k, k === 1 ? 11 : 12]);
      expect(megahertz).toBeCloseTo(hz[k] / 1e6, 6);
      expect(velocity).toBeCloseTo(velocityOf(hz[k]), 5);
      expect(flux / fluxes[k]).toBeCloseTo(1, 6);
    });
    const steps = [velocityOf(hz[1]) - velocityOf(hz[0]), velocityOf(hz[2]) - velocityOf(hz[1])].map(Math.abs);
    const total = fluxes[0] * steps[0] + fluxes[1] * steps[1] + fluxes[2] * steps[1];
    expect(Number(/# Total flux: (\S+) Jy\.km\/s/.exec(lines[2])?.[1])).toBeCloseTo(total, 6);
  });

  it('tells other functions, another beam and some channels', () => {
    const context = makeCube();
    const text = specflux(context, {
      ...{ imagename: 'c.image', chans: '1~2', unit: 'GHz', function: 'med' },
      ...{ major: `${8 * cell * arcsec}arcsec`, minor: `${4 * cell * arcsec}arcsec` },
    });
    const lines = text.trimEnd().split('\n');
    expect(lines[3]).toBe('# Channel number_of_unmasked_pixels frequency_(GHz) Velocity_(km/s) Median_(Jy/beam)');
    expect(lines.slice(4).map((line) => line.trim().split(/ +/)[4])).toEqual(['2.000000e+00', '3.000000e+00']);
    const fluxes = [119 * 2, 120 * 3].map((sum) => sum / (4 * beamArea));
    expect(Number(/# Total flux: (\S+) Jy\.GHz/.exec(lines[2])?.[1])).toBeCloseTo((fluxes[0] + fluxes[1]) * 2e-3, 9);
  });

  it('has rows of zeros for channels without good pixels and for those between chosen ones', () => {
    const context = makeCube();
    const rowsOf = (chans: string, mask: string) => {
      const lines = specflux(context, { imagename: 'c.image', chans, mask, unit: 'GHz' }).trimEnd().split('\n');
      expect(Number(/# Total flux: (\S+) Jy\.GHz/.exec(lines[2])?.[1])).toBeCloseTo((4 * 120 * 2e-3) / beamArea, 9);
      return lines.slice(4).map((line) => line.trim().split(/ +/).map(Number));
    };
    for (const rows of [rowsOf('', '"c.image" != 2'), rowsOf('0;2', '')]) {
      expect(rows.map(([chan, pixels]) => [chan, pixels])).toEqual(
        [0, 1, 2].map((chan) => [chan, chan === 1 ? 0 : 120]),
      );
      for (const [k, row] of rows.entries()) expect(row[4]).toBeCloseTo([120, 0, 360][k] / beamArea, 4);
    }
  });

  it('imstat has a value for a channel without good pixels, none for those between chosen ones, as in CASA', () => {
    const context = makeCube();
    const found = (options: object) => imstat(context, { imagename: 'c.image', axes: [0, 1], ...options });
    const { npts, flux, shape } = found({ mask: '"c.image" != 2' });
    expect([npts, shape]).toEqual([[120, 0, 120], [3]]);
    expect(flux?.map((value) => Math.round(value * beamArea))).toEqual([120, 0, 360]);
    const parts = found({ chans: '0;2' });
    expect(parts).toMatchObject({ npts: [120, 120], min: [1, 3], shape: [2], blc: [0, 0, 0, 0], trc: [11, 9, 0, 2] });
    expect(parts.flux?.map((value) => Math.round(value * beamArea))).toEqual([120, 360]);
  });

  it('refuses images without a beam, unknown functions and a file that is there', () => {
    const context = makeCube();
    specflux(context, { imagename: 'c.image', unit: 'MHz', logfile: 'there.txt' });
    expect(() => specflux(context, { imagename: 'c.image', unit: 'MHz', logfile: 'there.txt' })).toThrow(/exists/);
    expect(() => specflux(context, { imagename: 'c.image', function: 'mode' })).toThrow(/flux density, mean/);
    expect(() => specflux(context, { imagename: 'c.image', unit: 'mm' })).toThrow(/neither a frequency/);
    expect(() => specflux(makeCube(false), { imagename: 'c.image', unit: 'MHz' })).toThrow(/with a beam/);
  });
});
