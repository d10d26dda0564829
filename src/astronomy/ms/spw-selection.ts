import { fail, parseQuantity } from '../../foundation/base/index.ts';
import type { SpectralWindowInfo } from './metadata.ts';
import { matchNamed, parseIndexRange, splitList } from './selection-text.ts';

/** Inclusive channel range. */
export type ChannelRange = readonly [first: number, last: number];

/** Windows chosen by an expression, in the order of their first mention, each with its channel ranges (ascending, disjoint). */
export type SpwSelection = ReadonlyMap<number, readonly ChannelRange[]>;

const FREQUENCY = /^([\d.eE+-]+)(?:\s*~\s*([\d.eE+-]+))?\s*([kMGT]?Hz)$/;

/**
 * Reads a spectral-window selection in CASA's syntax: `0:3~10;20~30,1`, `*:0~7`, `<4`, `*BB_1*FULL_RES`, `230~231GHz`,
 * `0:230.1~230.3GHz`. An empty text or `*` selects all.
 *
 * A frequency selects the window with the nearest centre, a frequency range those whose centre lies in it. In a channel list a frequency selects the two channels around it, a range the channels whose centres lie in it.
 *
 * @param windows the spectral windows of the MS, by number
 * Channels that a window lacks are left out, as CASA does.
 *
 * @throws usage when a part selects no window, or all together no channel
 */
export function parseSpw(text: string, windows: readonly SpectralWindowInfo[]): SpwSelection {
  const chosen = new Map<number, ChannelRange[]>();
  const missed: string[] = [];
  for (const part of splitList(text === '' ? '*' : text, ',')) {
    if (part === '') continue;
    const colon = part.indexOf(':');
    const windowText = colon < 0 ? part : part.slice(0, colon).trim();
    const channelText = colon < 0 ? '' : part.slice(colon + 1).trim();
    const ids = matchWindows(windowText === '' ? '*' : windowText, windows);
    if (ids.length === 0) fail('usage', `No spectral window matches "${windowText}" in the selection "${text}".`);
    let isAnyFound = false;
    for (const id of ids) {
      const ranges = parseChannels(channelText, windows[id]);
      if (ranges.length === 0) continue;
      isAnyFound = true;
      chosen.set(id, [...(chosen.get(id) ?? []), ...ranges]);
    }
    if (!isAnyFound) missed.push(channelText);
  }
  if (chosen.size === 0 && missed.length > 0) {
    fail('usage', `No channel matches "${missed.join()}" in the selection "${text}".`);
  }
  return new Map([...chosen].map(([id, ranges]) => [id, mergeRanges(ranges)] as const));
}

/** Number of channels in a list of disjoint ranges. */
export function countChannels(ranges: readonly ChannelRange[]): number {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

/** True when the ranges take every channel of the window. */
export function isWholeWindow(ranges: readonly ChannelRange[], window: SpectralWindowInfo): boolean {
  return countChannels(ranges) === window.chanFreqs.length;
}

/** Mean of the outer channel centres, Hz. */
export function centreFrequency(window: SpectralWindowInfo): number {
  const { chanFreqs } = window;
  return (chanFreqs[0] + chanFreqs[chanFreqs.length - 1]) / 2;
}

function matchWindows(text: string, windows: readonly SpectralWindowInfo[]): number[] {
  const frequency = FREQUENCY.exec(text);
  if (!frequency) {
    const names = windows.map((window) => [window.name]);
    return splitList(text, ';').flatMap((part) => matchNamed(part, names));
  }
  const low = parseQuantity(`${frequency[1]}${frequency[3]}`, 'frequency');
  if (frequency[2] === undefined) {
    const distance = (window: SpectralWindowInfo) => Math.abs(centreFrequency(window) - low);
    const nearest = windows.reduce((best, window) => (distance(window) < distance(best) ? window : best), windows[0]);
    return nearest ? [nearest.id] : [];
  }
  const high = parseQuantity(`${frequency[2]}${frequency[3]}`, 'frequency');
  return windows
    .filter((window) => centreFrequency(window) >= low && centreFrequency(window) <= high)
    .map(({ id }) => id);
}

function parseChannels(text: string, window: SpectralWindowInfo): ChannelRange[] {
  const count = window.chanFreqs.length;
  if (text === '' || text === '*') return [[0, count - 1]];
  return splitList(text, ';').flatMap((part) => {
    if (part === '*') return [[0, count - 1] as const];
    const frequency = FREQUENCY.exec(part);
    if (frequency) return channelsInFrequency(frequency, window);
    const range = parseIndexRange(part);
    if (!range) fail('usage', `"${part}" is not a channel, a channel range or a frequency range.`);
    const last = Math.min(range.last, count - 1);
    if (range.step === 1) return range.first <= last ? [[range.first, last] as const] : [];
    const singles: ChannelRange[] = [];
    for (let chan = range.first; chan <= last; chan += range.step) singles.push([chan, chan]);
    return singles;
  });
}

function channelsInFrequency(match: RegExpExecArray, window: SpectralWindowInfo): ChannelRange[] {
  // CASA compares numbers of single precision: 16 kHz at 230 GHz.
  const unit = parseQuantity(`1${match[3]}`, 'frequency');
  const single = (text: string) => Math.fround(Math.fround(Number(text)) * unit);
  const low = single(match[1]);
  const high = match[2] === undefined ? undefined : single(match[2]);
  const { chanFreqs } = window;
  if (high === undefined) {
    const sign = chanFreqs.length > 1 && chanFreqs[1] < chanFreqs[0] ? -1 : 1;
    const above = chanFreqs.findIndex((centre) => sign * (centre - low) > 0);
    if (above === 0) return [];
    return above < 0 ? [] : [[above - 1, above]];
  }
  const inside = chanFreqs.flatMap((centre, chan) => (centre >= low && centre <= high ? [chan] : []));
  return inside.length === 0 ? [] : [[inside[0], inside[inside.length - 1]]];
}

function mergeRanges(ranges: readonly ChannelRange[]): ChannelRange[] {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((one, other) => one[0] - other[0])) {
    const previous = merged[merged.length - 1];
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}
