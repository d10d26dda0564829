import { describe, expect, it } from 'vitest';
import { cloudyMisfit, WaterLayer } from '../../../src/pipeline/calibration/wvr-atmosphere.ts';
import { retrieveCloudyWater, retrieveWater } from '../../../src/pipeline/calibration/wvr-retrieval.ts';

describe('retrieveWater', () => {
  // Input and output of CASA 6.7's wvrgcal on a synthetic data set, as its log prints them. The sampling of the last is long
  // enough for the digits that the log leaves out of the brightness to lead it elsewhere.
  it.each([
    [[176.962494, 88.917816, 39.72734, 24.488689], 1.3801667, 0.940043, [14.7672, 10.4296, 5.31257, 3.47315], 1e-5],
    [[173.878555, 86.499702, 38.621231, 23.548649], 1.5010867, 0.922368, [15.5052, 10.6281, 5.35731, 3.49325], 1e-5],
    [[180.663421, 91.922424, 41.183037, 25.432459], 1.1763804, 0.922002, [14.0786, 10.2578, 5.28625, 3.46558], 5e-3],
  ])('finds what CASA finds for %j', (brightness, elevation, pwv, slopes, limit) => {
    const found = retrieveWater(brightness, elevation);
    expect(Math.abs(found.pwv / pwv - 1)).toBeLessThan(limit);
    slopes.forEach((slope, channel) => {
      expect(Math.abs(found.slopes[channel] / slope - 1)).toBeLessThan(limit);
    });
    expect(found.evidence).toBeGreaterThan(0);
    // The default seed is 43.
    expect(retrieveWater(brightness, elevation, 43)).toEqual(found);
  });

  it('finds the column that a layer was made with', () => {
    const brightness = new Float64Array(4);
    const airmass = 1 / Math.sin(0.9);
    new WaterLayer().at(272, 425).brightness(2 * airmass, brightness);
    const found = retrieveWater(brightness, 0.9, 7);
    expect(Math.abs(found.pwv - 2)).toBeLessThan(4 * found.pwvError);
  });

  it('finds the cloud behind a layer, and water that the cloud does not change', () => {
    const brightness = new Float64Array(4);
    const airmass = 1 / Math.sin(0.9);
    new WaterLayer().at(272, 425, 0.05).brightness(1.2 * airmass, brightness);
    expect(cloudyMisfit(brightness, 1.2 * airmass, 272, 425, 0.05)).toBeLessThan(1e-12);
    const found = retrieveCloudyWater(brightness, 0.9);
    const cloud = found.cloud ?? { opacity: 0, error: 0 };
    // The errors are those of 0.1 and 0.008 that four channels leave; what is found lies well within them.
    expect(cloud.error).toBeLessThan(0.01);
    expect(found.pwvError).toBeLessThan(0.12);
    expect(Math.abs(cloud.opacity - 0.05)).toBeLessThan(cloud.error);
    expect(Math.abs(found.pwv - 1.2)).toBeLessThan(found.pwvError);
  });

  it('says when nothing fits', () => {
    expect(() => retrieveWater([20, 150, 150, 300], 1)).toThrow(/No water column/);
  });
});
