import { fail, parseQuantity } from '../../foundation/base/index.ts';
import type { SpectralWindowInfo } from './metadata.ts';
import {
  type IndexRange,
  matchNamed,
  parseIndexRange,
  reportUnknown,
  type SelectionManner,
  splitFilled,
} from './selection-text.ts';

/** Inclusive channel range. */
export type ChannelRange = readonly [first: number, last: number];

/** Windows chosen by an expression, in the order of their first mention, each with its channel ranges (ascending, disjoint). */
export type SpwSelection = ReadonlyMap<number, readonly ChannelRange[]>;

/** A frequency, a range of them, or every so many Hz of a range; the first value of a range may lack its unit. */
const FREQUENCY =
  /^([\d.eE+-]+)\s*([kMGT]?Hz)?(?:\s*~\s*([\d.eE+-]+)\s*([kMGT]?Hz))?(?:\s*\^\s*([\d.eE+-]+)\s*([kMGT]?Hz))?$/;

/** Hz, of single precision as CASA compares them: 16 kHz at 230 GHz. */
interface FrequencySpan {
  readonly low: number;
  /** Absent for a single frequency. */
  readonly high?: number;
  /** 0: none */
  readonly step: number;
}

/**
 * Reads a spectral-window selection in CASA's syntax: `0:3~10;20~30,1`, `*:0~7`, `0:^4` (every fourth channel), `<4`, `3<>7` (4 to 6),
 * `*BB_1*FULL_RES`, `230~231GHz`, `>230GHz`, `0:230.1~230.3GHz`. An empty text selects all.
 *
 * A frequency selects the first window whose centre is less than a channel away, `~` before it those whose centre is less than
 * their width away, a frequency range those whose centre lies in it (with a step: less than a channel away from one of the steps),
 * `>` and `<` those whose reference frequency lies beyond. In a channel list a frequency selects the two channels around it, a range
 * the channels whose centres lie in it, or the two around it where it lies between two. A channel beyond the last is the last channel, as in CASA, with a warning.
 *
 * @param windows the spectral windows of the MS, by number
 * @throws usage when a part selects no window, or all together no channel
 */
export function parseSpw(
  text: string,
  windows: readonly SpectralWindowInfo[],
  manner: SelectionManner = {},
): SpwSelection {
  const chosen = new Map<number, ChannelRange[]>();
  for (const { id, ranges } of listWindows(text, windows, manner))
    chosen.set(id, [...(chosen.get(id) ?? []), ...ranges.flatMap(everyNth)]);
  return new Map([...chosen].map(([id, ranges]) => [id, mergeRanges(ranges)] as const));
}

/** A window as one part of an expression chooses it. */
export interface ListedWindow {
  readonly id: number;
  readonly ranges: readonly IndexRange[];
}

