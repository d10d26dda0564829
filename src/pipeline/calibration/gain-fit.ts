import { type GainProblem, type Lease, solveGainsInPlace } from '../../foundation/numeric/index.ts';
import { balanceSidesInPlace } from './gain-balance.ts';
import { guessGainsInPlace, searchGainsInPlace } from './gain-guess.ts';
import { refineGainsInPlace } from './gain-newton.ts';
import { type RobustMode, RobustSamples } from './robust-samples.ts';

/** What the averaged visibilities are reduced to before the solve; CASA's calmode. */
export type CalMode = 'ap' | 'p' | 'a';

/** How averaged visibilities are turned into gains. */
export interface FitOptions {
  readonly antCount: number;
  /** 'G': one gain per polarization; 'T': one for both. */
  readonly kind: 'G' | 'T';
  readonly mode: CalMode;
  readonly minBaselines: number;
  readonly minSnr: number;
  /** Antenna that the first guess starts from, -1 for any. */
  readonly refAnt: number;
  /** How outliers are kept from the gains; undefined: least squares of all data. */
  readonly robust?: RobustMode;
}

/** Averages of one solution: [part, baseline, chan, corr, (re, im, weight)] as addVisibilitiesInto leaves them. */
export interface Averages {
  readonly sums: Float64Array;
  readonly partCount: number;
  readonly chanCount: number;
  readonly corrCount: number;
}

/** Gains of one channel; arrays [ant, par]. */
export interface FitResult {
  /** [ant, par, re/im] */
  readonly params: Float32Array;
  readonly flag: Uint8Array;
  readonly paramErr: Float32Array;
  readonly snr: Float32Array;
  /** True when at least one antenna has a solution, whatever its SNR. */
  isGood: boolean;
  /** Solutions that lack SNR, and all that there are. */
  failedCount: number;
  solvedCount: number;
}

/** SNR of a solution without error. */
const UNLIMITED_SNR = 9_999_999;

/** Below this SNR chi² may have several minima, and the first guess decides which one is found. */
const UNSURE_SNR = 3;

/** Index of a baseline, ant1 < ant2. */
export function baselineIndex(antCount: number, ant1: number, ant2: number): number {
  return (ant1 * (2 * antCount - ant1 - 1)) / 2 + ant2 - ant1 - 1;
}

/** Correlations of equal polarizations: the ones that gains are solved from. */
export function parallelHands(corrCount: number): readonly number[] {
  return corrCount === 1 ? [0] : corrCount === 4 ? [0, 3] : [0, 1];
}

/**
 * Fits antenna gains to averaged visibilities, one channel at a time.
 *
 * The gains minimise chi² = sum w |V - g_1 conj(g_2)|² over baselines (and over polarizations for 'T'); errors are
 * sqrt(2 chi² / dof / sum_j w_ij |g_j|²), with chi² and the degrees of freedom taken over both polarizations, as
 * CASA 6.7's gaincal defines them (synthesis, VisCalSolver2::getErrors).
 */
export class GainFit {
  private readonly options: FitOptions;
  private readonly problems: GainProblem[];
  private readonly usable: Uint8Array;
  private readonly parCount: number;
  /** Sum of w |V|² per polarization problem. */
  private readonly power: Float64Array;
  private sampleCount = 0;
  private readonly samples: RobustSamples | undefined;

  constructor(options: FitOptions, lease: Lease) {
    const { antCount, kind } = options;
    this.options = options;
    this.parCount = kind === 'T' ? 1 : 2;
    this.usable = new Uint8Array(antCount);
    this.power = new Float64Array(this.parCount);
    this.problems = Array.from({ length: this.parCount }, () => ({
      antCount,
      products: lease.float64(2 * antCount * antCount),
      weights: lease.float64(antCount * antCount),
      gains: lease.float64(2 * antCount),
      scratch: lease.float64(2 * antCount),
      hessian: lease.float64(antCount),
    }));
    this.samples = options.robust && new RobustSamples(this.problems, options.robust);
  }

