import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CasaLog, EngineSession } from '../../../../src/app/tasks/index.ts';
import { createImage, makeCoordinates } from '../../../../src/pipeline/images/index.ts';
import { plain, toolCaller } from './tool-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-ia-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ARCSEC = Math.PI / 648_000;

/** As cs.torecord() gives it, without what has a default. */
const RECORD = {
  telescope: 'ALMA',
  direction0: {
    system: 'J2000',
    projection: 'SIN',
    projection_parameters: [0, 0],
    crval: [1, -0.4],
    crpix: [1, 1],
    cdelt: [-1e-6, 1e-6],
    pc: [
      [1, 0],
      [0, 1],
    ],
    units: ['rad', 'rad'],
  },
  pixelmap0: [0, 1],
  stokes1: { stokes: ['I'] },
  pixelmap1: [2],
  spectral2: { system: 'LSRK', restfreq: 230.538e9, wcs: { crval: 230e9, cdelt: 1e6, crpix: 0 } },
  pixelmap2: [3],
};

const CUBE = [0, 1].map((x) => [0, 1, 2].map((y) => [[0, 1].map((chan) => 100 * x + 10 * y + chan)]));

describe('ia', () => {
  const ia = toolCaller('ia', folder);
  beforeAll(async () => {
    const coordinates = makeCoordinates({
      centre: { lon: 1, lat: -0.4 },
      cell: 0.2 * ARCSEC,
      imsize: [6, 4],
      system: 'ICRS',
      stokes: ['I'],
      spectral: { system: 'LSRK', reference: 230e9, increment: 1e6, referencePixel: 0, restFrequency: 230.538e9 },
      telescope: 'ALMA',
      observer: 'nobody',
      observedMjdSec: 4.88e9,
    });
    const image = createImage(join(folder, 'a.image'), { shape: [3, 1, 4, 6], coordinates, unit: 'Jy/beam' });
    for (let plane = 0; plane < 3; plane++)
      image.writePlane(
        plane,
        Float32Array.from({ length: 24 }, (_, pixel) => 100 * plane + pixel),
      );
    image.close();
    await ia('open', ['a.image']);
  });

  it('reads boxes and writes them', async () => {
    expect(await ia('shape')).toEqual([6, 4, 1, 3]);
    const box = await ia(
      'getchunk',
      [
        [1, 2, 0, 0],
        [5, 3, 0, 2],
        [2, 1, 1, 2],
      ],
      { dropdeg: true },
    );
    const value = (x: number, y: number, chan: number) => 100 * chan + 6 * y + x;
    expect(box).toEqual([1, 3, 5].map((x) => [2, 3].map((y) => [0, 2].map((chan) => value(x, y, chan)))));
    await ia('putchunk', [[[[[-1]]], [[[-2]]]]], { blc: [2, 1, 0, 1] });
    expect(
      await ia(
        'getchunk',
        [
          [1, 1, 0, 1],
          [4, 1, 0, 1],
        ],
        { dropdeg: true },
      ),
    ).toEqual([107, -1, -2, 110]);
    expect(await ia('pixelvalue', [[3, 1, 0, 1]])).toMatchObject({ mask: true, value: { unit: 'Jy/beam', value: -2 } });
    await expect(ia('getchunk', [[9, 0, 0, 0]])).rejects.toThrow('do not fit the image');
  });

  it('fills an image with copies of pixels', async () => {
    await ia('fromshape', ['copies.image', [4, 3, 1, 2]]);
    const plane = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    await ia('putchunk', [plane], { blc: [0, 0, 0, 1], replicate: true });
    const rows = async (chan: number) =>
      ia(
        'getchunk',
        [
          [0, 0, 0, chan],
          [3, 2, 0, chan],
        ],
        { dropdeg: true },
      );
    expect(await rows(1)).toEqual([...plane, ...plane]);
    expect(await rows(0)).toEqual(Array(4).fill([0, 0, 0]));
    await expect(ia('putchunk', [[[1], [2], [3]]], { replicate: true })).rejects.toThrow('3 pixels do not fill axis 0');
    await ia('open', ['a.image']);
  });

  it('has statistics, regions and means', async () => {
    const found = (await ia('statistics', [], { axes: [0, 1] })) as { max: number[]; trcf: string };
    expect(found.max).toEqual([23, 123, 223]);
    expect(found.trcf).toContain(', I, 2.30002e+11Hz');
    const region = 'box[[1pix,2pix],[3pix,3pix]]';
    expect(await ia('boundingbox', [region])).toMatchObject({ blc: [1, 2, 0, 0], trc: [3, 3, 0, 2] });
    expect(await ia('getregion', [region], { dropdeg: true, axes: [3] })).toEqual([
      [113, 119],
      [114, 120],
      [115, 121],
    ]);
    expect(await ia('toworld', [[0, 0, 0, 1]], { format: 's' })).toMatchObject({
      string: [expect.stringContaining(':'), expect.any(String), 'I', '2.30001000e+11 Hz'],
    });
    await expect(ia('maskhandler', ['delete'])).rejects.toThrow("only the operations 'get' and 'default'");
  });

  it('makes masks and other images', async () => {
    await ia('calcmask', ['a.image > 110']);
    expect(await ia('maskhandler', ['get'])).toEqual(['mask0']);
    await ia('calcmask', ['a.image > 210', 'high']);
    expect(await ia('maskhandler', ['default'])).toEqual(['high']);
    expect(await ia('maskhandler', ['get'])).toEqual(['mask0', 'high']);
    const mask = (await ia('getchunk', [], { getmask: true, dropdeg: true })) as number[][][];
    expect([mask[5][1][2], mask[4][1][2], mask[5][3][1]]).toEqual([1, 0, 0]);
    await ia('subimage', ['part.image'], { region: 'box[[1pix,1pix],[2pix,2pix]]', wantreturn: false });
    await ia('collapse', ['max', [0, 1], 'max.image']);
    await ia('open', ['part.image']);
    expect(await ia('shape')).toEqual([2, 2, 1, 3]);
    await ia('open', ['a.image']);
    await expect(ia('subimage')).rejects.toThrow('outfile must be given');
  });

  it('tells profiles along any axis, in world coordinates, pixels, wavelengths and with another rest frequency', async () => {
    const cube = toolCaller('ia', folder);
    const cs = toolCaller('cs', folder);
    await cs('fromrecord', [RECORD]);
    await cube('fromarray', ['profiles.image', CUBE], { csys: (await cs('torecord')) as never });
    const along = await cube('getprofile', [0]);
    expect(along).toMatchObject({ planes: [0, 1], npix: [6, 6], values: [10.5, 110.5], xUnit: 'rad' });
    const { coords } = (await cube('getprofile', [1], { unit: 'arcsec' })) as { coords: number[] };
    for (const at of [1, 2]) expect(coords[at] - coords[at - 1]).toBeCloseTo(1e-6 / ARCSEC, 8);
    const region = 'box[[1pix,0pix],[1pix,1pix]]';
    const rows = await cube('getprofile', [1], { function: 'sum', unit: 'pixel', region });
    expect(rows).toMatchObject({ coords: [0, 1], npix: [2, 2], values: [201, 221], xUnit: 'pixel' });
    expect(await cube('getprofile', [2])).toMatchObject({ coords: [1], xUnit: '' });
    const waves = (await cube('getprofile', [3], { unit: 'mm' })) as { coords: number[] };
    expect(waves.coords[0]).toBeCloseTo(299_792.458 / 230e3, 9);
    const still = (await cube('getprofile', [3], { unit: 'km/s', restfreq: '230GHz' })) as { coords: number[] };
    expect(still.coords[0]).toBeCloseTo(0, 9);
    await cube('setbrightnessunit', ['Jy/beam']);
    await cube('setrestoringbeam', ['1arcsec', '1arcsec', '0deg']);
    const profile = (name: string) => cube('getprofile', [3], { function: name, mask: '"profiles.image" < 0' });
    expect(await profile('sum')).toMatchObject({ npix: [0, 0], values: [0, 0], mask: [0, 0] });
    expect(await profile('flux')).toMatchObject({ npix: [0, 0], values: [0, 0], mask: [1, 1] });
    await cube('open', ['a.image']);
    await expect(cube('deviation')).rejects.toThrow('outfile must be given');
    await expect(cube('deviation', ['dev.image'], { xlength: '5pix' })).rejects.toThrow('less than 2');
    await cube('open', ['profiles.image']);
    await expect(cube('getprofile', [-1])).rejects.toThrow('axis is one of 0, 1, 2, 3');
    await expect(cube('getprofile', [0], { unit: 'km/s' })).rejects.toThrow('which has "rad"');
    await expect(cube('getprofile', [0], { function: 'flux' })).rejects.toThrow('along the frequencies');
    await cube('close');
  });

  it('inserts an image by the reference pixels, at a place and in the middle, cut at the edges', async () => {
    const cs = toolCaller('cs', folder);
    const frameAt = async (crpix: readonly number[]) => {
      await cs('fromrecord', [{ ...RECORD, direction0: { ...RECORD.direction0, crpix } } as never]);
      return { csys: (await cs('torecord')) as never, overwrite: true };
    };
    const source = toolCaller('ia', folder);
    await source(
      'fromarray',
      [
        'part.image',
        [
          [[[1]], [[2]]],
          [[[3]], [[4]]],
        ],
      ],
      await frameAt([0, 0]),
    );
    await source('close');
    const inserted = async (args: object) => {
      const made = toolCaller('ia', folder);
      await made('fromshape', ['whole.image', [4, 3, 1, 1]], await frameAt([1, 0.6]));
      expect(await made('insert', ['part.image'], args as never)).toBe(true);
      const found = await made('getchunk', [], { dropdeg: true });
      await made('close');
      return found;
    };
    expect(await inserted({})).toEqual([
      [0, 0, 0],
      [0, 1, 2],
      [0, 3, 4],
      [0, 0, 0],
    ]);
    expect(await inserted({ locate: [3, 0] })).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [1, 2, 0],
    ]);
    expect(await inserted({ locate: [-1.6, 1] })).toEqual([
      [0, 3, 4],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(await inserted({ region: 'box[[1pix,1pix],[1pix,1pix]]' })).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 4],
      [0, 0, 0],
    ]);
    await expect(inserted({ locate: [9] })).rejects.toThrow('nothing lies on axis 0');
  });

  it('makes images of numbers and shapes, and changes them region by region', async () => {
    const made = toolCaller('ia', folder);
    const rg = toolCaller('rg', folder);
    const cs = toolCaller('cs', folder);
    await cs('fromrecord', [RECORD]);
    const csys = (await cs('torecord')) as never;
    await made('fromarray', ['b.image', CUBE], { csys });
    expect(await made('shape')).toEqual([2, 3, 1, 2]);
    await expect(made('fromarray', ['b.image', CUBE], { csys })).rejects.toThrow('exists');
    await expect(made('fromshape', ['c.image', [2, 3, 2, 2]], { csys })).rejects.toThrow('Stokes parameters I');
    await made('calc', ['"b.image" * 2 + 1']);
    const box = (await rg('box', [
      [0, 1, 0, 1],
      [1, 1, 0, 1],
    ])) as never;
    await made('set', [], { pixels: '-1', region: box });
    await made('putregion', [], { pixels: [[[[70]]], [[[80]]]], region: box });
    await made('set', [], { pixelmask: false, region: box });
    await made('putregion', [], { pixels: [[[[7]]], [[[8]]]], region: box });
    const planes = await made('getchunk', [[0, 0, 0, 0]], { dropdeg: true });
    // Value 100 x + 10 y + channel before; the masked pixels keep what stood there.
    expect(planes).toEqual([
      [
        [1, 3],
        [21, 70],
        [41, 43],
      ],
      [
        [201, 203],
        [221, 80],
        [241, 243],
      ],
    ]);
    await made('replacemaskedpixels', [0], { update: true });
    expect(await made('getregion', [box], { dropdeg: true })).toEqual([0, 0]);
    await made('calcmask', ['"b.image" > 200']);
    expect(await made('statistics')).toMatchObject({ npts: [5] });
    await made('setrestoringbeam', ['3arcsec', '2arcsec', '30deg']);
    expect(await made('restoringbeam')).toMatchObject({
      major: { value: 3 },
      positionangle: { value: 30, unit: 'deg' },
    });
    await expect(made('setrestoringbeam', ['2arcsec', '3arcsec', '30deg'])).rejects.toThrow('major is the larger');
    await expect(made('setrestoringbeam', ['3arcsec', '2arcsec', '30deg'], { channel: 0 })).rejects.toThrow('one beam');
    await made('setrestoringbeam', [], { remove: true });
    await made('setrestoringbeam', ['3arcsec', '2arcsec', '30deg'], { channel: 1 });
    await made('setrestoringbeam', ['4arcsec', '2arcsec', '30deg'], { channel: 0 });
    expect(await made('restoringbeam', [], { channel: 0 })).toMatchObject({ major: { value: 4 } });
    expect(await made('restoringbeam', [], { channel: 1 })).toMatchObject({ major: { value: 3 } });
    await made('rename', ['d.image']);
    await made('remove');
    expect(await made('isopen')).toBe(false);
  });

  it('removes images, but no other files and not the one that is open', async () => {
    const made = toolCaller('ia', folder);
    const data = toolCaller('tb', folder);
    await data('create', ['raw.ms', { TIME: { valueType: 'double' } }]);
    await data('close');
    mkdirSync(join(folder, 'results'));
    await made('fromshape', ['first.image', [4, 4]]);
    await made('fromshape', ['second.image', [4, 4]]);
    for (const [name, why] of [
      ['', 'must name an image'],
      ['.', 'table.dat'],
      ['results', 'table.dat'],
      ['raw.ms', 'not a CASA image'],
      ['second.image/../second.image/', 'close it first'],
    ])
      await expect(made('removefile', [name])).rejects.toThrow(why);
    for (const name of ['raw.ms', 'results', 'first.image', 'second.image'])
      expect(existsSync(join(folder, name))).toBe(true);
    expect(await made('removefile', ['first.image'])).toBe(true);
    expect(existsSync(join(folder, 'first.image'))).toBe(false);
    expect(await made('shape')).toEqual([4, 4]);
  });

  it('counts Stokes parameters by their codes, and says where the telescope is', async () => {
    const made = toolCaller('ia', folder);
    const cs = toolCaller('cs', folder);
    await made('fromshape', ['stokes.image', [4, 4, 4, 2]]);
    expect(await made('maskhandler', ['get'])).toEqual(['T']);
    expect(await made('miscinfo')).toEqual({});
    await cs('fromrecord', [{ ...RECORD, direction0: { ...RECORD.direction0, system: 'GALACTIC' } } as never]);
    await cs('setstokes', ['XX YY, XY']);
    await cs('settelescope', ['ALMA']);
    const csys = (await cs('torecord')) as never;
    expect(csys).toMatchObject({ telescopeposition: { refer: 'ITRF' } });
    await made('fromshape', ['stokes.image', [4, 4, 3, 2]], { csys, overwrite: true });
    expect(await cs('names')).toEqual(['Longitude', 'Latitude', 'Stokes', 'Frequency']);
    expect(await cs('referencecode')).toEqual(['GALACTIC', '', 'LSRK']);
    expect(await cs('increment', [], { type: 'stokes' })).toMatchObject({ numeric: [1] });
    const world = (await made('toworld', [[1, 1, 1, 1]])) as { numeric: number[] };
    expect(world.numeric[2]).toBe(12);
    expect(((await made('topixel', [world as never])) as { numeric: number[] }).numeric[2]).toBe(1);
    await expect(made('toworld', [[1, 1, 3, 1]])).rejects.toThrow('no Stokes parameter');
    await made('done');
  });

  it('changes coordinates', async () => {
    const cs = toolCaller('cs', folder);
    await cs('fromrecord', [RECORD]);
    await cs('setreferencevalue', [['30deg', 0.5]], { type: 'direction' });
    await cs('setreferencevalue', ['115.1GHz'], { type: 'spectral' });
    await cs('setrestfrequency', ['115.27GHz']);
    expect(await cs('referencevalue')).toMatchObject({ numeric: [Math.PI / 6, 0.5, 1, 115.1e9] });
    const [velocity] = (await cs('frequencytovelocity', [115.27e9 * (1 - 1 / 299_792.458)])) as number[];
    expect(velocity).toBeCloseTo(1, 6);
    expect(await cs('coordinatetype')).toEqual(['Direction', 'Stokes', 'Spectral']);
    await expect(cs('setincrement', [[1, 2, 3]], { type: 'spectral' })).rejects.toThrow('1 values are needed');
  });

  it('turns pixels into places and back', async () => {
    const world = (await ia('toworld', [[4, 3, 0, 2]])) as { numeric: number[] };
    const pixel = (await ia('topixel', [world as never])) as { numeric: number[] };
    for (const [axis, wanted] of [4, 3, 0, 2].entries()) expect(pixel.numeric[axis]).toBeCloseTo(wanted, 6);
  });

  it('takes regions that rg makes of boxes, channels and texts', async () => {
    const rg = toolCaller('rg', folder);
    const shape = (await ia('shape')) as number[];
    const box = await rg('frombcs', [RECORD as never, shape as never, '1,1,3,2', '1~2']);
    expect(await ia('boundingbox', [box as never])).toMatchObject({ blc: [1, 1, 0, 1], trc: [3, 2, 0, 2] });
    const text = await rg('fromtext', ['box[[1pix,1pix],[3pix,2pix]]']);
    expect(await ia('boundingbox', [text as never])).toMatchObject({ blc: [1, 1, 0, 0] });
    expect(await rg('selectedchannels', ['0,2', shape as never])).toEqual([0, 2]);
    await expect(rg('frombcs', [RECORD as never, shape as never, '1,1,300,2'])).rejects.toThrow(
      'does not fit the shape',
    );
  });

  it('makes images of other sharpness, and finds what beams leave', async () => {
    const found = await ia('deconvolvefrombeam', [
      ['3arcsec', '2arcsec', '20deg'],
      ['1arcsec', '1arcsec', '0deg'],
    ]);
    expect(found).toMatchObject({
      fit: { major: { value: expect.closeTo(Math.sqrt(8), 9) }, success: true },
      return: false,
    });
    await expect(ia('convolve2d', ['x.image'], { type: 'boxcar' })).rejects.toThrow("only type='gaussian'");
    await expect(ia('regrid', [''])).rejects.toThrow('outfile must be given');
  });

  it('gives the coordinates as a tool of their own', async () => {
    const session = new EngineSession({
      log: new CasaLog({}),
      checkAbort() {},
      progress: { update() {} },
      casaVersion: '6.7.0',
    });
    const ask = (tool: string, handle: number, method: string, positional: string[] = []) =>
      session.answer({ kind: 'tool', tool, handle, method, positional, named: {} }, folder);
    await ask('ia', 0, 'open', ['a.image']);
    const { handle } = (await ask('ia', 0, 'coordsys')) as { handle: number };
    expect(plain(await ask('cs', handle, 'units'))).toEqual(['rad', 'rad', '', 'Hz']);
    expect(plain(await ask('cs', handle, 'increment'))).toMatchObject({ numeric: expect.arrayContaining([1e6]) });
    await expect(ask('cs', handle, 'toworld', ['x'])).rejects.toThrow('must be a number');
  });

  it('counts values in bins, follows a line, and knows images that are alike', async () => {
    await ia('fromarray', ['grid', CUBE], { overwrite: true });
    expect(await ia('histograms', [[0, 1]], { nbins: 2, includepix: [0, 120] })).toMatchObject({
      counts: [[[3, 3]], [[3, 2]]],
      values: [[[30, 30]], [[90, 90]]],
    });
    const ends = [
      [0, 1],
      [0, 2],
    ];
    const line = await ia('getslice', ends, { coord: [0, 0, 0, 1], npts: 3 });
    expect(line).toMatchObject({ pixel: [1, 61, 121], mask: [1, 1, 1], xpos: [0, 0.5, 1] });
    expect(await ia('isconform', ['grid'])).toBe(true);
    expect(await ia('isconform', ['a.image'])).toBe(false);
  });

  it('finds peaks between pixels, as point components', async () => {
    const peak = (x: number, y: number) => 5 - (x - 3.25) ** 2 - 2 * (y - 2.125) ** 2;
    const pixels = Array.from({ length: 7 }, (_, x) =>
      Array.from({ length: 6 }, (_, y) => [[Math.max(0, peak(x, y))]]),
    );
    await ia('fromarray', ['peak.im', pixels]);
    const found = (await ia('maxfit')) as Record<string, Record<string, Record<string, unknown>>>;
    expect(found.nelements).toBe(1);
    const [height] = (found.component0?.flux?.value ?? []) as number[];
    expect(height).toBeCloseTo(5, 5);
    const { m0, m1 } = (found.component0?.shape?.direction ?? {}) as Record<'m0' | 'm1', { value: number }>;
    const place = (await ia('topixel', [[m0.value, m1.value]])) as { numeric: number[] };
    expect(place.numeric[0]).toBeCloseTo(3.25, 4);
    expect(place.numeric[1]).toBeCloseTo(2.125, 4);
    expect(await ia('findsources', [], { nmax: 3 })).toMatchObject({ nelements: 1 });
    await expect(ia('findsources', [], { point: false })).rejects.toThrow('point=True');
    await ia('close');
  });
});
