import { type Band, splineDerivatives } from './spline.ts';

/** Ways to find values between channels, as casacore's InterpolateArray1D has them. */
export type InterpolationMethod = 'nearest' | 'linear' | 'cubic' | 'spline';

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
  return compile(Array.from(to, combiner(from, method)));
}

/**
 * Plans output channels that are means of samples: `from.length` samples over the whole output band, the first at its lower edge,
 * as far apart as each channel's share of them tells, each interpolated (what CASA 6.7 does for channels twice as wide as the
 * input's and more). A channel between two samples is interpolated at its centre; CASA leaves it 0 and unflagged.
 *
 * @param to, widths output channels side by side
 */
export function planAveraging(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  widths: ArrayLike<number>,
  method: InterpolationMethod,
): InterpolationPlan {
  const count = to.length;
  const sizes = Array.from(widths, Math.abs);
  const isDescending = count > 1 && to[1] < to[0];
  // As CASA: widths are counted from the first channel and groups from the lowest frequency.
  const upward = isDescending ? [...sizes].reverse() : sizes;
  const low = (isDescending ? to[count - 1] : to[0]) - upward[0] / 2;
  const share = from.length / count;
  const combine = combiner(from, method);
  const groups = upward.map((): Combination[] => []);
  let [offset, group, end] = [0, 0, upward[0]];
  for (let sample = 0; sample < from.length; sample++) {
    if (sample > 0) offset += sizes[Math.floor(sample / share)] / share;
    while (group < count - 1 && offset >= end - SAME * upward[group]) end += upward[++group];
    groups[isDescending ? count - 1 - group : group].push(combine(low + offset));
  }
  return compile(groups.map((parts, out) => (parts.length > 0 ? meanOf(parts) : combine(to[out]))));
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

/** What makes the value at a frequency. */
function combiner(from: ArrayLike<number>, method: InterpolationMethod): (frequency: number) => Combination {
  const sign = from.length > 1 && from[1] < from[0] ? -1 : 1;
  const derivatives = method === 'spline' ? splineDerivatives(from) : [];
  return (frequency) => {
    const x = snapped(from, frequency, sign);
    const where = firstNotBelow(from, x, sign);
    const isOutside = where === from.length || (where === 0 && x !== from[0]);
    if (method === 'nearest' || from.length < 2) return nearest(where, from, x, isOutside);
    if (method === 'cubic' && from.length >= 4) return cubic(where, from, x, isOutside);
    if (method === 'spline') return spline(where, from, derivatives, x, isOutside);
    return linear(where, from, x, isOutside);
  };
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

/** Cubic between two neighbours with the second derivatives at both. */
function spline(
  where: number,
  from: ArrayLike<number>,
  derivatives: readonly Band[],
  x: number,
  isOutside: boolean,
): Combination {
  const upper = Math.min(Math.max(where, 1), from.length - 1);
  const lower = upper - 1;
  const step = from[upper] - from[lower];
  const [near, far] = [(from[upper] - x) / step, (x - from[lower]) / step];
  const bend = (part: number) => ((part ** 3 - part) * step ** 2) / 6;
  const [one, other] = [derivatives[lower], derivatives[upper]];
  const factors = new Float64Array(other.first + other.factors.length - one.first);
  one.factors.forEach((factor, at) => {
    factors[at] += bend(near) * factor;
  });
  other.factors.forEach((factor, at) => {
    factors[at + other.first - one.first] += bend(far) * factor;
  });
  factors[lower - one.first] += near;
  factors[upper - one.first] += far;
  const channels = Array.from(factors, (_, at) => one.first + at);
  return { channels, factors: [...factors], flagged: [lower, upper], isOutside };
}
