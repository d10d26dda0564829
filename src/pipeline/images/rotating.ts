import { type Context, fail } from '../../foundation/base/index.ts';
import type { DirectionAxes } from './coordinates.ts';
import { requireDirection } from './coordinates.ts';
import { openImage } from './image.ts';
import { regrid } from './regridding.ts';

/** Parameters of the turning of an image about its reference pixel. */
export interface RotateOptions {
  readonly imagename: string;
  readonly output: string;
  /** rad */
  readonly angle: number;
  /** Lengths of the axes of the result; empty: those of the image. */
  readonly shape?: readonly number[];
  /** 'cubic' (default), 'linear' or 'nearest' */
  readonly interpolation?: string;
  readonly overwrite?: boolean;
}

/** Axes of the sky turned by an angle about the reference pixel, as CASA 6.7 turns them: what lay at that angle to x lies along x then. */
export function turnedAxes(axes: DirectionAxes, angle: number): DirectionAxes {
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const [p, q, r, s] = axes.pc;
  return { ...axes, pc: [cos * p + sin * r, cos * q + sin * s, cos * r - sin * p, cos * s - sin * q] };
}

/**
 * Turns an image about its reference pixel, as CASA's ia.rotate.
 *
 * @param options names start from the context's folder
 * @throws usage, missing, exists
 */
export function rotateImage(context: Context, options: RotateOptions): void {
  const image = openImage(options.imagename);
  let grid: Parameters<typeof regrid>[1]['grid'];
  let axes: readonly number[];
  try {
    const direction = requireDirection(image.coordinates, image.path);
    const shape = options.shape && options.shape.length > 0 ? options.shape : image.shape.toReversed();
    if (shape.length !== image.shape.length)
      fail('usage', `shape needs a length for each of the ${image.shape.length} axes.`, { file: image.path });
    axes = direction.pixelAxes;
    grid = { shape, coordinates: { ...image.coordinates, direction: turnedAxes(direction, options.angle) } };
  } finally {
    image.close();
  }
  const { imagename, output, interpolation = 'cubic', overwrite } = options;
  regrid(context, { imagename, output, grid, axes, interpolation, overwrite });
}
