import { existsSync, mkdtempSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { openImage } from '../../../src/pipeline/images/index.ts';
import { clean, tclean } from '../../../src/pipeline/imaging/index.ts';
import { randomNumbers } from '../../reference/random.ts';
import { writeSyntheticMs } from '../calibration/synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'outliers-'));
const context = silentContext(folder);
const chanCount = 4;
const arcsec = Math.PI / 648_000;
/** East and north of the phase centre, arcsec, and flux, Jy: one in the main field, one far outside of it. */
const sources = [
  { east: -1.5, north: 1, flux: 1 },
  { east: 40, north: -25, flux: 3 },
];
const direction = '1rad -0.4rad';
/** The phase centre of the outlier: its source is there. */
const away = sourceDirection(sources[1]);

function cosines({ east, north }: { readonly east: number; readonly north: number }): [number, number, number] {
  const [l, m] = [east * arcsec, north * arcsec];
  return [l, m, Math.sqrt(1 - l * l - m * m)];
}

function sourceDirection(source: { readonly east: number; readonly north: number }): string {
  const [l, m, n] = cosines(source);
  const [lon, lat] = [1, -0.4];
  const dec = Math.asin(m * Math.cos(lat) + n * Math.sin(lat));
  const ra = lon + Math.atan2(l, n * Math.cos(lat) - m * Math.sin(lat));
  return `J2000 ${ra}rad ${dec}rad`;
}

function fillSky(path: string): void {
  const ms = openMs(path, 'update');
  const rows = ms.main.rowCount;
  const random = randomNumbers(8);
  const uvw = Float64Array.from({ length: rows * 3 }, (_, k) => (random() - 0.5) * (k % 3 === 2 ? 20 : 200));
  const data = new Float32Array(rows * chanCount * 4);
  for (let row = 0; row < rows; row++)
    for (let chan = 0; chan < chanCount; chan++)
      for (const source of sources) {
        const [l, m, n] = cosines(source);
        const path = uvw[3 * row] * l + uvw[3 * row + 1] * m + uvw[3 * row + 2] * (n - 1);
        const phase = (2 * Math.PI * path * (230e9 + 1e7 * chan)) / 299_792_458;
        for (let corr = 0; corr < 2; corr++) {
          const at = 2 * ((row * chanCount + chan) * 2 + corr);
          data[at] += source.flux * Math.cos(phase);
          data[at + 1] += source.flux * Math.sin(phase);
        }
      }
  ms.main.column('UVW').putRange(0, rows, uvw, [3]);
  ms.main.column('DATA').putRange(0, rows, data, [chanCount, 2]);
  ms.close();
}

beforeAll(() => {
  writeSyntheticMs(join(folder, 'two.ms'), {
    antCount: 8,
    chanCount,
    spwCount: 1,
    scanFields: [0],
    integrations: 12,
    visibility: () => [1, 0],
  });
  fillSky(join(folder, 'two.ms'));
  const lines = ['# the far source', "imagename = 'IMAGE'", 'imsize = [64, 64]', `phasecenter = '${away}'`];
  const mask = "mask = 'circle[[32pix, 32pix], 4pix]'";
  for (const name of ['t', 'cube', 'c', 'same'])
    writeFileSync(join(folder, `${name}.txt`), [...lines, mask].join('\n').replace('IMAGE', `${name}-far`));
});

/** The extreme of an image's plane and what a mask-free look at the rest gives. */
function look(name: string, chan = 0) {
  const image = openImage(join(folder, name));
  const plane = image.readPlane(image.planeIndex(chan));
  image.close();
  const peak = Math.max(...plane);
  return {
    peak,
    pixel: [plane.indexOf(peak) % 64, Math.floor(plane.indexOf(peak) / 64)],
    rms: Math.sqrt(plane.reduce((sum, value) => sum + value ** 2, 0) / plane.length),
  };
}

const common = { vis: 'two.ms', imsize: 64, cell: '0.25arcsec', pblimit: 0, phasecenter: `J2000 ${direction}` };
const cleaned = { niter: 300, threshold: '2mJy', mask: 'circle[[38pix, 36pix], 4pix]', deconvolver: 'hogbom' };

describe('outlier fields', () => {
  it('are cleaned with the main field, each free of the sidelobes of the other', () => {
    tclean(context, { ...common, ...cleaned, imagename: 'alone' });
    const result = tclean(context, {
      ...common,
      ...cleaned,
      imagename: 't',
      outlierfile: 't.txt',
      savemodel: 'modelcolumn',
    });
    expect(result.fieldCount).toBe(2);
    expect(look('t.image').pixel).toEqual([38, 36]);
    expect(look('t.image').peak).toBeCloseTo(1, 2);
    expect(look('t-far.image').pixel).toEqual([32, 32]);
    expect(look('t-far.image').peak).toBeCloseTo(3, 2);
    // By itself the field is full of the sidelobes of the far source.
    expect(look('alone.residual').rms).toBeGreaterThan(0.1);
    expect(look('t.residual').rms).toBeLessThan(3e-3);
    expect(look('t-far.residual').rms).toBeLessThan(3e-3);
  });

  it('write the sum of their models to MODEL_DATA', () => {
    const ms = openMs(join(folder, 'two.ms'));
    const [data, model] = ['DATA', 'MODEL_DATA'].map((name) => ms.main.column(name).getRange(0, 28) as Float32Array);
    ms.close();
    const worst = data.reduce((most, value, k) => Math.max(most, Math.abs(value - model[k])), 0);
    expect(worst).toBeLessThan(0.06);
  });

  it('have the channels of the main field, and the cycles of the task', () => {
    const cube = { specmode: 'cube', nchan: 2, start: 0, width: 1, outframe: 'TOPO' };
    tclean(context, { ...common, ...cleaned, ...cube, imagename: 'cube', outlierfile: 'cube.txt' });
    for (const chan of [0, 1]) {
      expect(look('cube.image', chan).peak).toBeCloseTo(1, 1);
      expect(look('cube-far.image', chan).peak).toBeCloseTo(3, 1);
    }
    clean(context, {
      ...common,
      niter: 300,
      threshold: '2mJy',
      mask: cleaned.mask,
      psfmode: 'hogbom',
      imagename: 'c',
      outlierfile: 'c.txt',
    });
    expect(look('c.image').peak).toBeCloseTo(1, 2);
    expect(look('c-far.image').peak).toBeCloseTo(3, 2);
  });

  it.skipIf(!existsSync('/proc/self/fd'))('leave no MeasurementSet open when they are refused', () => {
    const openFiles = () => {
      const links = readdirSync('/proc/self/fd').flatMap((fd) => {
        try {
          return [readlinkSync(`/proc/self/fd/${fd}`)];
        } catch {
          return [];
        }
      });
      return links.filter((path) => path.includes('two.ms'));
    };
    const held = openMs(join(folder, 'two.ms'));
    held.main.column('TIME').get(0);
    expect(openFiles().length).toBeGreaterThan(0);
    held.close();
    const line = (name: string, value: string) => {
      writeFileSync(join(folder, name), `imagename = 'b'\n${value}`);
      return { outlierfile: name };
    };
    const refused: object[] = [
      { outlierfile: 'absent.txt' },
      line('bad.txt', 'imsize = x'),
      line('field.txt', "phasecenter = '99'"),
      { gridder: 'mosaic', outlierfile: 'same.txt' },
      { imagename: 'same-far', outlierfile: 'same.txt' },
      { field: '99' },
      { scan: '0', phasecenter: '99' },
      { phasecenter: 99 },
    ];
    for (const run of [clean, tclean])
      for (const more of refused) {
        const imagermode = 'gridder' in more ? { imagermode: 'mosaic' } : {};
        expect(() => run(context, { ...common, ...cleaned, imagename: 'x', ...imagermode, ...more })).toThrow();
        expect(openFiles()).toEqual([]);
      }
  });

  it('say what they cannot be', () => {
    const run = (more: object) =>
      tclean(context, { ...common, ...cleaned, imagename: 'x', outlierfile: 'same.txt', ...more });
    expect(() => run({ gridder: 'mosaic' })).toThrow(/standard gridder/);
    expect(() => run({ imagename: 'same-far' })).toThrow(/names of their own/);
    expect(() => run({ outlierfile: 'none.txt' })).toThrow(/no file of outlier fields/);
    writeFileSync(join(folder, 'bad.txt'), "imsize = [64, 64]\nimagename = 'a'");
    expect(() => run({ outlierfile: 'bad.txt' })).toThrow(/Line 1 .* begins with its imagename/);
    writeFileSync(join(folder, 'bad.txt'), "imagename = 'a'\nnterms = 2");
    expect(() => run({ outlierfile: 'bad.txt' })).toThrow(/Line 2 .* nterms is that of the main field/);
  });
});
