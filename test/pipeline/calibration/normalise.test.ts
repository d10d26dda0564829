import { describe, expect, it } from 'vitest';
import {
  fillChannelGaps,
  keepOnly,
  normaliseBandpasses,
  normaliseWindows,
} from '../../../src/pipeline/calibration/normalise.ts';
import type { Solution } from '../../../src/pipeline/calibration/solution.ts';

/** One antenna and polarization; gains by amplitude and phase per channel. */
function spectrum(
  gains: readonly (readonly [amp: number, phase: number])[],
  flagged: readonly number[] = [],
): Solution {
  const chanCount = gains.length;
  return {
    ...{ spwId: 0, fieldId: 0, scanNumber: 1, observationId: 0, time: 0, antCount: 1, chanCount, parCount: 1 },
    params: Float32Array.from(gains.flatMap(([amp, phase]) => [amp * Math.cos(phase), amp * Math.sin(phase)])),
    flag: Uint8Array.from(gains, (_, chan) => (flagged.includes(chan) ? 1 : 0)),
    paramErr: new Float32Array(chanCount),
    snr: new Float32Array(chanCount),
    refAnt: -1,
  };
}

const amp = (s: Solution, chan: number) => Math.hypot(s.params[2 * chan], s.params[2 * chan + 1]);
const phase = (s: Solution, chan: number) => Math.atan2(s.params[2 * chan + 1], s.params[2 * chan]);

describe('normalisation', () => {
  it('brings the mean power of a window to 1 and keeps phases', () => {
    const list = [spectrum([[3, 0.4]]), spectrum([[1, -0.4]]), spectrum([[50, 0]], [0])];
    normaliseWindows(list, 'mean');
    expect(amp(list[0], 0) ** 2 + amp(list[1], 0) ** 2).toBeCloseTo(2, 6);
    expect(phase(list[0], 0)).toBeCloseTo(0.4, 6);
  });

  it('brings a bandpass to mean power 1 and mean phase 0 over good channels', () => {
    const one = spectrum(
      [
        [2, 0.9],
        [3, 1.1],
        [90, -2],
        [1, 1.0],
      ],
      [2],
    );
    normaliseBandpasses([one]);
    const power = [0, 1, 3].reduce((sum, chan) => sum + amp(one, chan) ** 2, 0) / 3;
    expect(power).toBeCloseTo(1, 6);
    expect([0, 1, 3].reduce((sum, chan) => sum + Math.sin(phase(one, chan)), 0)).toBeCloseTo(0, 5);
  });

  it('keeps only phases or only amplitudes, and 1 where flagged', () => {
    const [p, a] = [
      spectrum(
        [
          [2, 0.5],
          [4, 1],
        ],
        [1],
      ),
      spectrum(
        [
          [2, 0.5],
          [4, 1],
        ],
        [1],
      ),
    ];
    keepOnly([p], 'p');
    keepOnly([a], 'a');
    expect([amp(p, 0), phase(p, 0), amp(p, 1), phase(p, 1)].map((x) => Math.round(x * 1e6) / 1e6)).toEqual([
      1, 0.5, 1, 0,
    ]);
    expect([amp(a, 0), phase(a, 0), amp(a, 1)]).toEqual([2, 0, 1]);
  });

  it('fills gaps up to a width by amplitude and phase, the short way round', () => {
    const one = spectrum(
      [
        [1, 3.0],
        [9, 0],
        [9, 0],
        [4, -3.0],
        [9, 0],
      ],
      [1, 2, 4],
    );
    fillChannelGaps([one], 1);
    expect(Array.from(one.flag)).toEqual([0, 1, 1, 0, 1]);
    fillChannelGaps([one], 2);
    expect(Array.from(one.flag)).toEqual([0, 0, 0, 0, 1]);
    expect(amp(one, 1)).toBeCloseTo(2, 5);
    expect(Math.cos(phase(one, 2) - (3 + (2 / 3) * (2 * Math.PI - 6)))).toBeCloseTo(1, 6);
  });
});
