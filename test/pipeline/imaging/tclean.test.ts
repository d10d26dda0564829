import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { disk } from '../../../src/foundation/bytes/index.ts';
import { openImage, pixelToSky, skyToPlane } from '../../../src/pipeline/images/index.ts';
import { tclean } from '../../../src/pipeline/imaging/index.ts';
import { randomNumbers } from '../../reference/random.ts';
import { writeSyntheticMs } from '../calibration/synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'tclean-'));
const context = silentContext(folder);
const chanCount = 6;
const centre = { lon: 1, lat: -0.4 };
const tangent = { projection: 'SIN', parameters: [], reference: centre, longPole: 180, latPole: 0 } as const;
const arcsec = Math.PI / 648_000;
/** Pixel (x, y) of the source in 64 x 64 images of 0.25 arcsec, and its flux per channel. */
const source = { x: 40, y: 25, flux: (chan: number) => 1 + (chan === 3 ? 2 : 0) };
const frequency = (chan: number) => 230e9 + 1e7 * chan;

/** Gives the synthetic MS baselines and a point source, V = S exp(+2 pi i (u l + v m + w (n - 1)) nu / c). */
function fillSky(path: string): void {
  const ms = openMs(path, 'update');
  const rows = ms.main.rowCount;
  const random = randomNumbers(8);
  const uvw = Float64Array.from({ length: rows * 3 }, (_, k) => (random() - 0.5) * (k % 3 === 2 ? 20 : 200));
  const l = -(source.x - 32) * 0.25 * arcsec;
  const m = (source.y - 32) * 0.25 * arcsec;
  const n = Math.sqrt(1 - l * l - m * m);
  const data = new Float32Array(rows * chanCount * 4);
  for (let row = 0; row < rows; row++) {
    for (let chan = 0; chan < chanCount; chan++) {
      const path = uvw[3 * row] * l + uvw[3 * row + 1] * m + uvw[3 * row + 2] * (n - 1);
      const phase = (2 * Math.PI * path * frequency(chan)) / 299_792_458;
      for (let corr = 0; corr < 2; corr++) {
        const at = 2 * ((row * chanCount + chan) * 2 + corr);
        data[at] = source.flux(chan) * Math.cos(phase);
        data[at + 1] = source.flux(chan) * Math.sin(phase);
      }
    }
  }
  ms.main.column('UVW').putRange(0, rows, uvw, [3]);
  ms.main.column('DATA').putRange(0, rows, data, [chanCount, 2]);
  ms.close();
}

beforeAll(() => {
  const path = join(folder, 'point.ms');
  writeSyntheticMs(path, {
    antCount: 8,
    chanCount,
    spwCount: 1,
    scanFields: [0],
    integrations: 6,
    visibility: () => [1, 0],
    isFlagged: (at) => at.chan === 1 && at.ant1 === 2,
  });
  fillSky(path);
});

const common = { vis: 'point.ms', imsize: 64, cell: '0.25arcsec', pblimit: 0.1 };

