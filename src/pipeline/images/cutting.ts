import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { type Beam, beamOf, type ImageInfo } from './beams.ts';
import { type CoordinateSystem, channelFrequency, type SpectralAxis } from './coordinates.ts';
import { createImage, type Image } from './image.ts';
import { type ChosenPixels, type PixelBounds, type PixelSelection, withChosenPixels } from './pixel-selection.ts';

/** Parameters of CASA's imsubimage. */
export interface ImsubimageOptions extends PixelSelection {
  readonly imagename: string;
  readonly outfile: string;
  readonly dropdeg?: boolean;
  readonly overwrite?: boolean;
  /** Axes of length one that dropdeg leaves. */
  readonly keepaxes?: readonly number[];
}

function cropSpectral(axis: SpectralAxis, first: number, last: number): SpectralAxis {
  if (!axis.frequencies) return { ...axis, referencePixel: axis.referencePixel - first };
  const frequencies = Array.from({ length: last - first + 1 }, (_, k) => channelFrequency(axis, first + k));
  const increment = channelFrequency(axis, first + 1) - frequencies[0];
  return { ...axis, reference: frequencies[0], increment, referencePixel: 0, frequencies };
}

/** Coordinates of a part of an image: the same world, pixels counted from its first. */
export function cropCoordinates(coordinates: CoordinateSystem, { blc, trc }: PixelBounds): CoordinateSystem {
  const { direction, spectral, stokes, linear } = coordinates;
  return {
    ...coordinates,
    direction: direction && {
      ...direction,
      referencePixel: [
        direction.referencePixel[0] - blc[direction.pixelAxes[0]],
        direction.referencePixel[1] - blc[direction.pixelAxes[1]],
      ],
    },
    spectral: spectral && cropSpectral(spectral, blc[spectral.pixelAxis], trc[spectral.pixelAxis]),
    stokes: stokes && {
      ...stokes,
      stokes: stokes.stokes.slice(blc[stokes.pixelAxis], trc[stokes.pixelAxis] + 1),
    },
    linear: linear.map((axis) => ({ ...axis, referencePixel: axis.referencePixel - blc[axis.pixelAxis] })),
  };
}

/** Beams of the planes of a part; one when they are all the same. */
export function cropInfo(image: Image, { blc, trc }: PixelBounds): ImageInfo {
  const { info, coordinates } = image;
  if (info.beams.length <= 1) return info;
  const span = (axis: number | undefined) => (axis === undefined ? [0] : range(blc[axis], trc[axis]));
  const beams = span(coordinates.spectral?.pixelAxis).flatMap((chan) =>
    span(coordinates.stokes?.pixelAxis).map((pol) => beamOf(info, chan, pol, image.stokesCount)),
  );
  return { ...info, beams: beams.filter((beam): beam is Beam => beam !== undefined) };
}

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, k) => first + k);

/** Numbers of the axes after some are left out. */
function withoutAxes(coordinates: CoordinateSystem, dropped: readonly number[]): CoordinateSystem {
  const moved = (axis: number) => axis - dropped.filter((one) => one < axis).length;
  const { direction, spectral, stokes, linear } = coordinates;
  return {
    ...coordinates,
    direction: direction && {
      ...direction,
      pixelAxes: [moved(direction.pixelAxes[0]), moved(direction.pixelAxes[1])],
    },
    spectral:
      spectral && !dropped.includes(spectral.pixelAxis)
        ? { ...spectral, pixelAxis: moved(spectral.pixelAxis) }
        : undefined,
    stokes:
      stokes && !dropped.includes(stokes.pixelAxis) ? { ...stokes, pixelAxis: moved(stokes.pixelAxis) } : undefined,
    linear: linear
      .filter(({ pixelAxis }) => !dropped.includes(pixelAxis))
      .map((axis) => ({ ...axis, pixelAxis: moved(axis.pixelAxis) })),
  };
}

/** The pixels of a box of one plane. */
export function cropPlane<T extends Float32Array | Uint8Array>(plane: T, sizeX: number, { blc, trc }: PixelBounds): T {
  const [width, height] = [trc[0] - blc[0] + 1, trc[1] - blc[1] + 1];
  const result = plane.slice(0, width * height) as T;
  for (let y = 0; y < height; y++) {
    const from = (blc[1] + y) * sizeX + blc[0];
    result.set(plane.subarray(from, from + width), y * width);
  }
  return result;
}

/** Numbers of the planes of a box, in the order of the image. */
export function planesIn(image: Image, { blc, trc }: PixelBounds): number[] {
  return Array.from({ length: image.planeCount }, (_, plane) => plane).filter((plane) => {
    const { chan, stokes } = image.planeAxes(plane);
    const isInside = (axis: number | undefined, at: number) =>
      axis === undefined || (at >= blc[axis] && at <= trc[axis]);
    return (
      isInside(image.coordinates.spectral?.pixelAxis, chan) && isInside(image.coordinates.stokes?.pixelAxis, stokes)
    );
  });
}

function writeCut(
  context: Context,
  image: Image,
  chosen: ChosenPixels,
  options: ImsubimageOptions,
  path: string,
): void {
  const { bounds } = chosen;
  const lengths = bounds.blc.map((first, axis) => bounds.trc[axis] - first + 1);
  const kept = new Set([0, 1, ...(options.keepaxes ?? [])]);
  const dropped = options.dropdeg
    ? lengths.flatMap((length, axis) => (length === 1 && !kept.has(axis) ? [axis] : []))
    : [];
  const cut = createImage(path, {
    shape: lengths.filter((_, axis) => !dropped.includes(axis)).toReversed(),
    coordinates: withoutAxes(cropCoordinates(image.coordinates, bounds), dropped),
    unit: image.unit,
    info: cropInfo(image, bounds),
    miscInfo: image.miscInfo,
  });
  try {
    const isMasked =
      image.hasMask || Boolean(options.region || options.mask) || chosen.planes.length < planesIn(image, bounds).length;
    planesIn(image, bounds).forEach((plane, to) => {
      context.checkAbort();
      cut.writePlane(to, cropPlane(image.readPlane(plane), image.sizeX, bounds));
      if (!isMasked) return;
      const size = image.sizeX * image.sizeY;
      const good = chosen.planes.includes(plane)
        ? (chosen.good(plane) ?? new Uint8Array(size).fill(1))
        : new Uint8Array(size);
      cut.writeMask(to, cropPlane(good, image.sizeX, bounds));
    });
  } finally {
    cut.close();
  }
}

/**
 * Cuts the box around a selection out of an image, as CASA's imsubimage; what is not selected within the box is masked.
 *
 * @throws usage, missing, exists
 */
export function imsubimage(context: Context, options: ImsubimageOptions): void {
  if (!options.outfile) fail('usage', 'outfile must be given.');
  withChosenPixels(joinPath(context.cwd, options.imagename), options, context.cwd, (image, chosen) =>
    writeWhole(joinPath(context.cwd, options.outfile), options.overwrite === true, (path) =>
      writeCut(context, image, chosen, options, path),
    ),
  );
}
