import { fail } from '../base/index.ts';
import { kernels, type Lease, pointer } from './kernel-memory.ts';

/** Images of one CLEAN plane in kernel memory, all f32 [sizeY, sizeX]. */
export interface CleanPlane {
  readonly residual: Float32Array;
  readonly model: Float32Array;
  /** 0 where no component may be placed, else 1. */
  readonly mask: Float32Array;
  /** Peak 1 at [sizeY/2, sizeX/2]. */
  readonly psf: Float32Array;
  readonly sizeX: number;
  readonly sizeY: number;
}

export interface CleanLimits {
  /** Fraction of the peak taken away per iteration. */
  readonly gain: number;
  /** Iterations go on while the masked peak is above this. */
  readonly threshold: number;
  readonly iterations: number;
}

function checkSize(array: Float32Array, sizeX: number, sizeY: number): void {
  if (array.length < sizeX * sizeY) fail('internal', 'A CLEAN kernel got an image shorter than its plane.');
}

/** Index y * sizeX + x of the largest |image * mask| (lowest index of equals), or -1 when all are 0. */
export function peakIndex(image: Float32Array, mask: Float32Array, sizeX: number, sizeY: number): number {
  checkSize(image, sizeX, sizeY);
  checkSize(mask, sizeX, sizeY);
  return kernels().peakIndex(pointer(image), pointer(mask), sizeX, sizeY);
}

/** image[y, x] -= scale * psf[y - dy, x - dx] wherever both exist. */
export function subtractShiftedInPlace(
  image: Float32Array,
  psf: Float32Array,
  shape: PlaneShape,
  shift: { readonly dx: number; readonly dy: number; readonly scale: number },
): void {
  checkSize(image, shape.sizeX, shape.sizeY);
  checkSize(psf, shape.sizeX, shape.sizeY);
  kernels().subtractShiftedInPlace(
    pointer(image),
    pointer(psf),
    shape.sizeX,
    shape.sizeY,
    shift.dx,
    shift.dy,
    shift.scale,
  );
}

/**
 * Högbom's minor cycle (Högbom 1974, A&AS 15, 417) in place on residual and model.
 * @returns iterations done
 */
export function hogbomInPlace(plane: CleanPlane, limits: CleanLimits): number {
  for (const image of [plane.residual, plane.model, plane.mask, plane.psf]) checkSize(image, plane.sizeX, plane.sizeY);
  return kernels().hogbomInPlace(
    pointer(plane.residual),
    pointer(plane.model),
    pointer(plane.mask),
    pointer(plane.psf),
    plane.sizeX,
    plane.sizeY,
    limits.gain,
    limits.threshold,
    limits.iterations,
  );
}

/** Some pixels of a plane in kernel memory, row by row. */
export interface ListedPixels {
  readonly values: Float32Array;
  readonly xs: Int32Array;
  readonly ys: Int32Array;
}

/** Clark's active pixels. */
export interface ActivePixels extends ListedPixels {
  /** Flux cleaned at each pixel, added to. */
  readonly amounts: Float32Array;
}

interface PlaneShape {
  readonly sizeX: number;
  readonly sizeY: number;
}

/** The pixels of the mask whose absolute values are above a limit; leased. */
export function pixelsAbove(
  lease: Lease,
  image: Float32Array,
  mask: Float32Array,
  { sizeX, sizeY }: PlaneShape,
  limit: number,
): ListedPixels {
  checkSize(image, sizeX, sizeY);
  checkSize(mask, sizeX, sizeY);
  const list = (values: number, xs: number, ys: number) =>
    kernels().listAboveInto(pointer(image), pointer(mask), sizeX, sizeY, limit, values, xs, ys);
  const count = list(0, 0, 0);
  const pixels = { values: lease.float32(count), xs: lease.int32(count), ys: lease.int32(count) };
  list(pointer(pixels.values), pointer(pixels.xs), pointer(pixels.ys));
  return pixels;
}

function checkList({ values, xs, ys }: ListedPixels, name: string): void {
  if (xs.length < values.length || ys.length < values.length) fail('internal', `${name}: the lists differ in length.`);
}

/** values -= amount * psf about a pixel, on a list of pixels alone. */
export function subtractListedInPlace(
  pixels: ListedPixels,
  psf: Float32Array,
  { sizeX, sizeY }: PlaneShape,
  { x, y, amount }: { readonly x: number; readonly y: number; readonly amount: number },
): void {
  checkList(pixels, 'subtractListedInPlace');
  checkSize(psf, sizeX, sizeY);
  const { values, xs, ys } = pixels;
  const lists = [pointer(values), pointer(xs), pointer(ys), values.length];
  kernels().subtractListedInPlace(...lists, pointer(psf), sizeX, sizeY, x, y, amount);
}

/**
 * Clark's inner loop (Clark 1980, A&A 89, 377) on a list of pixels, in place on values and amounts.
 * @returns iterations done
 */
export function clarkInPlace(active: ActivePixels, psf: Float32Array, shape: PlaneShape, limits: CleanLimits): number {
  const count = active.values.length;
  checkList(active, 'clarkInPlace');
  if (active.amounts.length < count) fail('internal', 'clarkInPlace: the lists differ in length.');
  checkSize(psf, shape.sizeX, shape.sizeY);
  return kernels().clarkInPlace(
    pointer(active.values),
    pointer(active.xs),
    pointer(active.ys),
    pointer(active.amounts),
    count,
    pointer(psf),
    shape.sizeX,
    shape.sizeY,
    limits.gain,
    limits.threshold,
    limits.iterations,
  );
}
