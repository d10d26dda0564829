import { describe, expect, it } from 'vitest';
import type { WvrData } from '../../../src/pipeline/calibration/wvr-data.ts';
import {
  largestBaselineScatter,
  pathDiscrepancy,
  pathPerKelvin,
  pathScatter,
  thermalPathError,
  waterPaths,
} from '../../../src/pipeline/calibration/wvr-path.ts';

const slopes = Float64Array.of(14, 10, 5, 3.5).map((value) => value * 1e3);

/** Brightness that follows known paths in all channels. */
function dataOf(paths: number[][]): WvrData {
  const antennaCount = paths[0].length;
  const brightness = new Float64Array(paths.length * antennaCount * 4);
  paths.flat().forEach((path, cell) => {
    for (let channel = 0; channel < 4; channel++) brightness[4 * cell + channel] = path * slopes[channel];
  });
  const zeros = new Int32Array(paths.length);
  return {
    ...{ time: Float64Array.from(paths.keys()), elevation: new Float64Array(paths.length).fill(Math.PI / 6) },
    ...{ stateId: zeros, fieldId: zeros, sourceId: zeros, antennaCount, brightness },
  };
}

const known = [
  [0.005, 0.006],
  [0.0051, 0.006],
  [0.0052, 0.006],
];
const sensitivities = [{ time: 0, slopes, errors: slopes }];

describe('paths from brightness', () => {
  it('give back the paths that made it', () => {
    const paths = waterPaths(dataOf(known), sensitivities);
    known.flat().forEach((path, cell) => {
      expect(paths[cell]).toBeCloseTo(path, 12);
    });
  });

  it('weigh the channels by their noise', () => {
    const factors = pathPerKelvin(slopes);
    const response = factors.reduce((sum, factor, channel) => sum + factor * slopes[channel], 0);
    expect(response).toBeCloseTo(1, 12);
    expect(thermalPathError(slopes)).toBeLessThan(0.08 / slopes[1]);
    expect([...pathPerKelvin(slopes, [false, true, false, false])]).toEqual([0, 1 / slopes[1], 0, 0]);
  });

  it('interpolate the sensitivity in time', () => {
    const twice = slopes.map((slope) => 2 * slope);
    const paths = waterPaths(dataOf(known), [...sensitivities, { time: 2, slopes: twice, errors: twice }]);
    expect(paths[2]).toBeCloseTo(known[1][0] / 1.5, 12);
  });
});

describe('statistics of paths', () => {
  const data = dataOf(known);
  const paths = waterPaths(data, sensitivities);
  const all = [[0, 2]] as const;

  it('are scatters of the zenith path and of baselines', () => {
    const scatter = 1e-4 * Math.sqrt(2 / 3);
    expect(pathScatter(data, paths, all)[0]).toBeCloseTo(0.5 * scatter, 10);
    expect(pathScatter(data, paths, all)[1]).toBeCloseTo(0, 8);
    expect(largestBaselineScatter(data, paths, all)).toBeCloseTo(scatter, 10);
    expect(pathDiscrepancy(data, paths, paths, all)[0]).toBe(0);
  });

  it('look only at the times asked for and at valid paths', () => {
    expect(pathScatter(data, paths, [[1, 1]])[0]).toBe(0);
    expect(pathScatter(data, new Float64Array(6), all)[0]).toBe(0);
  });
});
