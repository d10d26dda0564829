import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { type CoordinateSystem, type DirectionAxes, pixelToSky } from './coordinates.ts';
import { cropCoordinates, cropInfo } from './cutting.ts';
import { createImage, type Image, openImage } from './image.ts';
import { choosePixels, type PixelBounds, type PixelSelection } from './pixel-selection.ts';
import { type SkyPosition, wrapAngle } from './projection.ts';
import { griddedStatistics, type ImageStatistics } from './statistics.ts';

/** Parameters of CASA's imcollapse. */
export interface ImcollapseOptions extends PixelSelection {
  readonly imagename: string;
  readonly outfile: string;
  /** flux, max, mean, median, min, npts, rms, stddev, sum, variance */
  readonly function: string;
  /** Numbers of axes, or beginnings of their names. */
  readonly axes: number | string | readonly (number | string)[];
  readonly overwrite?: boolean;
}

const FUNCTIONS: Readonly<Record<string, (found: ImageStatistics) => readonly number[]>> = {
  flux: ({ flux }) => flux ?? fail('usage', 'An image without a beam has no flux.'),
  max: ({ max }) => max,
  mean: ({ mean }) => mean,
  median: ({ median }) => median,
  min: ({ min }) => min,
  npts: ({ npts }) => npts,
  rms: ({ rms }) => rms,
  stddev: ({ sigma }) => sigma,
  sum: ({ sum }) => sum,
  variance: ({ sigma }) => sigma.map((value) => value * value),
};

/** What a function of imcollapse takes from statistics; @throws usage for another one */
export function collapsing(name: string): (found: ImageStatistics) => readonly number[] {
  const found = FUNCTIONS[name.toLowerCase()];
  return found ?? fail('usage', `function="${name}" is not handled; use ${Object.keys(FUNCTIONS).join(', ')}.`);
}

/** Names of the axes in the order of the pixels, lower case. */
function axisNames({ direction, spectral, stokes, linear }: CoordinateSystem, count: number): string[] {
  const names = new Array<string>(count).fill('');
  direction?.pixelAxes.forEach((axis, k) => {
    names[axis] = ['right ascension', 'declination'][k];
  });
  if (stokes) names[stokes.pixelAxis] = 'stokes';
  if (spectral) names[spectral.pixelAxis] = 'frequency';
  for (const { name, pixelAxis } of linear) names[pixelAxis] = name.toLowerCase();
  return names;
}

/** Numbers of axes from numbers and names. @throws usage */
export function axisNumbers(image: Image, given: ImcollapseOptions['axes']): number[] {
  const names = axisNames(image.coordinates, image.shape.length);
  return (Array.isArray(given) ? given : [given]).map((word) => {
    const text = String(word).toLowerCase();
    const wanted = text === 'spectral' ? 'frequency' : text;
    const number = /^\d+$/.test(text) ? Number(text) : names.findIndex((name) => name.startsWith(wanted));
    return number >= 0 && number < names.length
      ? number
      : fail('usage', `There is no axis "${word}"; the axes are ${names.join(', ')}.`, { file: image.path });
  });
}

/** Half way, in longitude and latitude, between the first and last pixel of the axes that are reduced, as CASA has it. */
function cornerMean(
  direction: DirectionAxes,
  isIn: (axis: number) => boolean,
  half: (axis: number) => number,
): SkyPosition | undefined {
  const at = (factor: number) => {
    const [x, y] = direction.pixelAxes.map((axis, k) =>
      isIn(axis) ? factor * half(axis) : direction.referencePixel[k],
    );
    return pixelToSky(direction, x, y);
  };
  const [first, last] = [at(0), at(2)];
  return first && last && { lon: first.lon + wrapAngle(last.lon - first.lon) / 2, lat: (first.lat + last.lat) / 2 };
}

/** Coordinates of a box of which axes are reduced to one pixel each, in the middle of what they had. */
export function collapsedCoordinates(
  coordinates: CoordinateSystem,
  { blc, trc }: PixelBounds,
  axes: readonly number[],
): CoordinateSystem {
  const cropped = cropCoordinates(coordinates, { blc, trc });
  const half = (axis: number) => (trc[axis] - blc[axis]) / 2;
  const { direction, spectral, stokes, linear } = cropped;
  const isIn = (axis: number) => axes.includes(axis);
  const sky = direction && cornerMean(direction, isIn, half);
  const alongAxis = <Axis extends { reference: number; increment: number; referencePixel: number; pixelAxis: number }>(
    axis: Axis,
  ): Axis =>
    isIn(axis.pixelAxis)
      ? {
          ...axis,
          reference: axis.reference + (half(axis.pixelAxis) - axis.referencePixel) * axis.increment,
          referencePixel: 0,
          frequencies: undefined,
        }
      : axis;
  return {
    ...cropped,
    direction:
      direction && sky && direction.pixelAxes.some(isIn)
        ? {
            ...direction,
            reference: sky,
            referencePixel: [
              isIn(direction.pixelAxes[0]) ? 0 : direction.referencePixel[0],
              isIn(direction.pixelAxes[1]) ? 0 : direction.referencePixel[1],
            ],
          }
        : direction,
    spectral: spectral && alongAxis(spectral),
    stokes: stokes && isIn(stokes.pixelAxis) ? { ...stokes, stokes: stokes.stokes.slice(0, 1) } : stokes,
    linear: linear.map(alongAxis),
  };
}

/**
 * Reduces an image along axes to one pixel each, as CASA's imcollapse.
 *
 * @throws usage, missing, exists
 */
export function imcollapse(context: Context, options: ImcollapseOptions): void {
  const compute = collapsing(options.function);
  if (!options.outfile) fail('usage', 'outfile must be given.');
  const image = openImage(joinPath(context.cwd, options.imagename));
  const chosen = choosePixels(image, options, context.cwd);
  const { bounds } = chosen;
  chosen.close();
  try {
    const axes = axisNumbers(image, options.axes);
    const found = griddedStatistics(context, { ...options, axes });
    const values = compute(found);
    const lengths = bounds.blc.map((first, axis) => (axes.includes(axis) ? 1 : bounds.trc[axis] - first + 1));
    const info = cropInfo(image, bounds);
    const isOnlySky = axes.every((axis) => axis < 2);
    const unit = options.function === 'flux' ? image.unit.replace(/\/beam/i, '') : image.unit;
    writeWhole(joinPath(context.cwd, options.outfile), options.overwrite === true, (path) => {
      const result = createImage(path, {
        shape: lengths.toReversed(),
        coordinates: collapsedCoordinates(image.coordinates, bounds, axes),
        unit: options.function === 'npts' ? '' : unit,
        info: isOnlySky ? info : { ...info, beams: info.beams.slice(0, 1) },
        miscInfo: image.miscInfo,
      });
      const size = lengths[0] * lengths[1];
      const hasBad = found.npts.some((count) => count === 0);
      for (let plane = 0; plane < result.planeCount; plane++) {
        const part = (list: readonly number[]) => list.slice(plane * size, (plane + 1) * size);
        result.writePlane(plane, Float32Array.from(part(values)));
        if (hasBad)
          result.writeMask(
            plane,
            Uint8Array.from(part(found.npts), (count) => (count > 0 ? 1 : 0)),
          );
      }
      result.close();
    });
  } finally {
    image.close();
  }
}
