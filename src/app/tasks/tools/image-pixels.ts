import { fail } from '../../../foundation/base/index.ts';
import {
  type AlgorithmOptions,
  choosePixels,
  type Image,
  type ImageStatistics,
  type ImvalResult,
  imstat,
  type PixelSelection,
} from '../../../pipeline/images/index.ts';
import type { ToolArguments } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { type ArrayReply, type EngineValue, toComplex } from '../values.ts';
import { axesOf, worldOf } from './image-axes.ts';
import { ask, change, opened, shapeOf } from './image-state.ts';
import { dictionary, intArray, numberList, quantityReply } from './reply-values.ts';

/** A box of pixels: first pixel, last pixel and step on each axis. */
interface PixelBox {
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly step: readonly number[];
}

/** blc, trc and inc as CASA takes them: -1 means the whole axis; parts left out too. */
function boxOf(image: Image, args: ToolArguments): PixelBox {
  const shape = shapeOf(image);
  const given = (name: string) => (args[name] === undefined ? [] : numberList(args[name], name));
  const [blc, trc, inc] = ['blc', 'trc', 'inc'].map(given);
  const first = shape.map((_, axis) => Math.max(0, blc[axis] ?? 0));
  const last = shape.map((size, axis) => ((trc[axis] ?? -1) < 0 ? size - 1 : trc[axis]));
  const step = shape.map((_, axis) => inc[axis] ?? 1);
  const isInside = shape.every((size, axis) => first[axis] <= last[axis] && last[axis] < size && step[axis] >= 1);
  if (!isInside)
    fail('usage', `The pixels [${blc}] to [${trc}] do not fit the image, which is [${shape}].`, { file: image.path });
  return { first, last, step };
}

const lengthsOf = ({ first, last, step }: PixelBox) =>
  first.map((from, axis) => Math.floor((last[axis] - from) / step[axis]) + 1);

/** Calls `act` with each plane of a box, and the positions of its pixels in the plane and in the answer. */
export function forPlanes(
  image: Image,
  box: PixelBox,
  act: (plane: number, pairs: (visit: (inPlane: number, inBox: number) => void) => void) => void,
): void {
  const shape = shapeOf(image);
  const lengths = lengthsOf(box);
  const planeCount = lengths.slice(2).reduce((product, length) => product * length, 1);
  for (let index = 0; index < planeCount; index++) {
    let [plane, weight, rest] = [0, 1, index];
    for (let axis = 2; axis < shape.length; axis++) {
      plane += weight * (box.first[axis] + (rest % lengths[axis]) * box.step[axis]);
      weight *= shape[axis];
      rest = Math.floor(rest / lengths[axis]);
    }
    act(plane, (visit) => {
      for (let y = 0; y < lengths[1]; y++)
        for (let x = 0; x < lengths[0]; x++)
          visit(
            (box.first[1] + y * box.step[1]) * image.sizeX + box.first[0] + x * box.step[0],
            (index * lengths[1] + y) * lengths[0] + x,
          );
    });
  }
}

function readBox(image: Image, args: ToolArguments): ArrayReply {
  const box = boxOf(image, args);
  const lengths = lengthsOf(box);
  const size = lengths.reduce((product, length) => product * length, 1);
  if (size > 1e8) fail('usage', 'So many pixels are too many for a script; read a part with blc and trc.');
  const values = new Float64Array(size);
  const isMask = args.getmask === true;
  forPlanes(image, box, (plane, pairs) => {
    const source = isMask
      ? (image.readMask(plane) ?? new Uint8Array(image.sizeX * image.sizeY).fill(1))
      : image.readPlane(plane);
    pairs((from, to) => {
      values[to] = source[from];
    });
  });
  const shape = args.dropdeg === true ? lengths.filter((length) => length > 1) : lengths;
  return isMask
    ? { kind: 'array', type: 'bool', shape, values: Uint8Array.from(values) }
    : { kind: 'array', type: 'float', shape, values };
}

/** Lengths of a nested list, the outermost first. */
export function nestedShape(value: TaskValue): number[] {
  const shape: number[] = [];
  for (let part = value; Array.isArray(part); part = part[0]) shape.push(part.length);
  return shape;
}

/** Numbers of a nested list, the first axis outermost, with its shape. */
export function nested(value: TaskValue): { shape: number[]; at(index: readonly number[]): number } {
  return {
    shape: nestedShape(value),
    at: (index) => {
      let part = value;
      for (const one of index) part = (part as TaskValue[])[one];
      return typeof part === 'boolean' ? Number(part) : toComplex(part)[0];
    },
  };
}

