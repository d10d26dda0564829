import { median } from '../../foundation/numeric/index.ts';
import type { CalibratorView, IntegrationGains } from './gain-series.ts';
import { medianAngle, robustScatter, wrap } from './robust.ts';

/** A polarization of an antenna without signal, in some windows. */
export interface DeadInput {
  readonly antenna: string;
  readonly pol: number;
  readonly spwIds: readonly number[];
}

/** An antenna whose amplitudes are low at all times. */
export interface LowGain {
  readonly antenna: string;
  /** Voltage over that of the median antenna. */
  readonly ratio: number;
}

/** Times between which an antenna cannot be calibrated, MJD s; both are of good integrations. */
export interface LostTime {
  readonly antenna: string;
  readonly kind: 'off-source' | 'phase-jump';
  readonly after: number;
  readonly before: number;
  /** Voltage that is left, or angle of the jump, rad. */
  readonly size: number;
}

/** What is wrong with the antennas, seen on the calibrators. */
export interface GainFaults {
  readonly dead: readonly DeadInput[];
  readonly low: readonly LowGain[];
  readonly lost: readonly LostTime[];
}

/** Voltages over those of the median antenna. */
const DEAD_BELOW = 0.12;
const LOW_BELOW = 0.5;
/** An antenna is off source where its voltages are below that share of its own usual ones. */
const OFF_BELOW = 0.5;
/**
 * A jump turns the phase by more than that; by that many times the scatter of what the phases of other antennas do then, and of the most
 * that all but a few of them do; and of what the air does to the antenna, which is more for outer ones.
 */
const LEAST_JUMP = 0.9;
const JUMP_SIGMA = 6;
const JUMP_OVER_OTHERS = 3;
const OTHERS_SHARE = 0.9;
const JUMP_OVER_AIR = 4;
/** Differences of paths grow with time to that power, until the wind has blown the air across the array, s. */
const AIR_GROWTH = 5 / 6;
const LONGEST_AIR_SEC = 300;
/** All windows and polarizations jump alike: least length of the mean of their unit vectors. */
const LEAST_AGREEMENT = 0.85;
/** Relative scatter of amplitudes of one integration above which a calibrator is too faint to tell. */
const LARGEST_SCATTER = 0.2;
const FEWEST_ANTENNAS = 4;

/** Series of one window: amplitudes and phases against the array's, [time][ant][pol]. */
interface Moment {
  readonly time: number;
  readonly fieldId: number;
  readonly scan: number;
  /** Voltage over the median antenna's, [cell] with cell = (window, pol) in turn, by antenna; NaN without solution. */
  readonly ratios: readonly number[][];
  /** Phase against the middle of the array's, rad. */
  readonly phases: readonly number[][];
}

/**
 * Finds dead polarizations, low gains, antennas that are off source and phase jumps.
 *
 * @param view of point-like calibrators
 * @param bandpassId the brightest of them: dead inputs are looked for there
 */
export function findGainFaults(view: CalibratorView, bandpassId: number): GainFaults {
  const spwIds = [...new Set(view.integrations.map(({ spwId }) => spwId))].sort((a, b) => a - b);
  const moments = clearMoments(momentsOf(view, spwIds), bandpassId);
  if (view.antennas.length < FEWEST_ANTENNAS || moments.length === 0) return { dead: [], low: [], lost: [] };
  const usual = view.antennas.map((_, ant) =>
    moments[0].ratios[ant].map((_, cell) => {
      const ofBandpass = moments.filter(({ fieldId }) => fieldId === bandpassId);
      return median(finite((ofBandpass.length > 0 ? ofBandpass : moments).map(({ ratios }) => ratios[ant][cell])));
    }),
  );
  const isDead = usual.map((cells) => cells.map((ratio) => ratio < DEAD_BELOW));
  const dead = view.antennas.flatMap((antenna, ant) =>
    Array.from({ length: view.polCount }, (_, pol) => ({
      antenna,
      pol,
      spwIds: spwIds.filter((_, index) => isDead[ant][index * view.polCount + pol]),
    })).filter((input) => input.spwIds.length > 0),
  );
  const living = usual.map((cells, ant) => median(finite(cells.filter((_, cell) => !isDead[ant][cell]))));
  const low = view.antennas.flatMap((antenna, ant) =>
    living[ant] < LOW_BELOW ? [{ antenna, ratio: living[ant] }] : [],
  );
  const lost = view.antennas.flatMap((antenna, ant) => {
    const cells = usual[ant].flatMap((_, cell) => (isDead[ant][cell] ? [] : [cell]));
    if (cells.length === 0 || low.some((entry) => entry.antenna === antenna)) return [];
    return [...offSource(antenna, ant, cells, moments), ...jumps(antenna, ant, cells, moments, bandpassId)];
  });
  return { dead, low, lost };
}

function momentsOf(view: CalibratorView, spwIds: readonly number[]): Moment[] {
  const byTime = new Map<string, IntegrationGains[]>();
  for (const one of view.integrations) {
    const key = one.time.toFixed(1);
    byTime.set(key, [...(byTime.get(key) ?? []), one]);
  }
  const cellCount = spwIds.length * view.polCount;
  return [...byTime.values()].map((windows) => {
    const ratios = view.antennas.map(() => Array<number>(cellCount).fill(Number.NaN));
    const phases = view.antennas.map(() => Array<number>(cellCount).fill(Number.NaN));
    for (const { spwId, gains, flag } of windows) {
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
        }
      }
    }
    const { time, fieldId, scan } = windows[0];
    return { time, fieldId, scan, ratios, phases };
  });
}

