import { convertDirection, parseAngle } from '../../astronomy/measures/index.ts';
import { type Context, fail, parseQuantity } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { writeCoordinates } from './coordinate-record.ts';
import { type CoordinateSystem, type DirectionAxes, pixelToSky, requireDirection, skyToPixel } from './coordinates.ts';
import { cropCoordinates, cropInfo, planesIn } from './cutting.ts';
import { createImage, type Image, openImage } from './image.ts';
import { type ChosenPixels, choosePixels, type PixelSelection } from './pixel-selection.ts';
import type { SkyPosition } from './projection.ts';
import { placesOf, resample } from './resampling.ts';
import { turnedAxes } from './rotating.ts';

/** A place: pixels [x, y], a longitude and latitude as text, or one text such as "J2000 10h00m00 -20d00m00". */
export type PlaceText = string | readonly (string | number)[];

/** Parameters of CASA's impv. */
export interface ImpvOptions extends PixelSelection {
  readonly imagename: string;
  readonly outfile: string;
  /** 'coords' (start and end) or 'length' (center, length and pa) */
  readonly mode?: string;
  readonly start?: PlaceText;
  readonly end?: PlaceText;
  readonly center?: PlaceText;
  /** Pixels, or an angle as text. */
  readonly length?: string | number;
  /** Position angle of the slit, from north to east. */
  readonly pa?: string;
  /** Odd number of pixels across, or an angle as text. */
  readonly width?: string | number;
  /** Unit of the offsets; default arcsec. */
  readonly unit?: string;
  readonly overwrite?: boolean;
}

type Pixel = readonly [number, number];

/** A slit in pixels: its ends, and how many pixels it is wide. */
interface Slit {
  readonly start: Pixel;
  readonly end: Pixel;
  readonly width: number;
}

function skyOf(axes: DirectionAxes, place: PlaceText): SkyPosition {
  const words = (typeof place === 'string' ? place.trim().split(/[\s,]+/) : place.map(String)).filter(Boolean);
  const [frame, lon, lat] = words.length === 3 ? words : [axes.system, ...words];
  if (lon === undefined || lat === undefined)
    return fail('usage', `"${words.join(' ')}" is no place; give [x, y] in pixels, [ra, dec], or "J2000 ra dec".`);
  const own = { lon: parseAngle(lon), lat: parseAngle(lat) };
  if (frame.toUpperCase() === axes.system.toUpperCase()) return own;
  const [x, y] = convertDirection(own.lon, own.lat, frame, axes.system);
  return { lon: x, lat: y };
}

function pixelOf(axes: DirectionAxes, place: PlaceText | undefined, name: string): Pixel {
  if (place === undefined || place.length === 0) return fail('usage', `${name} must be given.`);
  if (typeof place !== 'string' && place.every((part) => typeof part === 'number')) {
    if (place.length !== 2) fail('usage', `${name} has two numbers, x and y.`);
    return [Number(place[0]), Number(place[1])];
  }
  const sky = skyOf(axes, place);
  return skyToPixel(axes, sky) ?? fail('usage', `${name} is not in the hemisphere of the image.`);
}

/** The direction at a distance and position angle. */
function shifted({ lon, lat }: SkyPosition, distance: number, angle: number): SkyPosition {
  const sinLat = Math.sin(lat) * Math.cos(distance) + Math.cos(lat) * Math.sin(distance) * Math.cos(angle);
  const east = Math.sin(distance) * Math.sin(angle);
  const north = Math.cos(distance) * Math.cos(lat) - Math.sin(lat) * Math.sin(distance) * Math.cos(angle);
  return { lon: lon + Math.atan2(east, north), lat: Math.asin(sinLat) };
}

function endsOf(axes: DirectionAxes, options: ImpvOptions): readonly [Pixel, Pixel] {
  const mode = (options.mode ?? 'coords').toLowerCase();
  if (mode.startsWith('c')) return [pixelOf(axes, options.start, 'start'), pixelOf(axes, options.end, 'end')];
  if (!mode.startsWith('l')) fail('usage', `mode="${options.mode}" is not known; use "coords" or "length".`);
  const { length = 0, pa = '' } = options;
  const [x, y] = pixelOf(axes, options.center, 'center');
  const angle = parseQuantity(pa, 'angle');
  const size = typeof length === 'number' ? length * Math.abs(axes.increment[0]) : parseQuantity(length, 'angle');
  if (!(size > 0)) fail('usage', 'length must be positive.');
  const centre = pixelToSky(axes, x, y) ?? fail('usage', 'center is not on the sky.');
  const at = (turn: number) =>
    skyToPixel(axes, shifted(centre, size / 2, turn)) ?? fail('usage', 'The slit reaches beyond the projection.');
  return [at(angle), at(angle - Math.PI)];
}

