import type { GainProblem } from '../../foundation/numeric/index.ts';

/** Side of each antenna, 1 or 2, where the baselines of its group all lead from one side to the other; else 0. */
function sidesOf(weights: Float64Array, antCount: number, group: readonly number[]): Uint8Array {
  const sides = new Uint8Array(antCount);
  sides[group[0]] = 1;
  for (const ant of group) {
    for (const other of group) {
      if (!(weights[ant * antCount + other] > 0)) continue;
      if (sides[other] === sides[ant]) return new Uint8Array(antCount);
      sides[other] = 3 - sides[ant];
    }
  }
  return sides;
}

/** Antennas that baselines connect with `start`, each after one that it has a baseline to; `seen` marks them. */
function groupOf(weights: Float64Array, antCount: number, start: number, seen: Uint8Array): readonly number[] {
  const group = [start];
  seen[start] = 1;
  for (const ant of group) {
    for (let other = 0; other < antCount; other++) {
      if (seen[other] || !(weights[ant * antCount + other] > 0)) continue;
      seen[other] = 1;
      group.push(other);
    }
  }
  return group;
}

/**
 * Settles what the data leave open where no ring of an odd number of baselines closes (a chain, a star, a pair): gains of
 * one side times a number and of the other divided by it have the same chi². Both sides get the same power, which is the
 * least that the gains can have.
 *
 * @param problem its gains and hessian are scaled
 */
export function balanceSidesInPlace({ antCount, weights, gains, hessian }: GainProblem): void {
  const seen = new Uint8Array(antCount);
  for (let start = 0; start < antCount; start++) {
    if (seen[start]) continue;
    const group = groupOf(weights, antCount, start, seen);
    const sides = sidesOf(weights, antCount, group);
    const power = [0, 0, 0];
    for (const ant of group) power[sides[ant]] += gains[2 * ant] ** 2 + gains[2 * ant + 1] ** 2;
    if (!(power[1] > 0 && power[2] > 0)) continue;
    const ratio = (power[2] / power[1]) ** 0.25;
    for (const ant of group) {
      const factor = sides[ant] === 1 ? ratio : 1 / ratio;
      gains[2 * ant] *= factor;
      gains[2 * ant + 1] *= factor;
      hessian[ant] /= factor * factor;
    }
  }
}
