import { fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { compileExpression } from './expression.ts';
import { type Image, openImage } from './image.ts';
import { type PixelRegion, parseBox, parseChannels, parseRegion, regionMask } from './region.ts';
import { computeWholeImageTerms } from './whole-image-terms.ts';

/** The pixels that a task looks at, with CASA's parameter names. */
export interface PixelSelection {
  /** Region text, e.g. "circle[[128pix,128pix],20pix]", or the name of a file with such text. */
  readonly region?: string;
  /** "x1,y1,x2,y2" in pixels. */
  readonly box?: string;
  /** Channels: "3", "2~7". */
  readonly chans?: string | number;
  readonly stokes?: string;
  /** First and last pixel of each axis, the first axis of the sky first; those of the sky are told by `box`. */
  readonly corners?: PixelBounds;
  /** Expression over images that must be true, e.g. '"cont.pb" > 0.5'. */
  readonly mask?: string;
  /** Values that count: [least, largest]. */
  readonly includepix?: readonly number[];
  /** Values that do not count: [least, largest]. */
  readonly excludepix?: readonly number[];
}

/** The chosen pixels of one plane: their values and positions. */
export interface SelectedPlane {
  readonly plane: number;
  readonly chan: number;
  readonly stokes: number;
  readonly values: Float32Array;
  /** Position y * sizeX + x of each value. */
  readonly positions: Int32Array;
}

/** First and last pixel of each axis of the image, the first axis of the sky first. */
export interface PixelBounds {
  readonly blc: readonly number[];
  readonly trc: readonly number[];
}

/** What a selection chooses in one image. */
export interface ChosenPixels {
  readonly bounds: PixelBounds;
  /** Chosen planes in the order of the image. */
  readonly planes: readonly number[];
  /** 1 inside the region of the plane, whatever the masks say. */
  inside(plane: number): Uint8Array | undefined;
  /** 1 where region, mask of the image and mask expression all allow the pixel; undefined: everywhere. */
  good(plane: number): Uint8Array | undefined;
  close(): void;
}

/** As in CASA, a box that reaches beyond the image is a mistake, not a smaller box. */
function boxWithin({ sizeX, sizeY, path }: Image, box: string): PixelRegion {
  const region = parseBox(box);
  const isOutside = box.split(',').some((word, k) => Number(word) < 0 || Number(word) >= (k % 2 === 0 ? sizeX : sizeY));
  if (isOutside)
    fail('usage', `The box "${box}" reaches beyond the image of ${sizeX} x ${sizeY} pixels.`, { file: path });
  return region;
}

function regionOf(image: Image, selection: PixelSelection, cwd: string): PixelRegion | undefined {
  if (selection.box) return boxWithin(image, selection.box);
  if (!selection.region) return undefined;
  const file = joinPath(cwd, selection.region);
  const isFile = !/\[/.test(selection.region) && disk().exists(file);
  return parseRegion(isFile ? disk().readText(file) : selection.region, image.coordinates, image.path);
}

/** An expression over images, plane by plane: its values, and which of them count. */
export interface PlaneExpression {
  /** Values, and 1 where the masks of all images allow the pixel. */
  values(plane: number): { values: Float32Array; mask: Uint8Array };
  /** 1 where the expression is true and no mask forbids it. */
  read(plane: number): Uint8Array;
  close(): void;
}

/** An expression over images of the same size as `image`; a plane of one that has only one serves all. */
export function readExpression(text: string, image: Image, cwd: string): PlaneExpression {
  const { evaluate, names, terms } = compileExpression(text, []);
  const inputs: Image[] = [];
  const close = () => {
    for (const input of inputs) input.close();
  };
  try {
    for (const name of names) {
      const input = openImage(joinPath(cwd, name));
      inputs.push(input);
      const fits = input.sizeX === image.sizeX && input.sizeY === image.sizeY;
      if (!fits || ![1, image.planeCount].includes(input.planeCount))
        fail('usage', `In "${text}" the image ${name} differs in shape.`, { file: image.path });
    }
  } catch (error) {
    close();
    throw error;
  }
  computeWholeImageTerms(terms, inputs);
  const values = (plane: number) => {
    const at = inputs.map((input) => (input.planeCount === 1 ? 0 : plane));
    const pixels = inputs.map((input, k) => input.readPlane(at[k]));
    const masks = inputs.map((input, k) => input.readMask(at[k]));
    const point = new Array<number>(inputs.length);
    const found = {
      values: new Float32Array(image.sizeX * image.sizeY),
      mask: new Uint8Array(image.sizeX * image.sizeY),
    };
    for (let k = 0; k < found.values.length; k++) {
      for (let input = 0; input < inputs.length; input++) point[input] = pixels[input][k];
      found.values[k] = evaluate(point);
      found.mask[k] = masks.every((mask) => mask === undefined || mask[k] !== 0) ? 1 : 0;
    }
    return found;
  };
  const read = (plane: number) => {
    const found = values(plane);
    return found.mask.map((good, k) => (found.values[k] !== 0 ? good : 0));
  };
  return { values, read, close };
}

/** Pixel axis numbers that planes differ in, and a plane's place on them. */
export function placeOf(image: Image, plane: number, position: number): number[] {
  const { chan, stokes } = image.planeAxes(plane);
  const place = image.shape.map(() => 0);
  place[0] = position % image.sizeX;
  place[1] = Math.floor(position / image.sizeX);
  const { coordinates } = image;
  if (coordinates.stokes) place[coordinates.stokes.pixelAxis] = stokes;
  if (coordinates.spectral) place[coordinates.spectral.pixelAxis] = chan;
  return place;
}

/** Whether a plane at this place lies between the corners. */
const isWithin = (place: readonly number[], { blc, trc }: PixelBounds) =>
  place.every((at, axis) => axis < 2 || (at >= (blc[axis] ?? at) && at <= (trc[axis] ?? at)));

const and = (a: Uint8Array | undefined, b: Uint8Array | undefined) =>
  a && b ? a.map((value, k) => value & b[k]) : (a ?? b);

/**
 * What a selection chooses.
 *
 * @throws usage when the region leaves nothing of the image
 */
export function choosePixels(image: Image, selection: PixelSelection, cwd: string): ChosenPixels {
  const region = regionOf(image, selection, cwd);
  const channels = new Set(parseChannels(selection.chans, image.chanCount));
  const names = image.coordinates.stokes?.stokes ?? ['I'];
  const planes = Array.from({ length: image.planeCount }, (_, plane) => plane).filter((plane) => {
    const { chan, stokes } = image.planeAxes(plane);
    if (selection.corners && !isWithin(placeOf(image, plane, 0), selection.corners)) return false;
    return channels.has(chan) && (!selection.stokes || selection.stokes.includes(names[stokes] ?? ''));
  });
  if (planes.length === 0) fail('usage', 'The selection leaves no plane of the image.', { file: image.path });
  const known = new Map<string, Uint8Array>();
  const inside = (plane: number) => {
    if (!region) return undefined;
    const { chan, stokes } = image.planeAxes(plane);
    const key = selection.box ? 'box' : `${chan}/${stokes}`;
    const mask = known.get(key) ?? regionMask(region, image.sizeX, image.sizeY, chan, stokes);
    known.clear();
    known.set(key, mask);
    return mask;
  };
  const chosen = region ? planes.filter((plane) => inside(plane)?.includes(1)) : planes;
  if (chosen.length === 0) fail('usage', 'The region leaves no pixel of the image.', { file: image.path });
  const expression = selection.mask ? readExpression(selection.mask, image, cwd) : undefined;
  return {
    bounds: boundsOf(image, chosen, inside),
    planes: chosen,
    inside,
    good: (plane) => and(and(inside(plane), image.readMask(plane)), expression?.read(plane)),
    close: () => expression?.close(),
  };
}

/** Opens an image, chooses pixels and closes both again, whatever `act` or the choice throws. */
export function withChosenPixels(
  path: string,
  selection: PixelSelection,
  cwd: string,
  act: (image: Image, chosen: ChosenPixels) => void,
): void {
  const image = openImage(path);
  try {
    const chosen = choosePixels(image, selection, cwd);
    try {
      act(image, chosen);
    } finally {
      chosen.close();
    }
  } finally {
    image.close();
  }
}

function boundsOf(
  image: Image,
  planes: readonly number[],
  inside: (plane: number) => Uint8Array | undefined,
): PixelBounds {
  const blc = image.shape.map(() => Number.POSITIVE_INFINITY);
  const trc = image.shape.map(() => 0);
  const include = (plane: number, position: number) =>
    placeOf(image, plane, position).forEach((value, axis) => {
      blc[axis] = Math.min(blc[axis], value);
      trc[axis] = Math.max(trc[axis], value);
    });
  for (const plane of planes) {
    const mask = inside(plane);
    if (!mask) for (const position of [0, image.sizeX * image.sizeY - 1]) include(plane, position);
    mask?.forEach((value, position) => {
      if (value !== 0) include(plane, position);
    });
  }
  return { blc, trc };
}

/** Yields the good pixels of every chosen plane. */
export function* selectPixels(image: Image, selection: PixelSelection, cwd: string): Iterable<SelectedPlane> {
  const chosen = choosePixels(image, selection, cwd);
  try {
    yield* goodPixels(image, chosen, selection);
  } finally {
    chosen.close();
  }
}

const within = (limits: readonly number[] | undefined) => {
  if (!limits || limits.length === 0) return undefined;
  // One number stands for both signs, as in CASA.
  const [low, high] = limits.length === 1 ? [-Math.abs(limits[0]), Math.abs(limits[0])] : limits;
  return (value: number) => value >= low && value <= high;
};

/** Whether includepix and excludepix let a value count; undefined when neither is given. */
export function valueTest({ includepix, excludepix }: PixelSelection): ((value: number) => boolean) | undefined {
  const [isIncluded, isExcluded] = [within(includepix), within(excludepix)];
  if (!isIncluded && !isExcluded) return undefined;
  return (value) => (!isIncluded || isIncluded(value)) && !isExcluded?.(value);
}

/** Yields the good pixels of chosen planes. */
export function* goodPixels(image: Image, chosen: ChosenPixels, selection: PixelSelection): Iterable<SelectedPlane> {
  const isCounted = valueTest(selection);
  for (const plane of chosen.planes) {
    const { chan, stokes } = image.planeAxes(plane);
    const values = image.readPlane(plane);
    const mask = chosen.good(plane);
    const positions = new Int32Array(values.length);
    let count = 0;
    for (let k = 0; k < values.length; k++) {
      const value = values[k];
      if ((mask && mask[k] === 0) || Number.isNaN(value)) continue;
      if (isCounted?.(value) === false) continue;
      values[count] = value;
      positions[count++] = k;
    }
    yield { plane, chan, stokes, values: values.subarray(0, count), positions: positions.subarray(0, count) };
  }
}
