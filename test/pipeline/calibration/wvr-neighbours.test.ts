import { describe, expect, it } from 'vitest';
import type { AntennaInfo } from '../../../src/astronomy/ms/index.ts';
import type { WvrData } from '../../../src/pipeline/calibration/wvr-data.ts';
import { borrowSamples, nearestRadiometers } from '../../../src/pipeline/calibration/wvr-neighbours.ts';

const antennas = [0, 30, 70, 150, 900].map((x, id) => ({ id, position: [x, 0, 0] })) as unknown as AntennaInfo[];

describe('neighbours of an antenna without a radiometer', () => {
  it('are the three nearest good ones within reach, weighted by their distances', () => {
    expect(nearestRadiometers(antennas, 0, new Set([0]), 500)).toEqual([
      { antenna: 1, weight: 30 / 250 },
      { antenna: 2, weight: 70 / 250 },
      { antenna: 3, weight: 150 / 250 },
    ]);
    expect(nearestRadiometers(antennas, 0, new Set([0, 1]), 100)).toEqual([{ antenna: 2, weight: 1 }]);
  });

  it('lend their samples where all of them have one', () => {
    const brightness = Float64Array.of(9, 9, 9, 9, 100, 50, 20, 10, 200, 70, 40, 30);
    const data = { time: Float64Array.of(0), antennaCount: 3, brightness } as unknown as WvrData;
    borrowSamples(data, 0, [
      { antenna: 1, weight: 0.25 },
      { antenna: 2, weight: 0.75 },
    ]);
    expect([...brightness.subarray(0, 4)]).toEqual([175, 65, 35, 25]);
    borrowSamples(data, 0, []);
    expect([...brightness.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  });
});
