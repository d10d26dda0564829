import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { type Image, openImage, skyToPixel } from '../images/index.ts';
import type { ImagingPlan } from './plan.ts';
import { planeIn } from './plane-set.ts';
import type { Extension, Products } from './products.ts';

/** The model that a run begins with: planes [y, x] of one image of it. */
export type ModelStart = (plane: number) => Float32Array;

/** Pixels that two grids may differ by at the image's corner. */
const SAME_PLACE = 0.01;

function startFrom(path: string, plan: ImagingPlan, advice: string): ModelStart {
  const image = openImage(path);
  try {
    const { sizeX, sizeY } = plan.geometry;
    const refuse = (what: string): never => fail('usage', `${what}; ${advice}`, { file: path });
    if (image.sizeX !== sizeX || image.sizeY !== sizeY || !fits(image, plan))
      refuse('the model to start from differs in shape from the image to be made');
    if (/beam/i.test(image.unit)) refuse('the model to start from is in Jy/beam and not in Jy/pixel');
    const [own, wanted] = [image.coordinates.direction, plan.coordinates.direction];
    if (own && wanted) {
      const at = skyToPixel(wanted, own.reference) ?? [Number.NaN, Number.NaN];
      const isSame = at.every((place, axis) => Math.abs(place - own.referencePixel[axis]) < SAME_PLACE);
      if (!isSame || Math.abs(own.increment[0] / wanted.increment[0] - 1) > 1e-6)
        refuse('the model to start from lies on other pixels than the image to be made');
    }
    return (plane) => readPlane(path, (opened) => planeIn(opened, plane, plan.choice));
  } finally {
    image.close();
  }
}

function fits(image: Image, { axis, choice }: ImagingPlan): boolean {
  return [1, axis.chanCount].includes(image.chanCount) && [1, choice.stokes.length].includes(image.stokesCount);
}

function readPlane(path: string, index: (image: Image) => number): Float32Array {
  const image = openImage(path);
  try {
    return image.readPlane(index(image)).slice();
  } finally {
    image.close();
  }
}

/**
 * Finds the models to start from: the parameter startmodel, or what an earlier run under the same name has left, as CASA does.
 *
 * @param extensions the models of the run, one for each Taylor term
 * @returns undefined to start from nothing
 * @throws usage when a model does not fit the image, or there are two
 */
export function findModelStart(
  context: Context,
  plan: ImagingPlan,
  products: Products,
  extensions: readonly Extension[],
): readonly ModelStart[] | undefined {
  const { startmodel } = plan.choice.options;
  const given = (typeof startmodel === 'string' ? [startmodel] : [...(startmodel ?? [])]).filter((name) => name !== '');
  const left = extensions.map((extension) => products.path(extension));
  const isLeft = left.every((path) => disk().exists(path));
  const { task } = plan.choice.style;
  if (given.length === 0) {
    if (!isLeft) return undefined;
    context.log.post(`Starting from the existing model ${left.join(', ')}.`, 'INFO', task);
    return left.map((path) => startFrom(path, plan, 'remove it, or take another imagename.'));
  }
  if (isLeft)
    fail('usage', 'A model to start from is given, and an earlier run has left one; remove one of them.', {
      file: left[0],
    });
  if (given.length > extensions.length)
    fail('usage', `${given.length} models to start from are given, and the run has ${extensions.length}.`);
  const paths = given.map((name) => joinPath(context.cwd, name));
  for (const path of paths)
    if (!disk().exists(path)) fail('missing', 'There is no model to start from.', { file: path });
  context.log.post(`Starting from the model ${given.join(', ')}.`, 'INFO', task);
  const starts = paths.map((path) => startFrom(path, plan, 'regrid it with imregrid first.'));
  const { sizeX, sizeY } = plan.geometry;
  return extensions.map((_, term) => starts[term] ?? (() => new Float32Array(sizeX * sizeY)));
}
