import { fail } from '../../foundation/base/index.ts';
import { arena } from '../../foundation/numeric/index.ts';
import { MersenneTwister } from './mersenne-twister.ts';
import { WaterMisfit, waterLayer } from './wvr-atmosphere.ts';

/** What four brightness temperatures say about the atmosphere. */
export interface Retrieval {
  /** Evidence: mean likelihood over the prior. */
  readonly evidence: number;
  /** Zenith water column, mm, and its standard deviation. */
  readonly pwv: number;
  readonly pwvError: number;
  /** Change of brightness with extra path, K/mm, [channel], and their standard deviations. */
  readonly slopes: Float64Array;
  readonly slopeErrors: Float64Array;
}

/** Uniform priors: zenith water column (mm), temperature (K) and pressure (mbar) of the layer, as CASA's wvrgcal has them. */
const LOW = [0, 250, 300] as const;
const HIGH = [10, 295, 550] as const;
const DIMENSIONS = 3;
/** Points that explore the prior, and steps of the walk that replaces the worst of them. */
const LIVE_POINTS = 200;
const WALK_STEPS = 100;
/** Step of the walk in units of the spread of the points. */
const STEP_SCALE = 0.1;
const MOST_ROUNDS = 10_000;
/** The sampling ends when the points left can add no more than this share of the evidence. */
const REMAINDER = 1e-3;
/** Seed of the first points, CASA's, and what is added to it for the walk. */
const DEFAULT_SEED = 43;
const WALK_SEED = 0x2f6e2b1;
/** Half the squared misfit (K²) beyond which a search that no longer improves is given up. */
const HOPELESS = 700;

/** Normal and uniform deviates of the sequence of a seed (mulberry32, Box-Muller): the same brightness gives the same answer. */
class Deviates {
  private state: number;
  private spare: number | undefined;

  constructor(seed: number) {
    this.state = seed;
  }

