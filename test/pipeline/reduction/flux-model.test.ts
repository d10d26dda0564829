import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openAsdm } from '../../../src/formats/asdm/index.ts';
import { silentContext } from '../../../src/foundation/base/index.ts';
import { chooseFluxModel, fluxCalibratorOf } from '../../../src/pipeline/reduction/flux-model.ts';
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

describe('fluxCalibratorOf', () => {
  let asdm: string;
  beforeAll(() => {
    const out = join(mkdtempSync(join(tmpdir(), 'qa2-flux-')), 'sim');
    [asdm] = simulate(silentContext(), { out, preset: 'tiny' }).asdms;
  });

  it('finds the flux calibrator before anything is imported', () => {
    expect(fluxCalibratorOf(openAsdm(asdm))?.name).toBe('J1733-1304');
  });
});
