import { fail } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import {
  choosePixels,
  type Image,
  openImage,
  type PixelBounds,
  readExpression,
} from '../../../pipeline/images/index.ts';
import { type ToolArguments, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { axesOf } from './image-axes.ts';
import { forPlanes, nested, selectionOf } from './image-pixels.ts';
import { ask, change, shapeOf } from './image-state.ts';
import { numberList } from './reply-values.ts';

/** One number, or its text; undefined for [] and ''. */
function numberOf(value: TaskValue, label: string): number | undefined {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && !Number.isNaN(number)) return number;
  return fail('unsupported', `ia.${label}(): pixels is one number here; ia.calc() takes expressions.`);
}

/** Sets pixels, masks or both of a region. */
function setRegion(image: Image, args: ToolArguments, cwd: string): void {
  const value = numberOf(args.pixels, 'set');
  const good = args.pixelmask === -1 ? undefined : args.pixelmask === true || args.pixelmask === 1 ? 1 : 0;
  const chosen = choosePixels(image, selectionOf({ region: args.region }), cwd);
  try {
    for (const plane of chosen.planes) {
      const inside = chosen.inside(plane);
      const replace = <T extends Float32Array | Uint8Array>(pixels: T, by: number) => {
        for (let k = 0; k < pixels.length; k++) if (!inside || inside[k]) pixels[k] = by;
        return pixels;
      };
      if (value !== undefined) image.writePlane(plane, replace(image.readPlane(plane), value));
      if (good !== undefined) image.writeMask(plane, replace(image.readMask(plane) ?? allGood(image), good));
    }
  } finally {
    chosen.close();
  }
}

const allGood = (image: Image) => new Uint8Array(image.sizeX * image.sizeY).fill(1);

/** Numbers of a list for the pixels of the box around a region; only pixels inside it, and not masked, are changed. */
function putRegion(image: Image, args: ToolArguments, cwd: string): void {
  const isGiven = (name: string) => !(Array.isArray(args[name]) && args[name].length === 0);
  const chosen = choosePixels(image, selectionOf({ region: args.region }), cwd);
  const { blc, trc } = chosen.bounds;
  const box = { first: blc, last: trc, step: blc.map(() => 1) };
  const lengths = blc.map((first, axis) => trc[axis] - first + 1);
  const list = (name: string) => {
    const found = nested(args[name]);
    const shape = [...found.shape, ...lengths.slice(found.shape.length).map(() => 1)];
    if (shape.some((length, axis) => length !== lengths[axis]))
      fail('usage', `ia.putregion(): ${name} is [${found.shape}], the region [${lengths}].`, { file: image.path });
    return (position: number) => {
      let rest = position;
      const index = found.shape.map((length) => {
        const at = rest % length;
        rest = Math.floor(rest / length);
        return at;
      });
      return found.at(index);
    };
  };
  try {
    const pixels = isGiven('pixels') ? list('pixels') : undefined;
    const flags = isGiven('pixelmask') ? list('pixelmask') : undefined;
    if (!pixels && !flags) fail('usage', 'ia.putregion(): give pixels, pixelmask or both.');
    forPlanes(image, box, (plane, pairs) => {
      if (!chosen.planes.includes(plane)) return;
      const inside = chosen.inside(plane);
      const old = image.readMask(plane);
      if (pixels) {
        const values = image.readPlane(plane);
        pairs((to, from) => {
          if ((!inside || inside[to]) && (args.usemask === false || !old || old[to])) values[to] = pixels(from);
        });
        image.writePlane(plane, values);
      }
      if (flags) {
        const mask = old ?? allGood(image);
        pairs((to, from) => {
          if (!inside || inside[to]) mask[to] = flags(from) ? 1 : 0;
        });
        image.writeMask(plane, mask);
      }
    });
  } finally {
    chosen.close();
  }
}

/** As casacore rounds places of images: half a pixel is added, and what is behind the point cut off. */
const nearestPixel = (place: number) => Math.trunc(place + 0.5);

/** Where a box of another image comes to lie: boxes of equal lengths in both images, cut to what the target has. */
function overlapOf(image: Image, source: Image, { blc, trc }: PixelBounds, locate: readonly number[]) {
  const isByReference = locate.length === 0 || (locate.length === 1 && locate[0] < 0);
  const [inner, outer] = [source, image].map(({ coordinates, shape }) => axesOf(coordinates, shape.length));
  const places = blc.map((from, axis) => {
    const [length, room] = [trc[axis] - from + 1, shapeOf(image)[axis]];
    if (outer[axis].kind === 'stokes' && length !== room)
      fail('usage', 'ia.insert(): both images have the same Stokes parameters.', { file: source.path });
    const byReference =
      outer[axis].referencePixel - (inner[axis].referencePixel - (inner[axis].kind === 'stokes' ? 0 : from));
    const start = nearestPixel(isByReference ? byReference : (locate[axis] ?? (room - length) / 2));
    const [first, last] = [Math.max(0, start), Math.min(room, start + length) - 1];
    if (first > last) fail('usage', `ia.insert(): nothing lies on axis ${axis} of the image.`, { file: source.path });
    return { first, last, from: from + first - start };
  });
  const step = blc.map(() => 1);
  const target = { first: places.map(({ first }) => first), last: places.map(({ last }) => last), step };
  const origin = places.map(({ from }) => from);
  const end = places.map(({ from, first, last }) => from + last - first);
  return { target, source: { first: origin, last: end, step } };
}

