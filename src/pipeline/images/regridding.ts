import { convertDirection } from '../../astronomy/measures/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import {
  type CoordinateSystem,
  channelFrequency,
  type DirectionAxes,
  frequencyChannel,
  pixelToSky,
  radioVelocity,
  requireDirection,
  type SpectralAxis,
  skyToPixel,
  velocityToFrequency,
} from './coordinates.ts';
import { createImage, type Image, openImage } from './image.ts';

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
  /** 'linear' (default) or 'nearest' */
  readonly interpolation?: string;
  /** Channels correspond by their radio velocity (default), and not by their frequency. */
  readonly asvelocity?: boolean;
  readonly overwrite?: boolean;
}

/** Places in the image of the pixels of a plane of the target, NaN where there are none. */
interface PlanePlaces {
  readonly width: number;
  readonly height: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

function placesOf(from: DirectionAxes, to: DirectionAxes, width: number, height: number): PlanePlaces {
  const [x, y] = [new Float64Array(width * height).fill(Number.NaN), new Float64Array(width * height).fill(Number.NaN)];
  const isTurned = from.system !== to.system;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const sky = pixelToSky(to, column, row);
      if (!sky) continue;
      const own = isTurned ? turned(sky, to.system, from.system) : sky;
      const place = skyToPixel(from, own);
      if (!place) continue;
      [x[row * width + column], y[row * width + column]] = place;
    }
  }
  return { width, height, x, y };
}

function turned({ lon, lat }: { lon: number; lat: number }, from: string, to: string): { lon: number; lat: number } {
  const [newLon, newLat] = convertDirection(lon, lat, from, to);
  return { lon: newLon, lat: newLat };
}

/** A plane with what of it is good; no mask: all. */
interface MaskedPlane {
  readonly values: Float32Array;
  readonly good: Uint8Array;
}

/** How far a place may lie outside of the outer pixels' centres and still take their value. */
const EDGE = 1e-6;

/** Values between pixels; a value that needs a masked pixel, or lies outside, is masked and 0. */
function resample(image: Image, plane: number, places: PlanePlaces | undefined, isNearest: boolean): MaskedPlane {
  const [source, mask] = [image.readPlane(plane), image.readMask(plane)];
  if (!places) return { values: source, good: mask ?? new Uint8Array(source.length).fill(1) };
  const { sizeX, sizeY } = image;
  const values = new Float32Array(places.x.length);
  const good = new Uint8Array(places.x.length);
  for (let k = 0; k < values.length; k++) {
    const [x, y] = [places.x[k], places.y[k]];
    const isInside = x >= -EDGE && y >= -EDGE && x <= sizeX - 1 + EDGE && y <= sizeY - 1 + EDGE;
    if (!isInside) continue;
    const left = Math.min(sizeX - 1, Math.max(0, isNearest ? Math.round(x) : Math.floor(x + EDGE)));
    const below = Math.min(sizeY - 1, Math.max(0, isNearest ? Math.round(y) : Math.floor(y + EDGE)));
    const shareX = isNearest || left === sizeX - 1 ? 0 : Math.max(0, x - left);
    const shareY = isNearest || below === sizeY - 1 ? 0 : Math.max(0, y - below);
    let [sum, isGood] = [0, 1];
    for (let dy = 0; dy <= (shareY > EDGE ? 1 : 0); dy++) {
      for (let dx = 0; dx <= (shareX > EDGE ? 1 : 0); dx++) {
        const at = (below + dy) * sizeX + left + dx;
        if (mask && mask[at] === 0) isGood = 0;
        sum += (dx ? shareX : 1 - shareX) * (dy ? shareY : 1 - shareY) * source[at];
      }
    }
    if (!isGood) continue;
    values[k] = sum;
    good[k] = 1;
  }
  return { values, good };
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
    const [width, height] = target.pixelAxes.map((axis) => grid.shape[axis]);
    places = placesOf(direction, target, width, height);
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

/** Writes the planes of the result one by one; the last two channels read are kept. */
function fill(context: Context, image: Image, result: Image, plan: RegridPlan, isNearest: boolean): void {
  const kept = new Map<number, MaskedPlane>();
  const read = (plane: number) => {
    const known = kept.get(plane);
    if (known) return known;
    if (kept.size > 3) kept.delete([...kept.keys()][0]);
    const made = resample(image, plane, plan.places, isNearest);
    kept.set(plane, made);
    return made;
  };
  const size = result.sizeX * result.sizeY;
  const nothing: MaskedPlane = { values: new Float32Array(size), good: new Uint8Array(size) };
  for (let pol = 0; pol < result.stokesCount; pol++) {
    for (let chan = 0; chan < result.chanCount; chan++) {
      context.checkAbort();
      const place = plan.channels?.[chan] ?? chan;
      const isInside = place >= -EDGE && place <= image.chanCount - 1 + EDGE;
      const low = Math.min(image.chanCount - 1, Math.max(0, isNearest ? Math.round(place) : Math.floor(place + EDGE)));
      const share = isNearest ? 0 : place - low;
      const first = isInside ? read(image.planeIndex(low, pol)) : nothing;
      const made = isInside && share > EDGE ? between(first, read(image.planeIndex(low + 1, pol)), share) : first;
      const to = result.planeIndex(chan, pol);
      result.writePlane(to, made.values);
      result.writeMask(to, made.good);
    }
  }
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
  if (interpolation !== 'linear' && interpolation !== 'nearest')
    fail('unsupported', `interpolation="${interpolation}" is not handled; use "linear" or "nearest".`);
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
    writeWhole(joinPath(context.cwd, options.output), options.overwrite === true, (path) => {
      const result = createImage(path, {
        shape: plan.shape.toReversed(),
        coordinates: plan.coordinates,
        unit: image.unit,
        info: image.info,
        miscInfo: image.miscInfo,
      });
      try {
        fill(context, image, result, plan, interpolation === 'nearest');
      } finally {
        result.close();
      }
    });
  } finally {
    image.close();
  }
}
