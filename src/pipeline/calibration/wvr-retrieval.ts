import { doTogether, fail, isQa2Error, type Qa2Error } from '../../foundation/base/index.ts';
import { arena } from '../../foundation/numeric/index.ts';
import { Deviates, firstUniforms, MersenneTwister } from './mersenne-twister.ts';
import { PrincipalAxes } from './principal-axes.ts';
import { cloudyMisfit, WaterLayer, WaterMisfit } from './wvr-atmosphere.ts';

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
  /** Opacity of a cloud at 183.3 GHz and its standard deviation, where one was allowed for. */
  readonly cloud?: { readonly opacity: number; readonly error: number };
}

/** What is sampled: a point is [zenith water column (mm), temperature (K) and pressure (mbar) of the layer, cloud opacity …]. */
interface Atmosphere {
  /** Uniform priors, as CASA's wvrgcal has them. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Half the squared misfit of the point at an offset of an array. */
  misfit(points: Float64Array, at: number): number;
  /** dT/dL, K/mm. */
  slope(points: Float64Array, at: number, into: Float64Array): void;
}

const LOW = [0, 250, 300] as const;
const HIGH = [10, 295, 550] as const;
const MOST_CLOUD = 0.2;
/** Points that explore the prior, and steps of the walk that replaces the worst of them. */
const LIVE_POINTS = 200;
const WALK_STEPS = 100;
/** Step of the walk in units of the spread of the points. */
const STEP_SCALE = 0.1;
const MOST_ROUNDS = 10_000;
/** The sampling ends when the points left can add no more than this share of the evidence. */
const REMAINDER = 1e-6;
/** CASA's seed of the first points; the walk has random numbers of its own, the same for every seed. */
const DEFAULT_SEED = 43;
/** Half the squared misfit (K²) beyond which a search that no longer improves is given up. */
const HOPELESS = 700;

interface Sums {
  evidence: number;
  /** [parameter] */
  readonly means: Float64Array;
  readonly meanSquares: Float64Array;
  /** [channel] */
  readonly slopes: Float64Array;
  readonly squares: Float64Array;
}

/**
 * Posterior means of the water column and of dT/dL for uniform priors and 1 K of noise.
 *
 * Nested sampling with the walk and the random numbers of CASA's wvrgcal (the worst point is replaced by one that 100 steps of a
 * tenth of the points' spread lead to), so that the answers are CASA's of the same seed to some 1e-6: where temperature and
 * pressure run into the prior's edge the walk moves dT/dL by up to 5 % from the exact integral, and chance that of the innermost
 * channel by another 0.6 %.
 *
 * @param brightness K, [4]
 * @param elevation rad
 * @param seed of the random numbers, a positive integer
 * @throws bad-data when no atmosphere within the priors comes near the brightness
 */
export function retrieveWater(brightness: ArrayLike<number>, elevation: number, seed = DEFAULT_SEED): Retrieval {
  return retrievalOf(waterSums(brightness, elevation, seed), brightness);
}

/** The same with a cloud behind the water, whose opacity is a fourth unknown (wvrgcal's `cont`). @throws bad-data */
export function retrieveCloudyWater(brightness: ArrayLike<number>, elevation: number, seed = DEFAULT_SEED): Retrieval {
  return retrievalOf(cloudySums(brightness, elevation, seed), brightness);
}

/** What is to be retrieved from. */
export interface RetrievalRequest {
  /** K, [4] */
  readonly brightness: ArrayLike<number>;
  /** rad */
  readonly elevation: number;
  readonly seed?: number;
  /** Whether a cloud is allowed for. */
  readonly hasCloud: boolean;
}

/** Many retrievals, with the help of other threads. @returns of each request the retrieval, or why there is none */
export function retrieveAll(requests: readonly RetrievalRequest[], checkAbort: () => void): (Retrieval | Qa2Error)[] {
  const inputs = requests.map(({ brightness, elevation, seed = DEFAULT_SEED, hasCloud }) => [
    ...Array.from(brightness),
    elevation,
    seed,
    Number(hasCloud),
  ]);
  const found = doTogether(RETRIEVAL_WORK, retrievePiece, inputs, SUMS_WIDTH, checkAbort);
  return requests.map(({ brightness, hasCloud }, at) => {
    try {
      return retrievalOf(unpackSums(found[at], hasCloud), brightness);
    } catch (error) {
      if (isQa2Error(error, 'bad-data')) return error;
      throw error;
    }
  });
}

