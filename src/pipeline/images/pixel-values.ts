import type { Context } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import type { CoordinateSystem } from './coordinates.ts';
import { cropPlane, planesIn } from './cutting.ts';
import { type Image, openImage } from './image.ts';
import { choosePixels, type PixelSelection } from './pixel-selection.ts';

/** Parameters of CASA's imval. */
export interface ImvalOptions extends PixelSelection {
  readonly imagename: string;
}

/** Pixels of a box: flat, the first axis fastest. */
export interface ImvalResult {
  readonly blc: readonly number[];
  readonly trc: readonly number[];
  readonly unit: string;
  /** Lengths of the axes of the box. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  /** 1 = good and in the region. */
  readonly mask: Uint8Array;
  /** Of the whole image. */
  readonly coordinates: CoordinateSystem;
}

/** Without a box or region: the reference pixel. A box may be one point, "x,y". */
function boxOf(image: Image, options: ImvalOptions): PixelSelection {
  if (options.box?.split(',').length === 2) return { ...options, box: `${options.box},${options.box}` };
  if (options.box || options.region) return options;
  const [x, y] = image.coordinates.direction?.referencePixel.map(Math.round) ?? [0, 0];
  return { ...options, box: [x, y, x, y].join(',') };
}

/**
 * Values and masks of the pixels of a box, as CASA's imval.
 *
 * @throws usage, missing
 */
export function imval(context: Context, options: ImvalOptions): ImvalResult {
  const image = openImage(joinPath(context.cwd, options.imagename));
  const chosen = choosePixels(image, boxOf(image, options), context.cwd);
  try {
    const { bounds } = chosen;
    const shape = bounds.blc.map((first, axis) => bounds.trc[axis] - first + 1);
    const size = shape[0] * shape[1];
    const planes = planesIn(image, bounds);
    const data = new Float32Array(size * planes.length);
    const mask = new Uint8Array(size * planes.length);
    planes.forEach((plane, k) => {
      data.set(cropPlane(image.readPlane(plane), image.sizeX, bounds), k * size);
      const all = new Uint8Array(image.sizeX * image.sizeY);
      const good = chosen.planes.includes(plane) ? (chosen.good(plane) ?? all.fill(1)) : all;
      mask.set(cropPlane(good, image.sizeX, bounds), k * size);
    });
    return { ...bounds, unit: image.unit, shape, data, mask, coordinates: image.coordinates };
  } finally {
    chosen.close();
    image.close();
  }
}
