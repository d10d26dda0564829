import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runTask } from '../../../../src/app/tasks/index.ts';
import { openMs } from '../../../../src/astronomy/ms/index.ts';
import { silentContext } from '../../../../src/foundation/base/index.ts';
import { writeMosaicMs } from '../../../pipeline/imaging/mosaic-ms.ts';

it('tells the noise of natural weights by their sum, and that other weights have more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'apparentsens-'));
  const centre = { lon: 1, lat: -0.4 };
  writeMosaicMs(join(folder, 'one.ms'), {
    ...{ pointings: [centre], diameters: Array<number>(9).fill(12), chanCount: 1, integrations: 4, radius: 40 },
    sources: [{ ...centre, fluxJy: 1, fwhm: 0 }],
  });
  const ms = openMs(join(folder, 'one.ms'), 'read');
  const rows = ms.main.rowCount;
  const [weights, one, other] = ['WEIGHT', 'ANTENNA1', 'ANTENNA2'].map(
    (name) => ms.main.column(name).getRange(0, rows) as Float32Array,
  );
  const isCross = (row: number) => one?.[row] !== other?.[row];
  const perRow = (weights?.length ?? 0) / rows;
  const total =
    weights?.reduce((sum, weight, index) => sum + (isCross(Math.floor(index / perRow)) ? weight : 0), 0) ?? 0;
  ms.close();
  const ask = async (more: object) => {
    const call = { vis: 'one.ms', imsize: 64, cell: '0.6arcsec', ...more };
    const found = JSON.stringify(await runTask('apparentsens', [], call, silentContext(folder)));
    const [noise = 0, relative = 0] = found.match(/-?\d[\d.e-]*/g)?.map(Number) ?? [];
    return { noise, relative };
  };
  const natural = await ask({});
  expect(natural.relative).toBeCloseTo(1, 12);
  expect(natural.noise * Math.sqrt(total)).toBeCloseTo(1, 5);
  const uniform = await ask({ weighting: 'uniform' });
  expect(uniform.relative).toBeGreaterThan(1.05);
  expect(uniform.noise).toBeCloseTo(natural.noise * uniform.relative, 12);
  expect(await ask({ selectdata: false, antenna: '0' })).toEqual(natural);
  expect((await ask({ antenna: '0' })).noise).toBeGreaterThan(natural.noise);
});
