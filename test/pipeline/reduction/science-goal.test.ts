import { describe, expect, it } from 'vitest';
import { checkScienceGoal } from '../../../src/pipeline/reduction/index.ts';

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
    const line = { name: 'CO', restFrequency: '230.538GHz', velocty: '3km/s' };
    expect(() => checkScienceGoal({ lines: [line] }, 'goal.yaml')).toThrow(/velocty/);
  });

  it('refuses a quantity without unit; 0 needs none', () => {
    expect(() => checkScienceGoal({ angularResolution: 0.6 }, 'goal.yaml')).toThrow(/unit of angle/);
    expect(() => checkScienceGoal({ angularResolution: '0.6' }, 'goal.yaml')).toThrow(/unit of angle/);
    const line = { name: 'CO', restFrequency: '230.538GHz', velocity: 0 };
    expect(checkScienceGoal({ lines: [line] }, 'goal.yaml').lines[0].velocityMs).toBe(0);
  });
});
