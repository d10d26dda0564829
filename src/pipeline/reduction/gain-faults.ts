import { median, robustScatter } from '../../foundation/numeric/index.ts';
import { FEWEST_ANTENNAS, type Moment, momentsOf, pairsWithin, squareOfSteps, stepOf } from './gain-moments.ts';
import type { CalibratorView } from './gain-series.ts';

/** A polarization of an antenna without signal, in some windows. */
export interface DeadInput {
  readonly antenna: string;
  readonly pol: number;
  readonly spwIds: readonly number[];
}

/** An antenna, or a polarization of it, whose amplitudes are low at all times, in some windows. */
export interface LowGain extends DeadInput {
  /** Voltage over that of the median antenna. */
  readonly ratio: number;
}

/** Times between which an antenna cannot be calibrated, MJD s; both are of good integrations. */
export interface LostTime {
  readonly antenna: string;
  readonly kind: 'off-source' | 'phase-jump';
  /** Where it is one polarization, or one window, alone. */
  readonly pol?: number;
  readonly spwId?: number;
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
  /** Antennas whose phases change too fast to be followed, with what they do from one integration to the next, rad. */
  readonly unstable: readonly { readonly antenna: string; readonly size: number }[];
}

/** Windows and polarizations of an antenna that may fail together. */
interface Part {
  readonly cells: readonly number[];
  readonly pol?: number;
  readonly spwId?: number;
}

/** Voltages over those of the median antenna. */
const DEAD_BELOW = 0.12;
const LOW_BELOW = 0.5;
/** An antenna is off source where its voltages, with so many times their error, are below that share of its own usual ones. */
const OFF_BELOW = 0.5;
const OFF_OVER_NOISE = 3;
/**
 * A jump turns the phase by more than that; by that many times the scatter of what the phases of other antennas do then, and of the most
 * that all but a few of them do; and of what the air does to the antenna, which is more for outer ones, and the noise.
 */
const LEAST_JUMP = 0.9;
const JUMP_SIGMA = 6;
const JUMP_OVER_OTHERS = 3;
const OTHERS_SHARE = 0.9;
const JUMP_OVER_AIR = 4;
const JUMP_OVER_NOISE = 5;
/** Differences of paths grow with time to that power, until the wind has blown the air across the array, s. */
const AIR_GROWTH = 5 / 6;
const LONGEST_AIR_SEC = 300;
/** All windows and polarizations jump alike: least length of the mean of their unit vectors. */
const LEAST_AGREEMENT = 0.85;
/** Relative scatter of amplitudes of one integration above which a calibrator is too faint to tell. */
const LARGEST_SCATTER = 0.2;
/** Steps of the phase within scans that nothing can follow, rad; of others they are so many times smaller. */
const UNSTABLE_STEP = 0.8;
const UNSTABLE_RATIO = 4;
const FEWEST_STEPS = 3;

/**
 * Finds dead polarizations, low gains, antennas that are off source and phase jumps.
 *
 * @param view of point-like calibrators
 * @param bandpassId the brightest of them: dead inputs are looked for there
 */
export function findGainFaults(view: CalibratorView, bandpassId: number): GainFaults {
  const spwIds = [...new Set(view.integrations.map(({ spwId }) => spwId))].sort((a, b) => a - b);
  const moments = clearMoments(momentsOf(view, spwIds), bandpassId);
  if (view.antennas.length < FEWEST_ANTENNAS || moments.length === 0)
    return { dead: [], low: [], lost: [], unstable: [] };
  const usual = view.antennas.map((_, ant) =>
    moments[0].ratios[ant].map((_, cell) => {
      const ofBandpass = moments.filter(({ fieldId }) => fieldId === bandpassId);
      return median(finite((ofBandpass.length > 0 ? ofBandpass : moments).map(({ ratios }) => ratios[ant][cell])));
    }),
  );
  const isDead = usual.map((cells) => cells.map((ratio) => ratio < DEAD_BELOW));
  const isLow = usual.map((cells, ant) => cells.map((ratio, cell) => !isDead[ant][cell] && ratio < LOW_BELOW));
  const windowsOf = (isBad: readonly boolean[], pol: number) =>
    spwIds.filter((_, index) => isBad[index * view.polCount + pol]);
  const inputs = view.antennas.flatMap((antenna, ant) =>
    Array.from({ length: view.polCount }, (_, pol) => ({ antenna, ant, pol })),
  );
  const dead = inputs
    .map(({ antenna, ant, pol }) => ({ antenna, pol, spwIds: windowsOf(isDead[ant], pol) }))
    .filter((input) => input.spwIds.length > 0);
  const low = inputs
    .map(({ antenna, ant, pol }) => {
      const ratio = median(usual[ant].filter((_, cell) => isLow[ant][cell] && cell % view.polCount === pol));
      return { antenna, pol, spwIds: windowsOf(isLow[ant], pol), ratio };
    })
    .filter((input) => input.spwIds.length > 0);
  const good = usual.map((cells, ant) =>
    cells.flatMap((_, cell) => (isDead[ant][cell] || isLow[ant][cell] ? [] : [cell])),
  );
  const unstable = unstableAntennas(view.antennas, good, moments);
  const lost = view.antennas.flatMap((antenna, ant) => {
    if (good[ant].length === 0 || unstable.some((one) => one.antenna === antenna)) return [];
    const found: LostTime[] = [];
    for (const { cells, ...part } of partsOf(good[ant], spwIds, view.polCount)) {
      for (const time of [...offSource(ant, cells, moments), ...jumps(ant, cells, moments, bandpassId)]) {
        const isKnown = found.some((other) => time.after >= other.after && time.before <= other.before);
        if (!isKnown) found.push({ antenna, ...part, ...time });
      }
    }
    return found;
  });
  return { dead, low, lost, unstable };
}

