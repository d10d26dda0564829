import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import type { CoordinateSystem } from './coordinates.ts';
import { createImage, type Image, openImage } from './image.ts';

/** Parameters of CASA's imrebin. */
export interface RebinOptions {
  readonly imagename: string;
  readonly outfile: string;
  /** Pixels of each axis that become one, the first axis of the sky first. */
  readonly factor: readonly number[];
  /** Leave out pixels at the ends that do not fill a bin. */
  readonly crop?: boolean;
  readonly overwrite?: boolean;
}

/** Axes with `factor` pixels in one; the centre of the first bin lies (factor - 1) / 2 pixels on. */
function binnedCoordinates(coordinates: CoordinateSystem, factor: readonly number[]): CoordinateSystem {
  const { direction, spectral, linear } = coordinates;
  const place = (pixel: number, axis: number) => (pixel + 0.5) / factor[axis] - 0.5;
  return {
    ...coordinates,
    direction: direction && {
      ...direction,
      increment: [
        direction.increment[0] * factor[direction.pixelAxes[0]],
        direction.increment[1] * factor[direction.pixelAxes[1]],
      ],
      referencePixel: [
        place(direction.referencePixel[0], direction.pixelAxes[0]),
        place(direction.referencePixel[1], direction.pixelAxes[1]),
      ],
    },
    spectral: spectral && {
      ...spectral,
      increment: spectral.increment * factor[spectral.pixelAxis],
      referencePixel: place(spectral.referencePixel, spectral.pixelAxis),
    },
    linear: linear.map((axis) => ({
      ...axis,
      increment: axis.increment * factor[axis.pixelAxis],
      referencePixel: place(axis.referencePixel, axis.pixelAxis),
    })),
  };
}

/** Sums and counts of the good pixels of each bin of a plane. */
function addPlane(
  image: Image,
  plane: number,
  bins: { sizeX: number; sizeY: number; factor: readonly number[] },
  into: Sums,
) {
  const [values, mask] = [image.readPlane(plane), image.readMask(plane)];
  const { sizeX, sizeY, factor } = bins;
  for (let y = 0; y < Math.min(image.sizeY, sizeY * factor[1]); y++) {
    const row = Math.floor(y / factor[1]) * sizeX;
    for (let x = 0; x < Math.min(image.sizeX, sizeX * factor[0]); x++) {
      const at = y * image.sizeX + x;
      if (mask && mask[at] === 0) continue;
      const bin = row + Math.floor(x / factor[0]);
      into.sum[bin] += values[at];
      into.count[bin]++;
    }
  }
}

interface Sums {
  readonly sum: Float64Array;
  readonly count: Int32Array;
}

function factorsOf(image: Image, given: readonly number[]): number[] {
  const factor = image.shape.map((_, axis) => given[axis] ?? 1);
  if (
    given.length === 0 ||
    given.length > image.shape.length ||
    factor.some((one) => !Number.isInteger(one) || one < 1)
  )
    fail('usage', `factor=[${given}] must be whole numbers, one for each axis at most.`, { file: image.path });
  const { stokes, spectral } = image.coordinates;
  if (stokes && factor[stokes.pixelAxis] !== 1)
    fail('usage', 'Stokes parameters cannot be binned.', { file: image.path });
  if (spectral?.frequencies && factor[spectral.pixelAxis] !== 1)
    fail('unsupported', 'Channels that are uneven in frequency are not binned.', { file: image.path });
  if (spectral && factor[spectral.pixelAxis] !== 1 && image.info.beams.length > 1)
    fail('usage', 'Channels of different beams are not binned; use imsmooth with kernel="commonbeam" first.', {
      file: image.path,
    });
  return factor;
}

/**
 * Makes one pixel of several, their mean, as CASA's imrebin; masked pixels do not count.
 *
 * @throws usage, missing, exists, unsupported
 */
export function rebin(context: Context, options: RebinOptions): void {
  const image = openImage(joinPath(context.cwd, options.imagename));
  try {
    const factor = factorsOf(image, options.factor);
    const shape = image.shape
      .toReversed()
      .map((length, axis) => (options.crop ? Math.floor(length / factor[axis]) : Math.ceil(length / factor[axis])));
    if (shape.some((length) => length < 1)) fail('usage', `factor=[${factor}] leaves no pixel.`, { file: image.path });
    const [sizeX, sizeY] = shape;
    const channels = image.coordinates.spectral ? factor[image.coordinates.spectral.pixelAxis] : 1;
    writeWhole(joinPath(context.cwd, options.outfile), options.overwrite === true, (path) => {
      const result = createImage(path, {
        shape: shape.toReversed(),
        coordinates: binnedCoordinates(image.coordinates, factor),
        unit: image.unit,
        info: image.info,
        miscInfo: image.miscInfo,
      });
      try {
        for (let plane = 0; plane < result.planeCount; plane++) {
          context.checkAbort();
          const { chan, stokes } = result.planeAxes(plane);
          const sums = { sum: new Float64Array(sizeX * sizeY), count: new Int32Array(sizeX * sizeY) };
          for (let from = chan * channels; from < Math.min(image.chanCount, (chan + 1) * channels); from++)
            addPlane(image, image.planeIndex(from, stokes), { sizeX, sizeY, factor }, sums);
          result.writePlane(
            plane,
            Float32Array.from(sums.sum, (sum, at) => (sums.count[at] > 0 ? sum / sums.count[at] : 0)),
          );
          if (image.hasMask)
            result.writeMask(
              plane,
              Uint8Array.from(sums.count, (count) => (count > 0 ? 1 : 0)),
            );
        }
      } finally {
        result.close();
      }
    });
  } finally {
    image.close();
  }
}
