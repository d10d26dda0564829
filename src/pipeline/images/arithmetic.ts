import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import type { CoordinateSystem } from './coordinates.ts';
import { imsubimage } from './cutting.ts';
import { compileExpression } from './expression.ts';
import { importfits } from './fits-import.ts';
import { createImage, type Image, openImage } from './image.ts';
import type { PixelSelection } from './pixel-selection.ts';
import { type PolarizationMode, polarizationImage } from './polarization.ts';
import { computeWholeImageTerms } from './whole-image-terms.ts';

/** Parameters of CASA's immath. */
export interface ImmathOptions extends PixelSelection {
  readonly imagename: string | readonly string[];
  readonly outfile: string;
  /** With IM0, IM1 …, or the names of `varnames`. */
  readonly expr?: string;
  readonly mode?: string;
  readonly varnames?: string | readonly string[];
  /** Noise of `poli`, `lpoli` and `tpoli`, with a unit, e.g. "0.1mJy/beam". */
  readonly sigma?: string;
  /** Least polarized intensity of `pola`, with a unit. */
  readonly polithresh?: string;
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

interface Target {
  readonly path: string;
  readonly overwrite: boolean;
  readonly unit: string;
  readonly origin: string;
  /** Instead of those of the image that the result is like: its Stokes axis is one long. */
  readonly coordinates?: CoordinateSystem;
}

/** Makes an image with the coordinates of `like` from computed planes. */
function makeLike(context: Context, like: Image, options: Target, compute: PlaneValue): void {
  const { stokes } = like.coordinates;
  const polAxis = options.coordinates && stokes ? like.shape.length - 1 - stokes.pixelAxis : -1;
  writeWhole(options.path, options.overwrite, (path) => {
    const image = createImage(path, {
      shape: like.shape.map((length, axis) => (axis === polAxis ? 1 : length)),
      coordinates: options.coordinates ?? like.coordinates,
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

/** A number with the unit of an image, e.g. "0.1mJy/beam"; prefixes count. */
function inUnitOf(image: Image, text: string, parameter: string): number {
  const match = /^\s*([-+.\deE]+)\s*([munkM]?)(.*)$/.exec(text);
  const value = Number(match?.[1]);
  const unit = `${match?.[2]}${match?.[3]}`.trim();
  const factors: Readonly<Record<string, number>> = { m: 1e-3, u: 1e-6, n: 1e-9, k: 1e3, M: 1e6 };
  if (match && Number.isFinite(value) && (value === 0 || unit === image.unit || unit === '')) return value;
  if (match && Number.isFinite(value) && match[3].trim() === image.unit) return value * factors[match[2]];
  return fail('usage', `immath: ${parameter} is "${text}", but the image is in ${image.unit || 'no unit'}.`, {
    file: image.path,
  });
}

/** The expression with the names of `varnames` written as IM0, IM1 … */
function withPlainNames(expr: string, varnames: string | readonly string[]): string {
  const names = typeof varnames === 'string' ? varnames.split(',').map((name) => name.trim()) : varnames;
  return names.reduce(
    (text, name, k) =>
      name === '' ? text : text.replace(new RegExp(`(?<![\\w"'.])${name}(?![\\w"'.(])`, 'g'), `IM${k}`),
    expr,
  );
}

/** ln(IM0 / IM1) / ln(f0 / f1) by channel, where both are positive. */
function spectralIndex(images: readonly Image[]): { expr: string } {
  if (images.length !== 2) fail('usage', "immath: mode 'spix' needs two images.");
  const [first, second] = images.map((image) => {
    const axis = image.coordinates.spectral ?? fail('usage', 'The image has no frequency.', { file: image.path });
    return axis.frequencies?.[0] ?? axis.reference - axis.referencePixel * axis.increment;
  });
  if (first === second) fail('usage', "immath: mode 'spix' needs images of two frequencies.");
  return { expr: `log(IM0/IM1)/(${Math.log(first / second)})` };
}

const POLARIZATION_MODES: readonly string[] = ['poli', 'lpoli', 'tpoli', 'pola'];

/**
 * Computes an image from others by an expression, or polarization from Stokes parameters, or spectral indices, as CASA's immath;
 * images may be FITS files. Of a selection, the box around it is taken from every image first; what is not selected is masked.
 *
 * @throws usage, missing, exists
 */
export function immath(context: Context, options: ImmathOptions): void {
  const mode = options.mode ?? 'evalexpr';
  const isPolarization = POLARIZATION_MODES.includes(mode);
  const given = [options.imagename].flat().filter((name) => name !== '');
  const expr = withPlainNames(options.expr ?? 'IM0', options.varnames ?? []);
  const named = mode === 'evalexpr' ? compileExpression(expr, given).names : given;
  if (named.length === 0) fail('usage', 'The expression names no image.');
  const output = joinPath(context.cwd, options.outfile);
  const target = { path: output, overwrite: options.overwrite === true, origin: 'immath' };
  const scratch: string[] = [];
  const images: Image[] = [];
  try {
    for (const name of named) images.push(openSelected(context, name, output, scratch, options, isPolarization));
    for (const image of images) {
      if (image.sizeX !== images[0].sizeX || image.sizeY !== images[0].sizeY)
        fail('usage', 'The images differ in size.', { file: image.path });
    }
    if (isPolarization) computePolarization(context, mode as PolarizationMode, images, options, target);
    else computeExpression(context, mode === 'spix' ? spectralIndex(images).expr : expr, given, images, target, mode);
  } finally {
    for (const image of images) image.close();
    for (const path of scratch) disk().remove(path);
  }
}

function computePolarization(
  context: Context,
  mode: PolarizationMode,
  images: readonly Image[],
  { sigma, polithresh }: ImmathOptions,
  target: Omit<Target, 'unit'>,
): void {
  const [text, parameter] = mode === 'pola' ? [polithresh, 'polithresh'] : [sigma, 'sigma'];
  const limit = text ? inUnitOf(images[0], text, parameter) : 0;
  const { coordinates, unit, channel } = polarizationImage(mode, images, limit);
  makeLike(context, images[0], { ...target, unit, coordinates }, (chan) => {
    const { values, sources } = channel(chan);
    return {
      values,
      mask: combineMasks(
        sources.map(([image]) => image),
        sources.map(([, plane]) => plane),
        values,
      ),
    };
  });
}

function computeExpression(
  context: Context,
  expr: string,
  given: readonly string[],
  images: readonly Image[],
  target: Omit<Target, 'unit'>,
  mode: string,
): void {
  const { evaluate, terms } = compileExpression(expr, given);
  const like = images[0];
  computeWholeImageTerms(terms, like.planeCount, (plane) => {
    const planes = images.map((image) => matchingPlane(image, like, plane));
    return {
      values: images.map((image, k) => image.readPlane(planes[k])),
      masks: images.map((image, k) => image.readMask(planes[k])),
    };
  });
  makeLike(context, like, { ...target, unit: mode === 'spix' ? '' : like.unit }, (plane) => {
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
}

/** Opens what is selected of an image; Stokes parameters are left to the modes that need them all, as in CASA. */
function openSelected(
  context: Context,
  name: string,
  output: string,
  scratch: string[],
  { region, box, chans, stokes, mask }: ImmathOptions,
  needsStokes: boolean,
): Image {
  const image = openInput(context, name, output, scratch);
  const selection = { region, box, chans, mask, stokes: needsStokes ? '' : stokes };
  if (Object.values(selection).every((value) => value === undefined || value === '')) return image;
  const { path } = image;
  image.close();
  const cut = `${output}.input${scratch.length}.partial`;
  imsubimage(context, { ...selection, imagename: path, outfile: cut, overwrite: true });
  scratch.push(cut);
  return openImage(cut);
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
