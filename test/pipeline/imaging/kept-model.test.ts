import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { type CleanOptions, clean, writeKeptModels } from '../../../src/pipeline/imaging/index.ts';
import { writeMosaicMs } from './mosaic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'kept-model-'));
const context = silentContext(folder);
const arcsec = Math.PI / 648_000;
const at = (east: number) => ({ lon: 1 + (east * arcsec) / Math.cos(-0.4), lat: -0.4 });
const common = { imsize: [64, 64], cell: '1.5arcsec', phasecenter: 'J2000 1.0rad -0.4rad', niter: 50 };

beforeAll(() => {
  const sources = [{ ...at(6), fluxJy: 1, fwhm: 0 }];
  const setup = { pointings: [at(-10), at(10)], diameters: [12, 12, 12, 7, 7, 7], sources };
  writeMosaicMs(join(folder, 'a.ms'), { ...setup, chanCount: 4, integrations: 2, radius: 25 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A fresh MS on which the call has been made. */
function cleaned(vis: string, options: Partial<CleanOptions>): string {
  const path = join(folder, vis);
  rmSync(path, { recursive: true, force: true });
  cpSync(join(folder, 'a.ms'), path, { recursive: true });
  for (const name of readdirSync(folder))
    if (name.startsWith('image.')) rmSync(join(folder, name), { recursive: true });
  clean(context, { ...common, ...options, vis, imagename: 'image' });
  return path;
}

function modelOf(path: string): Float32Array {
  const ms = openMs(path);
  const values = ms.main.column('MODEL_DATA').getRange(0, ms.main.rowCount) as Float32Array;
  ms.close();
  return values;
}

const keptIn = (path: string) => (existsSync(join(path, 'QA2_MODEL')) ? readdirSync(join(path, 'QA2_MODEL')) : []);

describe('the model that clean leaves', () => {
  it.each([
    ['of a mosaic', { imagermode: 'mosaic' }],
    ['of Taylor terms', { nterms: 2, field: '0' }],
    ['of a cube', { mode: 'channel', spw: '0:1~3', field: '1' }],
  ] as [string, Partial<CleanOptions>][])('%s is what usescratch writes, once a task wants it', (_name, options) => {
    const wanted = modelOf(cleaned('b.ms', { ...options, usescratch: true }));
    expect(keptIn(join(folder, 'b.ms'))).toEqual([]);
    const path = cleaned('c.ms', options);
    expect(openMs(path).main.hasColumn('MODEL_DATA')).toBe(false);
    rmSync(join(folder, 'image.model'), { recursive: true, force: true });
    expect(keptIn(path)).toEqual(['1']);
    writeKeptModels(context, path);
    const found = modelOf(path);
    expect(wanted.some((value) => Math.abs(value) > 0.3)).toBe(true);
    const gaps = found.map((value, k) => Math.abs(value - wanted[k]));
    expect(gaps.reduce((worst, gap) => Math.max(worst, gap), 0)).toBeLessThan(1e-5);
    expect(existsSync(join(path, 'QA2_MODEL'))).toBe(false);
  });

  it('is replaced by that of the same fields and windows, and stays beside that of others', () => {
    const path = cleaned('d.ms', { field: '0' });
    const again = (imagename: string, more: Partial<CleanOptions>) =>
      clean(context, { ...common, ...more, vis: 'd.ms', imagename });
    again('second', { field: '1' });
    expect(keptIn(path)).toEqual(['1', '2']);
    again('third', { field: '1' });
    expect(keptIn(path)).toEqual(['1', '2']);
    again('fourth', {});
    expect(keptIn(path)).toEqual(['1']);
    again('fifth', { usescratch: true });
    expect(keptIn(path)).toEqual([]);
    again('sixth', { niter: 0 });
    expect(keptIn(path)).toEqual([]);
  });
});