/** The name of {@link retrievePiece} among the works of a crew. */
export const RETRIEVAL_WORK = 'water-retrieval';
const MOST_UNKNOWNS = 4;
/** Evidence, means and mean squares of the unknowns, slopes and their squares. */
const SUMS_WIDTH = 1 + 2 * MOST_UNKNOWNS + 2 * 4;

/** A retrieval as numbers: [brightness of four channels, elevation, seed, whether a cloud is allowed for] to sums. */
export function retrievePiece(input: Float64Array, output: Float64Array): void {
  const [elevation, seed, hasCloud] = input.subarray(4);
  const sums = (hasCloud ? cloudySums : waterSums)(input.subarray(0, 4), elevation, seed);
  output[0] = sums.evidence;
  output.set(sums.means, 1);
  output.set(sums.meanSquares, 1 + MOST_UNKNOWNS);
  output.set(sums.slopes, 1 + 2 * MOST_UNKNOWNS);
  output.set(sums.squares, 1 + 2 * MOST_UNKNOWNS + 4);
}

function unpackSums(numbers: Float64Array, hasCloud: boolean): Sums {
  const size = hasCloud ? LOW.length + 1 : LOW.length;
  const part = (from: number, length: number) => numbers.slice(from, from + length);
  return {
    evidence: numbers[0],
    means: part(1, size),
    meanSquares: part(1 + MOST_UNKNOWNS, size),
    slopes: part(1 + 2 * MOST_UNKNOWNS, 4),
    squares: part(1 + 2 * MOST_UNKNOWNS + 4, 4),
  };
}

function waterSums(brightness: ArrayLike<number>, elevation: number, seed: number): Sums {
  const airmass = 1 / Math.sin(elevation);
  return arena().scope((lease) => {
    const water = new WaterMisfit(lease, brightness);
    const layer = new WaterLayer();
    return new Sampler(
      {
        low: LOW,
        high: HIGH,
        misfit: (points, at) => water.of(points[at] * airmass, points[at + 1], points[at + 2]),
        slope: (points, at, into) => layer.at(points[at + 1], points[at + 2]).slope(points[at] * airmass, into),
      },
      seed,
    ).run();
  });
}

function cloudySums(brightness: ArrayLike<number>, elevation: number, seed: number): Sums {
  const airmass = 1 / Math.sin(elevation);
  const layer = new WaterLayer();
  const sampler = new Sampler(
    {
      low: [...LOW, 0],
      high: [...HIGH, MOST_CLOUD],
      misfit: (points, at) =>
        cloudyMisfit(brightness, points[at] * airmass, points[at + 1], points[at + 2], points[at + 3]),
      slope: (points, at, into) =>
        layer.at(points[at + 1], points[at + 2], points[at + 3]).slope(points[at] * airmass, into),
    },
    seed,
  );
  return sampler.run();
}

function retrievalOf(sums: Sums, brightness: ArrayLike<number>): Retrieval {
  const { evidence } = sums;
  if (!(evidence > 0)) {
    const text = Array.from(brightness, (value) => value.toFixed(1)).join(', ');
    fail('bad-data', `No water column explains the radiometer's brightness of ${text} K at this elevation.`);
  }
  const spread = (square: number, mean: number) => Math.sqrt(Math.max(0, square / evidence - mean * mean));
  const means = sums.means.map((sum) => sum / evidence);
  const errors = means.map((mean, parameter) => spread(sums.meanSquares[parameter], mean));
  const slopes = sums.slopes.map((sum) => sum / evidence);
  return {
    evidence,
    pwv: means[0],
    pwvError: errors[0],
    slopes,
    slopeErrors: slopes.map((mean, channel) => spread(sums.squares[channel], mean)),
    ...(means.length > LOW.length && { cloud: { opacity: means[LOW.length], error: errors[LOW.length] } }),
  };
}

class Sampler {
  private readonly atmosphere: Atmosphere;
  /** Number of unknowns. */
  private readonly size: number;
  private readonly deviates = new Deviates(firstUniforms());
  /** [point, unknown] and half the squared misfit of each */
  private readonly points: Float64Array;
  private readonly misfits = new Float64Array(LIVE_POINTS);
  private readonly covariance: Float64Array;
  private readonly mean: Float64Array;
  private readonly principal: PrincipalAxes;
  /** [axis, unknown] */
  private readonly strides: Float64Array;
  private readonly trial: Float64Array;
  private readonly slope = new Float64Array(4);
  private readonly sums: Sums;

