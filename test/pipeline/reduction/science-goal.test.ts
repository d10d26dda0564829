import { describe, expect, it } from 'vitest';
import { checkScienceGoal, parseFluxSpec } from '../../../src/pipeline/reduction/index.ts';
import { fluxAt } from '../../../src/pipeline/reduction/science-goal.ts';

describe('parseFluxSpec', () => {
  it('reads name, flux, frequency and index', () => {
    const spec = parseFluxSpec('J1733-1304=1.85Jy@225GHz,-0.55');
    expect(spec).toEqual({ name: 'J1733-1304', fluxJy: 1.85, referenceHz: 225e9, spectralIndex: -0.55 });
    expect(fluxAt(spec, 450e9)).toBeCloseTo(1.85 * 2 ** -0.55, 12);
  });

  it('takes a missing index as 0 and mJy and MHz as they are', () => {
    const spec = parseFluxSpec('Ceres=350mJy@98000MHz');
    expect(spec.fluxJy).toBeCloseTo(0.35, 14);
    expect(spec).toMatchObject({ name: 'Ceres', referenceHz: 98e9, spectralIndex: 0 });
  });

  it('shows the form when the text is wrong', () => {
    expect(() => parseFluxSpec('J1733-1304 1.85')).toThrow(/NAME=FLUX@FREQUENCY,INDEX/);
  });
});

describe('checkScienceGoal', () => {
  it('turns quantities into SI units', () => {
    const goal = checkScienceGoal(
      { project: '2012.1.00001.S', angularResolution: '0.5arcsec', sensitivity: '1mJy', flux: ['a=1Jy@100GHz'] },
      'goal.yaml',
    );
    expect(goal.angularResolutionRad).toBeCloseTo((0.5 * Math.PI) / 648000, 15);
    expect(goal.sensitivityJy).toBe(1e-3);
    expect(goal.flux[0].name).toBe('a');
  });

  it('names the key that is wrong, and the file', () => {
    expect(() => checkScienceGoal({ sensitivty: '1mJy' }, 'goal.yaml')).toThrow(/goal\.yaml/);
    expect(() => checkScienceGoal({ lines: [{ name: 'CO' }] }, 'goal.yaml')).toThrow(/lines\.0\.restFrequency/);
  });
});
