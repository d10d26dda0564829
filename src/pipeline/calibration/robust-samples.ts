import { type GainProblem, solveGainsInPlace } from '../../foundation/numeric/index.ts';
import { refineGainsInPlace } from './gain-newton.ts';

/** How outliers are kept from gains: CASA's solmode L1, R and L1R. */
export interface RobustMode {
  /** The sum of w |residual| is brought to its minimum instead of that of w |residual|². */
  readonly isL1: boolean;
  /** Samples whose residual is beyond so many times the rms of the pass before are left out; one pass for each. */
  readonly thresholds: readonly number[];
}

/** CASA's thresholds when rmsthresh names none. */
const USUAL_THRESHOLDS = [7, 5, 4, 3.5, 3, 2.8, 2.6, 2.4, 2.2, 2.5];
/** Solves with new weights, at most, and the relative step of the gains that ends them. */
const REWEIGHTINGS = 100;
const LEAST_STEP = 1e-7;
/** Least residual that weights are divided by, as a part of the rms residual. */
const LEAST_RESIDUAL = 1e-3;

/** The mode of a solmode word; undefined for least squares of all data. */
export function robustMode(solmode: string, rmsthresh: readonly number[]): RobustMode | undefined {
  if (solmode === '') return undefined;
  const thresholds = rmsthresh.length > 0 ? rmsthresh : USUAL_THRESHOLDS;
  return { isL1: solmode.includes('L1'), thresholds: solmode.includes('R') ? thresholds : [] };
}

/** One averaged visibility of a solve: the product of two gains, with its weight. */
interface Sample {
  readonly par: number;
  readonly corr: number;
  readonly ant1: number;
  readonly ant2: number;
  readonly re: number;
  readonly im: number;
  readonly weight: number;
  residual: number;
  isKept: boolean;
}

/** The samples of one solve, some of which a robust fit leaves out. */
export class RobustSamples {
  private readonly problems: readonly GainProblem[];
  private readonly mode: RobustMode;
  private samples: Sample[] = [];

  constructor(problems: readonly GainProblem[], mode: RobustMode) {
    this.problems = problems;
    this.mode = mode;
  }

  clear(): void {
    this.samples = [];
  }

  add(sample: Omit<Sample, 'residual' | 'isKept'>): void {
    this.samples.push({ ...sample, residual: 0, isKept: true });
  }

  /**
   * Fits the gains of all problems, from the least-squares gains that they hold; leaves the sums of the samples that stay,
   * with their own weights, in the problems.
   *
   * A pass judges all samples by the rms of those that the pass before kept, sqrt(sum w |r|² / sum w) of each correlation
   * (found by experiment with CASA 6.7: a sample may come back).
   *
   * @returns the number of samples that stay and the power of each problem, sum of w |V|²
   */
  fit(): { readonly count: number; readonly power: readonly number[] } {
    this.refit();
    for (const threshold of this.mode.thresholds) if (this.reject(threshold)) this.refit();
    this.fillMatrices(0, 0);
    this.fillHessians();
    const power = this.problems.map(() => 0);
    let count = 0;
    for (const { par, re, im, weight, isKept } of this.samples) {
      if (!isKept) continue;
      power[par] += weight * (re * re + im * im);
      count++;
    }
    return { count, power };
  }

  /** Chooses the samples that stay; false when they are the same as before. */
  private reject(threshold: number): boolean {
    const squares = new Float64Array(4);
    const weights = new Float64Array(4);
    for (const { corr, residual, weight, isKept } of this.samples) {
      if (!isKept) continue;
      squares[corr] += weight * residual * residual;
      weights[corr] += weight;
    }
    let isChanged = false;
    for (const sample of this.samples) {
      const { corr, residual } = sample;
      const isKept = residual <= threshold * Math.sqrt(squares[corr] / Math.max(weights[corr], Number.MIN_VALUE));
      isChanged ||= isKept !== sample.isKept;
      sample.isKept = isKept;
    }
    return isChanged;
  }

  private refit(): void {
    this.fillMatrices(0, 0);
    this.solve();
    if (!this.mode.isL1) return;
    const least = LEAST_RESIDUAL * this.plainRms();
    if (!(least > 0)) return;
    for (let step = 0; step < REWEIGHTINGS; step++) {
      const before = this.problems.map(({ gains }) => gains.slice());
      this.fillMatrices(1, least);
      this.solve();
      if (this.problems.every(({ gains }, par) => largestStep(gains, before[par]) < LEAST_STEP)) return;
    }
  }

  private solve(): void {
    for (const problem of this.problems) if (!solveGainsInPlace(problem)) refineGainsInPlace(problem);
    for (const sample of this.samples) sample.residual = residualOf(this.problems[sample.par].gains, sample);
  }

  /** Sums of the samples with weights divided by their residuals to a power, 0 or 1. */
  private fillMatrices(power: 0 | 1, least: number): void {
    for (const { products, weights } of this.problems) {
      products.fill(0);
      weights.fill(0);
    }
    for (const { par, ant1, ant2, re, im, weight, residual, isKept } of this.samples) {
      if (!isKept) continue;
      const { antCount, products, weights } = this.problems[par];
      const [up, down] = [ant1 * antCount + ant2, ant2 * antCount + ant1];
      const w = power === 1 ? weight / Math.max(residual, least) : weight;
      products[2 * up] += w * re;
      products[2 * up + 1] += w * im;
      products[2 * down] += w * re;
      products[2 * down + 1] -= w * im;
      weights[up] += w;
      weights[down] += w;
    }
  }

  /** Sum over baselines of w |g|² of the other antenna, from the weights that the samples have. */
  private fillHessians(): void {
    for (const { antCount, weights, gains, hessian } of this.problems) {
      hessian.fill(0);
      for (let ant = 0; ant < antCount; ant++) {
        for (let other = 0; other < antCount; other++) {
          hessian[ant] += weights[ant * antCount + other] * (gains[2 * other] ** 2 + gains[2 * other + 1] ** 2);
        }
      }
    }
  }

  private plainRms(): number {
    const sum = this.samples.reduce((total, { residual }) => total + residual * residual, 0);
    return Math.sqrt(sum / Math.max(this.samples.length, 1));
  }
}

function residualOf(gains: Float64Array, { ant1, ant2, re, im }: Sample): number {
  const [ar, ai, br, bi] = [gains[2 * ant1], gains[2 * ant1 + 1], gains[2 * ant2], gains[2 * ant2 + 1]];
  return Math.hypot(re - (ar * br + ai * bi), im - (ai * br - ar * bi));
}

function largestStep(gains: Float64Array, before: Float64Array): number {
  let [step, size] = [0, 0];
  for (let at = 0; at < gains.length; at++) {
    step = Math.max(step, Math.abs(gains[at] - before[at]));
    size = Math.max(size, Math.abs(gains[at]));
  }
  return step / Math.max(size, Number.MIN_VALUE);
}
