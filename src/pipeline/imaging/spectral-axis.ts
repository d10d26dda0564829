import { fail, parseQuantity, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { type SpectralAxis, velocityToFrequency } from '../images/index.ts';

/** The frequencies of one selected window, in the frame of the image, at one time. */
export interface WindowFrequencies {
  /** Hz, centres of the selected channels, in the MS's order */
  readonly centres: readonly number[];
  /** Number of the first of them in its window */
  readonly firstChannel: number;
  /** Hz, positive */
  readonly width: number;
}

/** What the user says about the spectral axis of a cube. */
export interface SpectralRequest {
  readonly start?: string | number;
  readonly width?: string | number;
  readonly nchan?: number;
  readonly system: string;
  readonly veltype?: string;
  /** Hz; 0 when unknown */
  readonly restFrequency: number;
}

export type CubeAxis = Omit<SpectralAxis, 'pixelAxis'> & { readonly chanCount: number };

type Kind = 'channel' | 'frequency' | 'velocity';

function kindOf(value: string | number | undefined): Kind | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'number' || /^\s*[-+]?\d+\s*$/.test(value)) return 'channel';
  if (/Hz\s*$/.test(value)) return 'frequency';
  if (/m\/s\s*$/.test(value)) return 'velocity';
  return fail('usage', `"${value}" is neither a channel, a frequency nor a velocity.`);
}

/**
 * The one spectral pixel of a continuum image: it covers all selected channels, as CASA's from the first time to the last.
 *
 * @param windows selected windows at both times
 * @param referenceHz its centre, when that is not the middle of the data
 */
export function continuumAxis(
  windows: readonly WindowFrequencies[],
  system: string,
  restFrequency: number,
  referenceHz?: number,
): CubeAxis {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { centres, width } of windows) {
    for (const centre of centres) {
      low = Math.min(low, centre - width / 2);
      high = Math.max(high, centre + width / 2);
    }
  }
  const reference = referenceHz ?? (low + high) / 2;
  return {
    system,
    reference,
    increment: 2 * Math.max(high - reference, reference - low),
    referencePixel: 0,
    restFrequency: restFrequency || reference,
    chanCount: 1,
  };
}

function extent(windows: readonly WindowFrequencies[]): { low: number; high: number } {
  const all = windows.flatMap((window) => window.centres);
  return { low: Math.min(...all), high: Math.max(...all) };
}

/** Channel axis counted in channels of the first window; a start counts those that are not selected, too, as CASA's. */
function channelAxis(
  windows: readonly WindowFrequencies[],
  request: SpectralRequest,
): { first: number; step: number; count: number } {
  const { centres, width, firstChannel } = windows[0];
  const direction = centres.length > 1 ? Math.sign(centres[1] - centres[0]) : 1;
  const step = direction * width;
  const binned = request.width === undefined || request.width === '' ? 1 : Number(request.width);
  const startChannel =
    request.start === undefined || request.start === ''
      ? binned < 0
        ? centres.length - 1
        : 0
      : Number(request.start) - firstChannel;
  if (binned === 0) fail('usage', 'width must not be 0.');
  const increment = step * binned;
  const first = centres[0] + startChannel * step + (step * (binned - Math.sign(binned))) / 2;
  const { low, high } = extent(windows);
  const reach = increment > 0 ? high + width / 2 - (first - increment / 2) : first - increment / 2 - (low - width / 2);
  return { first, step: increment, count: Math.max(1, Math.floor(reach / Math.abs(increment) + 1e-6)) };
}

/**
 * Plans the spectral axis of a cube from tclean's start, width and nchan (channels, frequencies or velocities), as CASA does.
 *
 * @param windows selected windows in the image's frame
 * @throws usage when the words do not go together or the cube has no channel
 */
export function cubeAxis(windows: readonly WindowFrequencies[], request: SpectralRequest): CubeAxis {
  const kinds = [kindOf(request.start), kindOf(request.width)].filter((kind) => kind !== undefined);
  if (kinds.length === 2 && kinds[0] !== kinds[1] && kinds[0] !== 'channel') {
    fail('usage', `start="${request.start}" and width="${request.width}" must have the same kind of unit.`);
  }
  const kind: Kind = kinds.find((other) => other !== 'channel') ?? 'channel';
  const { restFrequency } = request;
  if (kind === 'velocity' && restFrequency <= 0) fail('usage', 'velocities need restfreq.');
  let planned: { first: number; step: number; count: number };
  if (kind === 'channel') planned = channelAxis(windows, request);
  else if (kind === 'frequency') planned = frequencyAxis(windows, request);
  else planned = velocityAxis(windows, request);
  const chanCount = request.nchan === undefined || request.nchan < 1 ? planned.count : request.nchan;
  if (chanCount < 1) fail('usage', 'the cube has no channel; look at start, width and nchan.');
  return {
    system: request.system,
    reference: planned.first,
    increment: planned.step,
    referencePixel: 0,
    restFrequency: restFrequency || planned.first,
    chanCount,
  };
}

function frequencyAxis(windows: readonly WindowFrequencies[], request: SpectralRequest) {
  const step = kindOf(request.width) === 'frequency' ? parseQuantity(request.width!, 'frequency') : windows[0].width;
  const { low, high } = extent(windows);
  const first =
    kindOf(request.start) === 'frequency' ? parseQuantity(request.start!, 'frequency') : step > 0 ? low : high;
  const reach = step > 0 ? high - first : first - low;
  return { first, step, count: Math.floor(reach / Math.abs(step) + 1e-6) + 1 };
}

function velocityAxis(windows: readonly WindowFrequencies[], request: SpectralRequest) {
  const { restFrequency } = request;
  const convention = request.veltype === 'optical' ? 'optical' : 'radio';
  const { low, high } = extent(windows);
  const dataStep = (SPEED_OF_LIGHT * windows[0].width) / restFrequency;
  const stepVelocity = kindOf(request.width) === 'velocity' ? parseQuantity(request.width!, 'velocity') : dataStep;
  const hasStart = kindOf(request.start) === 'velocity';
  const first = hasStart
    ? velocityToFrequency(parseQuantity(request.start!, 'velocity'), restFrequency, convention)
    : stepVelocity > 0
      ? high
      : low;
  // In the optical convention the step holds at the first channel.
  const scale = convention === 'optical' ? (first * first) / restFrequency : restFrequency;
  const step = (-stepVelocity * scale) / SPEED_OF_LIGHT;
  const reach = step > 0 ? high - first : first - low;
  return { first, step, count: Math.floor(reach / Math.abs(step) + 1e-6) + 1 };
}
