import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openMs } from '../../../src/astronomy/ms/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { clean, tclean } from '../../../src/pipeline/imaging/index.ts';
import { writeMosaicMs } from './mosaic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'model-column-'));
const context = silentContext(folder);
const arcsec = Math.PI / 648_000;
const at = (east: number, north: number) => ({
  lon: 1 + (east * arcsec) / Math.cos(-0.4 + north * arcsec),
  lat: -0.4 + north * arcsec,
});
const common = { vis: 'a.ms', imsize: [64, 64], cell: '1.5arcsec', phasecenter: 'J2000 1.0rad -0.4rad', niter: 200 };

beforeEach(() => {
  rmSync(join(folder, 'a.ms'), { recursive: true, force: true });
  const sources = [{ ...at(9, 6), fluxJy: 1, fwhm: 0 }];
  const setup = { pointings: [at(-10, 0), at(10, 0)], diameters: [12, 12, 12, 7, 7, 7], sources };
  writeMosaicMs(join(folder, 'a.ms'), { ...setup, chanCount: 4, integrations: 2, radius: 25 });
});

/** Largest |DATA - MODEL_DATA| and largest |MODEL_DATA| of cross-correlations, by field. */
function compare(): { worst: number; most: number }[] {
  const ms = openMs(join(folder, 'a.ms'));
  const rows = ms.main.rowCount;
  const column = (name: string) => ms.main.column(name).getRange(0, rows) as ArrayLike<number>;
  const [data, model, ant1, ant2, field] = ['DATA', 'MODEL_DATA', 'ANTENNA1', 'ANTENNA2', 'FIELD_ID'].map(column);
  ms.close();
  const found = [0, 1].map(() => ({ worst: 0, most: 0 }));
  const perRow = data.length / rows;
  for (let k = 0; k < data.length; k++) {
    const row = Math.floor(k / perRow);
    if (ant1[row] === ant2[row]) continue;
    const one = found[field[row]];
    one.worst = Math.max(one.worst, Math.abs(data[k] - model[k]));
    one.most = Math.max(one.most, Math.abs(model[k]));
  }
  return found;
}

describe('the model column', () => {
  it('has what a mosaic predicts for each pointing and each kind of baseline', () => {
    clean(context, { ...common, imagename: 'mosaic', imagermode: 'mosaic', usescratch: true, threshold: 2 });
    for (const { worst, most } of compare()) {
      expect(most).toBeGreaterThan(0.3);
      expect(worst).toBeLessThan(0.006);
    }
  });

  it('has the channels of a cube, and nothing in channels and fields that were not imaged', () => {
    const channel = { mode: 'channel', spw: '0:1~3', field: '1', usescratch: true, threshold: 2 };
    clean(context, { ...common, ...channel, imagename: 'cube' });
    const ms = openMs(join(folder, 'a.ms'));
    const data = ms.main.column('DATA').getRange(0, ms.main.rowCount) as Float32Array;
    const model = ms.main.column('MODEL_DATA').getRange(0, ms.main.rowCount) as Float32Array;
    const field = ms.main.column('FIELD_ID').getRange(0, ms.main.rowCount) as Int32Array;
    ms.close();
    const last = field.lastIndexOf(1);
    // The last row of field 1 is an autocorrelation; the one before is not. [chan, corr, re/im]
    const row = (last - 1) * 16;
    for (let k = 4; k < 16; k++) expect(model[row + k]).toBeCloseTo(data[row + k], 1);
    const other = field.indexOf(0) * 16;
    expect(model.subarray(other, other + 16)).not.toEqual(data.subarray(other, other + 16));
  });

  it('is written by tclean with savemodel, also where a virtual model is asked for', () => {
    tclean(context, {
      ...common,
      imagename: 'single',
      field: '1',
      savemodel: 'modelcolumn',
      threshold: '2mJy',
      niter: 50,
    });
    expect(compare()[1].worst).toBeLessThan(0.2);
    const ms = openMs(join(folder, 'a.ms'), 'update');
    const zeros = new Float32Array(ms.main.rowCount * 16);
    ms.main.column('MODEL_DATA').putRange(0, ms.main.rowCount, zeros, [4, 2]);
    ms.close();
    // Goes on from the model that the first run has left.
    const again = tclean(context, { ...common, imagename: 'single', field: '1', savemodel: 'virtual', niter: 0 });
    expect(again.iterdone).toBe(0);
    expect(compare()[1].worst).toBeLessThan(0.2);
  });
});
