import { fail } from '../../foundation/base/index.ts';

/** How solutions are carried from their channels to those of the data. */
export interface FrequencyMethod {
  readonly kind: 'nearest' | 'linear' | 'cubic' | 'spline';
  /** Flags of the neighbouring solution channels pass to the data; else gaps are bridged. */
  readonly keepsFlags: boolean;
}

/** Reads the part of `interp` after the comma: nearest, linear, cubic, spline, each also with "flag" appended. */
export function parseFrequencyMethod(text: string): FrequencyMethod {
  const [, kind, flag] = /^(nearest|linear|cubic|spline)?(flag)?$/.exec(text) ?? [];
  if (text !== '' && !kind) {
    fail(
      'usage',
      `"${text}" is not an interpolation in frequency: nearest, linear, cubic, spline, each also with flag.`,
    );
  }
  return { kind: (kind as FrequencyMethod['kind']) ?? 'linear', keepsFlags: flag !== undefined };
}

/** One parameter of one antenna, before and after the resampling. */
export interface Resampling {
  /** Hz, [in] */
  readonly inFreqs: Float64Array;
  /** Hz, [out] */
  readonly outFreqs: Float64Array;
  /** Values at inFreqs, strided: value of channel c is values[c * stride + offset]. */
  readonly values: Float32Array;
  readonly offset: number;
  readonly stride: number;
  /** 1 = flagged, the same striding divided by `flagDivisor` */
  readonly flags: Uint8Array;
  readonly flagOffset: number;
  readonly flagStride: number;
  /** Phases: jumps beyond ±π between neighbouring channels are taken out first. */
  readonly isPhase: boolean;
}

/** Work space that is kept between calls, so that nothing is allocated per integration. */
export interface ResamplingScratch {
  x: Float64Array;
  y: Float32Array;
}

/** Where each output channel lies between input channels, when none of them is flagged; linear interpolation only. */
export interface LinearGrid {
  /** Input channel on the near side, [out]; its own value serves where `step` is 0 */
  readonly left: Int32Array;
  /** Distance from that channel and between the two, GHz, [out] */
  readonly step: Float64Array;
  readonly span: Float64Array;
  /** +1 or -1: where the second channel is */
  readonly direction: 1 | -1;
}

/**
 * Looks output channels up among the input channels, once for many resamplings.
 *
 * @returns undefined when the grids are the same, or there is only one input channel
 */
export function linearGrid(inFreqs: Float64Array, outFreqs: Float64Array): LinearGrid | undefined {
  const count = inFreqs.length;
  const x = inFreqs.map((frequency) => frequency / 1e9);
  if (count < 2 || (count === outFreqs.length && sameFrequencies(x, outFreqs))) return undefined;
  const isFalling = x[count - 1] < x[0];
  if (isFalling) x.reverse();
  const grid = {
    left: new Int32Array(outFreqs.length),
    step: new Float64Array(outFreqs.length),
    span: new Float64Array(outFreqs.length).fill(1),
    direction: isFalling ? (-1 as const) : (1 as const),
  };
  for (let chan = 0; chan < outFreqs.length; chan++) {
    const f = outFreqs[chan] / 1e9;
    let left = 0;
    if (f >= x[count - 1]) left = count - 1;
    else if (f > x[0]) {
      while (x[left + 1] <= f) left++;
      grid.step[chan] = f - x[left];
      grid.span[chan] = x[left + 1] - x[left];
    }
    grid.left[chan] = isFalling ? count - 1 - left : left;
  }
  return grid;
}

/** {@link resampleInto} for unflagged numbers that are no phases, on a grid looked up before. */
export function resampleOnGrid(
  job: Pick<Resampling, 'values' | 'offset' | 'stride'>,
  grid: LinearGrid,
  into: Float32Array,
  intoOffset: number,
  intoStride: number,
): void {
  const { values, offset, stride } = job;
  const { left, step, span } = grid;
  const next = stride * grid.direction;
  let to = intoOffset;
  for (let chan = 0; chan < left.length; chan++, to += intoStride) {
    const at = left[chan] * stride + offset;
    const value = values[at];
    into[to] = step[chan] === 0 ? value : value + ((values[at + next] - value) * step[chan]) / span[chan];
  }
}

