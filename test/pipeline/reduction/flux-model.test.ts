import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Asdm, openAsdm } from '../../../src/formats/asdm/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { chooseFluxModel, fluxCalibratorOf, preferredFlux } from '../../../src/pipeline/reduction/flux-model.ts';
import { simulate } from '../../../src/pipeline/simulation/index.ts';
import { parseFluxSpec } from '../../../src/pipeline/skymodel/index.ts';

const stated = [parseFluxSpec('J1733-1304=1.85Jy@225GHz,-0.55')];
const at = (name: string) => ({ name, mjdSec: 56493.05 * 86400 });
const catalogued = new Map([['J1733-1304', parseFluxSpec('J1733-1304=2Jy@200GHz')]]);

describe('chooseFluxModel', () => {
  it('takes what is stated before what is catalogued', () => {
    const model = chooseFluxModel(at('J1733-1304'), { stated, catalogued }, 'uid');
    expect(model.fluxJy(225e9)).toBeCloseTo(1.85, 12);
    expect(model.fluxJy(450e9)).toBeCloseTo(1.85 * 2 ** -0.55, 12);
    const [call] = model.calls('x.ms', '1');
    expect(call).toMatchObject({
      task: 'setjy',
      args: { fluxdensity: [1.85, 0, 0, 0], spix: -0.55, reffreq: '225GHz' },
    });
  });

  it('falls back on the catalogue and on the models of solar-system bodies', () => {
    const long = new Map([
      ['J1733-1304', parseFluxSpec('J1733-1304=1.8620192269898175Jy@222.36631752578995GHz,-0.55')],
    ]);
    expect(chooseFluxModel(at('J1733-1304'), { stated: [], catalogued: long }, 'uid').decision).toMatchObject({
      choice: 'J1733-1304 = 1.862 Jy at 222.37GHz, spectral index -0.55',
      reason: "Flux density that the ASDM's Source table lists for J1733-1304.",
    });
    expect(chooseFluxModel(at('J1733-1304'), { stated: [], catalogued }, 'uid').fluxJy(200e9)).toBe(2);
    const [call] = chooseFluxModel(at('Neptune'), { stated: [], catalogued: new Map() }, 'uid').calls('x.ms', '1');
    expect(call).toMatchObject({ args: { standard: 'Butler-JPL-Horizons 2012', usescratch: true } });
  });

  it('says what to write when nothing is known', () => {
    expect(() => chooseFluxModel(at('J0000+0000'), { stated, catalogued: new Map() }, 'uid')).toThrow(
      /--flux "J0000\+0000=1.85Jy@225GHz,-0.55"/,
    );
  });
});

describe('preferredFlux', () => {
  it('takes of several flux calibrators the one that was stated, then a body, then the first', () => {
    const seen = ['J1', 'Titan', 'J2'].map((name) => ({ name }));
    expect(preferredFlux(seen, ['J2', 'J3'])?.name).toBe('J2');
    expect(preferredFlux(seen, ['J3'])?.name).toBe('Titan');
    expect(preferredFlux([{ name: 'J1' }, { name: 'J2' }])?.name).toBe('J1');
    expect(preferredFlux([])).toBeUndefined();
  });
});

describe('fluxCalibratorOf', () => {
  let asdm: string;
  beforeAll(() => {
    const out = join(mkdtempSync(join(tmpdir(), 'qa2-flux-')), 'sim');
    [asdm] = simulate(silentContext(), { out, preset: 'tiny' }).asdms;
  });

  it('finds the flux calibrator before anything is imported', () => {
    expect(fluxCalibratorOf(openAsdm(asdm), [])?.name).toBe('J1733-1304');
  });

  it('prefers the one that was stated', () => {
    const rows = ['J1', 'Titan', 'J2'].map((name) => ({
      texts: () => ['CALIBRATE_FLUX'],
      has: () => true,
      text: () => name,
      ns: () => 0n,
    }));
    const several = { table: () => ({ rows: () => rows }) } as unknown as Asdm;
    expect(fluxCalibratorOf(several, ['J2'])?.name).toBe('J2');
    expect(fluxCalibratorOf(several, [])?.name).toBe('Titan');
  });
});