  constructor(atmosphere: Atmosphere, seed: number) {
    const { low, high } = atmosphere;
    const size = low.length;
    this.atmosphere = atmosphere;
    this.size = size;
    this.points = new Float64Array(LIVE_POINTS * size);
    this.covariance = new Float64Array(size * size);
    this.mean = new Float64Array(size);
    this.principal = new PrincipalAxes(size);
    this.strides = new Float64Array(size * size);
    this.trial = new Float64Array(size);
    const [means, meanSquares] = [new Float64Array(size), new Float64Array(size)];
    this.sums = { evidence: 0, means, meanSquares, slopes: new Float64Array(4), squares: new Float64Array(4) };
    const first = new MersenneTwister(seed);
    for (let point = 0; point < LIVE_POINTS; point++) {
      for (let axis = 0; axis < size; axis++) {
        this.points[point * size + axis] = low[axis] + (high[axis] - low[axis]) * first.uniform();
      }
      this.misfits[point] = atmosphere.misfit(this.points, point * size);
    }
  }

  run(): Sums {
    let volume = 1;
    let closest = Number.POSITIVE_INFINITY;
    for (let round = 1; round <= MOST_ROUNDS; round++) {
      const worst = this.extreme((a, b) => a > b);
      const better = this.walk(worst);
      if (better === undefined) break;
      const next = Math.exp(-round / LIVE_POINTS);
      this.collect(worst, volume - next);
      volume = next;
      this.points.set(better.point, worst * this.size);
      this.misfits[worst] = better.misfit;
      const best = this.misfits[this.extreme((a, b) => a < b)];
      if (this.likelihood(best) * volume < REMAINDER * this.sums.evidence) break;
      if (round % LIVE_POINTS === 0) {
        if (best > HOPELESS && best > 0.95 * closest) break;
        closest = best;
      }
    }
    return this.sums;
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
    const at = point * this.size;
    this.atmosphere.slope(points, at, slope);
    for (let axis = 0; axis < this.size; axis++) {
      sums.means[axis] += weight * points[at + axis];
      sums.meanSquares[axis] += weight * points[at + axis] * points[at + axis];
    }
    for (let channel = 0; channel < 4; channel++) {
      sums.slopes[channel] += weight * slope[channel];
      sums.squares[channel] += weight * slope[channel] ** 2;
    }
  }

  private isAllowed(point: Float64Array): boolean {
    const { low, high } = this.atmosphere;
    for (let axis = 0; axis < this.size; axis++) if (point[axis] < low[axis] || point[axis] > high[axis]) return false;
    return true;
  }

  /** Walks from the worst point to a better one; undefined when no step led there. */
  private walk(worst: number): { point: Float64Array; misfit: number } | undefined {
    const { points, misfits, deviates, size, strides, trial } = this;
    this.setStrides();
    const limit = misfits[worst];
    const here = points.slice(worst * size, (worst + 1) * size);
    let reached = limit;
    for (let step = 0; step < WALK_STEPS; step++) {
      trial.set(here);
      for (let axis = 0; axis < size; axis++) {
        const length = deviates.normal();
        for (let along = 0; along < size; along++) trial[along] += length * strides[axis * size + along];
      }
      const misfit = this.isAllowed(trial) ? this.atmosphere.misfit(trial, 0) : Number.POSITIVE_INFINITY;
      if (misfit >= limit) {
        deviates.uniform(); // CASA draws a number for every step that it refuses.
        continue;
      }
      here.set(trial);
      reached = misfit;
    }
    return reached < limit ? { point: here, misfit: reached } : undefined;
  }

  /** Steps along the principal axes of the points, the shortest first. */
  private setStrides(): void {
    const { points, covariance, mean, principal, strides, size } = this;
    mean.fill(0);
    for (let at = 0; at < points.length; at += size) {
      for (let axis = 0; axis < size; axis++) mean[axis] += points[at + axis];
    }
    for (let axis = 0; axis < size; axis++) mean[axis] /= LIVE_POINTS;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column <= row; column++) {
        let sum = 0;
        for (let at = 0; at < points.length; at += size) {
          sum += (points[at + row] - mean[row]) * (points[at + column] - mean[column]);
        }
        covariance[row * size + column] = sum / LIVE_POINTS;
        covariance[column * size + row] = sum / LIVE_POINTS;
      }
    }
    principal.of(covariance);
    for (let axis = 0; axis < size; axis++) {
      const length = Math.sqrt(principal.variances[axis]);
      for (let along = 0; along < size; along++) {
        strides[axis * size + along] = principal.axes[axis * size + along] * length * STEP_SCALE;
      }
    }
  }
}
