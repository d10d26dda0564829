import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { axisNumbers } from './collapse.ts';
import type { CoordinateSystem } from './coordinates.ts';
import { createImage, type Image, openImage } from './image.ts';

/** Parameters of CASA's imtrans. */
export interface ImtransOptions {
  readonly imagename: string;
  readonly outfile: string;
  /** Old axes in their new order: digits (`'0132'`, 1023) or beginnings of their names. */
  readonly order: string | number | readonly string[];
  readonly overwrite?: boolean;
}

/** Pixels that are held at a time. */
const HELD_PIXELS = 2 ** 25;

function orderOf(image: Image, order: ImtransOptions['order']): number[] {
  const axes = typeof order === 'object' ? axisNumbers(image, order) : [...String(order)].map(Number);
  const isPermutation = image.shape.every((_, axis) => axes.includes(axis));
  if (axes.length !== image.shape.length || !isPermutation)
    fail('usage', `order names each of the ${image.shape.length} axes once, as "0132" or ["ra", "dec", …].`, {
      file: image.path,
    });
  return axes;
}

function movedAxes(coordinates: CoordinateSystem, order: readonly number[]): CoordinateSystem {
  const to = (axis: number) => order.indexOf(axis);
  const { direction, spectral, stokes, linear } = coordinates;
  return {
    ...coordinates,
    direction: direction && {
      ...direction,
      pixelAxes: [to(direction.pixelAxes[0]), to(direction.pixelAxes[1])],
    },
    spectral: spectral && { ...spectral, pixelAxis: to(spectral.pixelAxis) },
    stokes: stokes && { ...stokes, pixelAxis: to(stokes.pixelAxis) },
    linear: linear.map((axis) => ({ ...axis, pixelAxis: to(axis.pixelAxis) })),
  };
}

/** Where the pixels of a plane of the old image lie in the new one: the place of the first, and steps along its rows and columns. */
function placesOf(lengths: readonly number[], order: readonly number[]) {
  const steps = new Array<number>(lengths.length);
  let step = 1;
  for (const axis of order) {
    steps[axis] = step;
    step *= lengths[axis];
  }
  const first = (plane: number) => {
    let [rest, at] = [plane, 0];
    for (let axis = 2; axis < lengths.length; axis++) {
      at += (rest % lengths[axis]) * steps[axis];
      rest = Math.floor(rest / lengths[axis]);
    }
    return at;
  };
  return { first, stepX: steps[0], stepY: steps[1] };
}

/** Fills `to`, the pixels from number `start` on of the new image, from a plane of the old one. */
function scatterInto<T extends Float32Array | Uint8Array>(
  to: T,
  start: number,
  plane: T,
  place: { first: number; stepX: number; stepY: number; sizeX: number },
): void {
  const { first, stepX, stepY, sizeX } = place;
  for (let at = 0; at < plane.length; at++) {
    const target = first + (at % sizeX) * stepX + Math.floor(at / sizeX) * stepY - start;
    if (target >= 0 && target < to.length) to[target] = plane[at];
  }
}

function writeTransposed(context: Context, image: Image, made: Image, order: readonly number[]): void {
  const places = placesOf(image.shape.toReversed(), order);
  const planeSize = made.sizeX * made.sizeY;
  const held = Math.max(1, Math.min(made.planeCount, Math.floor(HELD_PIXELS / planeSize)));
  for (let begin = 0; begin < made.planeCount; begin += held) {
    const count = Math.min(held, made.planeCount - begin);
    const values = new Float32Array(count * planeSize);
    const masks = image.hasMask ? new Uint8Array(count * planeSize) : undefined;
    for (let plane = 0; plane < image.planeCount; plane++) {
      context.checkAbort();
      const place = { ...places, first: places.first(plane), sizeX: image.sizeX };
      scatterInto(values, begin * planeSize, image.readPlane(plane), place);
      const mask = image.readMask(plane);
      if (masks && mask) scatterInto(masks, begin * planeSize, mask, place);
    }
    for (let k = 0; k < count; k++) {
      made.writePlane(begin + k, values.slice(k * planeSize, (k + 1) * planeSize));
      if (masks) made.writeMask(begin + k, masks.slice(k * planeSize, (k + 1) * planeSize));
    }
  }
}

/**
 * Writes an image with its axes in another order, as CASA's imtrans.
 *
 * @throws usage, missing, exists
 */
export function imtrans(context: Context, options: ImtransOptions): void {
  if (!options.outfile) fail('usage', 'outfile must be given.');
  const image = openImage(joinPath(context.cwd, options.imagename));
  try {
    const order = orderOf(image, options.order);
    const lengths = image.shape.toReversed();
    writeWhole(joinPath(context.cwd, options.outfile), options.overwrite === true, (path) => {
      const made = createImage(path, {
        shape: order.map((axis) => lengths[axis]).toReversed(),
        coordinates: movedAxes(image.coordinates, order),
        unit: image.unit,
        info: image.info,
        miscInfo: image.miscInfo,
      });
      try {
        writeTransposed(context, image, made, order);
      } finally {
        made.close();
      }
    });
  } finally {
    image.close();
  }
}
