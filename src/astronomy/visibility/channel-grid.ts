import { fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';

/** What the new channels are, in the words of CASA's mstransform. Frequencies in Hz, velocities in m/s. */
export interface GridRequest {
  readonly mode: 'channel' | 'frequency' | 'velocity';
  /** Number of channels; undefined: as many as fit. */
  readonly nchan?: number;
  /** First channel: its number, or the frequency or velocity of its centre; undefined: the beginning of the window. */
  readonly start?: number;
  /** Width in old channels, Hz or m/s; a sign turns the direction. Undefined: that of the old channels. */
  readonly width?: number;
  /** Rest frequency for velocities, Hz. */
  readonly restFrequency?: number;
  readonly veltype?: 'radio' | 'optical';
}

/** Channels of a window. */
export interface ChannelGrid {
  /** Centres, Hz, in the order of the old ones. */
  readonly freqs: Float64Array;
  /** Widths, Hz; negative when frequencies descend. */
  readonly widths: Float64Array;
  /** Width of the first new channel over that of the first old one: the factor of the weights. */
  readonly weightScale: number;
  /** Mean width of the new channels over that of the old channel of the lowest frequency: what decides whether they are averages. */
  readonly widthRatio: number;
}

/** Frequencies of an axis in which channels have one width. */
interface Axis {
  toFrequency(value: number): number;
  fromFrequency(frequency: number): number;
}

/** What is sought, in ascending frequencies. */
interface Sought {
  /** Centre of the window, or its beginning; undefined: not asked for. */
  centre: number | undefined;
  /** Undefined: not asked for. */
  bandwidth: number | undefined;
  chanWidth: number | undefined;
  /** `centre` is where the window begins. */
  isStart: boolean;
  /** The window lies below its start. */
  isBelow: boolean;
  nchan: number | undefined;
}

interface Old {
  readonly freqs: readonly number[];
  readonly widths: readonly number[];
  readonly low: number;
  readonly high: number;
}

const VELOCITIES: Readonly<Record<'radio' | 'optical', (rest: number) => Axis>> = {
  radio: (rest) => ({
    toFrequency: (velocity) => rest * (1 - velocity / SPEED_OF_LIGHT),
    fromFrequency: (frequency) => SPEED_OF_LIGHT * (1 - frequency / rest),
  }),
  optical: (rest) => ({
    toFrequency: (velocity) => rest / (1 + velocity / SPEED_OF_LIGHT),
    fromFrequency: (frequency) => SPEED_OF_LIGHT * (rest / frequency - 1),
  }),
};
/** Edges may miss those of the window by this part of a channel, Hz over Hz. */
const EDGE = 0.01;

/**
 * New channels of a window: the rules of CASA 6.7's mstransform and cvel2 (`regridms`).
 *
 * Channels have one width in frequency ('channel', 'frequency', radio velocities) or in optical velocity, and lie within the old window.
 *
 * @param freqs, widths centres and widths of the old channels in the new frame, Hz
 * @throws usage for a start or width outside the window, or velocities without rest frequency
 */
export function regridChannels(freqs: ArrayLike<number>, widths: ArrayLike<number>, request: GridRequest): ChannelGrid {
  const isDescending = freqs.length > 1 && freqs[1] < freqs[0];
  const old = ascending(freqs, widths, isDescending);
  const axis = velocityAxis(request);
  const sought = seek(request, old, isDescending, axis);
  const { centre, bandwidth, chanWidth } = settle(sought, old, request, axis !== undefined);
  // As CASA: the width asked for is kept where it is less than that of the old channel of the lowest frequency.
  const isKept = request.width !== undefined && chanWidth < old.widths[0];
  const uneven =
    request.veltype === 'optical' && axis ? { axis, step: isKept ? Math.abs(request.width) : undefined } : undefined;
  const bounds = divide(centre, bandwidth, chanWidth, uneven);
  const meanWidth = (bounds[bounds.length - 1][1] - bounds[0][0]) / bounds.length;
  if (isDescending) bounds.reverse();
  const sign = isDescending ? -1 : 1;
  return {
    freqs: Float64Array.from(bounds, ([low, high]) => (low + high) / 2),
    widths: Float64Array.from(bounds, ([low, high]) => sign * (high - low)),
    weightScale: (bounds[0][1] - bounds[0][0]) / Math.abs(widths[0]),
    widthRatio: meanWidth / old.widths[0],
  };
}

function ascending(freqs: ArrayLike<number>, widths: ArrayLike<number>, isDescending: boolean): Old {
  const centres = Array.from(freqs);
  const sizes = Array.from(widths, Math.abs);
  if (isDescending) {
    centres.reverse();
    sizes.reverse();
  }
  const last = centres.length - 1;
  return {
    freqs: centres,
    widths: sizes,
    low: centres[0] - sizes[0] / 2,
    high: centres[last] + sizes[last] / 2,
  };
}

function velocityAxis({ mode, restFrequency, veltype }: GridRequest): Axis | undefined {
  if (mode !== 'velocity') return undefined;
  if (!restFrequency || restFrequency <= 0) fail('usage', "mode='velocity' needs a rest frequency in restfreq.");
  return VELOCITIES[veltype ?? 'radio'](restFrequency);
}

function seek(request: GridRequest, old: Old, isDescending: boolean, axis: Axis | undefined): Sought {
  const nchan = request.nchan !== undefined && request.nchan > 0 ? request.nchan : undefined;
  const size = request.width === undefined ? undefined : Math.abs(request.width);
  const isNegative = (request.width ?? 1) < 0;
  if (request.mode === 'channel') return seekChannel(request, old, isDescending, nchan);
  if (request.mode === 'velocity') {
    const isBelow = !isNegative;
    return (request.veltype === 'optical' ? seekOptical : seekRadio)(
      { start: request.start, size, nchan, isBelow },
      old,
      axis as Axis,
    );
  }
  const half = (size ?? old.widths[0]) / 2;
  const centre = request.start === undefined ? undefined : request.start + (isNegative ? half : -half);
  return { centre, bandwidth: undefined, chanWidth: size, isStart: true, isBelow: isNegative, nchan };
}

function seekChannel(request: GridRequest, old: Old, isDescending: boolean, nchan: number | undefined): Sought {
  const count = old.freqs.length;
  const width = request.width ?? 1;
  let first = isDescending ? count - 1 - (request.start ?? 0) : (request.start ?? 0);
  let isBelow = width < 0 !== isDescending;
  if (first >= count || first < 0) {
    first = 0;
    isBelow = false;
  }
  const centre = old.freqs[first] + ((isBelow ? 1 : -1) * old.widths[first]) / 2;
  const chanWidth = width === 0 ? undefined : Math.abs(width) * old.widths[0];
  return { centre, bandwidth: undefined, chanWidth, isStart: true, isBelow, nchan };
}

interface VelocityRequest {
  readonly start: number | undefined;
  readonly size: number | undefined;
  readonly nchan: number | undefined;
  readonly isBelow: boolean;
}

function seekRadio({ start, size, nchan, isBelow }: VelocityRequest, old: Old, axis: Axis): Sought {
  let isStart = start !== undefined;
  const native = axis.fromFrequency(old.low) - axis.fromFrequency(old.low + old.widths[0]);
  const last = old.freqs.length - 1;
  const velocity =
    start === undefined
      ? axis.fromFrequency((old.freqs[0] + old.freqs[last]) / 2)
      : start + ((isBelow ? -1 : 1) * (size ?? native)) / 2;
  let centre = axis.toFrequency(velocity);
  let chanWidth = size === undefined ? undefined : 2 * (axis.toFrequency(velocity - size / 2) - centre);
  let bandwidth: number | undefined;
  if (nchan !== undefined) {
    chanWidth ??= old.widths[0];
    bandwidth = nchan * chanWidth;
    if (isStart) centre += ((isBelow ? -1 : 1) * bandwidth) / 2;
    isStart = false;
  }
  const isGiven = start !== undefined;
  return { centre: isGiven ? centre : undefined, bandwidth, chanWidth, isStart: isGiven && isStart, isBelow, nchan };
}

function seekOptical({ start, size, nchan, isBelow }: VelocityRequest, old: Old, axis: Axis): Sought {
  const last = old.freqs.length - 1;
  const native = axis.fromFrequency(old.low) - axis.fromFrequency(old.low + old.widths[0]);
  let isStart = start !== undefined;
  let velocity =
    start === undefined
      ? axis.fromFrequency((old.freqs[0] - old.widths[0] + old.freqs[last] + old.widths[last]) / 2)
      : start + ((isBelow ? -1 : 1) * (size ?? native)) / 2;
  let centre = axis.toFrequency(velocity);
  let bandwidth: number | undefined;
  if (nchan !== undefined) {
    const step =
      size ??
      Math.abs(axis.fromFrequency(old.freqs[0] - old.widths[0]) - axis.fromFrequency(old.freqs[0] + old.widths[0]));
    const part = isStart ? 1 : 0.5;
    const end = axis.toFrequency(velocity + (isStart && !isBelow ? -1 : 1) * nchan * step * part);
    bandwidth = Math.abs(end - centre) / part;
    if (isStart) {
      velocity += ((isBelow ? 1 : -1) * nchan * step) / 2;
      centre = axis.toFrequency(velocity);
    }
    isStart = false;
  }
  const chanWidth =
    size === undefined ? undefined : 2 * (axis.toFrequency(velocity - size / 2) - axis.toFrequency(velocity));
  const isSought = start !== undefined || nchan !== undefined;
  const isLimited = nchan === undefined ? undefined : 0;
  return { centre: isSought ? centre : undefined, bandwidth, chanWidth, isStart, isBelow, nchan: isLimited };
}

interface Settled {
  readonly centre: number;
  readonly bandwidth: number;
  readonly chanWidth: number;
}

/** Centre, bandwidth and channel width within the old window. */
function settle(sought: Sought, old: Old, request: GridRequest, isVelocity: boolean): Settled {
  const isEven = !(isVelocity && request.veltype === 'optical');
  let centre = Math.min(Math.max(sought.centre ?? (old.low + old.high) / 2, old.low), old.high);
  let isStart = sought.isStart && sought.centre !== undefined;
  const unit = sought.chanWidth ?? old.widths[0];
  const whole = (span: number) => (isEven ? unit * Math.floor((span + unit * EDGE) / unit) : span);
  let bandwidth: number;
  if (sought.bandwidth === undefined || sought.nchan !== 0) {
    bandwidth = sought.nchan ? unit * sought.nchan : whole(old.high - old.low);
    if (sought.centre === undefined) {
      centre = old.low + bandwidth / 2;
      isStart = false;
    } else if (!sought.nchan) {
      if (isStart) bandwidth = whole(sought.isBelow ? centre - old.low : old.high - centre);
      else bandwidth = 2 * Math.min(centre - old.low, old.high - centre);
    }
    if (isStart) centre += ((sought.isBelow ? -1 : 1) * bandwidth) / 2;
  } else {
    bandwidth = sought.bandwidth;
    const tolerance = isEven ? 1 : old.widths[0];
    const isOutside = centre + bandwidth / 2 - old.high > tolerance || old.low - (centre - bandwidth / 2) > tolerance;
    if (isOutside) bandwidth = 2 * Math.min(Math.abs(old.high - centre), Math.abs(centre - old.low));
  }
  if (!(bandwidth > 0)) {
    const range = [old.low, old.high].map((hz) => (hz / 1e9).toFixed(6)).join(' to ');
    fail(
      'usage',
      `No channel is left: the first one asked for lies outside of the window, which is ${range} GHz there.`,
    );
  }
  return { centre, bandwidth, chanWidth: checkedWidth(sought, old, bandwidth) };
}

function checkedWidth(sought: Sought, old: Old, bandwidth: number): number {
  const width = sought.chanWidth;
  if (width === undefined) return old.widths[0];
  const smallest = Math.min(...old.widths);
  if (width < smallest - 1) {
    fail(
      'usage',
      `The new channels, ${width.toFixed(0)} Hz wide, would be narrower than the old ones of ${smallest.toFixed(0)} Hz; give a larger width.`,
    );
  }
  return Math.min(width, bandwidth);
}

/** An axis in which channels are equally wide. */
interface UnevenAxis {
  readonly axis: Axis;
  /** Their width in it; undefined: that of the middle channel. */
  readonly step: number | undefined;
}

/** Lower and upper edges of channels from the centre outwards, ascending. @param uneven set: channels differ in Hz */
function divide(
  centre: number,
  bandwidth: number,
  chanWidth: number,
  uneven: UnevenAxis | undefined,
): [number, number][] {
  const tolerance = chanWidth * EDGE;
  const isOdd = Math.floor((bandwidth + tolerance) / chanWidth) % 2 !== 0;
  const low = centre - (isOdd ? chanWidth / 2 : 0);
  const high = low + chanWidth;
  const [lowest, highest] = [centre - bandwidth / 2 - tolerance, centre + bandwidth / 2 + tolerance];
  const bounds: [number, number][] = [[low, high]];
  const move = mover(low, high, uneven);
  for (let edge = high, next = move(edge, 1); next <= highest; edge = next, next = move(edge, 1))
    bounds.push([edge, next]);
  for (let edge = low, next = move(edge, -1); next >= lowest; edge = next, next = move(edge, -1))
    bounds.unshift([next, edge]);
  return bounds;
}

/** Moves an edge by a number of channels. @param low, high the middle channel */
function mover(low: number, high: number, uneven: UnevenAxis | undefined): (edge: number, count: number) => number {
  if (!uneven) return (edge, count) => edge + count * (high - low);
  const { axis } = uneven;
  const step = uneven.step ?? axis.fromFrequency(low) - axis.fromFrequency(high);
  return (edge, count) => axis.toFrequency(axis.fromFrequency(edge) - count * step);
}
