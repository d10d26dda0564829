import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { compileExpression } from './expression.ts';
import { importfits } from './fits-import.ts';
import { createImage, type Image, openImage } from './image.ts';
import type { PixelSelection } from './pixel-selection.ts';

/** Parameters of CASA's immath (mode evalexpr). */
export interface ImmathOptions {
  readonly imagename: string | readonly string[];
  readonly outfile: string;
  readonly expr: string;
  readonly mode?: string;
  readonly overwrite?: boolean;
}

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

/** Makes an image with the coordinates of `like` from computed planes. */
function makeLike(
  context: Context,
  like: Image,
  options: { path: string; overwrite: boolean; unit: string; origin: string },
  compute: PlaneValue,
): void {
  writeWhole(options.path, options.overwrite, (path) => {
    const image = createImage(path, {
      shape: like.shape,
      coordinates: like.coordinates,
      unit: options.unit,
      info: like.info,
      miscInfo: like.miscInfo,
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

function combineMasks(
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
function matchingPlane(image: Image, like: Image, plane: number): number {
  if (image.planeCount === 1) return 0;
  if (image.planeCount === like.planeCount) return plane;
  return fail('usage', 'The images differ in their number of planes.', { file: image.path });
}

/**
 * Computes an image from others by an expression, as CASA's immath with mode 'evalexpr'; images may be FITS files.
 *
 * @throws usage, missing, exists; unsupported for other modes
 */
export function immath(context: Context, options: ImmathOptions): void {
  if ((options.mode ?? 'evalexpr') !== 'evalexpr')
    fail('unsupported', `immath has the mode evalexpr here, not "${options.mode}".`);
  const given =
    typeof options.imagename === 'string'
      ? options.imagename === ''
        ? []
        : [options.imagename]
      : [...options.imagename];
  const { evaluate, names } = compileExpression(options.expr, given);
  if (names.length === 0) fail('usage', 'The expression names no image.');
  const output = joinPath(context.cwd, options.outfile);
  const scratch: string[] = [];
  const images: Image[] = [];
  try {
    for (const name of names) images.push(openInput(context, name, output, scratch));
    const like = images[0];
    for (const image of images) {
      if (image.sizeX !== like.sizeX || image.sizeY !== like.sizeY)
        fail('usage', 'The images differ in size.', { file: image.path });
    }
    const target = {
      path: output,
      overwrite: options.overwrite === true,
      unit: like.unit,
      origin: 'immath',
    };
    makeLike(context, like, target, (plane) => {
      const planes = images.map((image) => matchingPlane(image, like, plane));
      const inputs = images.map((image, k) => image.readPlane(planes[k]));
      const point = new Array<number>(inputs.length);
      const values = new Float32Array(inputs[0].length);
      for (let k = 0; k < values.length; k++) {
        for (let input = 0; input < inputs.length; input++) point[input] = inputs[input][k];
        values[k] = evaluate(point);
      }
      return { values, mask: combineMasks(images, planes, values) };
    });
  } finally {
    for (const image of images) image.close();
    for (const path of scratch) disk().remove(path);
  }
}

/** Opens an image; a FITS file is brought into an image beside the output first, and its path noted in `scratch`. */
function openInput(context: Context, name: string, output: string, scratch: string[]): Image {
  const path = joinPath(context.cwd, name);
  if (disk().info(path)?.kind !== 'file') return openImage(path);
  const copy = `${output}.input${scratch.length}.partial`;
  importfits(context, { fitsimage: path, imagename: copy, overwrite: true });
  scratch.push(copy);
  return openImage(copy);
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
