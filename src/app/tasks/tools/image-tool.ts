import { fail } from '../../../foundation/base/index.ts';
import { baseName, joinPath } from '../../../foundation/bytes/index.ts';
import { type Image, imstat, openImage } from '../../../pipeline/images/index.ts';
import { recordReply } from '../table-values.ts';
import { method, type ToolArguments, type ToolDeclaration, type ToolMethod, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { type ArrayReply, type EngineValue, toComplex } from '../values.ts';
import { axesOf, coordinateReply, pixelOf, worldOf } from './image-axes.ts';
import { dictionary, floatArray, intArray, numberList, quantityReply } from './reply-values.ts';

interface ImageState {
  image?: Image;
}

const ask = (signature: string, run: ToolMethod<ImageState>['run']) => method<ImageState>(signature, run);

function opened(state: ImageState): Image {
  return state.image ?? fail('usage', 'No image is open; call open first.');
}

function close(state: ImageState): void {
  state.image?.close();
  state.image = undefined;
}

/** Lengths of the axes, the first axis of the sky first. */
const shapeOf = (image: Image) => image.shape.toReversed();

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
function forPlanes(
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

/** Numbers of a nested list, the first axis outermost, with its shape. */
function nested(value: TaskValue): { shape: number[]; at(index: readonly number[]): number } {
  const shape: number[] = [];
  for (let part = value; Array.isArray(part); part = part[0]) shape.push(part.length);
  return {
    shape,
    at: (index) => {
      let part = value;
      for (const one of index) part = (part as TaskValue[])[one];
      return typeof part === 'boolean' ? Number(part) : toComplex(part)[0];
    },
  };
}

function writeBox(image: Image, args: ToolArguments): void {
  const pixels = nested(args.pixels);
  const lengths = [...pixels.shape, ...new Array(Math.max(0, image.shape.length - pixels.shape.length)).fill(1)];
  const first = shapeOf(image).map((_, axis) => Math.max(0, numberList(args.blc, 'blc')[axis] ?? 0));
  const step = shapeOf(image).map((_, axis) => numberList(args.inc, 'inc')[axis] ?? 1);
  const trc = first.map((from, axis) => from + (lengths[axis] - 1) * step[axis]);
  const box = boxOf(image, { blc: first, trc, inc: step });
  forPlanes(image, box, (plane, pairs) => {
    const target = image.readPlane(plane);
    pairs((to, from) => {
      const index: number[] = [];
      let rest = from;
      for (const length of lengths.slice(0, pixels.shape.length)) {
        index.push(rest % length);
        rest = Math.floor(rest / length);
      }
      target[to] = pixels.at(index);
    });
    image.writePlane(plane, target);
  });
}

const opening = {
  open: ask('infile, cache=True', (state, args, { context }) => {
    close(state);
    state.image = openImage(joinPath(context.cwd, textArgument(args, 'infile')));
    return true;
  }),
  close: ask('', (state) => {
    close(state);
    return true;
  }),
  done: ask('remove=False, verbose=True', (state, args) => {
    if (args.remove === true) fail('unsupported', 'ia.done(): only remove=False is available; use rmtables.');
    close(state);
    return true;
  }),
  isopen: ask('', (state) => state.image !== undefined),
  name: ask('strippath=False', (state, args) => {
    const { path } = opened(state);
    return args.strippath === true ? baseName(path) : path;
  }),
  shape: ask('', (state) => intArray(shapeOf(opened(state)))),
};

/** Opens the image for a change and again for reading. */
function change(state: ImageState, act: (image: Image) => void): boolean {
  const { path } = opened(state);
  close(state);
  const image = openImage(path, 'update');
  try {
    act(image);
  } finally {
    image.close();
    state.image = openImage(path);
  }
  return true;
}

const pixels = {
  getchunk: ask('blc=[-1], trc=[-1], inc=[1], axes=[-1], list=False, dropdeg=False, getmask=False', (state, args) => {
    checkAxes('getchunk', args);
    return readBox(opened(state), args);
  }),
  getregion: ask(
    "region={}, axes=[-1], mask='', list=False, dropdeg=False, getmask=False, stretch=False",
    (state, args) => {
      checkAxes('getregion', args);
      checkWhole('getregion', args);
      return readBox(opened(state), { dropdeg: args.dropdeg, getmask: args.getmask });
    },
  ),
  putchunk: ask('pixels=[], blc=[-1], inc=[1], list=False, locking=True, replicate=False', (state, args) => {
    if (args.replicate === true) fail('unsupported', 'ia.putchunk(): only replicate=False is available.');
    return change(state, (image) => writeBox(image, args));
  }),
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
    "axes=[-1], region='', mask='', includepix=[-1.0], excludepix=[-1.0], list=False, force=False, disk=False, robust=False, verbose=False, stretch=False",
    (state, args, { context }) => {
      const { path } = opened(state);
      for (const name of ['includepix', 'excludepix'])
        if (numberList(args[name], name).length > 1) fail('unsupported', `ia.statistics(): ${name} is not available.`);
      if (args.mask !== '') fail('unsupported', "ia.statistics(): only mask='' is available.");
      if (typeof args.region !== 'string')
        fail('unsupported', 'ia.statistics(): a region is a text, e.g. circle[[10pix,10pix],5pix].');
      const axes = numberList(args.axes, 'axes').filter((axis) => axis >= 0);
      const found = imstat(context, { imagename: path, region: args.region, axes });
      const robust = ['median', 'medabsdevmed', 'q1', 'q3', 'quartile'];
      const places = ['minpos', 'maxpos'];
      const entries = Object.entries(found).filter(
        ([name]) => (args.robust === true || !robust.includes(name)) && (axes.length === 0 || !places.includes(name)),
      );
      return dictionary(entries.map(([name, values]) => [name, listReply(name, values)]));
    },
  ),
};

const WHOLE = new Set(['blc', 'trc', 'minpos', 'maxpos']);

function listReply(name: string, values: unknown): EngineValue {
  if (!Array.isArray(values) || values.some((value) => typeof value !== 'number')) return values as EngineValue;
  return WHOLE.has(name) ? intArray(values as number[]) : floatArray(values as number[]);
}

function checkAxes(name: string, args: ToolArguments): void {
  if (numberList(args.axes, 'axes').some((axis) => axis >= 0))
    fail('unsupported', `ia.${name}(): only axes=[-1] is available.`);
}

function checkWhole(name: string, args: ToolArguments): void {
  const isEmpty =
    args.region === '' || (typeof args.region === 'object' && Object.keys(args.region ?? {}).length === 0);
  if (!isEmpty || args.mask !== '')
    fail('unsupported', `ia.${name}(): region and mask are not available; use getchunk with blc and trc.`);
}

const header = {
  brightnessunit: ask('', (state) => opened(state).unit),
  setbrightnessunit: ask('unit', (state, args) => change(state, (image) => image.setUnit(textArgument(args, 'unit')))),
  restoringbeam: ask("channel=-1, polarization=-1, mbret='list'", (state, args): EngineValue => {
    const image = opened(state);
    const { beams } = image.info;
    const entry = (index: number) => {
      const { major, minor, positionAngle } = beams[index];
      return {
        major: quantityReply(major, 'arcsec'),
        minor: quantityReply(minor, 'arcsec'),
        positionangle: quantityReply(positionAngle, 'deg'),
      };
    };
    if (beams.length === 0) return {};
    if (beams.length === 1) return entry(0);
    const [channel, stokes] = [Number(args.channel), Number(args.polarization)];
    if (channel >= 0 || stokes >= 0) return entry(Math.max(0, channel) * image.stokesCount + Math.max(0, stokes));
    const byChannel = Array.from({ length: image.chanCount }, (_, chan) => {
      const own = Array.from(
        { length: image.stokesCount },
        (__, pol) => [`*${pol}`, entry(chan * image.stokesCount + pol)] as const,
      );
      return [`*${chan}`, Object.fromEntries(own)] as const;
    });
    return { beams: Object.fromEntries(byChannel), nChannels: image.chanCount, nStokes: image.stokesCount };
  }),
  miscinfo: ask('', (state) => recordReply(opened(state).miscInfo)),
  history: ask('list=True', (state) => opened(state).history()),
  haslock: ask('', (state) => {
    opened(state);
    return [false, false];
  }),
  pixeltype: ask('', (state) => {
    opened(state);
    return 'float';
  }),
};

const places = {
  toworld: ask("value=[], format='n', dovelocity=True", (state, args) => {
    if (args.format !== 'n') fail('unsupported', "ia.toworld(): only format='n' is available.");
    const { coordinates } = opened(state);
    return dictionary([
      ['numeric', floatArray(worldOf(coordinates, opened(state).shape.length, numberList(args.value, 'value')))],
    ]);
  }),
  topixel: ask('value=[]', (state, args) => {
    const { coordinates } = opened(state);
    return coordinateReply(pixelOf(coordinates, opened(state).shape.length, args.value), 'pixel');
  }),
  coordsys: ask('axes=[-1]', (state, args, host) => {
    checkAxes('coordsys', args);
    const image = opened(state);
    return host.adopt('cs', { coordinates: image.coordinates, axisCount: image.shape.length });
  }),
  summary: ask("doppler='RADIO', list=True, pixelorder=True, verbose=False", (state, _args, { log }) => {
    const image = opened(state);
    const axes = axesOf(image.coordinates, image.shape.length);
    const place = axes.map(({ name, reference, increment, referencePixel, unit }) =>
      [name, `reference ${reference} ${unit} at pixel ${referencePixel}, step ${increment} ${unit}`].join(': '),
    );
    log.post([`Image name: ${image.path}`, ...place].join('\n'), 'INFO', 'ia::summary');
    return dictionary([
      ['axisnames', axes.map(({ name }) => name)],
      ['axisunits', axes.map(({ unit }) => unit)],
      ['hasmask', image.hasMask],
      ['imagetype', image.info.imageType],
      ['incr', floatArray(axes.map(({ increment }) => increment))],
      ['ndim', image.shape.length],
      ['refpix', floatArray(axes.map(({ referencePixel }) => referencePixel))],
      ['refval', floatArray(axes.map(({ reference }) => reference))],
      ['shape', intArray(shapeOf(image))],
      ['unit', image.unit],
    ]);
  }),
};

/** ia: pixels and header of an image. */
export const imageTool: ToolDeclaration<ImageState> = {
  name: 'ia',
  summary: 'Pixels and header of an image',
  create: () => ({}),
  close,
  methods: { ...opening, ...pixels, ...header, ...places },
};
