import { ARCSEC, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { contourPieces, type Figure, type Raster, type Series } from '../../foundation/plotting/index.ts';
import { beamOf } from './beams.ts';
import { type DirectionAxes, pixelToSky, requireDirection, skyToPixel } from './coordinates.ts';
import { type Image, openImage } from './image.ts';
import { worldText } from './world-text.ts';

/** Contours of an image at base + level * (unit - base). */
export interface ContourChoice {
  readonly file: string;
  readonly levels?: readonly number[];
  readonly base?: number;
  /** Default: the largest value of the plane. */
  readonly unit?: number;
}

export interface RasterChoice {
  readonly file: string;
  readonly range?: readonly number[];
  /** As of the viewer: below zero faint values take more of the colours. */
  readonly powerCycles?: number;
}

/** What a picture of images shows. */
export interface ViewChoice {
  readonly raster?: RasterChoice;
  readonly contours: readonly ContourChoice[];
  /** Channel and Stokes index, from 0; default: the middle channel, the first Stokes parameter. */
  readonly channel?: number;
  readonly stokes?: number;
  /** First and last pixel [x, y] that are shown; default: all. */
  readonly blc?: readonly number[];
  readonly trc?: readonly number[];
  /** Without blc and trc: the middle, so many times enlarged; default 1. */
  readonly zoom?: number;
}

const LEVELS = [0.2, 0.4, 0.6, 0.8];
/** px */
const WIDTH = 900;
/** What axes and colour scale take beside the picture, and axes and title above and below it. */
const [SIDES, ENDS] = [167, 90];

interface OpenPlane {
  readonly image: Image;
  readonly axes: DirectionAxes;
  readonly plane: number;
  /** NaN where masked. */
  readonly values: Float32Array;
}

function readShown(path: string, { channel, stokes = 0 }: ViewChoice): OpenPlane {
  const image = openImage(path);
  const chan = image.chanCount === 1 ? 0 : (channel ?? image.chanCount >> 1);
  if (chan < 0 || chan >= image.chanCount || stokes < 0) {
    image.close();
    fail('usage', `There is no channel ${chan}; the image has ${image.chanCount}.`, { file: path });
  }
  const plane = image.planeIndex(chan, Math.min(stokes, image.stokesCount - 1));
  const mask = image.readMask(plane);
  const values = image.readPlane(plane).map((value, k) => (mask && mask[k] === 0 ? Number.NaN : value));
  return { image, axes: requireDirection(image.coordinates, path), plane, values };
}

function limits(values: Float32Array): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return most > least ? [least, most] : [0, 1];
}

/** Pixels shown of the first image, and their places as offsets from the middle in arcsec. */
interface Frame {
  readonly first: readonly [number, number];
  readonly last: readonly [number, number];
  readonly axes: DirectionAxes;
  offset(axis: 0 | 1, pixel: number): number;
}

function frameOf({ image, axes }: OpenPlane, { blc, trc, zoom = 1 }: ViewChoice): Frame {
  const sizes = [image.sizeX, image.sizeY];
  const at = (given: readonly number[] | undefined, other: readonly number[]): [number, number] => {
    const pair = [0, 1].map((axis) => Math.round(given?.[axis] ?? other[axis]));
    return [Math.max(0, Math.min(sizes[0] - 1, pair[0])), Math.max(0, Math.min(sizes[1] - 1, pair[1]))];
  };
  const margins = sizes.map((size) => Math.round((size - Math.max(2, size / zoom)) / 2));
  const far = sizes.map((size, axis) => size - 1 - margins[axis]);
  const [first, last] = [at(blc, margins), at(trc, far)];
  if (first[0] >= last[0] || first[1] >= last[1]) fail('usage', `blc [${blc}] and trc [${trc}] leave nothing to show.`);
  const offset = (axis: 0 | 1, pixel: number) => ((pixel - axes.referencePixel[axis]) * axes.increment[axis]) / ARCSEC;
  return { first, last, axes, offset };
}

