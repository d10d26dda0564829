import { median } from '../../foundation/numeric/index.ts';
import { channelsOf, type ScienceWindow } from './observation.ts';
import type { Decision } from './plan-builder.ts';

/** Channels in which a body is not to be believed, and windows in which nothing of it is. */
export interface BodyLines {
  /** Windows (from 0) with channels to leave out, e.g. "11~40;63~63". */
  readonly channels: readonly { readonly window: number; readonly text: string }[];
  /** Windows (from 0) whose flux scale has to come from elsewhere: lines leave too little continuum. */
  readonly lostWindows: readonly number[];
  readonly decisions: readonly Decision[];
}

/**
 * A channel belongs to a line where the model is that share off the continuum. The depth of lines is known to some third of it, and
 * antennas are equally sensitive in two windows to a few per cent: a shallower line does less harm than its window's absence.
 */
const LINE_SHARE = 0.1;
/** Channels that are so far off do not tell the continuum. */
const CONTINUUM_SHARE = 0.05;
/** A window with more than that share in lines has too little continuum. */
const LARGEST_SHARE = 0.75;
const PASSES = 6;
/** The continuum is taken from so far beyond the windows, in such steps and widths, Hz. */
const AROUND_HZ = 10e9;
const STEP_HZ = 0.25e9;
const WIDTH_HZ = 10e6;

/**
 * Finds channels of the science windows in which the atmosphere of a body has lines: there its model depends on its weather, and
 * a small error of the frequency matters.
 *
 * The continuum is a power law through the model in and around all windows, fitted to the points that lie near it.
 *
 * @param name of the body
 * @param channelJy flux density over a channel given by its edges, Hz
 */
export function findBodyLines(
  name: string,
  windows: readonly ScienceWindow[],
  channelJy: (from: number, to: number) => number,
): BodyLines {
  const spectra = windows.map((window) => {
    const width = Math.abs(window.stepHz);
    return Array.from(channelsOf(window)).map((hz) => ({ hz, jy: channelJy(hz - width / 2, hz + width / 2) }));
  });
  const continuum = fitContinuum(surroundings(windows, channelJy));
  const isLine = spectra.map((spectrum) => spectrum.map(({ hz, jy }) => Math.abs(jy / continuum(hz) - 1) > LINE_SHARE));
  const shares = isLine.map((flags) => flags.filter(Boolean).length / flags.length);
  const topic = 'Lines of the flux calibrator';
  const channels = isLine.flatMap((flags, window) => {
    const text = shares[window] > LARGEST_SHARE ? `0~${flags.length - 1}` : runsOf(flags);
    return text === '' ? [] : [{ window, text }];
  });
  if (channels.length === 0) return { channels, lostWindows: [], decisions: [] };
  const decisions: Decision[] = channels.map(({ window, text }) => ({
    topic,
    choice: `channels ${text} of window ${windows[window].spwId} left out on ${name}`,
    reason: `There the model of its atmosphere is more than ${100 * LINE_SHARE} % off the continuum.`,
  }));
  const lostWindows = shares.flatMap((share, window) => (share > LARGEST_SHARE ? [window] : []));
  if (lostWindows.length === 0 || lostWindows.length === windows.length)
    return { channels, lostWindows: [], decisions };
  const names = (ids: readonly number[]) => ids.map((window) => windows[window].spwId).join(', ');
  const others = windows.flatMap((_, window) => (lostWindows.includes(window) ? [] : [window]));
  decisions.push({
    topic,
    choice: `flux scale of window ${names(lostWindows)} from the spectra of the other calibrators`,
    reason: `Hardly any continuum of ${name} is left there; quasars are power laws, fitted in windows ${names(others)}.`,
  });
  return { channels, lostWindows, decisions };
}

function surroundings(windows: readonly ScienceWindow[], channelJy: (from: number, to: number) => number) {
  const from = Math.min(...windows.map(({ centreHz }) => centreHz)) - AROUND_HZ;
  const to = Math.max(...windows.map(({ centreHz }) => centreHz)) + AROUND_HZ;
  return Array.from({ length: Math.floor((to - from) / STEP_HZ) }, (_, index) => {
    const hz = from + index * STEP_HZ;
    return { hz, jy: channelJy(hz - WIDTH_HZ / 2, hz + WIDTH_HZ / 2) };
  });
}

/** A power law through the points that lie near it. */
function fitContinuum(points: readonly { readonly hz: number; readonly jy: number }[]): (hz: number) => number {
  const pivot = median(points.map(({ hz }) => hz));
  let level = Math.log(median(points.map(({ hz, jy }) => jy / (hz / pivot) ** 2)));
  let slope = 2;
  for (let pass = 0; pass < PASSES; pass++) {
    const near = points
      .map(({ hz, jy }) => [Math.log(hz / pivot), Math.log(jy)])
      .filter(([x, y]) => Math.abs(y - level - slope * x) < CONTINUUM_SHARE);
    const [sx, sy] = [0, 1].map((axis) => near.reduce((sum, point) => sum + point[axis], 0) / near.length);
    const variance = near.reduce((sum, [x]) => sum + (x - sx) ** 2, 0);
    if (!(variance > 0)) break;
    slope = near.reduce((sum, [x, y]) => sum + (x - sx) * (y - sy), 0) / variance;
    level = sy - slope * sx;
  }
  return (hz) => Math.exp(level + slope * Math.log(hz / pivot));
}

/** Runs of set elements as a channel selection: "11~12;40~40". */
export function runsOf(isSet: ArrayLike<boolean | number>): string {
  const runs: string[] = [];
  for (let first = 0; first < isSet.length; first++) {
    if (!isSet[first]) continue;
    let last = first;
    while (isSet[last + 1]) last++;
    runs.push(`${first}~${last}`);
    first = last;
  }
  return runs.join(';');
}
