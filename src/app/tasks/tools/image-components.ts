import { fail } from '../../../foundation/base/index.ts';
import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import { choosePixels, imsubimage, openImage, type PixelBounds } from '../../../pipeline/images/index.ts';
import { addComponents } from '../../../pipeline/imaging/index.ts';
import { type ToolArguments, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { readComponent } from './component-records.ts';
import { selectionOf } from './image-pixels.ts';
import { adopt, ask, change, type ImageState, opened, outputOf, shapeOf } from './image-state.ts';
import { numberList } from './reply-values.ts';

/** The components of a record such as cl.torecord() gives. */
function componentsOf(model: TaskValue) {
  const record = typeof model === 'object' && model !== null && !Array.isArray(model) ? model : {};
  const names = Object.keys(record).filter((name) => /^component\d+$/.test(name));
  if (names.length === 0) fail('usage', 'ia.modify(): model is a list of components as cl.torecord() gives it.');
  return names.map((name) => readComponent(record[name]));
}

/** The smallest box that holds all good pixels, or the whole of axes that are not asked for. */
function goodBounds(state: ImageState, axes: readonly number[]): PixelBounds {
  const image = opened(state);
  const lengths = shapeOf(image);
  const blc = lengths.map((length) => length);
  const trc = lengths.map(() => -1);
  for (let plane = 0; plane < image.planeCount; plane++) {
    const mask = image.readMask(plane);
    const { chan, stokes } = image.planeAxes(plane);
    const { spectral, stokes: stokesAxis } = image.coordinates;
    const place = lengths.map((_, axis) =>
      axis === spectral?.pixelAxis ? chan : axis === stokesAxis?.pixelAxis ? stokes : 0,
    );
    for (let at = 0; at < image.sizeX * image.sizeY; at++) {
      if (mask?.[at] === 0) continue;
      place[0] = at % image.sizeX;
      place[1] = Math.floor(at / image.sizeX);
      place.forEach((value, axis) => {
        blc[axis] = Math.min(blc[axis], value);
        trc[axis] = Math.max(trc[axis], value);
      });
    }
  }
  if (trc[0] < 0) fail('usage', 'The image has no good pixel.', { file: image.path });
  const isAsked = (axis: number) => axes.length === 0 || axes.includes(axis);
  return {
    blc: blc.map((first, axis) => (isAsked(axis) ? first : 0)),
    trc: trc.map((last, axis) => (isAsked(axis) ? last : lengths[axis] - 1)),
  };
}

const requireNone = (label: string, args: ToolArguments, names: readonly string[]) => {
  for (const name of names) {
    const value = args[name];
    const isEmpty =
      value === '' ||
      value === false ||
      (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
    if (!isEmpty) fail('unsupported', `ia.${label}(): ${name} is not handled; cut first with subimage.`);
  }
};

/** Removes an image, and nothing else: neither other tables and folders, nor the image that is open. */
function removeImage(state: ImageState, name: string, cwd: string): void {
  if (name.trim() === '') fail('usage', 'ia.removefile(): file must name an image.');
  const path = joinPath(cwd, name);
  openImage(path).close();
  if (state.image && disk().resolve(state.image.path) === disk().resolve(path))
    fail('usage', 'ia.removefile(): the image is open; close it first.', { file: path });
  disk().remove(path);
}

/** ia: components put into an image, parts cut out by its mask, and images removed. */
export const componentMethods = {
  modify: ask("model, region={}, mask='', subtract=True, list=True, stretch=False", (state, args, { context }) => {
    const components = componentsOf(args.model);
    const isSubtracted = args.subtract !== false;
    return change(state, (image) => {
      const chosen = choosePixels(image, selectionOf(args), context.cwd);
      try {
        addComponents(image, components, { isSubtracted, planes: chosen.planes, good: (plane) => chosen.good(plane) });
      } finally {
        chosen.close();
      }
    });
  }),
  crop: ask(
    "outfile='', axes=[], overwrite=False, region={}, box='', chans='', stokes='', mask='', stretch=False, wantreturn=True",
    (state, args, host) => {
      requireNone('crop', args, ['region', 'box', 'chans', 'stokes', 'mask']);
      const outfile = outputOf('crop', args);
      const corners = goodBounds(state, numberList(args.axes, 'axes'));
      const box = [...corners.blc.slice(0, 2), ...corners.trc.slice(0, 2)].join(',');
      const imagename = opened(state).path;
      imsubimage(host.context, { imagename, outfile, box, corners, overwrite: args.overwrite === true });
      return args.wantreturn === false ? true : adopt(host, outfile);
    },
  ),
  removefile: ask('file', (state, args, { context }) => {
    removeImage(state, textArgument(args, 'file'), context.cwd);
    return true;
  }),
  ispersistent: ask('', (state) => {
    opened(state);
    return true;
  }),
};