/** The whole antenna, then its polarizations, then its windows. */
function partsOf(cells: readonly number[], spwIds: readonly number[], polCount: number): Part[] {
  const pols = Array.from({ length: polCount }, (_, pol) => ({
    pol,
    cells: cells.filter((cell) => cell % polCount === pol),
  }));
  const windows = spwIds.map((spwId, index) => ({
    spwId,
    cells: cells.filter((cell) => Math.floor(cell / polCount) === index),
  }));
  return [{ cells }, ...(polCount > 1 ? pols : []), ...(spwIds.length > 1 ? windows : [])].filter(
    (part) => part.cells.length > 0,
  );
}

/** Antennas whose phases turn by more than {@link UNSTABLE_STEP} from one integration to the next, where those of others do not. */
function unstableAntennas(antennas: readonly string[], cells: readonly number[][], moments: readonly Moment[]) {
  const sizes = antennas.map((_, ant) => {
    const steps = moments.flatMap((now, index) => {
      const before = moments[index - 1];
      const step =
        before?.scan === now.scan && cells[ant].length > 0 ? stepOf(ant, cells[ant], before, now) : undefined;
      return step && step.agreement >= LEAST_AGREEMENT ? [Math.abs(step.angle)] : [];
    });
    return steps.length < FEWEST_STEPS ? Number.NaN : median(steps);
  });
  const usual = median(finite(sizes));
  return antennas.flatMap((antenna, ant) =>
    sizes[ant] > Math.max(UNSTABLE_STEP, UNSTABLE_RATIO * usual) ? [{ antenna, size: sizes[ant] }] : [],
  );
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
function offSource(ant: number, cells: readonly number[], moments: readonly Moment[]): Omit<LostTime, 'antenna'>[] {
  const level = moments.map(({ ratios }) => median(finite(cells.map((cell) => ratios[ant][cell]))));
  const usual = median(finite(level));
  const noise = moments.map(({ snr }) => 1 / Math.hypot(...cells.map((cell) => snr[ant][cell])));
  const isLost = (index: number) => level[index] + OFF_OVER_NOISE * noise[index] * level[index] < OFF_BELOW * usual;
  const found: Omit<LostTime, 'antenna'>[] = [];
  for (let index = 0; index < moments.length; index++) {
    if (!isLost(index)) continue;
    let last = index;
    while (last + 1 < moments.length && (isLost(last + 1) || Number.isNaN(level[last + 1]))) last++;
    found.push({
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
  ant: number,
  cells: readonly number[],
  moments: readonly Moment[],
  bandpassId: number,
): Omit<LostTime, 'antenna'>[] {
  const found: Omit<LostTime, 'antenna'>[] = [];
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
        JUMP_OVER_NOISE * step.noise,
      );
      if (Math.abs(step.angle) < usual) continue;
      found.push({ kind: 'phase-jump', after: before.time, before: now.time, size: step.angle });
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
  const scans = [...new Set(moments.map(({ scan }) => scan))].map((id) => moments.filter(({ scan }) => scan === id));
  const { seconds: time, square } = squareOfSteps(ant, cells, scans.flatMap(pairsWithin));
  if (Number.isNaN(square)) return () => 0;
  return (seconds) => Math.sqrt(square) * (Math.min(seconds, LONGEST_AIR_SEC) / time) ** AIR_GROWTH;
}

const finite = (values: readonly number[]) => values.filter(Number.isFinite);