/** Puts (a part of) another image into the image, pixel on pixel, with its mask where the image has one. */
function insertImage(image: Image, source: Image, args: ToolArguments, cwd: string): void {
  if (source.shape.length !== image.shape.length)
    fail('usage', 'ia.insert(): both images have the same number of axes.', { file: source.path });
  const chosen = choosePixels(source, selectionOf({ region: args.region }), cwd);
  try {
    const boxes = overlapOf(image, source, chosen.bounds, numberList(args.locate, 'locate'));
    const { first, last } = boxes.source;
    const planes: number[] = [];
    forPlanes(source, boxes.source, (plane) => planes.push(plane));
    const [width, height] = [last[0] - first[0] + 1, last[1] - first[1] + 1];
    forPlanes(image, boxes.target, (plane, pairs) => {
      const other = planes.shift() as number;
      const [from, good] = [source.readPlane(other), chosen.good(other)];
      const [values, mask] = [image.readPlane(plane), image.readMask(plane)];
      pairs((to, inBox) => {
        const at = inBox % (width * height);
        const position = (first[1] + Math.floor(at / width)) * source.sizeX + first[0] + (at % width);
        values[to] = from[position];
        if (mask) mask[to] = good?.[position] ?? 1;
      });
      image.writePlane(plane, values);
      if (mask) image.writeMask(plane, mask);
    });
  } finally {
    chosen.close();
  }
}

/** ia: changes of pixels and masks, a plane at a time. */
export const editingMethods = {
  set: ask('pixels=[], pixelmask=-1, region={}, list=False', (state, args, { context }) =>
    change(state, (image) => setRegion(image, args, context.cwd)),
  ),
  putregion: ask(
    'pixels=[], pixelmask=[], region={}, list=False, usemask=True, locking=True, replicate=False',
    (state, args, { context }) => {
      if (args.replicate === true) fail('unsupported', 'ia.putregion(): only replicate=False is available.');
      return change(state, (image) => putRegion(image, args, context.cwd));
    },
  ),
  insert: ask("infile='', region={}, locate=[-1.0], verbose=False", (state, args, { context }) => {
    const source = openImage(joinPath(context.cwd, textArgument(args, 'infile')));
    try {
      return change(state, (image) => insertImage(image, source, args, context.cwd));
    } finally {
      source.close();
    }
  }),
  replacemaskedpixels: ask(
    "pixels=[], region={}, mask='', update=False, list=False, stretch=False",
    (state, args, { context }) => {
      if (args.mask !== '' || args.stretch === true)
        fail('unsupported', "ia.replacemaskedpixels(): only mask='' and stretch=False are available.");
      const value = numberOf(args.pixels, 'replacemaskedpixels');
      if (value === undefined) return fail('usage', 'ia.replacemaskedpixels(): pixels is missing.');
      return change(state, (image) => {
        const chosen = choosePixels(image, selectionOf({ region: args.region }), context.cwd);
        for (const plane of chosen.planes) {
          const [mask, inside, values] = [image.readMask(plane), chosen.inside(plane), image.readPlane(plane)];
          if (!mask) continue;
          const isChanged = mask.map((good, k) => (good === 0 && (!inside || inside[k]) ? 1 : 0));
          image.writePlane(
            plane,
            values.map((old, k) => (isChanged[k] ? value : old)),
          );
          if (args.update === true)
            image.writeMask(
              plane,
              mask.map((good, k) => good | isChanged[k]),
            );
        }
        chosen.close();
      });
    },
  ),
  calc: ask('pixels, verbose=True', (state, args, { context }) => {
    const text = textArgument(args, 'pixels');
    return change(state, (image) => {
      const expression = readExpression(text, image, context.cwd);
      try {
        // A plane depends on the same plane of the images alone, so the image may stand in its own expression.
        for (let plane = 0; plane < image.planeCount; plane++) image.writePlane(plane, expression.values(plane).values);
      } finally {
        expression.close();
      }
    });
  }),
  calcmask: ask("mask, name='', asdefault=True", (state, args, { context }) => {
    if (args.asdefault === false) fail('unsupported', 'ia.calcmask(): only asdefault=True is available.');
    const text = textArgument(args, 'mask');
    return change(state, (image) => {
      const name =
        String(args.name) || (image.hasMask ? `mask${Number(/\d+$/.exec(image.maskName)?.[0] ?? 0) + 1}` : 'mask0');
      const expression = readExpression(text, image, context.cwd);
      try {
        for (let plane = 0; plane < image.planeCount; plane++) image.writeMask(plane, expression.read(plane), name);
      } finally {
        expression.close();
      }
    });
  }),
};
