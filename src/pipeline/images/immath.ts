import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { combineMasks, makeLike, matchingPlane, type Target } from './arithmetic.ts';
import { channelFrequency } from './coordinates.ts';
import { compileExpression } from './expression.ts';
import { type Image, openImage } from './image.ts';
import type { PixelSelection } from './pixel-selection.ts';
import { type PolarizationMode, polarizationImage } from './polarization.ts';
import { openSelected } from './selected-input.ts';
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
  /** Image, or IM0 …, whose coordinates, unit, beam and further records the result gets; default: the first. */
  readonly imagemd?: string;
  readonly overwrite?: boolean;
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
  const given = typeof varnames === 'string' ? varnames.split(',') : varnames;
  const names = given.map((name) => name.trim());
  const escaped = names.filter((name) => name !== '').map((name) => name.replace(/[^\w]/g, '\\$&'));
  if (escaped.length === 0) return expr;
  const pattern = new RegExp(`(?<![\\w"'.])(?:${escaped.join('|')})(?![\\w"'.(])`, 'g');
  return expr.replace(pattern, (name) => `IM${names.indexOf(name)}`);
}

/** Frequency of the channel of an image that goes with a plane of `like`, Hz. */
function frequencyAt(image: Image, like: Image, plane: number): number {
  const axis = image.coordinates.spectral ?? fail('usage', 'The image has no frequency.', { file: image.path });
  return channelFrequency(axis, image.chanCount === 1 ? 0 : like.planeAxes(plane).chan);
}

/** ln(IM0 / IM1) / ln(f0 / f1), each plane with its own frequencies. */
function spectralIndex(context: Context, images: readonly Image[], target: Omit<Target, 'unit'>): void {
  if (images.length !== 2) fail('usage', "immath: mode 'spix' needs two images.");
  const like = images[0];
  makeLike(context, like, { ...target, unit: '' }, (plane) => {
    const planes = images.map((image) => matchingPlane(image, like, plane));
    const [first, second] = images.map((image) => frequencyAt(image, like, plane));
    if (first === second) fail('usage', "immath: mode 'spix' needs images of two frequencies.");
    const [values, others] = images.map((image, k) => image.readPlane(planes[k]));
    for (let k = 0; k < values.length; k++) values[k] = Math.log(values[k] / others[k]) / Math.log(first / second);
    return { values, mask: combineMasks(images, planes, values) };
  });
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
  if (options.imagemd && mode !== 'evalexpr') fail('unsupported', `immath: mode="${mode}" takes no imagemd here.`);
  try {
    // Stokes parameters are left to the modes that need them all, as in CASA.
    const selection = isPolarization ? { ...options, stokes: '' } : options;
    for (const name of named) images.push(openSelected(context, name, output, scratch, selection));
    for (const image of images) {
      if (image.sizeX !== images[0].sizeX || image.sizeY !== images[0].sizeY)
        fail('usage', 'The images differ in size.', { file: image.path });
    }
    if (isPolarization) computePolarization(context, mode as PolarizationMode, images, options, target);
    else if (mode === 'spix') spectralIndex(context, images, target);
    else computeExpression(context, expr, given, images, { ...target, about: metadataOf(context, options, given) });
  } finally {
    for (const image of images) image.close();
    for (const path of scratch) disk().remove(path);
  }
}

/** Header of the image that `imagemd` names: a path, or IM0 … */
function metadataOf(context: Context, { imagemd }: ImmathOptions, given: readonly string[]): Target['about'] {
  if (!imagemd) return undefined;
  const number = /^IM(\d+)$/.exec(imagemd)?.[1];
  const isPath = number === undefined || disk().info(joinPath(context.cwd, imagemd)) !== undefined;
  const image = openImage(joinPath(context.cwd, (isPath ? undefined : given[Number(number)]) ?? imagemd));
  try {
    const { shape, coordinates, unit, info, miscInfo } = image;
    return { axisCount: shape.length, coordinates, unit, info, miscInfo };
  } finally {
    image.close();
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
  const { header, unit, channel } = polarizationImage(mode, images, limit);
  makeLike(context, images[0], { ...target, unit, header }, (chan) => {
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
): void {
  const { evaluate, terms } = compileExpression(expr, given);
  const like = images[0];
  computeWholeImageTerms(terms, images);
  makeLike(context, like, { ...target, unit: target.about?.unit ?? like.unit }, (plane) => {
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
