import { describe, expect, it } from 'vitest';
import {
  addVisibilitiesInto,
  arena,
  joinCorrelationFlagsInPlace,
  solveGainsInPlace,
} from '../../../src/foundation/numeric/index.ts';
import { chiSquare, observe, problemOf, randomGains, solveSlowly } from '../../reference/gain-solve.ts';
import { symmetricNumbers } from '../../reference/random.ts';

function solve(...args: Parameters<typeof problemOf>): number[] {
  const problem = problemOf(...args);
  expect(solveGainsInPlace(problem)).toBe(true);
  return Array.from(problem.gains);
}

/** Gains turned so that antenna 0 has phase 0. */
function referenced(gains: readonly number[]): number[] {
  const amp = Math.hypot(gains[0], gains[1]);
  const [cos, sin] = [gains[0] / amp, gains[1] / amp];
  return gains.map((value, index) =>
    index % 2 === 0 ? value * cos + gains[index + 1] * sin : value * cos - gains[index - 1] * sin,
  );
}

describe('gain solver', () => {
  it.each([4, 5, 10, 43])('recovers the gains of %i antennas from noise-free data', (antCount) => {
    const next = symmetricNumbers(antCount);
    const truth = randomGains(antCount, next);
    const flat = truth.map((_, index) => (index % 2 === 0 ? 1 : 0));
    const guess = truth.map((value, index) => value + 0.2 * (index % 3) * flat[index]);
    const found = arena().scope((lease) => solve(lease, observe(truth, 0, next), antCount, guess));
    const [a, b] = [referenced(found), referenced(truth)];
    a.forEach((value, index) => {
      expect(Math.abs(value - b[index])).toBeLessThan(1e-11);
    });
  });

  it('ends at the minimum that the slow definition finds in noisy data', () => {
    const next = symmetricNumbers(77);
    for (let trial = 0; trial < 5; trial++) {
      const truth = randomGains(8, next);
      const baselines = observe(truth, 0.5, next);
      const fast = arena().scope((lease) => solve(lease, baselines, 8, truth));
      const slow = solveSlowly(baselines, truth);
      expect(chiSquare(baselines, fast)).toBeLessThanOrEqual(chiSquare(baselines, slow) * (1 + 1e-12));
      const [a, b] = [referenced(fast), referenced(slow)];
      a.forEach((value, index) => {
        expect(Math.abs(value - b[index])).toBeLessThan(1e-7);
      });
    }
  });
});

describe('visibility sums', () => {
  it('are the weighted products over unflagged samples', () => {
    arena().scope((lease) => {
      const [rowCount, chanCount, corrCount] = [700, 5, 2];
      const cells = rowCount * chanCount * corrCount;
      const next = symmetricNumbers(5);
      const into = lease.float32(2 * cells);
      into.set(into.map(next));
      const model = lease.float32(2 * cells);
      model.set(model.map(next));
      const flag = lease.uint8(cells);
      flag.set(flag.map((_, cell) => (cell < 40 || next() > 0.5 ? 0 : 1)));
      const weight = lease.float32(rowCount * corrCount);
      weight.set(weight.map(() => 1 + next()));
      const chanMap = lease.int32(chanCount);
      chanMap.set([-1, 0, 0, 1, -1]);
      // Samples that are no numbers count as flagged.
      into[2 * (1 * chanCount * corrCount + 2)] = Number.NaN;
      into[2 * (2 * chanCount * corrCount + 3) + 1] = Number.POSITIVE_INFINITY;
      weight[3 * corrCount] = Number.NaN;
      const isNumber = (row: number, cell: number) =>
        !(row === 3 && cell % corrCount === 0) &&
        Number.isFinite(into[2 * cell]) &&
        Number.isFinite(into[2 * cell + 1]);
      const offsets = lease.int32(rowCount);
      offsets.set(offsets.map((_, row) => (row % 7 === 0 ? -1 : 12 * (row % 3))));
      const sums = lease.float64(36).fill(0);
      const rowWeight = lease.float64(rowCount);
      const rows = { data: into, model, flag, weight, rowCount, chanCount, corrCount };
      addVisibilitiesInto(rows, offsets, chanMap, sums, rowWeight);
      const expected = new Float64Array(36);
      let total = 0;
      for (let row = 0; row < rowCount; row++) {
        for (let chan = 0; chan < chanCount; chan++) {
          for (let corr = 0; corr < corrCount; corr++) {
            const cell = (row * chanCount + chan) * corrCount + corr;
            if (offsets[row] < 0 || chanMap[chan] < 0 || flag[cell] || !isNumber(row, cell)) continue;
            const [vr, vi] = [into[2 * cell], into[2 * cell + 1]];
            const [mr, mi] = [model[2 * cell], model[2 * cell + 1]];
            const w = weight[row * corrCount + corr];
            const at = offsets[row] + (chanMap[chan] * corrCount + corr) * 3;
            expected[at] += w * (vr * mr + vi * mi);
            expected[at + 1] += w * (vi * mr - vr * mi);
            expected[at + 2] += w * (mr * mr + mi * mi);
            total += w * (mr * mr + mi * mi);
          }
        }
      }
      expect(rowWeight.reduce((sum, value) => sum + value)).toBeCloseTo(total, 9);
      for (let k = 0; k < 36; k++) expect(Math.abs(sums[k] - expected[k])).toBeLessThan(1e-11);
    });
  });

  it.each([2, 4])('flags of %i correlations are joined', (corrCount) => {
    arena().scope((lease) => {
      const flag = lease.uint8(3 * corrCount).fill(0);
      flag[corrCount + 1] = 1;
      joinCorrelationFlagsInPlace(flag, corrCount);
      expect(Array.from(flag)).toEqual(
        Array.from({ length: 3 * corrCount }, (_, k) => (Math.floor(k / corrCount) === 1 ? 1 : 0)),
      );
    });
  });
});