/** Scratch for up to `channels` input channels. */
export function resamplingScratch(channels: number): ResamplingScratch {
  return { x: new Float64Array(channels), y: new Float32Array(channels) };
}

/**
 * Carries the good channels of one parameter to other frequencies, as CASA 6.7's CTPatchedInterp does: nearest beyond the
 * edges, equal frequencies copied, flagged channels left out and bridged.
 *
 * @param into values at outFreqs, [out], overwritten at into[c * intoStride + intoOffset]
 * @returns false when every input channel is flagged (then zeros were written)
 */
export function resampleInto(
  job: Resampling,
  method: FrequencyMethod,
  scratch: ResamplingScratch,
  into: Float32Array,
  intoOffset: number,
  intoStride: number,
): boolean {
  const { inFreqs, outFreqs } = job;
  const { x, y } = scratch;
  let count = 0;
  for (let chan = 0; chan < inFreqs.length; chan++) {
    if (job.flags[chan * job.flagStride + job.flagOffset]) continue;
    x[count] = inFreqs[chan] / 1e9;
    y[count++] = job.values[chan * job.stride + job.offset];
  }
  const outCount = outFreqs.length;
  if (count === 0) {
    for (let chan = 0; chan < outCount; chan++) into[chan * intoStride + intoOffset] = 0;
    return false;
  }
  if (count === outCount && sameFrequencies(x, outFreqs)) {
    for (let chan = 0; chan < outCount; chan++) into[chan * intoStride + intoOffset] = y[chan];
    return true;
  }
  if (job.isPhase) unwrap(y, count);
  const isFalling = x[count - 1] < x[0];
  if (isFalling) reverse(x, y, count);
  const moments = method.kind === 'spline' ? splineMoments(x, y, count) : undefined;
  let left = 0;
  for (let chan = 0; chan < outCount; chan++) {
    const f = outFreqs[chan] / 1e9;
    let value: number;
    if (f <= x[0]) value = y[0];
    else if (f >= x[count - 1]) value = y[count - 1];
    else {
      while (left > 0 && x[left] > f) left--;
      while (x[left + 1] <= f) left++;
      if (method.kind === 'nearest') value = y[nearestOf(x, left, f, isFalling)];
      else value = between(method.kind, x, y, count, left, f, moments);
    }
    into[chan * intoStride + intoOffset] = value;
  }
  return true;
}

/** The nearer of x[left] and x[left + 1]; of two equally near ones that which came first in the order of the channels. */
function nearestOf(x: Float64Array, left: number, f: number, isFalling: boolean): number {
  const below = Math.abs(x[left] - f);
  const above = Math.abs(x[left + 1] - f);
  return below < above || (below === above && !isFalling) ? left : left + 1;
}

function between(
  kind: Exclude<FrequencyMethod['kind'], 'nearest'>,
  x: Float64Array,
  y: Float32Array,
  count: number,
  left: number,
  f: number,
  moments: Float64Array | undefined,
): number {
  const span = x[left + 1] - x[left];
  if (kind === 'spline' && moments) {
    const a = (x[left + 1] - f) / span;
    const b = 1 - a;
    return (
      a * y[left] +
      b * y[left + 1] +
      (((a ** 3 - a) * moments[left] + (b ** 3 - b) * moments[left + 1]) * span ** 2) / 6
    );
  }
  if (kind === 'cubic' && count >= 4) return neville(x, y, Math.min(Math.max(left - 1, 0), count - 4), f);
  return y[left] + ((y[left + 1] - y[left]) * (f - x[left])) / span;
}

/** The cubic through four neighbouring points. */
function neville(x: Float64Array, y: Float32Array, first: number, f: number): number {
  let sum = 0;
  for (let point = first; point < first + 4; point++) {
    let term: number = y[point];
    for (let other = first; other < first + 4; other++) {
      if (other !== point) term *= (f - x[other]) / (x[point] - x[other]);
    }
    sum += term;
  }
  return sum;
}

