import type { GainProblem } from '../../foundation/numeric/index.ts';
import { gainObjective, refineGainsInPlace, sumsOfAntenna } from './gain-newton.ts';

/** Sweeps from each guess before the best is refined. */
const SWEEPS = 40;

/** Antennas that share the amplitude of their baselines alike, or one that takes more of it: faint data can have their minimum there. */
const SHARES = [1, 4];

/** Baselines that all guesses together sweep over: with many antennas chi² has hardly a second minimum, and each guess takes long. */
const MOST_BASELINES = 150_000;

/** Values of chi² closer than this, relative, are those of one minimum. */
const SAME = 1e-9;

/** First guess: the visibilities on the baselines to one antenna, scaled to their mean amplitude. */
export function guessGainsInPlace({ antCount, products, weights, gains }: GainProblem, refAnt: number): void {
  const linkCount = (ant: number) => {
    let count = 0;
    for (let other = 0; other < antCount; other++) if (weights[ant * antCount + other] > 0) count++;
    return count;
  };
  let start = refAnt >= 0 && linkCount(refAnt) > 0 ? refAnt : -1;
  for (let ant = 0; ant < antCount && start < 0; ant++) if (linkCount(ant) > 0) start = ant;
  gains.fill(0);
  if (start < 0) return;
  let sum = 0;
  for (let ant = 0; ant < antCount; ant++) {
    const at = ant * antCount + start;
    if (weights[at] > 0) sum += Math.hypot(products[2 * at], products[2 * at + 1]) / weights[at];
  }
  const amp = Math.sqrt(sum / linkCount(start)) || 1;
  for (let ant = 0; ant < antCount; ant++) {
    const at = ant * antCount + start;
    const isLinked = weights[at] > 0 && Math.hypot(products[2 * at], products[2 * at + 1]) > 0;
    gains[2 * ant] = isLinked ? products[2 * at] / weights[at] / amp : amp;
    gains[2 * ant + 1] = isLinked ? products[2 * at + 1] / weights[at] / amp : 0;
  }
}

/**
 * Looks for a lower minimum of chi² than the one that was found: from guesses by each antenna, each gain in turn goes to its
 * own minimum with the others held, which never raises chi²; the lowest end is refined.
 *
 * @param problem its gains are replaced when a lower chi² is found; its hessian is that of the gains it ends with
 */
export function searchGainsInPlace(problem: GainProblem): void {
  const { gains } = problem;
  const best = gains.slice();
  let least = gainObjective(problem);
  let isLower = false;
  for (const ant of startsOf(problem)) {
    for (const share of SHARES) {
      guessGainsInPlace(problem, ant);
      for (let k = 0; k < gains.length; k++) gains[k] *= k >> 1 === ant ? share : 1 / share;
      for (let sweep = 0; sweep < SWEEPS; sweep++) sweepGainsInPlace(problem);
      const value = gainObjective(problem);
      if (!(value < least - SAME * Math.abs(least))) continue;
      least = value;
      best.set(gains);
      isLower = true;
    }
  }
  gains.set(best);
  if (isLower) refineGainsInPlace(problem);
}

/** Antennas to guess by, those with the most amplitude on their baselines first. */
function startsOf({ antCount, products, weights }: GainProblem): number[] {
  const amplitudes = new Float64Array(antCount);
  for (let at = 0; at < weights.length; at++) {
    if (weights[at] > 0) amplitudes[Math.floor(at / antCount)] += Math.hypot(products[2 * at], products[2 * at + 1]);
  }
  const most = Math.max(1, Math.floor(MOST_BASELINES / (SHARES.length * SWEEPS * antCount * antCount)));
  return Array.from(amplitudes, (_, ant) => ant)
    .filter((ant) => amplitudes[ant] > 0)
    .sort((one, two) => amplitudes[two] - amplitudes[one])
    .slice(0, most);
}

/** Brings each gain to its minimum, g_i = sum_j B_ij g_j / sum_j A_ij |g_j|², one after the other. */
function sweepGainsInPlace(problem: GainProblem): void {
  const { antCount, gains } = problem;
  for (let ant = 0; ant < antCount; ant++) {
    const [re, im, power] = sumsOfAntenna(problem, ant);
    if (!(power > 0)) continue;
    gains[2 * ant] = re / power;
    gains[2 * ant + 1] = im / power;
  }
}
