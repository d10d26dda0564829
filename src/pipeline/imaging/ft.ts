import { appendHistory, openMs } from '../../astronomy/ms/index.ts';
import { type Context, fail, parseQuantity } from '../../foundation/base/index.ts';
import { baseName, disk, joinPath } from '../../foundation/bytes/index.ts';
import { type Image, openImage, requireDirection } from '../images/index.ts';
import { writeComponentModel } from '../skymodel/index.ts';
import { writeModelColumn } from './model-column.ts';
import { chooseImaging, type TcleanOptions } from './options.ts';
import { type ImagingPlan, planImaging } from './plan.ts';
import { makePlaneImager } from './plane-imager.ts';
import { taylorModel } from './taylor-terms.ts';

/** Parameters of CASA's ft. */
export interface FtOptions {
  readonly vis: string;
  readonly field?: string;
  readonly spw?: string;
  /** Images of Stokes I in Jy/pixel: one, several that are added, or one for each Taylor term. */
  readonly model?: string | readonly string[];
  /** Number of Taylor terms. */
  readonly nterms?: number;
  /** Reference frequency of the terms; '': that of the first image. */
  readonly reffreq?: string | number;
  readonly complist?: string;
  /** Adds to MODEL_DATA. */
  readonly incremental?: boolean;
  /** CASA keeps the image as a virtual model when false; MODEL_DATA is written here in both cases. */
  readonly usescratch?: boolean;
}

/** Pixels cannot differ more in size, and images may not be turned more. */
const SHAPE_TOLERANCE = 1e-6;

/**
 * Writes the visibilities of model images, or of a component list, to MODEL_DATA: CASA 6.7's ft, by the Fourier sum of the pixels
 * to 1e-6.
 *
 * @throws missing, unsupported for images that are not SIN projections of Stokes I
 */
export function ft(context: Context, options: FtOptions): void {
  const { complist = '', nterms = 1 } = options;
  const names = typeof options.model === 'string' ? [options.model] : [...(options.model ?? [])];
  const paths = names.filter((name) => name !== '').map((name) => joinPath(context.cwd, name));
  if (paths.length === 0 && complist === '')
    fail('usage', 'ft needs images in model, or a component list in complist.');
  if (paths.length > 0 && (!Number.isInteger(nterms) || nterms < 1 || (nterms > 1 && nterms !== paths.length)))
    fail('usage', `nterms=${nterms} needs as many images in model, there are ${paths.length}.`);
  withModels(paths, (images) => {
    const models = nterms > 1 ? [images] : images.map((image) => [image]);
    for (const model of models) checkModel(model);
    if (complist !== '') writeComponentModel(context, { ...options, complist });
    models.forEach((model, index) => {
      const incremental = options.incremental || complist !== '' || index > 0;
      writePredicted(context, { ...options, incremental }, model);
    });
  });
  const ms = openMs(joinPath(context.cwd, options.vis), 'update');
  appendHistory(ms, 'ft', options);
  ms.close();
}

/** All images are opened before anything is written. */
function withModels(paths: readonly string[], act: (images: readonly Image[]) => void): void {
  const images: Image[] = [];
  try {
    for (const path of paths) {
      if (!disk().exists(path)) fail('missing', 'There is no image of this name.', { file: path });
      images.push(openImage(path));
    }
    act(images);
  } finally {
    for (const image of images) image.close();
  }
}

function checkModel(terms: readonly Image[]): void {
  for (const image of terms) {
    canvasOf(image);
    evenChannels(image);
  }
  if (terms.some((image) => String(image.shape) !== String(terms[0].shape)))
    fail('bad-data', 'The images of Taylor terms have different shapes.');
}

