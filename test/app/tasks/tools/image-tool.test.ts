import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CasaLog, EngineSession } from '../../../../src/app/tasks/index.ts';
import { createImage, makeCoordinates } from '../../../../src/pipeline/images/index.ts';
import { plain, toolCaller } from './tool-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'qa2-ia-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ARCSEC = Math.PI / 648_000;

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

  it('turns pixels into places and back', async () => {
    const world = (await ia('toworld', [[4, 3, 0, 2]])) as { numeric: number[] };
    const pixel = (await ia('topixel', [world as never])) as { numeric: number[] };
    for (const [axis, wanted] of [4, 3, 0, 2].entries()) expect(pixel.numeric[axis]).toBeCloseTo(wanted, 6);
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
});
