import { median, robustScatter } from '../../foundation/numeric/index.ts';
import { ozoneDepth } from '../calibration/index.ts';

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
/** The medians of neighbours are taken so many times per reach, and are linear in between. */
const MEDIANS_PER_REACH = 8;
/**
 * Wider features may be lines of the air, which raise the noise, or the band; they are spikes where the noise would have to rise so
 * many times, and the power by that share.
 */
const WIDEST_SHARE = 1 / 32;
const WIDEST_LEAST = 3;
const NOISE_RISE = 4;
const WIDE_EXCESS = 0.5;
/** What belongs to the band is smooth: the excess of a spike falls from one share of its peak to the other within so many channels. */
const EDGE_FROM = 1 / 2;
const EDGE_TO = 1 / 4;
const EDGE_CHANNELS = 3;
/** The air at its worst: airmass, and its temperature over the least system temperature. */
const MOST_AIRMASS = 2;
const AIR_OVER_SYSTEM = 275 / 40;

/**
 * Finds narrow spikes in a power spectrum of a calibrator, which has no lines of its own.
 *
 * @param power [chan]; NaN where there is nothing
 * @param noiseShare what part of the power is noise
 * @param ozone how much lines of ozone raise the noise at most, see {@link ozoneRise}, [chan]
 */
export function findSpikes(power: Float64Array, noiseShare = 1, ozone?: Float64Array): Spike[] {
  const reach = reachIn(power.length);
  const usual = neighbourMedians(power, reach);
  const excess = power.map((value, chan) => value / usual[chan] - 1);
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
    const rise = Math.max(isNarrow ? 0 : NOISE_RISE, ...(ozone?.subarray(chan, last + 1) ?? []));
    const least = Math.max(isNarrow ? 0 : WIDE_EXCESS, rise * noiseShare);
    if (ratio - 1 > least && isSharp(excess, chan, last)) spikes.push({ first: chan, last, ratio });
    chan = last;
  }
  return spikes;
}

/** Tells whether a feature ends within a few channels on both sides; flagged channels and the end of the window end it too. */
function isSharp(excess: Float64Array, first: number, last: number): boolean {
  const peak = Math.max(...excess.subarray(first, last + 1));
  return [-1, 1].every((step) => {
    let chan = step < 0 ? first : last;
    while (excess[chan] < EDGE_FROM * peak) chan -= step;
    while (excess[chan + step] >= EDGE_FROM * peak) chan += step;
    const beside = Array.from({ length: EDGE_CHANNELS }, (_, index) => excess[chan + step * (index + 1)]);
    return beside.some((value) => !(value >= EDGE_TO * peak));
  });
}

/**
 * How many times the power of the noise in each channel may rise over that of its neighbours by a line of ozone that calibration with
 * broader channels of Tsys does not take out.
 *
 * @param freqs Hz, as observed from the ground
 * @returns [chan], 0 where there is no more ozone than beside it
 */
export function ozoneRise(freqs: Float64Array): Float64Array {
  const depths = freqs.map((hz) => ozoneDepth(hz / 1e9));
  const usual = neighbourMedians(depths, reachIn(freqs.length));
  return depths.map((depth, chan) => {
    const more = MOST_AIRMASS * Math.max(0, depth - usual[chan]);
    return (1 + more * (1 + AIR_OVER_SYSTEM)) ** 2 - 1;
  });
}

const reachIn = (chanCount: number) => Math.max(REACH_LEAST, Math.floor(REACH_SHARE * chanCount));

/** Median of the channels within reach of each one. */
function neighbourMedians(power: Float64Array, reach: number): Float64Array {
  const step = Math.ceil(reach / MEDIANS_PER_REACH);
  const medians = Array.from({ length: Math.ceil(power.length / step) + 1 }, (_, index) => {
    const chan = index * step;
    return median(power.subarray(Math.max(0, chan - reach), chan + reach + 1).filter(Number.isFinite));
  });
  return power.map((_, chan) => {
    const index = Math.floor(chan / step);
    const share = chan / step - index;
    return share === 0 ? medians[index] : (1 - share) * medians[index] + share * medians[index + 1];
  });
}
