import { describe, expect, it } from 'vitest';
import {
  checkCoherence,
  checkGoal,
  checkNoise,
  cycleLimits,
  judge,
  type QaAchievement,
  type QaRequest,
} from '../../../src/pipeline/qa/index.ts';

const ARCSEC = Math.PI / 648000;
const request: QaRequest = {
  representativeFrequencyHz: 230.5e9,
  angularResolutionRad: 0.5 * ARCSEC,
  sensitivityJy: 1e-3,
  sensitivityBandwidthHz: 4e6,
  lines: [{ name: 'CO(2-1)', skyHz: 230.53e9 }],
};
const achieved: QaAchievement = {
  coverage: [[229.6e9, 231.4e9]],
  beamMajorRad: 0.52 * ARCSEC,
  beamMinorRad: 0.48 * ARCSEC,
  rmsJy: 2e-3,
  rmsBandwidthHz: 1e6,
};
const verdict = (changes: Partial<QaAchievement>, asked: Partial<QaRequest> = {}) =>
  judge(checkGoal({ ...request, ...asked }, { ...achieved, ...changes }, cycleLimits(230e9)));

describe('the verdict', () => {
  it('passes data that meet the request, noise scaled to the bandwidth asked for', () => {
    expect(verdict({}).state).toBe('PASS');
    expect(verdict({}).reasons.join(' ')).toContain('Sensitivity (rms) is 1.00 of the request');
  });

  it('semi-passes up to 1.4 times the noise and 1.5 times the beam area in Band 6', () => {
    expect(verdict({ rmsJy: 2.5e-3 }).state).toBe('SEMIPASS');
    expect(verdict({ beamMajorRad: 0.7 * ARCSEC }).state).toBe('SEMIPASS');
  });

  it('fails beyond, and when a line is not covered', () => {
    expect(verdict({ rmsJy: 3e-3 }).state).toBe('FAIL');
    expect(verdict({ beamMajorRad: 0.8 * ARCSEC }).state).toBe('FAIL');
    expect(verdict({}, { lines: [{ name: '13CO(2-1)', skyHz: 220.398e9 }] }).reasons[0]).toContain('13CO(2-1)');
  });

  it('allows more at higher bands', () => {
    expect(cycleLimits(345e9).sensitivity).toEqual([1.15, 1.5]);
    expect(cycleLimits(690e9).sensitivity).toEqual([1.2, 1.6]);
  });

  it('tells images with more than twice their thermal noise, which are no reason against data that meet the request', () => {
    const images = [
      { file: 'product/a.fits', rmsJyPerBeam: 0.0433, predictedRmsJyPerBeam: 0.005 },
      { file: 'product/b.fits', rmsJyPerBeam: 0.0051, predictedRmsJyPerBeam: 0.005 },
      { file: 'product/c.fits', rmsJyPerBeam: null, predictedRmsJyPerBeam: 0.005 },
    ];
    expect(checkNoise(images, false)).toMatchObject([{ severity: 'warning', path: 'product/a.fits', found: '8.6600' }]);
    expect(judge(checkNoise(images, false)).state).toBe('SEMIPASS');
    expect(judge(checkNoise(images, true)).state).toBe('PASS');
  });

  it('is a semi-pass where the air takes more of a target than flux scales are good to', () => {
    const blocks = [
      { uid: 'uid://A002/X1/X1', loss: 0.04 },
      { uid: 'uid://A002/X1/X2', loss: 0.09 },
      { uid: 'uid://A002/X1/X3', loss: Number.NaN },
    ];
    expect(checkCoherence(blocks)).toMatchObject([
      { code: 'coherence', severity: 'warning', path: 'uid://A002/X1/X2' },
    ]);
    expect(judge(checkCoherence(blocks)).reasons[0]).toContain('about 9 % of the target');
    expect(judge(checkCoherence(blocks)).state).toBe('SEMIPASS');
  });

  it('says so when nothing was asked for', () => {
    expect(judge(checkGoal({ lines: [] }, achieved, cycleLimits(230e9))).reasons[0]).toContain('No science goal');
  });
});