/** Moments of fields that are bright enough for single integrations to tell something. */
function clearMoments(moments: readonly Moment[], bandpassId: number): Moment[] {
  const isClear = new Map<number, boolean>();
  for (const fieldId of new Set(moments.map((moment) => moment.fieldId))) {
    const own = moments.filter((moment) => moment.fieldId === fieldId).map(({ ratios }) => ratios);
    const changes = own[0].flatMap((cells, ant) =>
      cells.flatMap((_, cell) => {
        const series = finite(own.map((ratios) => ratios[ant][cell]));
        return series.map((ratio) => ratio / median(series));
      }),
    );
    isClear.set(fieldId, fieldId === bandpassId || robustScatter(finite(changes)) < LARGEST_SCATTER);
  }
  return moments.filter(({ fieldId }) => isClear.get(fieldId));
}

/** Runs of integrations in which an antenna has lost most of its signal. */
function offSource(antenna: string, ant: number, cells: readonly number[], moments: readonly Moment[]): LostTime[] {
  const level = moments.map(({ ratios }) => median(finite(cells.map((cell) => ratios[ant][cell]))));
  const usual = median(finite(level));
  const isLost = (index: number) => level[index] < OFF_BELOW * usual;
  const found: LostTime[] = [];
  for (let index = 0; index < moments.length; index++) {
    if (!isLost(index)) continue;
    let last = index;
    while (last + 1 < moments.length && (isLost(last + 1) || Number.isNaN(level[last + 1]))) last++;
    found.push({
      antenna,
      kind: 'off-source',
      after: moments[index - 1]?.time ?? 0,
      before: moments[last + 1]?.time ?? Number.POSITIVE_INFINITY,
      size: Math.min(...finite(level.slice(index, last + 1))) / usual,
    });
    index = last;
  }
  return found;
}

/** Steps of the phase between integrations of the same field that follow one another. */
function jumps(
  antenna: string,
  ant: number,
  cells: readonly number[],
  moments: readonly Moment[],
  bandpassId: number,
): LostTime[] {
  const found: LostTime[] = [];
  const ofBandpass = moments.filter(({ fieldId }) => fieldId === bandpassId);
  const air = airOf(ant, cells, ofBandpass);
  for (const fieldId of new Set(moments.map((moment) => moment.fieldId))) {
    const own = moments.filter((moment) => moment.fieldId === fieldId);
    for (let index = 1; index < own.length; index++) {
      const [before, now] = [own[index - 1], own[index]];
      const step = stepOf(ant, cells, before, now);
      if (!step || Math.abs(step.angle) < LEAST_JUMP || step.agreement < LEAST_AGREEMENT) continue;
      const others = now.phases.flatMap((_, other) => {
        const theirs = other === ant ? undefined : stepOf(other, cells, before, now);
        return theirs ? [theirs.angle] : [];
      });
      const usual = Math.max(
        JUMP_SIGMA * robustScatter(others),
        JUMP_OVER_OTHERS * mostOf(others.map(Math.abs)),
        JUMP_OVER_AIR * air(now.time - before.time),
      );
      if (Math.abs(step.angle) < usual) continue;
      found.push({ antenna, kind: 'phase-jump', after: before.time, before: now.time, size: step.angle });
    }
  }
  return found;
}

/** What all but a few of some values stay below; 0 of none. */
function mostOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(OTHERS_SHARE * (values.length - 1))] ?? 0;
}

/**
 * How far air turns the phase of an antenna in some time: what it does within the scans of the bandpass calibrator, growing as air of
 * Kolmogorov's spectrum lets it. In rad, as a function of s.
 */
function airOf(ant: number, cells: readonly number[], moments: readonly Moment[]): (seconds: number) => number {
  let [sum, count, time] = [0, 0, 0];
  for (const scan of new Set(moments.map((moment) => moment.scan))) {
    const own = moments.filter((moment) => moment.scan === scan);
    const lag = own.length >> 1;
    for (let index = lag; lag > 0 && index < own.length; index++) {
      const step = stepOf(ant, cells, own[index - lag], own[index]);
      if (!step) continue;
      sum += step.angle ** 2;
      time += own[index].time - own[index - lag].time;
      count++;
    }
  }
  if (count === 0) return () => 0;
  return (seconds) => Math.sqrt(sum / count) * (Math.min(seconds, LONGEST_AIR_SEC) / (time / count)) ** AIR_GROWTH;
}

/** How far an antenna's phase turns against the array between two moments, over windows and polarizations. */
function stepOf(ant: number, cells: readonly number[], before: Moment, now: Moment) {
  const angles = cells.flatMap((cell) => {
    const turn = (other: number) => wrap(now.phases[other][cell] - before.phases[other][cell]);
    const all = now.phases.map((_, other) => turn(other)).filter(Number.isFinite);
    const own = turn(ant);
    return Number.isFinite(own) && all.length >= FEWEST_ANTENNAS ? [wrap(own - medianAngle(all))] : [];
  });
  if (angles.length === 0) return undefined;
  const [cos, sin] = [Math.cos, Math.sin].map((part) => angles.reduce((sum, angle) => sum + part(angle), 0));
  return { angle: Math.atan2(sin, cos), agreement: Math.hypot(cos, sin) / angles.length };
}

const finite = (values: readonly number[]) => values.filter(Number.isFinite);