export function writeBox(image: Image, args: ToolArguments): void {
  const pixels = nested(args.pixels);
  const lengths = [...pixels.shape, ...new Array(Math.max(0, image.shape.length - pixels.shape.length)).fill(1)];
  const first = shapeOf(image).map((_, axis) => Math.max(0, numberList(args.blc, 'blc')[axis] ?? 0));
  const step = shapeOf(image).map((_, axis) => numberList(args.inc, 'inc')[axis] ?? 1);
  // With replicate, copies lie one after the other from blc to the ends of the image.
  const copies = shapeOf(image).map((size, axis) => {
    const places = Math.floor((size - 1 - first[axis]) / step[axis]) + 1;
    if (args.replicate !== true) return 1;
    const isWhole = places > 0 && places % lengths[axis] === 0;
    return isWhole
      ? places / lengths[axis]
      : fail('usage', `ia.putchunk(): ${lengths[axis]} pixels do not fill axis ${axis} with whole copies.`);
  });
  const spans = lengths.map((length, axis) => length * copies[axis]);
  const trc = first.map((from, axis) => from + (spans[axis] - 1) * step[axis]);
  const box = boxOf(image, { blc: first, trc, inc: step });
  forPlanes(image, box, (plane, pairs) => {
    const target = image.readPlane(plane);
    pairs((to, from) => {
      const index: number[] = [];
      let rest = from;
      pixels.shape.forEach((length, axis) => {
        index.push((rest % spans[axis]) % length);
        rest = Math.floor(rest / spans[axis]);
      });
      target[to] = pixels.at(index);
    });
    image.writePlane(plane, target);
  });
}

/** Means over axes, as getchunk and getregion give them: the axes stay, one pixel long. */
function meanOver(found: ArrayReply, axes: readonly number[]): ArrayReply {
  if (axes.length === 0) return found;
  const shape = found.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const size = shape.reduce((product, length) => product * length, 1);
  const [sums, counts] = [new Float64Array(size), new Float64Array(size)];
  const values = found.values as Float64Array | Uint8Array;
  for (let at = 0; at < values.length; at++) {
    let [rest, to, stride] = [at, 0, 1];
    found.shape.forEach((length, axis) => {
      if (!axes.includes(axis)) to += stride * (rest % length);
      stride *= shape[axis];
      rest = Math.floor(rest / length);
    });
    sums[to] += values[at];
    counts[to]++;
  }
  return { kind: 'array', type: 'float', shape, values: sums.map((sum, at) => sum / counts[at]) };
}

function shaped(found: ArrayReply, args: ToolArguments): ArrayReply {
  const axes = numberList(args.axes, 'axes').filter((axis) => axis >= 0);
  const mean = meanOver(found, args.getmask === true ? [] : axes);
  return args.dropdeg === true ? { ...mean, shape: mean.shape.filter((length) => length > 1) } : mean;
}

/** Region, mask and value limits of a call as the room takes them. */
export function selectionOf(args: ToolArguments): PixelSelection {
  const { region } = args;
  const limits = (name: string) => {
    const list = numberList(args[name] ?? [], name);
    return list.length === 1 && list[0] === -1 ? [] : list;
  };
  return {
    ...(boxOfRegion(region) ?? { region: region as string }),
    mask: typeof args.mask === 'string' ? args.mask : '',
    includepix: limits('includepix'),
    excludepix: limits('excludepix'),
  };
}

/** What a region that rg made tells: a text, or a box whose pixels count from 1; undefined for a text itself. */
function boxOfRegion(region: TaskValue): Pick<PixelSelection, 'box' | 'corners' | 'region'> | undefined {
  if (typeof region === 'string' || region === undefined) return undefined;
  if (region === null || typeof region !== 'object' || Array.isArray(region) || Object.keys(region).length === 0)
    return {};
  if (typeof region.text === 'string') return { region: region.text };
  const first = region.oneRel === true ? 1 : 0;
  const [blc, trc] = ['blc', 'trc'].map((name) =>
    region[name] === undefined ? [] : numberList(region[name], name).map((pixel) => pixel - first),
  );
  if (blc.length < 2 || trc.length < 2)
    return fail('usage', 'A region is a text, e.g. circle[[10pix,10pix],5pix], or what rg.box() gives.');
  return { box: [blc[0], blc[1], trc[0], trc[1]].join(','), corners: { blc, trc } };
}

/** Pixels of the box around a region, and whether each is in the region and good. */
export function readRegion(image: Image, args: ToolArguments, cwd: string): ArrayReply {
  const chosen = choosePixels(image, selectionOf(args), cwd);
  try {
    const { blc, trc } = chosen.bounds;
    const found = readBox(image, { blc: [...blc], trc: [...trc], getmask: args.getmask });
    if (args.getmask !== true) return found;
    const box = boxOf(image, { blc: [...blc], trc: [...trc] });
    const mask = new Uint8Array(found.values.length);
    forPlanes(image, box, (plane, pairs) => {
      const good = chosen.planes.includes(plane) ? chosen.good(plane) : new Uint8Array(image.sizeX * image.sizeY);
      pairs((from, to) => {
        mask[to] = good?.[from] ?? 1;
      });
    });
    return { ...found, values: mask };
  } finally {
    chosen.close();
  }
}