  uniform(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  normal(): number {
    if (this.spare !== undefined) {
      const value = this.spare;
      this.spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

interface Sums {
  evidence: number;
  pwv: number;
  pwvSquare: number;
  readonly slopes: Float64Array;
  readonly squares: Float64Array;
}

/**
 * Posterior means of the water column and of dT/dL for uniform priors and 1 K of noise.
 *
 * Nested sampling with the walk of CASA's wvrgcal (the worst point is replaced by one that 100 steps of a tenth of the
 * points' spread lead to), so that the answers share its preference for where the points have been: where temperature and
 * pressure run into the prior's edge it moves dT/dL by up to 5 % from the exact integral. The first points are those that CASA's
 * generator gives for the seed, the steps have other random numbers: the evidence follows the former, and what is left of chance
 * moves dT/dL of the innermost channel by 0.6 %, as other seeds of CASA do.
 *
 * @param brightness K, [4]
 * @param elevation rad
 * @param seed of the random numbers, a positive integer
 * @throws bad-data when no atmosphere within the priors comes near the brightness
 */
export function retrieveWater(brightness: ArrayLike<number>, elevation: number, seed = DEFAULT_SEED): Retrieval {
  const sums = arena().scope((lease) =>
    new Sampler(new WaterMisfit(lease, brightness), 1 / Math.sin(elevation), seed).run(),
  );
  const { evidence } = sums;
  if (!(evidence > 0)) {
    const text = Array.from(brightness, (value) => value.toFixed(1)).join(', ');
    fail('bad-data', `No water column explains the radiometer's brightness of ${text} K at this elevation.`);
  }
  const pwv = sums.pwv / evidence;
  const slopes = sums.slopes.map((sum) => sum / evidence);
  return {
    evidence,
    pwv,
    pwvError: Math.sqrt(Math.max(0, sums.pwvSquare / evidence - pwv * pwv)),
    slopes,
    slopeErrors: slopes.map((mean, channel) => Math.sqrt(Math.max(0, sums.squares[channel] / evidence - mean * mean))),
  };
}

function isAllowed(point: Float64Array): boolean {
  for (let axis = 0; axis < DIMENSIONS; axis++) if (point[axis] < LOW[axis] || point[axis] > HIGH[axis]) return false;
  return true;
}

class Sampler {
  private readonly water: WaterMisfit;
  private readonly airmass: number;
  private readonly deviates: Deviates;
  /** [point, column temperature pressure] and half the squared misfit of each */
  private readonly points = new Float64Array(LIVE_POINTS * DIMENSIONS);
  private readonly misfits = new Float64Array(LIVE_POINTS);
  private readonly root = new Float64Array(DIMENSIONS * DIMENSIONS);
  private readonly mean = new Float64Array(DIMENSIONS);
  private readonly slope = new Float64Array(4);
  private readonly sums: Sums = {
    evidence: 0,
    pwv: 0,
    pwvSquare: 0,
    slopes: new Float64Array(4),
    squares: new Float64Array(4),
  };

  constructor(water: WaterMisfit, airmass: number, seed: number) {
    this.water = water;
    this.airmass = airmass;
    this.deviates = new Deviates(WALK_SEED + seed);
    const first = new MersenneTwister(seed);
    for (let point = 0; point < LIVE_POINTS; point++) {
      for (let axis = 0; axis < DIMENSIONS; axis++) {
        this.points[point * DIMENSIONS + axis] = LOW[axis] + (HIGH[axis] - LOW[axis]) * first.uniform();
      }
      this.misfits[point] = this.misfit(this.points, point * DIMENSIONS);
    }
  }

  run(): Sums {
    let volume = 1;
    let closest = Number.POSITIVE_INFINITY;
    for (let round = 1; round <= MOST_ROUNDS; round++) {
      const worst = this.extreme((a, b) => a > b);
      const next = Math.exp(-round / LIVE_POINTS);
      this.collect(worst, volume - next);
      volume = next;
      const best = this.misfits[this.extreme((a, b) => a < b)];
      if (this.likelihood(best) * volume < REMAINDER * this.sums.evidence) break;
      if (round % LIVE_POINTS === 0) {
        if (best > HOPELESS && best > 0.95 * closest) break;
        closest = best;
      }
      if (!this.replace(worst)) break;
    }
    return this.sums;
  }

  private misfit(from: Float64Array, at: number): number {
    return this.water.of(from[at] * this.airmass, from[at + 1], from[at + 2]);
  }

  private likelihood(misfit: number): number {
    return Math.exp(-misfit) / (2 * Math.PI) ** 2;
  }

  private extreme(isBeyond: (a: number, b: number) => boolean): number {
    let found = 0;
    for (let point = 1; point < LIVE_POINTS; point++)
      if (isBeyond(this.misfits[point], this.misfits[found])) found = point;
    return found;
  }

  /** Adds a point to the posterior, with the share of the prior that it stands for. */
  private collect(point: number, share: number): void {
    const { sums, points, slope } = this;
    const weight = this.likelihood(this.misfits[point]) * share;
    sums.evidence += weight;
    if (!(weight > 1e-12 * sums.evidence)) return;
    const at = point * DIMENSIONS;
    const column = points[at];
    waterLayer(points[at + 1], points[at + 2]).slope(column * this.airmass, slope);
    sums.pwv += weight * column;
    sums.pwvSquare += weight * column * column;
    for (let channel = 0; channel < 4; channel++) {
      sums.slopes[channel] += weight * slope[channel];
      sums.squares[channel] += weight * slope[channel] ** 2;
    }
  }

  /** Walks from the worst point to a better one; false when no step led there. */
  private replace(worst: number): boolean {
    const { points, misfits, root, deviates } = this;
    this.spread();
    const limit = misfits[worst];
    const here = points.slice(worst * DIMENSIONS, (worst + 1) * DIMENSIONS);
    const trial = new Float64Array(DIMENSIONS);
    let reached = limit;
    for (let step = 0; step < WALK_STEPS; step++) {
      const a = deviates.normal();
      const b = deviates.normal();
      const c = deviates.normal();
      trial[0] = here[0] + root[0] * a;
      trial[1] = here[1] + root[3] * a + root[4] * b;
      trial[2] = here[2] + root[6] * a + root[7] * b + root[8] * c;
      if (!isAllowed(trial)) continue;
      const misfit = this.misfit(trial, 0);
      if (misfit >= limit) continue;
      here.set(trial);
      reached = misfit;
    }
    points.set(here, worst * DIMENSIONS);
    misfits[worst] = reached;
    return reached < limit;
  }

  /** Cholesky root of the covariance of the points, times the step scale: [3, 3], lower triangle. */
  private spread(): void {
    const { points, root } = this;
    const { mean } = this;
    mean.fill(0);
    root.fill(0);
    for (let at = 0; at < points.length; at += DIMENSIONS) {
      for (let axis = 0; axis < DIMENSIONS; axis++) mean[axis] += points[at + axis];
    }
    for (let axis = 0; axis < DIMENSIONS; axis++) mean[axis] /= LIVE_POINTS;
    for (let at = 0; at < points.length; at += DIMENSIONS) {
      for (let row = 0; row < DIMENSIONS; row++) {
        const one = points[at + row] - mean[row];
        for (let column = 0; column <= row; column++) {
          root[DIMENSIONS * row + column] += one * (points[at + column] - mean[column]);
        }
      }
    }
    for (let at = 0; at < root.length; at++) root[at] /= LIVE_POINTS;
    for (let row = 0; row < DIMENSIONS; row++) {
      for (let column = 0; column <= row; column++) {
        let sum = root[3 * row + column];
        for (let inner = 0; inner < column; inner++) sum -= root[3 * row + inner] * root[3 * column + inner];
        root[3 * row + column] = row === column ? Math.sqrt(Math.max(sum, 1e-30)) : sum / root[4 * column];
      }
    }
    for (let at = 0; at < root.length; at++) root[at] *= STEP_SCALE;
  }
}
