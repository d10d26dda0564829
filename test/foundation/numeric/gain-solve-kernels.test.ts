import { describe, expect, it } from 'vitest';
import {
  addVisibilitiesInto,
  arena,
  joinCorrelationFlagsInPlace,
  type Lease,
  solveGainsInPlace,
} from '../../../src/foundation/numeric/index.ts';
import { type Baseline, chiSquare, solveSlowly } from '../../reference/gain-solve.ts';

/** Deterministic numbers in [-1, 1). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

function trueGains(antCount: number, next: () => number): number[] {
  return Array.from({ length: antCount }, () => {
    const amp = 1 + 0.3 * next();
    const phase = Math.PI * next();
    return [amp * Math.cos(phase), amp * Math.sin(phase)];
  }).flat();
}

function observe(gains: readonly number[], noise: number, next: () => number): Baseline[] {
  const antCount = gains.length / 2;
  const baselines: Baseline[] = [];
  for (let ant1 = 0; ant1 < antCount; ant1++) {
    for (let ant2 = ant1 + 1; ant2 < antCount; ant2++) {
      const [ar, ai, cr, ci] = [gains[2 * ant1], gains[2 * ant1 + 1], gains[2 * ant2], gains[2 * ant2 + 1]];
      baselines.push({
        ant1,
        ant2,
        re: ar * cr + ai * ci + noise * next(),
        im: ai * cr - ar * ci + noise * next(),
        weight: 1 + 0.5 * next(),
      });
    }
  }
  return baselines;
}

function solve(lease: Lease, baselines: readonly Baseline[], antCount: number, guess: readonly number[]) {
  const problem = {
    antCount,
    products: lease.float64(2 * antCount * antCount).fill(0),
    weights: lease.float64(antCount * antCount).fill(0),
    gains: lease.float64(2 * antCount),
    scratch: lease.float64(2 * antCount),
    hessian: lease.float64(antCount),
  };
  for (const { ant1, ant2, re, im, weight } of baselines) {
    const [up, down] = [ant1 * antCount + ant2, ant2 * antCount + ant1];
    problem.weights[up] = problem.weights[down] = weight;
    problem.products[2 * up] = problem.products[2 * down] = weight * re;
    problem.products[2 * up + 1] = weight * im;
    problem.products[2 * down + 1] = -weight * im;
  }
  problem.gains.set(guess);
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
    const next = sequence(antCount);
    const truth = trueGains(antCount, next);
    const flat = truth.map((_, index) => (index % 2 === 0 ? 1 : 0));
    const guess = truth.map((value, index) => value + 0.2 * (index % 3) * flat[index]);
    const found = arena().scope((lease) => solve(lease, observe(truth, 0, next), antCount, guess));
    const [a, b] = [referenced(found), referenced(truth)];
    a.forEach((value, index) => {
      expect(Math.abs(value - b[index])).toBeLessThan(1e-11);
    });
  });

  it('ends at the minimum that the slow definition finds in noisy data', () => {
    const next = sequence(77);
    for (let trial = 0; trial < 5; trial++) {
      const truth = trueGains(8, next);
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

describe('the speed of the gain solver', () => {
  it('is at least twice that of the slow definition that is stopped as soon as it is as near to the minimum', () => {
    const next = sequence(43);
    const truth = trueGains(30, next);
    const baselines = observe(truth, 0.5, next);
    const guess = truth.map((value, index) => value + 0.2 * ((index % 5) - 2) * next());
    const fast = arena().scope((lease) => solve(lease, baselines, 30, guess));
    const goal = chiSquare(baselines, fast) * (1 + 1e-12);
    let steps = 1;
    while (chiSquare(baselines, solveSlowly(baselines, guess, steps)) > goal) steps++;
    expect(steps).toBeLessThan(100);
    const cpuOf = (work: () => void) => {
      const start = process.cpuUsage();
      for (let time = 0; time < 5; time++) work();
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    const kernel = () => arena().scope((lease) => solve(lease, baselines, 30, guess));
    cpuOf(kernel);
    const ratio = cpuOf(() => solveSlowly(baselines, guess, steps)) / cpuOf(kernel);
    expect(ratio).toBeGreaterThan(2);
  });
});

describe('visibility sums', () => {
  it('are the weighted products over unflagged samples', () => {
    arena().scope((lease) => {
      const [rowCount, chanCount, corrCount] = [700, 5, 2];
      const cells = rowCount * chanCount * corrCount;
      const next = sequence(5);
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
