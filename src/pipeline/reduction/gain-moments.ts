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

/** How far an antenna's phase turns against the array between two moments, over windows and polarizations, and its error, rad. */
export function stepOf(ant: number, cells: readonly number[], before: Moment, now: Moment) {
  let variance = 0;
  const angles = cells.flatMap((cell) => {
    const turn = (other: number) => wrap(now.phases[other][cell] - before.phases[other][cell]);
    const all = now.phases.map((_, other) => turn(other)).filter(Number.isFinite);
    const own = turn(ant);
    if (!Number.isFinite(own) || all.length < FEWEST_ANTENNAS) return [];
    variance += before.snr[ant][cell] ** -2 + now.snr[ant][cell] ** -2;
    return [wrap(own - medianAngle(all))];
  });
  if (angles.length === 0) return undefined;
  const [cos, sin] = [Math.cos, Math.sin].map((part) => angles.reduce((sum, angle) => sum + part(angle), 0));
  const noise = Math.sqrt(variance) / angles.length;
  return { angle: Math.atan2(sin, cos), agreement: Math.hypot(cos, sin) / angles.length, noise };
}