/** What imval gives: arrays without axes of length one, and the world coordinates of each pixel. */
export function pixelValuesReply({ blc, trc, unit, shape, data, mask, coordinates }: ImvalResult): EngineValue {
  const long = shape.filter((length) => length > 1);
  const kept = long.length > 0 ? long : [1];
  // The coordinates of a pixel are the last axis, which is the slowest here.
  const count = data.length;
  const coords = new Float64Array(count * shape.length);
  for (let at = 0; at < count; at++) {
    let rest = at;
    const pixel = shape.map((length, axis) => {
      const place = blc[axis] + (rest % length);
      rest = Math.floor(rest / length);
      return place;
    });
    worldOf(coordinates, shape.length, pixel).forEach((value, axis) => {
      coords[axis * count + at] = value;
    });
  }
  const order = { direction: 0, spectral: 1, stokes: 2, linear: 3 };
  const axes = axesOf(coordinates, shape.length).map(({ name, kind }, axis) => ({ axis, name, kind }));
  axes.sort((a, b) => order[a.kind] - order[b.kind] || a.axis - b.axis);
  return dictionary([
    ['axes', axes.map(({ axis, name }) => [axis, name])],
    ['blc', [...blc]],
    ['coords', { kind: 'array', type: 'float', shape: [...kept, shape.length], values: coords }],
    ['data', { kind: 'array', type: 'float', shape: kept, values: data }],
    ['mask', { kind: 'array', type: 'bool', shape: kept, values: mask }],
    ['trc', [...trc]],
    ['unit', unit],
  ]);
}

const POSITIONS = new Set(['blc', 'trc', 'minpos', 'maxpos']);
const ROBUST = new Set(['median', 'medabsdevmed', 'q1', 'q3', 'quartile']);

/** Statistics as CASA gives them: arrays with the axes that are kept. */
export function statisticsReply(found: ImageStatistics, isRobust: boolean): EngineValue {
  const { shape, ...entries } = found;
  return dictionary(
    Object.entries(entries)
      .filter(([name]) => isRobust || !ROBUST.has(name))
      .map(([name, values]) => {
        if (typeof values === 'string') return [name, values] as const;
        if (POSITIONS.has(name)) return [name, intArray(values as number[])] as const;
        const numbers = Float64Array.from(values as number[]);
        const reply: ArrayReply = { kind: 'array', type: 'float', shape, values: numbers };
        return [name, reply] as const;
      }),
  );
}

/** ia: the numbers of an image. */
export const pixelMethods = {
  getchunk: ask('blc=[-1], trc=[-1], inc=[1], axes=[-1], list=False, dropdeg=False, getmask=False', (state, args) =>
    shaped(readBox(opened(state), { ...args, dropdeg: false }), args),
  ),
  getregion: ask(
    "region={}, axes=[-1], mask='', list=False, dropdeg=False, getmask=False, stretch=False",
    (state, args, { context }) => shaped(readRegion(opened(state), args, context.cwd), args),
  ),
  putchunk: ask('pixels=[], blc=[-1], inc=[1], list=False, locking=True, replicate=False', (state, args) =>
    change(state, (image) => writeBox(image, args)),
  ),
  pixelvalue: ask('pixel=[-1]', (state, args) => {
    const image = opened(state);
    const shape = shapeOf(image);
    const given = numberList(args.pixel, 'pixel');
    const usual = axesOf(image.coordinates, shape.length).map(({ referencePixel }) => Math.round(referencePixel));
    const at = shape.map((_, axis) => (given[axis] === undefined || given[axis] < 0 ? usual[axis] : given[axis]));
    if (at.some((pixel, axis) => pixel < 0 || pixel >= shape[axis])) return {};
    const box = { blc: at, trc: at };
    const [value] = readBox(image, box).values as Float64Array;
    const [mask] = readBox(image, { ...box, getmask: true }).values as Uint8Array;
    return dictionary([
      ['mask', mask !== 0],
      ['pixel', intArray(at)],
      ['value', quantityReply(value, image.unit)],
    ]);
  }),
  statistics: ask(
    "axes=[-1], region='', mask='', includepix=[-1.0], excludepix=[-1.0], list=False, force=False, disk=False, robust=False, verbose=False, stretch=False, logfile='', append=True, algorithm='classic', fence=-1, center='mean', lside=True, zscore=-1, maxiter=-1",
    (state, args, { context }) => {
      if (args.logfile !== '') return fail('unsupported', 'ia.statistics(): logfile is not written.');
      const axes = numberList(args.axes, 'axes').filter((axis) => axis >= 0);
      const { algorithm, fence, center, lside, zscore, maxiter } = args as unknown as AlgorithmOptions;
      const found = imstat(context, {
        ...{ imagename: opened(state).path, ...selectionOf(args), axes },
        ...{ algorithm, fence, center, lside, zscore, maxiter },
      });
      return statisticsReply(found, args.robust === true);
    },
  ),
};
