/** Ways to find values between channels, as casacore's InterpolateArray1D has them. */
export type InterpolationMethod = 'nearest' | 'linear' | 'cubic';

/** Frequencies this close are the same, in channels: beyond the rounding of their calculation. */
const SAME = 1e-6;

/** Which input channels make each output channel. */
export interface InterpolationPlan {
  readonly outCount: number;
  /** Where the input channels of an output channel begin in `channels` and `factors`; [out + 1] */
  readonly starts: Int32Array;
  readonly channels: Int32Array;
  readonly factors: Float64Array;
  /** Where the input channels whose flags count begin in `flagged`; [out + 1] */
  readonly flagStarts: Int32Array;
  readonly flagged: Int32Array;
  /** 1: outside the input, always flagged; [out] */
  readonly isOutside: Uint8Array;
}

/** One output channel of a plan. */
interface Combination {
  readonly channels: number[];
  readonly factors: number[];
  readonly flagged: number[];
  readonly isOutside: boolean;
}

/**
 * Plans the interpolation of spectra from one set of frequencies to another.
 *
 * Output channels outside the input take the nearest values ('cubic': the polynomial's) and are flagged, as CASA 6.7 does.
 *
 * @param from input frequencies, ascending or descending, at least 2 (4 for 'cubic')
 * @param to output frequencies
 */
export function planInterpolation(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  method: InterpolationMethod,
): InterpolationPlan {
  return compile(Array.from(to, (frequency) => combine(from, frequency, method)));
}

/**
 * Plans output channels that are means of `from.length` samples over the whole output band, the first at its lower edge, each
 * interpolated: what CASA 6.7 does for channels twice as wide as the input's and more.
 *
 * @param to, widths equally wide output channels
 */
export function planAveraging(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  widths: ArrayLike<number>,
  method: InterpolationMethod,
): InterpolationPlan {
  const width = Math.abs(widths[0]);
  const isDescending = to.length > 1 && to[1] < to[0];
  const low = (isDescending ? to[to.length - 1] : to[0]) - width / 2;
  const samples = from.length;
  const step = (width * to.length) / samples;
  const groups = Array.from(to, (): Combination[] => []);
  for (let sample = 0; sample < samples; sample++) {
    const frequency = low + sample * step;
    const group = Math.min(Math.floor((frequency - low) / width), to.length - 1);
    groups[isDescending ? to.length - 1 - group : group].push(combine(from, frequency, method));
  }
  return compile(groups.map(meanOf));
}

function meanOf(parts: readonly Combination[]): Combination {
  const sums = new Map<number, number>();
  for (const { channels, factors } of parts) {
    channels.forEach((channel, tap) => {
      if (factors[tap] !== 0) sums.set(channel, (sums.get(channel) ?? 0) + factors[tap] / parts.length);
    });
  }
  return {
    channels: [...sums.keys()],
    factors: [...sums.values()],
    flagged: [...new Set(parts.flatMap(({ flagged }) => flagged))],
    isOutside: parts.some(({ isOutside }) => isOutside),
  };
}

function combine(from: ArrayLike<number>, frequency: number, method: InterpolationMethod): Combination {
  const sign = from.length > 1 && from[1] < from[0] ? -1 : 1;
  const x = snapped(from, frequency, sign);
  const where = firstNotBelow(from, x, sign);
  const isOutside = where === from.length || (where === 0 && x !== from[0]);
  if (method === 'nearest' || from.length < 2) return nearest(where, from, x, isOutside);
  if (method === 'cubic' && from.length >= 4) return cubic(where, from, x, isOutside);
  return linear(where, from, x, isOutside);
}

function compile(combinations: readonly Combination[]): InterpolationPlan {
  const starts = new Int32Array(combinations.length + 1);
  const flagStarts = new Int32Array(combinations.length + 1);
  combinations.forEach(({ channels, flagged }, out) => {
    starts[out + 1] = starts[out] + channels.length;
    flagStarts[out + 1] = flagStarts[out] + flagged.length;
  });
  return {
    outCount: combinations.length,
    starts,
    channels: Int32Array.from(combinations.flatMap(({ channels }) => channels)),
    factors: Float64Array.from(combinations.flatMap(({ factors }) => factors)),
    flagStarts,
    flagged: Int32Array.from(combinations.flatMap(({ flagged }) => flagged)),
    isOutside: Uint8Array.from(combinations, ({ isOutside }) => (isOutside ? 1 : 0)),
  };
}

/** The input channel's own frequency when x differs from it only by rounding. */
function snapped(from: ArrayLike<number>, x: number, sign: number): number {
  const where = firstNotBelow(from, x, sign);
  const tolerance = from.length > 1 ? Math.abs(from[1] - from[0]) * SAME : 0;
  for (const near of [where - 1, where]) {
    if (near >= 0 && near < from.length && Math.abs(from[near] - x) <= tolerance) return from[near];
  }
  return x;
}

/** Index of the first input that is not before x in the direction of the axis; the length when there is none. */
function firstNotBelow(from: ArrayLike<number>, x: number, sign: number): number {
  let [low, high] = [0, from.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sign * from[middle] < sign * x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nearest(where: number, from: ArrayLike<number>, x: number, isOutside: boolean): Combination {
  let channel = Math.min(where, from.length - 1);
  if (where > 0 && where < from.length && Math.abs(from[where] - x) >= Math.abs(from[where - 1] - x)) channel--;
  return { channels: [channel], factors: [1], flagged: [channel], isOutside };
}

function linear(where: number, from: ArrayLike<number>, x: number, isOutside: boolean): Combination {
  const upper = Math.min(Math.max(where, 1), from.length - 1);
  const lower = upper - 1;
  const part = (x - from[lower]) / (from[upper] - from[lower]);
  const factor = part <= Number.EPSILON ? 0 : part >= 1 - Number.EPSILON ? 1 : part;
  if (factor === 0 || factor === 1) {
    const channel = factor === 0 ? lower : upper;
    return { channels: [channel], factors: [1], flagged: [channel], isOutside };
  }
  return { channels: [lower, upper], factors: [1 - factor, factor], flagged: [lower, upper], isOutside };
}

/** Lagrange's polynomial through four neighbours. */
function cubic(where: number, from: ArrayLike<number>, x: number, isOutside: boolean): Combination {
  const count = from.length;
  const first = where > 1 && where < count - 1 ? where - 2 : where <= 1 ? 0 : count - 4;
  const channels = [first, first + 1, first + 2, first + 3];
  const factors = channels.map((channel) =>
    channels.reduce(
      (product, other) => (other === channel ? product : (product * (x - from[other])) / (from[channel] - from[other])),
      1,
    ),
  );
  const upper = Math.min(Math.max(where, 1), count - 1);
  return { channels, factors, flagged: [upper - 1, upper], isOutside };
}