describe('tclean', () => {
  it('finds a point source in a continuum image at its place and with its flux', () => {
    const options = {
      ...common,
      imagename: 'cont',
      spw: '0:4~5',
      niter: 300,
      threshold: '1mJy',
      weighting: 'briggs',
      pbcor: true,
    };
    const result = tclean(context, options);
    expect(result.stopDescription).toBe('threshold');
    const image = openImage(join(folder, 'cont.image'));
    const plane = image.readPlane(0);
    const peak = plane.indexOf(Math.max(...plane));
    expect([peak % 64, Math.floor(peak / 64)]).toEqual([source.x, source.y]);
    expect(plane[peak]).toBeCloseTo(1, 2);
    expect(image.unit).toBe('Jy/beam');
    expect(image.info.beams).toHaveLength(1);
    const sky = pixelToSky(image.coordinates.direction!, source.x, source.y)!;
    expect(skyToPlane(tangent, sky)![0]).toBeCloseTo(-8 * 0.25 * arcsec, 10);
    image.close();
    const corrected = openImage(join(folder, 'cont.image.pbcor'));
    expect(corrected.readPlane(0)[peak]).toBeGreaterThan(plane[peak]);
    corrected.close();
    for (const extension of ['psf', 'residual', 'model', 'pb', 'sumwt', 'mask']) {
      expect(disk().exists(join(folder, `cont.${extension}`))).toBe(true);
    }
  });

  it.each(['hogbom', 'mtmfs'] as const)(
    'tells how far it is, which never falls, its cycles and scans (%s)',
    (deconvolver) => {
      const told: { done: number; note: string }[] = [];
      const progress = { update: (done: number, note = '') => void told.push({ done, note }) };
      const imagename = `told.${deconvolver}`;
      tclean(
        { ...context, progress },
        { ...common, imagename, deconvolver, specmode: 'mfs', niter: 60, cacheBytes: 1 },
      );
      const notes = told.map(({ note }) => note);
      expect(notes[0]).toMatch(/^PSF and image/);
      expect(notes).toContainEqual(expect.stringMatching(/^cycle 2 from [\d.]+ mJy\/beam, scan \d+$/));
      for (let k = 1; k < told.length; k++) expect(told[k].done).toBeGreaterThanOrEqual(told[k - 1].done);
      expect(told[told.length - 1].done).toBeLessThanOrEqual(1);
    },
  );

  it('gives the same bits whether visibilities are kept or read again', () => {
    const planes = [1e9, 1].map((cacheBytes, k) => {
      tclean(context, { ...common, imagename: `again${k}`, niter: 50, weighting: 'briggs', cacheBytes });
      const image = openImage(join(folder, `again${k}.image`));
      const plane = image.readPlane(0);
      image.close();
      return plane;
    });
    expect(planes[0]).toEqual(planes[1]);
  });

  it.each(['nearest', 'linear', 'cubic'] as const)(
    'gives a cube the same bits plane by plane and all at once (%s)',
    (interpolation) => {
      const cubes = [1e9, 1].map((cacheBytes) => {
        const imagename = `planes.${interpolation}.${cacheBytes}`;
        const axis = {
          specmode: 'cube',
          outframe: 'LSRK',
          start: '230.012GHz',
          width: '7MHz',
          nchan: 5,
          interpolation,
        } as const;
        tclean(context, { ...common, ...axis, imagename, niter: 0, cacheBytes });
        const image = openImage(join(folder, `${imagename}.residual`));
        const planes = Array.from({ length: 5 }, (_, chan) => image.readPlane(image.planeIndex(chan)));
        image.close();
        return planes;
      });
      expect(cubes[0].some((plane) => plane.some((value) => value !== 0))).toBe(true);
      expect(cubes[1]).toEqual(cubes[0]);
    },
  );

  it.each(['hogbom', 'clark', 'multiscale'])('makes a cube with its line in the right channel (%s)', (deconvolver) => {
    const imagename = `cube-${deconvolver}`;
    tclean(context, {
      ...common,
      imagename,
      specmode: 'cube',
      outframe: 'TOPO',
      niter: 900,
      threshold: '5mJy',
      deconvolver,
      mask: 'circle[[40pix,25pix],4pix]',
    });
    const image = openImage(join(folder, `${imagename}.image`));
    expect(image.chanCount).toBe(chanCount);
    expect(image.coordinates.spectral).toMatchObject({ reference: frequency(0), increment: 1e7, system: 'TOPO' });
    const spectrum = Array.from(
      { length: chanCount },
      (_, chan) => image.readPlane(image.planeIndex(chan))[source.y * 64 + source.x],
    );
    expect(spectrum).toEqual([1, 1, 1, 3, 1, 1].map((flux) => expect.closeTo(flux, 1)));
    expect(image.info.beams).toHaveLength(chanCount);
    image.close();
  });

  it('gives every plane of a cube the iterations that were left when a cycle began, as CASA 6.7 does', () => {
    const cube = { ...common, specmode: 'cube', outframe: 'TOPO', niter: 7, mask: 'circle[[40pix,25pix],4pix]' };
    const { cycles, iterdone } = tclean(context, {
      ...cube,
      imagename: 'cube-short',
      cyclefactor: 0.1,
      minpsffraction: 0,
    });
    const first = cycles[0].planes.map(({ plane, iterations }) => [plane, iterations]);
    expect(first).toEqual(Array.from({ length: chanCount }, (_, chan) => [chan, 7]));
    expect(iterdone).toBe(7 * chanCount);
  });

  it.each([
    ['hogbom', 'standard'],
    ['clark', 'mosaic'],
    ['multiscale', 'standard'],
    ['mtmfs', 'standard'],
  ])('makes images of odd sizes, centre on the middle pixel (%s, %s)', (deconvolver, gridder) => {
    const imagename = `odd-${deconvolver}`;
    const call = { ...common, imsize: [63, 59], spw: '0:4~5', niter: 400, threshold: '2mJy', deconvolver, gridder };
    tclean(context, { ...call, imagename, scales: [0, 4], reffreq: '230.05GHz', mask: 'circle[[39pix,22pix],6pix]' });
    const suffix = deconvolver === 'mtmfs' ? '.tt0' : '';
    const image = openImage(join(folder, `${imagename}.image${suffix}`));
    const plane = image.readPlane(0);
    const beam = openImage(join(folder, `${imagename}.psf${suffix}`));
    expect(beam.readPlane(0)[29 * 63 + 31]).toBeCloseTo(1, 5);
    const peak = plane.indexOf(Math.max(...plane));
    expect([peak % 63, Math.floor(peak / 63)]).toEqual([source.x - 1, source.y - 3]);
    const response = openImage(join(folder, `${imagename}.pb${suffix}`)).readPlane(0);
    expect(response.indexOf(Math.max(...response))).toBe(29 * 63 + 31);
    expect(plane[peak] / (gridder === 'mosaic' ? response[peak] : 1)).toBeCloseTo(1, 1);
    image.close();
    beam.close();
  });

  it('shifts the phase centre', () => {
    tclean(context, { ...common, imagename: 'shifted', phasecenter: `J2000 ${1 - 2e-6}rad -0.4rad`, niter: 0 });
    const image = openImage(join(folder, 'shifted.image'));
    const plane = image.readPlane(0);
    const peak = plane.indexOf(Math.max(...plane));
    const sky = pixelToSky(image.coordinates.direction!, peak % 64, Math.floor(peak / 64))!;
    const offset = skyToPlane(tangent, sky)!;
    expect(Math.abs(offset[0] + 8 * 0.25 * arcsec)).toBeLessThan(0.2 * arcsec);
    expect(Math.abs(offset[1] + 7 * 0.25 * arcsec)).toBeLessThan(0.2 * arcsec);
    image.close();
  });

  it('keeps right ascension from 0 to 2 pi, and the call in the history as Python writes it', () => {
    tclean(context, {
      ...common,
      imagename: 'around',
      phasecenter: 'J2000 -5.283185rad -0.4rad',
      niter: 0,
      pbcor: true,
    });
    const image = openImage(join(folder, 'around.image'));
    expect(image.coordinates.direction?.reference.lon).toBeCloseTo(1, 6);
    const history = image.history();
    expect(history[0]).toBe('taskname=tclean');
    expect(history).toEqual(
      expect.arrayContaining(['vis         = "point.ms"', 'pbcor       = True', 'niter       = 0']),
    );
    image.close();
  });

  it('says what is wrong with its parameters and leaves nothing behind', () => {
    expect(() => tclean(context, { ...common, imagename: 'x', imsize: 3 })).toThrow(/whole numbers of at least 4/);
    expect(() => tclean(context, { ...common, imagename: 'x', cell: '' })).toThrow(/cell is missing/);
    expect(() => tclean(context, { ...common, imagename: 'x', specmode: 'wrong' })).toThrow(/specmode/);
    expect(() => tclean(context, { ...common, imagename: 'x', weighting: 'heavy' })).toThrow(/weighting=/);
    expect(() => tclean(context, { ...common, imagename: 'x', mask: 'nowhere.mask', niter: 5 })).toThrow(/nowhere/);
    expect(() => tclean(context, { ...common, imagename: 'x', vis: 'nowhere.ms' })).toThrow(/nowhere/);
    expect(
      disk()
        .list(folder)
        .filter((name) => name.startsWith('x.')),
    ).toEqual([]);
  });

  it('goes on from the model and mask of an earlier run, or from one that is given', () => {
    const options = { ...common, spw: '0:4~5', threshold: '1mJy', gain: 0.2 };
    const plane = (name: string) => {
      const image = openImage(join(folder, name));
      const values = image.readPlane(0);
      image.close();
      return values;
    };
    const first = tclean(context, { ...options, imagename: 'go', niter: 3, mask: 'circle[[40pix,25pix],4pix]' });
    expect(first.iterdone).toBe(3);
    const before = plane('go.model');
    const mask = plane('go.mask');
    disk().rename(join(folder, 'go.model'), join(folder, 'given.model'));
    tclean(context, { ...options, imagename: 'go', niter: 0, startmodel: 'given.model' });
    expect(plane('go.model')).toEqual(before);
    const peak = 25 * 64 + 40;
    expect(plane('go.residual')[peak]).toBeCloseTo(1 - before[peak], 2);
    expect(plane('go.image')[peak]).toBeCloseTo(1, 2);
    expect(() => tclean(context, { ...options, imagename: 'go', startmodel: 'given.model' })).toThrow(/remove one/);
    const last = tclean(context, { ...options, imagename: 'go', niter: 200 });
    expect(last.stopDescription).toBe('threshold');
    expect(plane('go.model')[peak]).toBeCloseTo(1, 2);
    expect(plane('go.mask')).toEqual(mask);
    const other = { ...options, imsize: 48, imagename: 'go' };
    expect(() => tclean(context, other)).toThrow(/differs in shape/);
    const elsewhere = {
      ...options,
      imagename: 'elsewhere',
      startmodel: 'given.model',
      phasecenter: 'J2000 1.00001rad -0.4rad',
    };
    expect(() => tclean(context, elsewhere)).toThrow(/other pixels/);
  });

  it('images one hand alone', () => {
    const sumOf = (stokes: string) => {
      const result = tclean(context, { ...common, imagename: `hand-${stokes}`, stokes, niter: 0 });
      return result.sumwt[0];
    };
    expect(sumOf('I') / (sumOf('XX') + sumOf('YY'))).toBeCloseTo(1, 5);
    const image = openImage(join(folder, 'hand-YY.image'));
    expect(image.coordinates.stokes?.stokes).toEqual(['YY']);
    expect(Math.max(...image.readPlane(0))).toBeGreaterThan(1);
    image.close();
    expect(() => sumOf('RR')).toThrow(/RR cannot be made of XX, YY/);
    expect(() => sumOf('IQUV')).toThrow(/Stokes U cannot be made of XX, YY/);
    expect(() => sumOf('A')).toThrow(/stokes="A" is unknown/);
  });

  it('images several Stokes parameters, and takes another name when it is told not to go on', () => {
    const options = { ...common, spw: '0:4~5', stokes: 'IQ', niter: 60, threshold: '5mJy', restart: false };
    for (let run = 0; run < 2; run++) tclean(context, { ...options, imagename: 'pair', nmajor: run === 0 ? -1 : 1 });
    const image = openImage(join(folder, 'pair.image'));
    expect(image.coordinates.stokes?.stokes).toEqual(['I', 'Q']);
    expect(image.info.beams.length).toBe(2);
    const peak = 25 * 64 + 40;
    expect(image.readPlane(0)[peak]).toBeCloseTo(1, 2);
    expect(image.readPlane(1).every((value) => Math.abs(value) < 1e-6)).toBe(true);
    image.close();
    expect(disk().exists(join(folder, 'pair_2.image'))).toBe(true);
  });
});
