import { median } from '../../foundation/numeric/index.ts';
import { type CalibratorView, type IntegrationGains, LEAST_SNR, powerKey } from './gain-series.ts';
import { medianAngle, wrap } from './robust.ts';

/** Antennas that a step of the phase against the array's needs. */
export const FEWEST_ANTENNAS = 4;

/** Gains of all antennas at one time, against the array's. */
export interface Moment {
  readonly time: number;
  readonly fieldId: number;
  readonly scan: number;
  /** Voltage over the median antenna's, [ant][cell] with cell = (window, pol) in turn; NaN without solution. */
  readonly ratios: readonly number[][];
  /** Phase, rad, [ant][cell]. */
  readonly phases: readonly number[][];
  /** Signal-to-noise ratio of both, [ant][cell]. */
  readonly snr: readonly number[][];
}

/** The windows of a view, and its moments in order of time. */
export function momentsOf(view: CalibratorView, spwIds: readonly number[]): Moment[] {
  const byTime = new Map<string, IntegrationGains[]>();
  for (const one of view.integrations) {
    const key = one.time.toFixed(1);
    byTime.set(key, [...(byTime.get(key) ?? []), one]);
  }
  const cellCount = spwIds.length * view.polCount;
  return [...byTime.values()].map((windows) => {
    const ratios = view.antennas.map(() => Array<number>(cellCount).fill(Number.NaN));
    const phases = view.antennas.map(() => Array<number>(cellCount).fill(Number.NaN));
    const ratioOfNoise = view.antennas.map(() => Array<number>(cellCount).fill(0));
    for (const { fieldId, spwId, gains, flag, snr } of windows) {
      if ((view.scanSnr.get(powerKey(fieldId, spwId)) ?? Number.POSITIVE_INFINITY) < LEAST_SNR) continue;
      for (let pol = 0; pol < view.polCount; pol++) {
        const cell = spwIds.indexOf(spwId) * view.polCount + pol;
        const used = view.antennas.map((_, ant) => ant).filter((ant) => !flag[ant * 2 + pol]);
        const at = (ant: number) => 2 * (ant * 2 + pol);
        const size = (ant: number) => Math.hypot(gains[at(ant)], gains[at(ant) + 1]);
        const angle = (ant: number) => Math.atan2(gains[at(ant) + 1], gains[at(ant)]);
        const middle = median(used.map(size));
        for (const ant of used) {
          ratios[ant][cell] = size(ant) / middle;
          phases[ant][cell] = angle(ant);
          ratioOfNoise[ant][cell] = snr[ant * 2 + pol];
        }
      }
    }
    const { time, fieldId, scan } = windows[0];
    return { time, fieldId, scan, ratios, phases, snr: ratioOfNoise };
  });
}

/**
 * How far an antenna's phase turns against the array's between two moments, over windows and polarizations, and its error, rad; undefined
 * where it is not known.
 */
export function stepOf(ant: number, cells: readonly number[], before: Moment, now: Moment) {
  let variance = 0;
  const angles = cells.flatMap((cell) => {
    const turn = (other: number) => wrap(now.phases[other][cell] - before.phases[other][cell]);
    const known = now.phases.flatMap((_, other) => (Number.isFinite(turn(other)) ? other : []));
    if (!known.includes(ant) || known.length < FEWEST_ANTENNAS) return [];
    const noise = (other: number) => Math.hypot(1 / before.snr[other][cell], 1 / now.snr[other][cell]);
    variance += varianceFromMedian(noise(ant), known.map(noise));
    return [wrap(turn(ant) - medianAngle(known.map(turn)))];
  });
  if (angles.length === 0) return undefined;
  const [cos, sin] = [Math.cos, Math.sin].map((part) => angles.reduce((sum, angle) => sum + part(angle), 0));
  const noise = Math.sqrt(variance) / angles.length;
  return { angle: Math.atan2(sin, cos), agreement: Math.hypot(cos, sin) / angles.length, noise };
}

/**
 * Variance of one of several normal values against the median of all: that of the median is π/2 n / (Σ 1/σ)², and their covariance the
 * variance of the one times the chance (1/σ) / Σ 1/σ that it is the median.
 */
function varianceFromMedian(own: number, all: readonly number[]): number {
  const inverse = all.reduce((sum, sigma) => sum + 1 / sigma, 0);
  return own ** 2 - (2 * own) / inverse + ((Math.PI / 2) * all.length) / inverse ** 2;
}

/** Two moments of one field. */
export type MomentPair = readonly [before: Moment, now: Moment];

/** Pairs of moments half a scan apart. */
export function pairsWithin(scan: readonly Moment[]): MomentPair[] {
  const lag = scan.length >> 1;
  return lag > 0 ? scan.slice(lag).map((now, at) => [scan[at], now]) : [];
}

/** Steps of an antenna's phase in pairs of moments: time between, s, and means of squares and of their noise, rad²; NaN of none. */
export function squareOfSteps(ant: number, cells: readonly number[], pairs: readonly MomentPair[]) {
  const steps = pairs.flatMap(([before, now]) => {
    const step = stepOf(ant, cells, before, now);
    return step && Number.isFinite(step.noise) ? { ...step, seconds: now.time - before.time } : [];
  });
  const mean = (value: (step: (typeof steps)[number]) => number) =>
    steps.reduce((sum, step) => sum + value(step), 0) / steps.length;
  return {
    seconds: mean(({ seconds }) => seconds),
    square: mean(({ angle }) => angle ** 2),
    noise: mean(({ noise }) => noise ** 2),
    /** Error of the mean square from noise alone. */
    error: Math.sqrt(mean(({ noise }) => 2 * noise ** 4) / steps.length),
  };
}