function writePredicted(context: Context, options: FtOptions, images: readonly Image[]): void {
  const canvas = canvasOf(images[0]);
  const plan = planFor(context, options, images[0], canvas);
  try {
    const imager = makePlaneImager(context, plan, 0);
    const read = (image: Image, plane: number) => onCanvas(image.readPlane(image.planeIndex(plane)), canvas);
    if (!(options.usescratch ?? false))
      context.log.post('The model is written to MODEL_DATA; virtual models of images are not made.', 'INFO', 'ft');
    const adds = options.incremental ?? false;
    if (images.length === 1) {
      const planes = { planeCount: plan.axis.chanCount, read: (plane: number) => read(images[0], plane) };
      writeModelColumn(context, plan, imager, planes, adds);
      return;
    }
    const given = options.reffreq ? parseQuantity(options.reffreq, 'frequency') : 0;
    const referenceHz = given > 0 ? given : (images[0].coordinates.spectral?.reference ?? plan.axis.reference);
    const terms = { count: images.length, referenceHz };
    const models = images.map((image) => read(image, 0));
    const taylor = taylorModel(imager, terms, models);
    writeModelColumn(context, plan, taylor.imager, taylor.planes, adds);
  } finally {
    for (const { ms } of plan.data) ms.close();
  }
}

/** Where an image lies on one of even size whose centre is its reference pixel. */
interface Canvas {
  readonly size: readonly [number, number];
  readonly offset: readonly [number, number];
  readonly imageSize: readonly [number, number];
  /** rad */
  readonly cell: number;
}

function canvasOf(image: Image): Canvas {
  const place = { file: baseName(image.path) };
  const { direction, stokes } = image.coordinates;
  const axes = direction ?? fail('unsupported', 'The model has no axes of direction.', place);
  if (stokes && (stokes.stokes.length > 1 || stokes.stokes[0] !== 'I'))
    fail('unsupported', `The model has Stokes ${stokes.stokes.join(', ')}; ft takes images of Stokes I.`, place);
  const [stepX, stepY] = axes.increment;
  const [p, q, r, s] = axes.pc;
  const isPlain = [p - 1, q, r, s - 1].every((value) => Math.abs(value) < SHAPE_TOLERANCE);
  if (axes.projection !== 'SIN' || !isPlain || Math.abs(stepX / stepY + 1) > SHAPE_TOLERANCE || stepY <= 0)
    fail('unsupported', 'ft takes images in SIN projection with square pixels, north up and east left.', place);
  const size: [number, number] = [image.sizeX, image.sizeY];
  const whole = axes.referencePixel.map(Math.round);
  if (axes.referencePixel.some((value, axis) => Math.abs(value - whole[axis]) > SHAPE_TOLERANCE))
    fail('unsupported', 'The reference pixel of the model is not a whole number.', place);
  const half = size.map((length, axis) => Math.max(2, whole[axis], length - whole[axis]));
  return {
    size: [2 * half[0], 2 * half[1]],
    offset: [half[0] - whole[0], half[1] - whole[1]],
    imageSize: size,
    cell: stepY,
  };
}

function onCanvas(plane: Float32Array, { size, offset, imageSize }: Canvas): Float32Array {
  const canvas = new Float32Array(size[0] * size[1]);
  for (let y = 0; y < imageSize[1]; y++) {
    const row = plane.subarray(y * imageSize[0], (y + 1) * imageSize[0]);
    canvas.set(row, (y + offset[1]) * size[0] + offset[0]);
  }
  return canvas;
}

function evenChannels({ coordinates: { spectral }, path }: Image) {
  return spectral && !spectral.frequencies
    ? spectral
    : fail('unsupported', 'ft takes images whose channels are evenly spaced in frequency.', { file: path });
}

/** The plan of an image with the axes of the model: data outside of its channels, also of a single one, are predicted as 0. */
function planFor(context: Context, options: FtOptions, image: Image, { size, cell }: Canvas): ImagingPlan {
  const { reference: centre, system: frame } = requireDirection(image.coordinates);
  const spectral = evenChannels(image);
  const start = spectral.reference - spectral.referencePixel * spectral.increment;
  const wanted: TcleanOptions = {
    ...{ vis: options.vis, imagename: 'ft', field: options.field ?? '', spw: options.spw ?? '' },
    imsize: size,
    cell: `${cell}rad`,
    phasecenter: `${frame} ${centre.lon}rad ${centre.lat}rad`,
    ...{ specmode: 'cube', interpolation: 'nearest', outframe: spectral.system },
    ...{ nchan: image.chanCount, start: `${start}Hz`, width: `${spectral.increment}Hz` },
  };
  return planImaging(context, chooseImaging(wanted));
}
