import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import {
  type CoordinateSystem,
  channelFrequency,
  frequencyChannel,
  radioVelocity,
  requireDirection,
  type SpectralAxis,
  velocityToFrequency,
} from './coordinates.ts';
import { createImage, type Image, openImage } from './image.ts';
import { EDGE, type Interpolation, type MaskedPlane, type PlanePlaces, placesOf, resample } from './resampling.ts';

/** The grid that an image is brought to. */
export interface TargetGrid {
  readonly coordinates: CoordinateSystem;
  /** Lengths of its axes, the first axis of the sky first. */
  readonly shape: readonly number[];
}

/** Parameters of CASA's imregrid, with the grid in the place of the template. */
export interface RegridOptions {
  readonly imagename: string;
  readonly output: string;
  readonly grid: TargetGrid;
  /** Pixel axes of the image to regrid; empty or -1: those of the sky and of frequency. */
  readonly axes?: readonly number[];
  /** 'linear' (default), 'nearest' or, on the sky alone, 'cubic' */
  readonly interpolation?: string;
  /** Channels correspond by their radio velocity (default), and not by their frequency. */
  readonly asvelocity?: boolean;
  /** The image is stretched over the pixels of the result, whatever its coordinates on the sky say. */
  readonly replicate?: boolean;
  readonly overwrite?: boolean;
}

/** The target's channels at the velocities that they have there, as frequencies for the image's line. */
function atVelocities(to: SpectralAxis, restFrequency: number): SpectralAxis {
  const scale = restFrequency / to.restFrequency;
  const { reference, increment, frequencies } = to;
  return {
    ...to,
    restFrequency,
    reference: velocityToFrequency(radioVelocity(reference, to.restFrequency), restFrequency),
    increment: scale * increment,
    ...(frequencies ? { frequencies: frequencies.map((frequency) => scale * frequency) } : {}),
  };
}

function between(a: MaskedPlane, b: MaskedPlane, share: number): MaskedPlane {
  const good = a.good.map((value, k) => value & b.good[k]);
  return { values: a.values.map((value, k) => (good[k] ? value + share * (b.values[k] - value) : 0)), good };
}

interface RegridPlan {
  readonly shape: readonly number[];
  readonly coordinates: CoordinateSystem;
  readonly places?: PlanePlaces;
  /** Place among the channels for each channel of the result. */
  readonly channels?: Float64Array;
}

function planOf(image: Image, options: RegridOptions): RegridPlan {
  const { grid } = options;
  const own = image.coordinates;
  const direction = requireDirection(own, image.path);
  const asked = (options.axes ?? []).filter((axis) => axis >= 0);
  const isAsked = (axis: number) => asked.length === 0 || asked.includes(axis);
  const shape = image.shape.toReversed();
  let coordinates = own;
  let places: PlanePlaces | undefined;
  const target = grid.coordinates.direction;
  if (target && direction.pixelAxes.some(isAsked)) {
    if (!direction.pixelAxes.every(isAsked)) fail('usage', 'Both axes of the sky must be regridded, or none.');
    const [width, height] = [grid.shape[target.pixelAxes[0]], grid.shape[target.pixelAxes[1]]];
    places = options.replicate
      ? stretchedPlaces([image.sizeX, image.sizeY], [width, height], options.interpolation === 'nearest')
      : placesOf(direction, target, width, height);
    direction.pixelAxes.forEach((axis, k) => {
      shape[axis] = [width, height][k];
    });
    coordinates = { ...coordinates, direction: { ...target, pixelAxes: direction.pixelAxes } };
  }
  const [from, to] = [own.spectral, grid.coordinates.spectral];
  if (!from || !to || image.chanCount === 1 || !isAsked(from.pixelAxis)) return { shape, coordinates, places };
  if (from.system !== to.system)
    fail('unsupported', `Channels in ${from.system} are not brought to ${to.system}; use cvel2 on the data.`, {
      file: image.path,
    });
  const count = grid.shape[to.pixelAxis];
  const isVelocity = (options.asvelocity ?? true) && from.restFrequency > 0 && to.restFrequency > 0;
  const axis = isVelocity ? atVelocities(to, from.restFrequency) : to;
  const place = (chan: number) => frequencyChannel(from, channelFrequency(axis, chan));
  const channels = Float64Array.from({ length: count }, (_, chan) => place(chan));
  shape[from.pixelAxis] = count;
  coordinates = { ...coordinates, spectral: { ...axis, pixelAxis: from.pixelAxis } };
  return { shape, coordinates, places, channels };
}

