import { robustScatter } from './robust.ts';

/** Channels from `first` to `last` with power that their neighbours do not have. */
export interface Spike {
  readonly first: number;
  readonly last: number;
  /** Power over that of the neighbours. */
  readonly ratio: number;
}

/** Neighbours on each side that tell what a channel should have: a share of the window, and at least some. */
const REACH_SHARE = 1 / 8;
const REACH_LEAST = 8;
/** A spike stands out by that many times the scatter, and by that share. */
const SIGMA = 7;
const LEAST_EXCESS = 0.15;
/** Wider features may be lines of the air, which raise the noise; they are spikes where that would have to rise so many times. */
const WIDEST_SHARE = 1 / 32;
const WIDEST_LEAST = 3;
const NOISE_RISE = 4;

/**
 * Finds narrow spikes in a power spectrum of a calibrator, which has no lines of its own.
 *
 * @param power [chan]; NaN where there is nothing
 * @param noiseShare what part of the power is noise
 */
export function findSpikes(power: Float64Array, noiseShare = 1): Spike[] {
  const reach = Math.max(REACH_LEAST, Math.floor(REACH_SHARE * power.length));
  const excess = Float64Array.from(power, (value, chan) => value / neighbourMedian(power, chan, reach) - 1);
  const known = excess.filter(Number.isFinite);
  if (known.length < 2 * REACH_LEAST) return [];
  const limit = Math.max(LEAST_EXCESS, SIGMA * robustScatter(known));
  const spikes: Spike[] = [];
  for (let chan = 0; chan < power.length; chan++) {
    if (!(excess[chan] > limit)) continue;
    let last = chan;
    while (excess[last + 1] > limit) last++;
    const ratio = 1 + Math.max(...excess.subarray(chan, last + 1));
    const isNarrow = last - chan + 1 <= Math.max(WIDEST_LEAST, WIDEST_SHARE * power.length);
    if (isNarrow || ratio - 1 > NOISE_RISE * noiseShare) spikes.push({ first: chan, last, ratio });
    chan = last;
  }
  return spikes;
}

function neighbourMedian(power: Float64Array, chan: number, reach: number): number {
  const around = power
    .slice(Math.max(0, chan - reach), chan + reach + 1)
    .filter(Number.isFinite)
    .sort();
  return around.length === 0 ? Number.NaN : around[around.length >> 1];
}