/** Odd number of pixels; an angle is rounded up to the next one, as CASA does. */
function widthOf(axes: DirectionAxes, width: string | number): number {
  if (typeof width === 'number' || /^\d+$/.test(width)) {
    const pixels = Number(width);
    return pixels % 2 === 1 && pixels > 0 ? pixels : fail('usage', 'width must be an odd integer >= 1.');
  }
  const pixels = parseQuantity(width, 'angle') / Math.abs(axes.increment[0]);
  if (pixels < 1) return 1;
  const whole = Math.round(pixels);
  if (whole % 2 === 1 && Math.abs(pixels - whole) < 1e-5 * whole) return whole;
  const above = Math.ceil(pixels);
  return above % 2 === 0 ? above + 1 : above;
}

function slitOf(image: Image, axes: DirectionAxes, options: ImpvOptions): Slit {
  const [start, end] = endsOf(axes, options);
  const width = widthOf(axes, options.width ?? 1);
  if (start[0] === end[0] && start[1] === end[1]) fail('usage', 'Start and end pixels must be different.');
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const half = (width - 1) / 2 / Math.hypot(dx, dy);
  for (const [x, y] of [start, end])
    for (const side of [-half, half]) {
      const corner = [x - side * dy, y + side * dx];
      const isInside = corner.every((at, axis) => at >= 2 && at <= [image.sizeX, image.sizeY][axis] - 3);
      if (!isInside)
        fail('usage', `The slit from [${start}] to [${end}], ${width} wide, must stay two pixels within the edges.`, {
          file: image.path,
        });
    }
  return { start, end, width };
}

/** Axes whose x runs along the slit, turned about a place of whole y near its middle, and the pixels of the slit on them. */
function alongSlit(axes: DirectionAxes, { start, end, width }: Slit) {
  const angle =
    start[1] === end[1]
      ? start[0] < end[0]
        ? 0
        : Math.PI
      : Math.atan2(end[0] - start[0], end[1] - start[1]) - Math.PI / 2;
  const middle = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2];
  // A middle that is whole but for rounding errors is whole.
  const nearest = Math.round(middle[1]);
  const isWhole = Math.abs(nearest - middle[1]) <= 1e-8 * Math.abs(nearest);
  const y = isWhole ? nearest : Math.trunc(middle[1]);
  const x = isWhole ? middle[0] : (start[0] * (end[1] - y) + end[0] * (y - start[1])) / (end[1] - start[1]);
  const reference = pixelToSky(axes, x, y) ?? fail('usage', 'The slit is not on the sky.');
  const turned = turnedAxes({ ...axes, reference, referencePixel: [x, y] }, angle);
  const place = (pixel: Pixel) => {
    const sky = pixelToSky(axes, ...pixel);
    return (sky && skyToPixel(turned, sky)) ?? fail('usage', 'The slit is not on the sky.');
  };
  const [from, to] = [place(start), place(end)];
  const half = (width - 1) / 2;
  const first: Pixel = [Math.floor(from[0] + 0.5), Math.floor(from[1] + 0.5 - half)];
  const count = Math.floor(to[0] + 0.5) - first[0] + 1;
  // The same axes, with pixels that count from the first of the slit.
  const own: DirectionAxes = { ...turned, referencePixel: [x - first[0], y - first[1]] };
  return { own, count, isTurned: angle !== 0 };
}

/** Means across the slit of the good pixels; none: masked. */
function collapsed(values: Float32Array, good: Uint8Array, count: number, width: number) {
  const result = { values: new Float32Array(count), good: new Uint8Array(count) };
  for (let x = 0; x < count; x++) {
    let [sum, number] = [0, 0];
    for (let y = 0; y < width; y++) {
      if (good[y * count + x] === 0) continue;
      sum += values[y * count + x];
      number++;
    }
    result.values[x] = number > 0 ? sum / number : 0;
    result.good[x] = number > 0 ? 1 : 0;
  }
  return result;
}

