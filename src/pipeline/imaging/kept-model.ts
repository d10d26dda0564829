import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { type Image, openImage, requireDirection } from '../images/index.ts';
import type { ChosenMs } from './chosen-ms.ts';
import { writeModelColumn } from './model-column.ts';
import { chooseImaging, type TcleanOptions } from './options.ts';
import { type ImagingPlan, planImaging } from './plan.ts';
import { makePlaneImager } from './plane-imager.ts';
import { taylorModel } from './taylor-terms.ts';

/*
 * clean of CASA 4 leaves its model in the MS without MODEL_DATA, and a gaincal after it takes that. Here the model images and the
 * call that made them lie in a folder of the MS until a task wants a model: then they become MODEL_DATA.
 *
 *   QA2_MODEL/1/call.json      what was imaged and how
 *   QA2_MODEL/1/model.tt0 …    images
 */

const FOLDER = 'QA2_MODEL';
const CALL = 'call.json';
/** Larger models, of cubes, are not copied. */
const MOST_BYTES = 256 * 1024 * 1024;

/** What predicts a model for one MS again; selections and axes are those of the run. */
interface KeptCall {
  readonly options: Omit<TcleanOptions, 'vis' | 'imagename'>;
  readonly images: readonly string[];
  readonly fields: readonly number[];
  readonly windows: readonly number[];
}

/** Keeps the model images of a run in each of its MSs for tasks that want a model; it replaces what they hold of those fields and windows. */
export function keepModel(context: Context, plan: ImagingPlan): void {
  const { choice, shape } = plan;
  const count = choice.termCount ?? 1;
  const bytes = 4 * count * shape.reduce((size, axis) => size * axis, 1);
  if (bytes > MOST_BYTES) {
    const sentence = `The model has ${Math.round(bytes / 1e6)} MB and is not kept for calibration; usescratch=True writes it to MODEL_DATA.`;
    context.log.post(sentence, 'INFO', choice.style.task);
    return;
  }
  const images = choice.termCount === undefined ? ['model'] : Array.from({ length: count }, (_, k) => `model.tt${k}`);
  dropReplaced(plan);
  plan.data.forEach((chosen, index) => {
    const { ms } = chosen;
    const call: KeptCall = { options: optionsOf(plan, index), images, ...reachOf(chosen) };
    const folder = joinPath(ms.path, FOLDER);
    const own = joinPath(folder, String(Math.max(0, ...keptNumbers(ms.path)) + 1));
    disk().makeDirectory(own);
    for (const name of images) disk().copy(joinPath(context.cwd, `${choice.imagename}.${name}`), joinPath(own, name));
    disk().writeFile(joinPath(own, CALL), `${JSON.stringify(call)}\n`);
  });
}

/** Takes away the kept models of fields and windows that a run has imaged anew. */
export function dropReplaced({ data }: Pick<ImagingPlan, 'data'>): void {
  for (const chosen of data) {
    const folder = joinPath(chosen.ms.path, FOLDER);
    for (const number of keptNumbers(chosen.ms.path))
      if (isCovered(readCall(folder, number), reachOf(chosen))) disk().remove(joinPath(folder, String(number)));
  }
}

/** Writes the models that cleans have left in an MS to MODEL_DATA, in their order. */
export function writeKeptModels(context: Context, path: string): void {
  const folder = joinPath(path, FOLDER);
  for (const number of keptNumbers(path)) {
    context.log.post('The model that clean has left is written to MODEL_DATA.', 'INFO', 'clean');
    const own = joinPath(folder, String(number));
    const call = readCall(folder, number);
    const plan = planImaging(context, chooseImaging({ ...call.options, vis: path, imagename: own }));
    const images = call.images.map((name) => openImage(joinPath(own, name)));
    try {
      writePlanes(context, plan, images);
    } finally {
      for (const image of images) image.close();
      for (const { ms } of plan.data) ms.close();
    }
    disk().remove(own);
  }
  if (disk().exists(folder)) disk().remove(folder);
}

function writePlanes(context: Context, plan: ImagingPlan, images: readonly Image[]): void {
  const imager = makePlaneImager(context, plan, 0);
  const { termCount, stokes } = plan.choice;
  const planeCount = plan.axis.chanCount * stokes.length;
  // A mosaic's model is scaled by how its weights see the sky.
  for (let plane = 0; plan.request.facets && plane < planeCount; plane++) imager.first(plane);
  const read = (image: Image, plane: number) =>
    image.readPlane(image.planeIndex(Math.floor(plane / stokes.length), plane % stokes.length));
  if (termCount === undefined) {
    writeModelColumn(context, plan, imager, { planeCount, read: (plane) => read(images[0], plane) });
    return;
  }
  const terms = { count: termCount, referenceHz: plan.axis.reference };
  const models = images.map((image) => read(image, 0));
  const taylor = taylorModel(imager, terms, models);
  writeModelColumn(context, plan, taylor.imager, taylor.planes);
}

/** The call for one MS alone: centre and frequencies as the run found them in all. */
function optionsOf({ choice, axis, coordinates, request }: ImagingPlan, index: number): KeptCall['options'] {
  const { timerange, uvrange, antenna, scan, observation, intent } = choice.options;
  const { interpolation, gridder, stokes, nterms, deconvolver } = choice.options;
  const { weighting, robust, noise, npixels, uvtaper, mosweight } = choice.options;
  const { lon, lat } = request.centre;
  const spectral = choice.isCube
    ? { specmode: 'cube', nchan: axis.chanCount, start: `${axis.reference}Hz`, width: `${axis.increment}Hz` }
    : { specmode: 'mfs', reffreq: `${axis.reference}Hz` };
  return {
    ...{ field: choice.fields[index], spw: choice.spws[index], timerange, uvrange, antenna, scan, observation, intent },
    ...{
      imsize: choice.imsize,
      cell: `${choice.cell}rad`,
      phasecenter: `${requireDirection(coordinates).system} ${lon}rad ${lat}rad`,
    },
    ...{ weighting, robust, noise, npixels, uvtaper, mosweight },
    ...{ interpolation, gridder, stokes, nterms, deconvolver, outframe: choice.outframe, pblimit: choice.pblimit },
    ...spectral,
  };
}

/** Numbers of the models that an MS holds, ascending. */
function keptNumbers(path: string): number[] {
  const folder = joinPath(path, FOLDER);
  if (!disk().exists(folder)) return [];
  return disk()
    .list(folder)
    .map(Number)
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
}

function readCall(folder: string, number: number): KeptCall {
  const file = joinPath(folder, `${number}/${CALL}`);
  try {
    return JSON.parse(disk().readText(file)) as KeptCall;
  } catch (error) {
    return fail('bad-format', 'The model that clean left here cannot be read; remove its folder.', { file }, error);
  }
}

type Reach = Pick<KeptCall, 'fields' | 'windows'>;

const reachOf = ({ fieldIds, channels }: ChosenMs): Reach => ({ fields: [...fieldIds], windows: [...channels.keys()] });

const isCovered = (old: Reach, added: Reach) =>
  old.fields.every((id) => added.fields.includes(id)) && old.windows.every((id) => added.windows.includes(id));
