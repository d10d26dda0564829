import { describe, expect, it } from 'vitest';
import { findGainFaults } from '../../../src/pipeline/reduction/gain-faults.ts';
import type { CalibratorView } from '../../../src/pipeline/reduction/gain-series.ts';

const ANTENNAS = ['A', 'B', 'C', 'D', 'E', 'F'];

/** Six antennas, one window, two polarizations; field 0 is the bandpass calibrator, field 2 is seen in three scans. */
function view(
  voltage: (ant: number, pol: number, time: number) => number,
  angle = (_ant: number, _time: number, _pol: number) => 0,
) {
  const times = [0, 6, 12, 18, 100, 200, 300];
  const integrations = times.map((time) => {
    const gains = new Float32Array(ANTENNAS.length * 4);
    ANTENNAS.forEach((_, ant) => {
      for (let pol = 0; pol < 2; pol++) {
        const phase = 0.3 * ant + 0.001 * time + angle(ant, time, pol);
        gains[2 * (2 * ant + pol)] = voltage(ant, pol, time) * Math.cos(phase);
        gains[2 * (2 * ant + pol) + 1] = voltage(ant, pol, time) * Math.sin(phase);
      }
    });
    const isFirst = time < 50;
    const flag = new Uint8Array(ANTENNAS.length * 2);
    return {
      fieldId: isFirst ? 0 : 2,
      scan: isFirst ? 1 : time,
      spwId: 0,
      time,
      gains,
      snr: new Float32Array(ANTENNAS.length * 2).fill(50),
      flag,
    };
  });
  return {
    antennas: ANTENNAS,
    polCount: 2,
    integrations,
    powers: new Map(),
    scanSnr: new Map(),
  } satisfies CalibratorView;
}

describe('findGainFaults', () => {
  it('finds nothing in a healthy array', () => {
    expect(
      findGainFaults(
        view((ant) => 1 + 0.05 * ant),
        0,
      ),
    ).toEqual({ dead: [], low: [], lost: [], unstable: [] });
  });

  it('tells a dead polarization from a low gain', () => {
    const faults = findGainFaults(
      view((ant, pol) => (ant === 2 && pol === 1 ? 0.02 : ant === 4 ? 0.3 : 1)),
      0,
    );
    expect(faults.dead).toEqual([{ antenna: 'C', pol: 1, spwIds: [0] }]);
    expect(faults.low.map(({ antenna, pol }) => [antenna, pol])).toEqual([
      ['E', 0],
      ['E', 1],
    ]);
    const half = findGainFaults(
      view((ant, pol) => (ant === 4 && pol === 1 ? 0.3 : 1)),
      0,
    );
    expect(half.low).toMatchObject([{ antenna: 'E', pol: 1, spwIds: [0] }]);
    expect(faults.lost).toEqual([]);
  });

  it('finds when an antenna was off source: between the good integrations around', () => {
    const [lost, ...others] = findGainFaults(
      view((ant, _, time) => (ant === 3 && time === 200 ? 0.1 : 1)),
      0,
    ).lost;
    expect(others).toEqual([]);
    expect(lost).toMatchObject({ antenna: 'D', kind: 'off-source', after: 100, before: 300 });
  });

  it('takes the air for what it is: outer antennas turn more, and have done so before', () => {
    // 20 deg in 12 s on the bandpass calibrator let one expect 2 rad in 100 s.
    const air = (ant: number, time: number) => (ant === 1 ? (time < 50 ? 0.03 * time : time > 250 ? 1.5 : 0) : 0);
    expect(
      findGainFaults(
        view(() => 1, air),
        0,
      ).lost,
    ).toEqual([]);
  });

  it('gives up an antenna whose phases nothing can follow', () => {
    const wild = (ant: number, time: number) => (ant === 1 ? 40 * Math.sin(time * time) : 0);
    const faults = findGainFaults(
      view(() => 1, wild),
      0,
    );
    expect(faults.unstable.map(({ antenna }) => antenna)).toEqual(['B']);
    expect(faults.lost).toEqual([]);
  });

  it('finds a phase jump, and only where all phases of an antenna jump', () => {
    const jump = (ant: number, time: number) => (ant === 1 && time > 250 ? 2 : 0);
    const [lost, ...others] = findGainFaults(
      view(() => 1, jump),
      0,
    ).lost;
    expect(others).toEqual([]);
    expect(lost).toMatchObject({ antenna: 'B', kind: 'phase-jump', after: 200, before: 300 });
    expect(lost.size).toBeCloseTo(2, 2);
    const ofPol = (ant: number, time: number, pol: number) => (pol === 1 ? jump(ant, time) : 0);
    expect(
      findGainFaults(
        view(() => 1, ofPol),
        0,
      ).lost,
    ).toMatchObject([{ antenna: 'B', pol: 1, kind: 'phase-jump', after: 200 }]);
    const drift = (ant: number, time: number) => (ant === 1 ? 0.002 * time : 0);
    expect(
      findGainFaults(
        view(() => 1, drift),
        0,
      ).lost,
    ).toEqual([]);
  });
});