function rasterOf({ image, plane, values }: OpenPlane, frame: Frame, { range, powerCycles }: RasterChoice): Raster {
  const { first, last, offset } = frame;
  const [width, height] = [last[0] - first[0] + 1, last[1] - first[1] + 1];
  const shown = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (first[1] + y) * image.sizeX + first[0];
    shown.set(values.subarray(from, from + width), y * width);
  }
  const { chan, stokes } = image.planeAxes(plane);
  const beam = beamOf(image.info, chan, stokes, image.stokesCount);
  const [least, most] = range && range.length === 2 && range[1] > range[0] ? range : limits(shown);
  return {
    ...{ values: shown, width, height, range: [least, most], powerCycles, unit: image.unit },
    xEdges: [offset(0, first[0] - 0.5), offset(0, last[0] + 0.5)],
    yEdges: [offset(1, first[1] - 0.5), offset(1, last[1] + 0.5)],
    beam: beam && { major: beam.major, minor: beam.minor, angle: (beam.positionAngle * Math.PI) / 180 },
  };
}

/** Contours of a plane where they lie on the sky of the first image. */
function contourSeries(shown: OpenPlane, choice: ContourChoice, frame: Frame, hasRaster: boolean): Series[] {
  const { image, axes, values } = shown;
  const { base = 0, unit = limits(values)[1], levels = LEVELS } = choice;
  const isSame = axes === frame.axes;
  return levels.map((level) => {
    const pieces = contourPieces(values, image.sizeX, image.sizeY, base + level * (unit - base));
    const [x, y] = [new Float64Array(pieces.x.length).fill(Number.NaN), new Float64Array(pieces.x.length)];
    for (let k = 0; k < x.length; k++) {
      const sky = isSame || Number.isNaN(pieces.x[k]) ? undefined : pixelToSky(axes, pieces.x[k], pieces.y[k]);
      const at = isSame ? [pieces.x[k], pieces.y[k]] : sky && skyToPixel(frame.axes, sky);
      if (!at) continue;
      x[k] = frame.offset(0, at[0]);
      y[k] = frame.offset(1, at[1]);
    }
    return { kind: 'line', x, y, colour: hasRaster ? '#ffffff' : 0, size: 1.2, isDashed: level < 0, opacity: 0.9 };
  });
}

/**
 * A picture of one plane in colours, with contours of the same or other images over it, which may lie on other pixels.
 *
 * @param cwd folder that the names of images start from
 * @throws usage, missing
 */
export function imageFigure(choice: ViewChoice, cwd: string): Figure {
  const files = [...(choice.raster ? [choice.raster.file] : []), ...choice.contours.map(({ file }) => file)];
  if (files.length === 0) fail('usage', 'Nothing to show: give raster, contour or both.');
  const opened: OpenPlane[] = [];
  try {
    for (const file of files) opened.push(readShown(joinPath(cwd, file), choice));
    const [main] = opened;
    const frame = frameOf(main, choice);
    const contours = choice.raster ? opened.slice(1) : opened;
    const { first, last, offset } = frame;
    const place = worldText(
      main.image,
      main.image.shape.map((_, axis) => main.axes.referencePixel[axis] ?? 0),
    );
    const { chan } = main.image.planeAxes(main.plane);
    const title = main.image.chanCount > 1 ? `${files[0]}, channel ${chan}` : files[0];
    const aspect = (last[1] - first[1] + 1) / (last[0] - first[0] + 1);
    const panel = {
      title: '',
      x: { label: 'right ascension offset (arcsec)', range: [offset(0, first[0] - 0.5), offset(0, last[0] + 0.5)] },
      y: { label: 'declination offset (arcsec)', range: [offset(1, first[1] - 0.5), offset(1, last[1] + 0.5)] },
      raster: choice.raster && rasterOf(main, frame, choice.raster),
      series: contours.flatMap((shown, k) =>
        contourSeries(shown, choice.contours[k], frame, choice.raster !== undefined),
      ),
      isEqualScale: true,
    } as const;
    const rowHeight = Math.round(Math.min(1600, Math.max(400, (WIDTH - SIDES) * aspect + ENDS)));
    return {
      title: '',
      width: WIDTH,
      sections: [{ title, note: `offsets from ${place}`, columns: 1, rowHeight, panels: [panel] }],
    };
  } finally {
    for (const { image } of opened) image.close();
  }
}