/** Places in an image of the pixels of a plane over which it is stretched, edge upon edge. */
function stretchedPlaces(
  from: readonly [number, number],
  [width, height]: readonly [number, number],
  isNearest: boolean,
): PlanePlaces {
  const placed = (at: number, count: number, size: number) => {
    const place = ((at + 0.5) * size) / count - 0.5;
    return isNearest ? Math.round(place) : place;
  };
  const x = Float64Array.from({ length: width * height }, (_, at) => placed(at % width, width, from[0]));
  const y = Float64Array.from({ length: width * height }, (_, at) => placed(Math.floor(at / width), height, from[1]));
  return { width, height, x, y };
}

/** The planes of an image on another grid, made when they are asked for; the last ones read are kept. */
function planesOf(image: Image, plan: RegridPlan, method: Interpolation): (chan: number, pol: number) => MaskedPlane {
  const isNearest = method === 'nearest';
  const kept = new Map<number, MaskedPlane>();
  const read = (plane: number) => {
    const known = kept.get(plane);
    if (known) return known;
    if (kept.size > 3) kept.delete([...kept.keys()][0]);
    const made = resample(image, plane, plan.places, method);
    kept.set(plane, made);
    return made;
  };
  const size = plan.shape[0] * plan.shape[1];
  const nothing: MaskedPlane = { values: new Float32Array(size), good: new Uint8Array(size) };
  return (chan, pol) => {
    const place = plan.channels?.[chan] ?? chan;
    if (place < -EDGE || place > image.chanCount - 1 + EDGE) return nothing;
    const low = Math.min(image.chanCount - 1, Math.max(0, isNearest ? Math.round(place) : Math.floor(place + EDGE)));
    const share = isNearest ? 0 : place - low;
    const first = read(image.planeIndex(low, pol));
    return share > EDGE ? between(first, read(image.planeIndex(low + 1, pol)), share) : first;
  };
}

/** Writes the planes of the result one by one. */
function fill(context: Context, image: Image, result: Image, plan: RegridPlan, method: Interpolation): void {
  const read = planesOf(image, plan, method);
  for (let pol = 0; pol < result.stokesCount; pol++) {
    for (let chan = 0; chan < result.chanCount; chan++) {
      context.checkAbort();
      const made = read(chan, pol);
      const to = result.planeIndex(chan, pol);
      result.writePlane(to, made.values);
      result.writeMask(to, made.good);
    }
  }
}

/** Planes of an image on the sky and the channels of another, by frequency; nothing is written. */
export function regriddedPlanes(image: Image, grid: TargetGrid): (chan: number, pol: number) => MaskedPlane {
  const plan = planOf(image, { imagename: image.path, output: '', grid, asvelocity: false });
  return planesOf(image, plan, 'linear');
}

/**
 * Brings an image to another grid of sky and frequency, as CASA's imregrid: values between four pixels and two channels.
 * Stokes parameters and axes that the grid lacks stay. Pixels outside of the image, or beside masked ones, are masked.
 *
 * @throws usage, missing, exists, unsupported
 */
export function regrid(context: Context, options: RegridOptions): void {
  if (!options.output) fail('usage', 'output must be given.');
  const { interpolation = 'linear' } = options;
  if (interpolation !== 'linear' && interpolation !== 'nearest' && interpolation !== 'cubic')
    fail('unsupported', `interpolation="${interpolation}" is not handled; use "linear", "nearest" or "cubic".`);
  const image = openImage(joinPath(context.cwd, options.imagename));
  try {
    const plan = planOf(image, options);
    if (plan.channels && image.info.beams.length > 1)
      fail(
        'usage',
        'Channels of different beams are not brought to others; use imsmooth with kernel="commonbeam" first.',
        {
          file: image.path,
        },
      );
    if (plan.channels && interpolation === 'cubic')
      fail('unsupported', 'interpolation="cubic" is for the sky; give axes=[0, 1], and regrid channels with "linear".');
    writeWhole(joinPath(context.cwd, options.output), options.overwrite === true, (path) => {
      const result = createImage(path, {
        shape: plan.shape.toReversed(),
        coordinates: plan.coordinates,
        unit: image.unit,
        info: image.info,
        miscInfo: image.miscInfo,
      });
      try {
        fill(context, image, result, plan, interpolation);
      } finally {
        result.close();
      }
    });
  } finally {
    image.close();
  }
}
