import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import type { ImageInfo } from './beams.ts';
import type { CoordinateSystem } from './coordinates.ts';
import { createImage, type Image, openImage } from './image.ts';
import type { PixelSelection } from './pixel-selection.ts';

/** Parameters of CASA's impbcor. */
export interface ImpbcorOptions extends PixelSelection {
  readonly imagename: string;
  readonly pbimage: string;
  readonly outfile: string;
  readonly overwrite?: boolean;
  /** 'divide' (default) or 'multiply' */
  readonly mode?: string;
  /** Pixels where the beam is below are masked; -1 for none. */
  readonly cutoff?: number;
}

type PlaneValue = (plane: number) => { values: Float32Array; mask: Uint8Array | undefined };

/** Where a computed image goes, and what it is. */
export interface Target {
  readonly path: string;
  readonly overwrite: boolean;
  readonly unit: string;
  readonly origin: string;
  /** Instead of those of the image that the result is like: its Stokes axis is one long. */
  readonly header?: { readonly coordinates: CoordinateSystem; readonly info: ImageInfo };
  /** Of another image, with as many axes, from which the result has all but its pixels. */
  readonly about?: Pick<Image, 'coordinates' | 'unit' | 'info' | 'miscInfo'> & { readonly axisCount: number };
}

/** Makes an image with the coordinates of `like` from computed planes. */
export function makeLike(context: Context, like: Image, options: Target, compute: PlaneValue): void {
  const { stokes } = like.coordinates;
  const polAxis = options.header && stokes ? like.shape.length - 1 - stokes.pixelAxis : -1;
  if (options.about && options.about.axisCount !== like.shape.length)
    fail('usage', `The image of the metadata has ${options.about.axisCount} axes, the result ${like.shape.length}.`);
  writeWhole(options.path, options.overwrite, (path) => {
    const image = createImage(path, {
      shape: like.shape.map((length, axis) => (axis === polAxis ? 1 : length)),
      coordinates: (options.about ?? options.header ?? like).coordinates,
      unit: options.unit,
      info: (options.about ?? options.header ?? like).info,
      miscInfo: (options.about ?? like).miscInfo,
    });
    for (let plane = 0; plane < image.planeCount; plane++) {
      context.checkAbort();
      const { values, mask } = compute(plane);
      image.writePlane(plane, values);
      if (mask) image.writeMask(plane, mask);
    }
    image.close();
  });
}

/** 1 where all masks allow a pixel and its value is a number; other values become 0. Undefined: everywhere. */
export function combineMasks(
  images: readonly Image[],
  planes: readonly number[],
  values: Float32Array,
): Uint8Array | undefined {
  const masks = images.map((image, k) => image.readMask(planes[k]));
  const hasBad = values.some((value) => !Number.isFinite(value));
  if (!hasBad && masks.every((mask) => mask === undefined)) return undefined;
  const result = new Uint8Array(values.length).fill(1);
  for (const mask of masks) if (mask) for (let k = 0; k < result.length; k++) result[k] &= mask[k];
  for (let k = 0; k < result.length; k++) {
    if (Number.isFinite(values[k])) continue;
    result[k] = 0;
    values[k] = 0;
  }
  return result;
}

/** Plane of another image that goes with plane `plane` of `like`; an image with one plane serves all. */
export function matchingPlane(image: Image, like: Image, plane: number): number {
  if (image.planeCount === 1) return 0;
  if (image.planeCount === like.planeCount) return plane;
  return fail('usage', 'The images differ in their number of planes.', { file: image.path });
}

/**
 * Corrects an image for the primary beam, as CASA's impbcor: divides by the beam's image (or multiplies).
 *
 * @throws usage, missing, exists
 */
export function impbcor(context: Context, options: ImpbcorOptions): void {
  const image = openImage(joinPath(context.cwd, options.imagename));
  const beam = openImage(joinPath(context.cwd, options.pbimage));
  const cutoff = options.cutoff ?? -1;
  try {
    if (beam.sizeX !== image.sizeX || beam.sizeY !== image.sizeY)
      fail('usage', 'The beam differs in size from the image.', { file: beam.path });
    const target = {
      path: joinPath(context.cwd, options.outfile),
      overwrite: options.overwrite === true,
      unit: image.unit,
      origin: 'impbcor',
    };
    makeLike(context, image, target, (plane) => {
      const planes = [plane, matchingPlane(beam, image, plane)];
      const values = image.readPlane(plane);
      const response = beam.readPlane(planes[1]);
      const isMultiplied = options.mode === 'multiply';
      for (let k = 0; k < values.length; k++)
        values[k] = isMultiplied ? values[k] * response[k] : values[k] / response[k];
      let mask = combineMasks([image, beam], planes, values);
      if (cutoff >= 0) {
        // Pixels below the cutoff keep their quotient under the mask, as CASA's do.
        mask ??= new Uint8Array(values.length).fill(1);
        for (let k = 0; k < values.length; k++) if (!(response[k] >= cutoff)) mask[k] = 0;
      }
      return { values, mask };
    });
  } finally {
    image.close();
    beam.close();
  }
}