  /** Fits channel `chan`. */
  solve(averages: Averages, chan: number): FitResult {
    const { antCount } = this.options;
    const cells = antCount * this.parCount;
    const result: FitResult = {
      params: new Float32Array(2 * cells),
      flag: new Uint8Array(cells).fill(1),
      paramErr: new Float32Array(cells),
      snr: new Float32Array(cells),
      isGood: false,
      failedCount: 0,
      solvedCount: 0,
    };
    for (let cell = 0; cell < cells; cell++) result.params[2 * cell] = 1;
    this.findUsable(averages, chan);
    if (!this.usable.includes(1)) return result;
    this.gather(averages, chan);
    for (const problem of this.problems) {
      guessGainsInPlace(problem, this.options.refAnt);
      if (!solveGainsInPlace(problem)) refineGainsInPlace(problem);
    }
    if (this.meanSquareSnr() < UNSURE_SNR ** 2) for (const problem of this.problems) searchGainsInPlace(problem);
    if (this.samples) {
      const { count, power } = this.samples.fit();
      this.sampleCount = count;
      this.power.set(power);
    }
    if (this.options.mode !== 'p') for (const problem of this.problems) balanceSidesInPlace(problem);
    this.store(result, this.chiSquarePerDof());
    return result;
  }

  private isSolved(par: number, ant: number): boolean {
    return this.usable[ant] === 1 && this.problems[par].hessian[ant] > 0;
  }

  private chiSquarePerDof(): number {
    let chiSquare = 0;
    let solved = 0;
    for (let par = 0; par < this.parCount; par++) {
      chiSquare += this.chiSquare(par);
      for (let ant = 0; ant < this.options.antCount; ant++) if (this.isSolved(par, ant)) solved++;
    }
    return Math.max(chiSquare, 0) / Math.max(2 * (this.sampleCount - solved), 1);
  }

  /** Mean over antennas of (|g| / error)². */
  private meanSquareSnr(): number {
    let [sum, solved] = [0, 0];
    for (let par = 0; par < this.parCount; par++) {
      const { gains, hessian } = this.problems[par];
      for (let ant = 0; ant < this.options.antCount; ant++) {
        if (!this.isSolved(par, ant)) continue;
        sum += (gains[2 * ant] ** 2 + gains[2 * ant + 1] ** 2) * hessian[ant];
        solved++;
      }
    }
    return sum / solved / (2 * this.chiSquarePerDof());
  }

  /** Antennas with enough baselines; leaving one out may leave others with too few. */
  private findUsable({ sums, partCount, chanCount, corrCount }: Averages, chan: number): void {
    const { antCount, minBaselines } = this.options;
    const baselines = (antCount * (antCount - 1)) / 2;
    const linked = new Uint8Array(antCount * antCount);
    const hands = parallelHands(corrCount);
    for (let ant1 = 0; ant1 < antCount; ant1++) {
      for (let ant2 = ant1 + 1; ant2 < antCount; ant2++) {
        const baseline = baselineIndex(antCount, ant1, ant2);
        let weight = 0;
        for (let part = 0; part < partCount; part++) {
          const at = ((part * baselines + baseline) * chanCount + chan) * corrCount * 3;
          for (const corr of hands) weight += sums[at + corr * 3 + 2];
        }
        if (weight > 0) linked[ant1 * antCount + ant2] = linked[ant2 * antCount + ant1] = 1;
      }
    }
    this.usable.fill(1);
    for (let ant = 0; ant < antCount; ant++) {
      if (!this.usable[ant]) continue;
      let count = 0;
      for (let other = 0; other < antCount; other++) count += linked[ant * antCount + other];
      if (count >= minBaselines && count > 0) continue;
      this.usable[ant] = 0;
      for (let other = 0; other < antCount; other++) {
        linked[ant * antCount + other] = linked[other * antCount + ant] = 0;
      }
      ant = -1;
    }
  }

  /** Correlations that gains are solved from: the parallel ones; for 'T' all, as in CASA, weighted by the model of each. */
  private handsOf(corrCount: number): readonly number[] {
    return this.parCount === 1 ? Array.from({ length: corrCount }, (_, corr) => corr) : parallelHands(corrCount);
  }

