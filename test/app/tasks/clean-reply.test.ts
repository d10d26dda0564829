import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runTask } from '../../../src/app/tasks/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { writeMosaicMs } from '../../pipeline/imaging/mosaic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'clean-reply-'));
const context = silentContext(folder);

interface Plane {
  readonly [entry: string]: readonly { readonly $float: number }[];
}

async function summaryOf(fullsummary: boolean): Promise<Readonly<Record<string, number[]>>> {
  const call = {
    ...{ vis: 'one.ms', imagename: `full-${fullsummary}`, imsize: 64, cell: '0.6arcsec', pblimit: 0.1 },
    ...{ niter: 40, cycleniter: 15, threshold: '20mJy', mask: 'box[[20pix,20pix],[29pix,43pix]]', fullsummary },
  };
  const text = JSON.stringify(await runTask('tclean', [], call, context));
  const plane: Plane = JSON.parse(/"iterDone".*?\]\}/.exec(text)?.[0].replace(/^/, '{') ?? '{}');
  return Object.fromEntries(Object.entries(plane).map(([name, list]) => [name, list.map(({ $float }) => $float)]));
}

beforeAll(() => {
  const arcsec = Math.PI / 648_000;
  const centre = { lon: 1, lat: -0.4 };
  const beside = { lon: 1 + (5 * arcsec) / Math.cos(-0.4), lat: -0.4 };
  writeMosaicMs(join(folder, 'one.ms'), {
    pointings: [centre],
    diameters: Array<number>(9).fill(12),
    sources: [
      { ...beside, fluxJy: 1, fwhm: 0 },
      { lon: 1 - (4 * arcsec) / Math.cos(-0.4), lat: -0.4, fluxJy: 2, fwhm: 0 },
    ],
    chanCount: 1,
    integrations: 4,
    radius: 40,
  });
});

describe('what tclean returns', () => {
  it('has four entries of each minor cycle, and all with fullsummary', async () => {
    const [short, full] = [await summaryOf(false), await summaryOf(true)];
    expect(Object.keys(short)).toEqual(['iterDone', 'peakRes', 'modelFlux', 'cycleThresh']);
    for (const [name, values] of Object.entries(short)) expect(full[name]).toEqual(values);
    const count = short.iterDone.length;
    expect(count).toBeGreaterThan(1);
    const before = (values: readonly number[]) => [0, ...values.slice(0, -1)];
    const sums = short.iterDone.map((_, k) => short.iterDone.slice(0, k).reduce((sum, value) => sum + value, 0));
    expect(full.startIterDone).toEqual(sums);
    expect(full.cycleStartIters).toEqual(sums);
    expect(full.startModelFlux).toEqual(before(short.modelFlux));
    expect(full.startPeakResNM.slice(1)).toEqual(full.peakResNM.slice(0, -1));
    for (const [k, peak] of full.startPeakRes.slice(1).entries()) expect(peak / short.peakRes[k]).toBeCloseTo(1, 2);
    // The stronger source stands outside of the mask of 10 x 24 pixels.
    expect(full.startPeakResNM[0]).toBeGreaterThan(1.2 * full.startPeakRes[0]);
    expect(full.masksum).toEqual(Array(count).fill(240));
    expect(full.mpiServer).toEqual(Array(count).fill(0));
    expect(full.stopCode.every((code, k) => code === (short.peakRes[k] <= short.cycleThresh[k] ? 2 : 1))).toBe(true);
  });
});
