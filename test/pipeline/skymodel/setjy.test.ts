import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMs, readMetadata } from '../../../src/astronomy/ms/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { setjy } from '../../../src/pipeline/skymodel/index.ts';
import { writeSyntheticMs } from '../calibration/synthetic-ms.ts';

const folder = mkdtempSync(join(tmpdir(), 'setjy-'));
const context = silentContext(folder);

beforeAll(() => {
  const setup = { antCount: 2, chanCount: 2, spwCount: 1, scanFields: [0, 1], integrations: 1 };
  writeSyntheticMs(join(folder, 'a.ms'), { ...setup, visibility: () => [1, 0] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('setjy', () => {
  const fluxdict = { '1': { '0': { fluxd: [0.4, 0, 0, 0] } } };

  it("sets those of all fields that fluxscale's dictionary has", () => {
    const scale = { vis: 'a.ms', standard: 'fluxscale', fluxdict };
    expect(Object.keys(setjy(context, scale)).sort()).toEqual(['1', 'format']);
    expect(() => setjy(context, { ...scale, field: '0' })).toThrow(/nothing for field 0/);
    expect(() => setjy(context, { ...scale, fluxdict: {} })).toThrow(/none of the fields/);
  });

  it('takes 1 Jy where no flux density is given, and 0 where 0 is', () => {
    const flux = (fluxdensity: number | number[]) =>
      setjy(context, { vis: 'a.ms', field: '0', standard: 'manual', fluxdensity })[0];
    expect(flux(-1)).toMatchObject({ 0: { fluxd: [1, 0, 0, 0] } });
    expect(flux([0, 0, 0, 0])).toMatchObject({ 0: { fluxd: [0, 0, 0, 0] } });
  });

  it('takes Perley-Butler 2010 where no flux density is given for a source that it has', () => {
    const table = openMs(join(folder, 'a.ms'), 'update');
    const [first, last] = readMetadata(table).spectralWindows[0].chanFreqs;
    table.subtable('FIELD').column('NAME').put(1, 'J1331+3030');
    table.close();
    const flux = (more: object) => {
      const found = setjy(context, { vis: 'a.ms', field: '1', standard: 'manual', fluxdensity: -1, ...more })[1];
      return (found as Record<string, { fluxd: number[] }>)[0].fluxd[0];
    };
    const wanted = (hz: number) => {
      const x = Math.log10(hz / 1e9);
      return 10 ** (1.2361 - 0.4127 * x - 0.1864 * x ** 2 + 0.0294 * x ** 3);
    };
    expect(flux({}) / wanted(first)).toBeCloseTo(1, 9);
    expect(flux({ scalebychan: false }) / wanted((first + last) / 2)).toBeCloseTo(1, 9);
    expect(flux({ fluxdensity: 2 })).toBe(2);
  });

  it('needs the frequency of a flux density that has a spectral index', () => {
    const call = (spix: number) =>
      setjy(context, { vis: 'a.ms', field: '0', standard: 'manual', fluxdensity: 1, spix, reffreq: '0Hz' });
    expect(() => call(-1)).toThrow(
      'setjy: a spectral index needs the frequency of the flux density; give reffreq, e.g. 100GHz.',
    );
    expect(() => call(0)).not.toThrow();
  });

  it('returns flux densities at channel 0, or of the middle of the window', () => {
    const flux = (scalebychan: boolean) => {
      const spectrum = { fluxdensity: 1, spix: -1, reffreq: '100GHz', scalebychan };
      const entry = setjy(context, { vis: 'a.ms', field: '0', standard: 'manual', ...spectrum })[0];
      return (entry as Record<string, { fluxd: number[] }>)[0].fluxd[0];
    };
    const ms = openMs(join(folder, 'a.ms'), 'read');
    const [first, last] = readMetadata(ms).spectralWindows[0].chanFreqs;
    ms.close();
    expect(flux(true)).toBeCloseTo(100e9 / first, 12);
    expect(flux(false)).toBeCloseTo(200e9 / (first + last), 12);
  });
});