/** What an expression says of windows and channels, part by part in its order: what ms.msseltoindex lists. */
export function listWindows(
  text: string,
  windows: readonly SpectralWindowInfo[],
  manner: SelectionManner = {},
): ListedWindow[] {
  const listed: ListedWindow[] = [];
  const missed: string[] = [];
  for (const part of splitFilled(text === '' ? '*' : text, ',')) {
    const colon = part.indexOf(':');
    const windowText = colon < 0 ? part : part.slice(0, colon).trim();
    const channelText = colon < 0 ? undefined : part.slice(colon + 1).trim();
    const ids = matchWindows(windowText === '' ? '*' : windowText, windows, text, manner);
    const found = ids.map((id) => ({
      id,
      ranges: channelText === undefined ? wholeWindow(windows[id]) : parseChannels(channelText, windows[id], manner),
    }));
    if (ids.length > 0 && found.every(({ ranges }) => ranges.length === 0)) missed.push(part);
    listed.push(...found.filter(({ ranges }) => ranges.length > 0 || manner.keepsEmptyWindows));
  }
  if (listed.every(({ ranges }) => ranges.length === 0)) {
    fail('usage', `No ${missed.length > 0 ? 'channel' : 'spectral window'} matches the selection "${text}".`);
  }
  for (const part of missed)
    manner.warn?.(`No channel of the spectral window matches "${part}" in the selection "${text}".`);
  return listed;
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

function matchWindows(
  text: string,
  windows: readonly SpectralWindowInfo[],
  whole: string,
  manner: SelectionManner,
): number[] {
  return splitFilled(text, ';').flatMap((part) => {
    const between = /^(\d+)\s*<>\s*(\d+)$/.exec(part);
    const inFrequency = between ? undefined : matchFrequencies(part, windows);
    const found = between
      ? windows.map(({ id }) => id).filter((id) => id > Number(between[1]) && id < Number(between[2]))
      : (inFrequency ??
        matchNamed(
          part,
          windows.map(({ name }) => [name]),
        ));
    const range = parseIndexRange(part);
    const isBeyond = range !== undefined && !/^[<>]/.test(part) && range.last >= windows.length;
    if (inFrequency?.length === 0) fail('usage', `No spectral window matches "${part}" in the selection "${whole}".`);
    if (found.length === 0 || isBeyond) {
      reportUnknown('spw', `Not all of "${part}" in the selection "${whole}" are spectral windows.`, manner);
    }
    return found;
  });
}

/**
 * Windows by frequency; undefined for a text that is none. As in CASA the widest channel is that of the signed widths, so that
 * a window of the lower sideband is not found by a frequency alone.
 */
function matchFrequencies(text: string, windows: readonly SpectralWindowInfo[]): number[] | undefined {
  const around = /^([~<>])\s*(.*)$/.exec(text);
  const between = /^(.*Hz)\s*<>\s*(.*Hz)$/.exec(text);
  const span = parseFrequencies(between ? between[1] : around ? around[2] : text);
  if (!span) return undefined;
  const upper = between ? parseFrequencies(between[2]) : undefined;
  const centreOf = (window: SpectralWindowInfo) => Math.fround(centreFrequency(window));
  const isChosen = (window: SpectralWindowInfo): boolean => {
    const { refFrequency, totalBandwidth, chanWidths } = window;
    if (upper) return refFrequency > span.low && refFrequency < upper.low;
    if (around?.[1] === '>') return refFrequency > span.low;
    if (around?.[1] === '<') return refFrequency < span.low;
    const distance = (frequency: number) => Math.abs(centreOf(window) - frequency);
    if (around) return distance(span.low) <= totalBandwidth;
    const channel = chanWidths.reduce((widest, width) => Math.max(widest, width), Number.NEGATIVE_INFINITY);
    if (span.high === undefined) return distance(span.low) < channel;
    if (span.step === 0) return centreOf(window) >= span.low && centreOf(window) <= span.high;
    const steps = Math.floor((span.high - span.low) / span.step);
    const nearest = Math.round((centreOf(window) - span.low) / span.step);
    return distance(span.low + span.step * Math.min(Math.max(nearest, 0), steps)) < channel;
  };
  const ids = windows.filter(isChosen).map(({ id }) => id);
  return span.high === undefined && !around && !between ? ids.slice(0, 1) : ids;
}

function parseFrequencies(text: string): FrequencySpan | undefined {
  const match = FREQUENCY.exec(text);
  const unit = match?.[2] ?? match?.[4];
  if (!match || unit === undefined) return undefined;
  const single = (value: string, unitText: string) =>
    Math.fround(Math.fround(Number(value)) * parseQuantity(`1${unitText}`, 'frequency'));
  const low = single(match[1], unit);
  const end = match[3] === undefined ? low : single(match[3], match[4]);
  if (end < low) fail('usage', `The frequency range "${text}" ends before it begins.`);
  const high = end > low ? end : undefined;
  const step = match[5] === undefined ? 0 : single(match[5], match[6]);
  return { low, ...(high !== undefined && { high }), step };
}

function wholeWindow(window: SpectralWindowInfo): IndexRange[] {
  return [{ first: 0, last: window.chanFreqs.length - 1, step: 1 }];
}

function parseChannels(text: string, window: SpectralWindowInfo, manner: SelectionManner): IndexRange[] {
  return splitFilled(text, ';').flatMap((part) => {
    const span = parseFrequencies(part);
    if (span) return channelsInFrequency(span, window);
    return channelsOf(part, window, manner);
  });
}

/** Channels of `5`, `5~9`, `5~20^4`, `^4`, `*`; those beyond the last are the last. */
function channelsOf(part: string, window: SpectralWindowInfo, { warn }: SelectionManner): IndexRange[] {
  if (part === '*') return wholeWindow(window);
  const final = window.chanFreqs.length - 1;
  const every = /^\^\s*(\d+)$/.exec(part);
  if (every) return [{ first: 0, last: final, step: Math.max(1, Number(every[1])) }];
  const range = parseIndexRange(part);
  if (!range) fail('usage', `"${part}" is not a channel, a channel range or a frequency range.`);
  if (range.last < range.first) fail('usage', `The channel range "${part}" ends before it begins.`);
  if (Number.isFinite(range.last) && range.last > final) {
    warn?.(`Window ${window.id} has the channels 0 to ${final}: of "${part}", those beyond are taken as the last.`);
  }
  // Of `>200` a window that ends before has nothing.
  if (!Number.isFinite(range.last) && range.first > final) return [];
  const step = Math.max(1, range.step);
  return [{ first: Math.min(range.first, final), last: Math.min(range.last, final), step }];
}

function everyNth({ first, last, step }: IndexRange): ChannelRange[] {
  if (step <= 1) return [[first, last]];
  const singles: ChannelRange[] = [];
  for (let chan = first; chan <= last; chan += step) singles.push([chan, chan]);
  return singles;
}

/** The channels from the first at or above `low` to the last at or below `high`; of a span between two channels those two. */
function channelsInFrequency({ low, high = low, step }: FrequencySpan, window: SpectralWindowInfo): IndexRange[] {
  const { chanFreqs, chanWidths } = window;
  // Not the sign of the widths: observatories write positive ones with frequencies that descend, too.
  const isAscending = chanFreqs[chanFreqs.length - 1] >= chanFreqs[0];
  const above = (centre: number) => centre >= low;
  const below = (centre: number) => centre <= high;
  const start = isAscending ? chanFreqs.findIndex(above) : chanFreqs.findLastIndex(above);
  const stop = isAscending ? chanFreqs.findLastIndex(below) : chanFreqs.findIndex(below);
  if (start < 0 || stop < 0) return [];
  const widest = chanWidths.reduce((most, width) => Math.max(most, width), Number.NEGATIVE_INFINITY);
  const every = Math.max(1, Math.trunc(Math.abs(step / widest)));
  return [{ first: Math.min(start, stop), last: Math.max(start, stop), step: every }];
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
