import { describe, expect, it } from 'vitest';
import { SPEED_OF_LIGHT } from '../../../src/foundation/base/index.ts';
import { findPositionOffsets, isExplained, pathLeft } from '../../../src/pipeline/reduction/position-fit.ts';

const FREQUENCIES = [217e9, 219e9, 231e9, 233e9];
const ANTENNA_COUNT = 7;
/** Hour angle and declination of the scans, rad: three calibrators, the last in turn with a target. */
const SCANS = [
  [-0.9, -0.51],
  [-0.3, -0.23],
  [-0.35, -0.35],
  [-0.28, -0.35],
  [-0.21, -0.35],
  [-0.14, -0.35],
  [-0.07, -0.35],
] as const;

/** Scans in which antennas have an extra path (m) and a constant phase of their own. */
function scansOf(
  path: (ant: number, scan: number, direction: readonly number[]) => number,
  { metres, seed } = { metres: 1e-5, seed: 0 },
) {
  return SCANS.map(([hourAngle, dec], scan) => {
    const direction = [Math.cos(dec) * Math.cos(hourAngle), -Math.cos(dec) * Math.sin(hourAngle), Math.sin(dec)];
    const phasors = Array.from({ length: ANTENNA_COUNT }, (_, ant) =>
      Float64Array.from(
        FREQUENCIES.flatMap((hz, cell) => {
          const noise = metres * Math.sin(37 * ant + 11 * scan + seed * ant * (1 + scan));
          const angle = ant + cell + (2 * Math.PI * hz * (path(ant, scan, direction) + noise)) / SPEED_OF_LIGHT;
          return [Math.cos(angle), Math.sin(angle)];
        }),
      ),
    );
    return { fieldId: Math.min(scan, 2), time: 5e9 + 400 * scan, direction, phasors };
  });
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, axis) => sum + value * b[axis], 0);

describe('findPositionOffsets', () => {
  it('finds no offset where paths only scatter a little', () => {
    const { found, usual } = findPositionOffsets(
      scansOf(() => 0),
      FREQUENCIES,
    );
    expect(found).toEqual([]);
    expect(usual).toBeLessThan(3e-5);
  });

  it.each([3, 0])(
    'finds the offset of antenna %i where the directions tell it, several turns of phase or not',
    (bad) => {
      const truth = [2.5e-3, -2.8e-3, 1.9e-3];
      const scans = scansOf((ant, _, direction) => (ant === bad ? dot(truth, direction) : 0));
      const [found, ...others] = findPositionOffsets(scans, FREQUENCIES).found;
      expect(others).toEqual([]);
      expect(found.ant).toBe(bad);
      expect(isExplained(found)).toBe(true);
      const rest = truth.map((value, axis) => value - found.offset[axis]);
      for (const axis of [0, 1, 2])
        expect(Math.abs(rest[axis])).toBeLessThan(3 * Math.sqrt(found.covariance[axis][axis]));
      // What matters: the path towards a target beside the last calibrator, against that calibrator.
      const [calibrator, target] = [
        scans[4].direction,
        [Math.cos(0.37) * Math.cos(0.25), Math.cos(0.37) * Math.sin(0.25), -Math.sin(0.37)],
      ];
      const left = dot(rest, target) - dot(rest, calibrator);
      const was = dot(truth, target) - dot(truth, calibrator);
      expect(Math.abs(left)).toBeLessThan(0.2 * Math.abs(was));
    },
  );

  it('foretells what an offset leaves on a target', () => {
    const direction = (hourAngle: number, dec: number) => [
      Math.cos(dec) * Math.cos(hourAngle),
      -Math.cos(dec) * Math.sin(hourAngle),
      Math.sin(dec),
    ];
    const [target, calibrator] = [direction(-0.2, -0.37), direction(-0.21, -0.35)];
    const apart = target.map((value, axis) => value - calibrator[axis]);
    const pulls = Array.from({ length: 16 }, (_, k) => (k + 0.5) / 8 - 1).flatMap((z, k) => {
      const truth = [Math.sqrt(1 - z * z) * Math.cos(2.4 * k), Math.sqrt(1 - z * z) * Math.sin(2.4 * k), z];
      const misplaced = truth.map((value) => 4e-3 * value);
      const scans = scansOf((ant, _, towards) => (ant === 3 ? dot(misplaced, towards) : 0), {
        metres: 3e-5,
        seed: 1.7 * k,
      });
      const [found] = findPositionOffsets(scans, FREQUENCIES).found;
      if (!found) return [];
      const rest = misplaced.map((value, axis) => value - found.offset[axis]);
      return [dot(rest, apart) / pathLeft(found, apart)];
    });
    const rms = Math.sqrt(pulls.reduce((sum, pull) => sum + pull * pull, 0) / pulls.length);
    expect(pulls.length).toBeGreaterThan(8);
    expect(rms).toBeGreaterThan(0.5);
    expect(rms).toBeLessThan(1.5);
  });

  it('tells how much paths scatter where all antennas are misplaced', () => {
    const scans = scansOf((ant, _, direction) => dot([1e-3 * Math.sin(ant), 1e-3 * Math.cos(3 * ant), 0], direction));
    const { found, usual } = findPositionOffsets(scans, FREQUENCIES);
    expect(found).toEqual([]);
    expect(usual).toBeGreaterThan(5e-5);
  });

  it('tells that an offset does not explain a path that jumps back and forth', () => {
    const scans = scansOf((ant, scan) => (ant === 2 ? 3e-4 * (scan % 2) : 0));
    const [found] = findPositionOffsets(scans, FREQUENCIES).found;
    expect(found.ant).toBe(2);
    expect(isExplained(found)).toBe(false);
  });
});