/** The axes of the result: offset along the slit in the place of the sky, then those that the image has beside. */
function slitCoordinates(
  coordinates: CoordinateSystem,
  own: DirectionAxes,
  count: number,
  unit: string,
): CoordinateSystem {
  const [a, b] = [0, count].map((x) => pixelToSky(own, x, 0) ?? fail('usage', 'The slit is not on the sky.'));
  const chord =
    Math.sin((b.lat - a.lat) / 2) ** 2 + Math.cos(a.lat) * Math.cos(b.lat) * Math.sin((b.lon - a.lon) / 2) ** 2;
  const step = (2 * Math.asin(Math.sqrt(chord))) / count / parseQuantity(`1${unit}`, 'angle');
  const { spectral, stokes } = coordinates;
  const offset = {
    name: 'Offset',
    unit,
    reference: 0,
    increment: step,
    referencePixel: Math.floor((count - 1) / 2),
    pixelAxis: 0,
  };
  return {
    ...coordinates,
    direction: undefined,
    linear: [offset],
    spectral: spectral && { ...spectral, pixelAxis: spectral.pixelAxis - 1 },
    stokes: stokes && { ...stokes, pixelAxis: stokes.pixelAxis - 1 },
  };
}

interface SlitPlan {
  readonly own: DirectionAxes;
  readonly count: number;
  readonly width: number;
  readonly isTurned: boolean;
}

/** Profiles of all chosen planes along the slit, [plane, x]. */
function profilesOf(context: Context, image: Image, chosen: ChosenPixels, axes: DirectionAxes, plan: SlitPlan) {
  const { own, count, width, isTurned } = plan;
  const planes = planesIn(image, chosen.bounds);
  const places = placesOf(axes, own, count, width);
  const values = new Float32Array(planes.length * count);
  const good = new Uint8Array(values.length);
  planes.forEach((plane, at) => {
    context.checkAbort();
    const { sizeX, sizeY } = image;
    const source = { sizeX, sizeY, readPlane: () => image.readPlane(plane), readMask: () => chosen.good(plane) };
    const found = resample(source, plane, places, isTurned ? 'cubic' : 'nearest');
    const line = collapsed(found.values, found.good, count, width);
    values.set(line.values, at * count);
    good.set(line.good, at * count);
  });
  return { values, good };
}

/**
 * Position against velocity along a slit, as CASA's impv: the image turned so that the slit lies along x (bicubic), then the mean across.
 *
 * @throws usage, missing, exists
 */
export function impv(context: Context, options: ImpvOptions): void {
  if (!options.outfile) fail('usage', 'outfile must be specified.');
  const image = openImage(joinPath(context.cwd, options.imagename));
  try {
    const axes = requireDirection(image.coordinates, image.path);
    if (axes.pixelAxes[0] !== 0 || axes.pixelAxes[1] !== 1)
      fail('unsupported', 'The sky must be on the first two axes; use imtrans.', { file: image.path });
    const slit = slitOf(image, axes, options);
    const chosen = choosePixels(image, options, context.cwd);
    try {
      const plan = { ...alongSlit(axes, slit), width: slit.width };
      const cut = cropCoordinates(image.coordinates, chosen.bounds);
      const { blc, trc } = chosen.bounds;
      if (blc.some((first, axis) => axis < 2 && (first > 0 || trc[axis] < [image.sizeX, image.sizeY][axis] - 1)))
        fail('usage', 'A slit takes no region on the sky.', { file: image.path });
      const shape = [plan.count, ...blc.slice(2).map((first, axis) => trc[axis + 2] - first + 1)];
      const secondary = { ...cut, direction: plan.own };
      const misc = new Map([...image.miscInfo, ['secondary_coordinates', writeCoordinates(secondary)] as const]);
      writeWhole(joinPath(context.cwd, options.outfile), options.overwrite === true, (path) => {
        const coordinates = slitCoordinates(cut, plan.own, plan.count, options.unit || 'arcsec');
        const made = createImage(path, {
          shape: shape.toReversed(),
          coordinates,
          unit: image.unit,
          info: cropInfo(image, chosen.bounds),
          miscInfo: misc,
        });
        try {
          const { values, good } = profilesOf(context, image, chosen, axes, plan);
          const size = made.sizeX * made.sizeY;
          for (let plane = 0; plane < made.planeCount; plane++) {
            made.writePlane(plane, values.slice(plane * size, (plane + 1) * size));
            if (good.includes(0)) made.writeMask(plane, good.slice(plane * size, (plane + 1) * size));
          }
        } finally {
          made.close();
        }
      });
    } finally {
      chosen.close();
    }
  } finally {
    image.close();
  }
}