/** Second derivatives of the natural cubic spline. */
function splineMoments(x: Float64Array, y: Float32Array, count: number): Float64Array {
  const second = new Float64Array(count);
  const u = new Float64Array(count);
  for (let point = 1; point < count - 1; point++) {
    const ratio = (x[point] - x[point - 1]) / (x[point + 1] - x[point - 1]);
    const p = ratio * second[point - 1] + 2;
    second[point] = (ratio - 1) / p;
    const slope =
      (y[point + 1] - y[point]) / (x[point + 1] - x[point]) - (y[point] - y[point - 1]) / (x[point] - x[point - 1]);
    u[point] = ((6 * slope) / (x[point + 1] - x[point - 1]) - ratio * u[point - 1]) / p;
  }
  for (let point = count - 2; point >= 0; point--) second[point] = second[point] * second[point + 1] + u[point];
  return second;
}

function sameFrequencies(x: Float64Array, outFreqs: Float64Array): boolean {
  for (let chan = 0; chan < outFreqs.length; chan++) {
    const f = outFreqs[chan] / 1e9;
    if (Math.abs(f - x[chan]) > 1e-10 * Math.max(Math.abs(f), Math.abs(x[chan]))) return false;
  }
  return true;
}

function isSameGrid(one: Float64Array, other: Float64Array): boolean {
  return one.every((frequency, chan) => Math.abs(frequency - other[chan]) <= 1e-10 * Math.abs(frequency));
}

function unwrap(y: Float32Array, count: number): void {
  for (let point = 1; point < count; point++) {
    while (y[point] - y[point - 1] > Math.PI) y[point] -= 2 * Math.PI;
    while (y[point] - y[point - 1] < -Math.PI) y[point] += 2 * Math.PI;
  }
}

function reverse(x: Float64Array, y: Float32Array, count: number): void {
  x.subarray(0, count).reverse();
  y.subarray(0, count).reverse();
}

/**
 * Flags at the output channels under the "flag" forms: a channel is flagged when a solution channel that its value
 * would need is. On equal frequencies the flags are copied.
 *
 * @returns 1 = flagged, written at into[c * intoStride + intoOffset]
 */
export function resampleFlagsInto(
  job: Resampling,
  method: FrequencyMethod,
  into: Uint8Array,
  intoOffset: number,
  intoStride: number,
): void {
  const inCount = job.inFreqs.length;
  if (inCount === job.outFreqs.length && isSameGrid(job.inFreqs, job.outFreqs)) {
    for (let chan = 0; chan < inCount; chan++) {
      into[chan * intoStride + intoOffset] = job.flags[chan * job.flagStride + job.flagOffset] ? 1 : 0;
    }
    return;
  }
  const isFlagged = (chan: number) =>
    job.flags[Math.min(Math.max(chan, 0), inCount - 1) * job.flagStride + job.flagOffset] !== 0;
  const isRising = inCount < 2 || job.inFreqs[inCount - 1] > job.inFreqs[0];
  for (let out = 0; out < job.outFreqs.length; out++) {
    const f = job.outFreqs[out];
    // The solution channel just before f, counted along the stored order.
    let before = 0;
    while (before < inCount - 1 && (isRising ? job.inFreqs[before + 1] < f : job.inFreqs[before + 1] > f)) before++;
    let flagged: boolean;
    if (method.kind === 'nearest') {
      const next = Math.min(before + 1, inCount - 1);
      flagged = isFlagged(Math.abs(f - job.inFreqs[before]) > Math.abs(job.inFreqs[next] - f) ? next : before);
    } else if (method.kind === 'linear') {
      const first = Math.max(0, Math.min(before, inCount - 2));
      flagged = isFlagged(first) || isFlagged(first + 1);
    } else {
      const first = Math.max(1, Math.min(before, inCount - 3));
      flagged = [-1, 0, 1, 2].some((step) => isFlagged(first + step));
    }
    into[out * intoStride + intoOffset] = flagged ? 1 : 0;
  }
}
