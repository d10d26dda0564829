import { median, robustScatter } from '../../foundation/numeric/index.ts';
/** Channels first…last, both included. */
export interface ChannelRange {
  readonly first: number;
  readonly last: number;
}

/** How many robust sigma a channel must stand out, and how many neighbours must do so with it. */
const THRESHOLD_SIGMA = 5;
const MINIMUM_WIDTH = 2;

/**
 * Finds emission and absorption lines in an amplitude spectrum.
 *
 * A line is a run of at least two channels more than 5 robust sigma (1.4826 MAD) from the median; it grows on both
 * sides by a fifth of its width, at least by one channel, and touching runs are joined.
 *
 * @param amplitude Jy, [chan]; NaN = no data
 */
export function findLines(amplitude: Float64Array): ChannelRange[] {
  const valid = amplitude.filter((value) => Number.isFinite(value));
  if (valid.length < 8) return [];
  const centre = median(valid);
  const sigma = robustScatter(valid);
  if (!(sigma > 0)) return [];
  const stands = (chan: number) => Math.abs(amplitude[chan] - centre) > THRESHOLD_SIGMA * sigma;
  const runs: { first: number; last: number }[] = [];
  for (let chan = 0; chan < amplitude.length; chan++) {
    if (!stands(chan)) continue;
    const previous = runs[runs.length - 1];
    if (previous && chan - previous.last <= 2) previous.last = chan;
    else runs.push({ first: chan, last: chan });
  }
  return join(
    runs.filter((run) => run.last - run.first + 1 >= MINIMUM_WIDTH).map((run) => grow(run, amplitude.length)),
  );
}

/** The complement of `lines` within a window, edges left out. */
export function lineFreeChannels(lines: readonly ChannelRange[], chanCount: number, edge: number): ChannelRange[] {
  const ranges: ChannelRange[] = [];
  let start = edge;
  for (const line of lines) {
    if (line.first - 1 >= start) ranges.push({ first: start, last: line.first - 1 });
    start = Math.max(start, line.last + 1);
  }
  if (start <= chanCount - 1 - edge) ranges.push({ first: start, last: chanCount - 1 - edge });
  return ranges;
}

/** Ranges as a CASA channel string such as `5~40;80~122`. */
export function channelsText(ranges: readonly ChannelRange[]): string {
  return ranges.map(({ first, last }) => `${first}~${last}`).join(';');
}

function grow(run: ChannelRange, chanCount: number): { first: number; last: number } {
  const margin = Math.max(1, Math.round(0.2 * (run.last - run.first + 1)));
  return { first: Math.max(0, run.first - margin), last: Math.min(chanCount - 1, run.last + margin) };
}

function join(runs: readonly ChannelRange[]): ChannelRange[] {
  const joined: { first: number; last: number }[] = [];
  for (const run of runs) {
    const previous = joined[joined.length - 1];
    if (previous && run.first <= previous.last + 1) previous.last = Math.max(previous.last, run.last);
    else joined.push({ ...run });
  }
  return joined;
}