  /** Fills the matrices of each polarization from the averages. */
  private gather({ sums, partCount, chanCount, corrCount }: Averages, chan: number): void {
    const { antCount, mode } = this.options;
    const baselines = (antCount * (antCount - 1)) / 2;
    for (const problem of this.problems) {
      problem.products.fill(0);
      problem.weights.fill(0);
    }
    this.power.fill(0);
    this.sampleCount = 0;
    this.samples?.clear();
    this.handsOf(corrCount).forEach((corr, hand) => {
      const par = this.parCount === 1 ? 0 : hand;
      const { products, weights } = this.problems[par];
      for (let ant1 = 0; ant1 < antCount; ant1++) {
        for (let ant2 = ant1 + 1; ant2 < antCount; ant2++) {
          if (!this.usable[ant1] || !this.usable[ant2]) continue;
          const baseline = baselineIndex(antCount, ant1, ant2);
          for (let part = 0; part < partCount; part++) {
            const at = (((part * baselines + baseline) * chanCount + chan) * corrCount + corr) * 3;
            const weight = sums[at + 2];
            if (!(weight > 0)) continue;
            const amp = Math.hypot(sums[at], sums[at + 1]);
            const power = (amp * amp) / weight;
            if (mode === 'p' && !(amp > 0)) continue;
            // The average is V = S / weight; 'p' uses V / |V| with weight w |V|², 'a' uses |V|.
            const scale = mode === 'p' ? amp / weight : 1;
            const re = mode === 'a' ? amp : sums[at] * scale;
            const im = mode === 'a' ? 0 : sums[at + 1] * scale;
            const conditioned = mode === 'p' ? power : weight;
            add(products, weights, antCount, ant1, ant2, re, im, conditioned);
            this.samples?.add({
              par,
              corr,
              ant1,
              ant2,
              re: re / conditioned,
              im: im / conditioned,
              weight: conditioned,
            });
            this.power[par] += power;
            this.sampleCount++;
          }
        }
      }
    });
  }

  private chiSquare(par: number): number {
    const { antCount } = this.options;
    const { products, weights, gains } = this.problems[par];
    let cross = 0;
    let model = 0;
    for (let ant1 = 0; ant1 < antCount; ant1++) {
      for (let ant2 = ant1 + 1; ant2 < antCount; ant2++) {
        const at = ant1 * antCount + ant2;
        if (weights[at] === 0) continue;
        const [ar, ai, br, bi] = [gains[2 * ant1], gains[2 * ant1 + 1], gains[2 * ant2], gains[2 * ant2 + 1]];
        const re = ar * br + ai * bi;
        const im = ai * br - ar * bi;
        cross += products[2 * at] * re + products[2 * at + 1] * im;
        model += weights[at] * (re * re + im * im);
      }
    }
    return this.power[par] - 2 * cross + model;
  }

  private store(result: FitResult, perDof: number): void {
    const { antCount, minSnr } = this.options;
    for (let ant = 0; ant < antCount; ant++) {
      for (let par = 0; par < this.parCount; par++) {
        const { gains, hessian } = this.problems[par];
        if (!this.isSolved(par, ant)) continue;
        const cell = ant * this.parCount + par;
        const [re, im] = [gains[2 * ant], gains[2 * ant + 1]];
        result.params[2 * cell] = re;
        result.params[2 * cell + 1] = im;
        result.paramErr[cell] = Math.sqrt((2 * perDof) / hessian[ant]);
        const snr = result.paramErr[cell] > 0 ? Math.hypot(re, im) / result.paramErr[cell] : UNLIMITED_SNR;
        result.snr[cell] = snr;
        result.isGood = true;
        result.solvedCount++;
        if (snr > minSnr) result.flag[cell] = 0;
        else result.failedCount++;
      }
    }
  }
}

function add(
  products: Float64Array,
  weights: Float64Array,
  antCount: number,
  ant1: number,
  ant2: number,
  re: number,
  im: number,
  weight: number,
): void {
  const [up, down] = [ant1 * antCount + ant2, ant2 * antCount + ant1];
  products[2 * up] += re;
  products[2 * up + 1] += im;
  products[2 * down] += re;
  products[2 * down + 1] -= im;
  weights[up] += weight;
  weights[down] += weight;
}
