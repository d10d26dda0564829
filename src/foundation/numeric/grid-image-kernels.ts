import { fail } from '../base/index.ts';
import { transformLines, transformPlan } from './fft-kernels.ts';
import type { HalfGrid } from './grid-kernels.ts';
import { arena, kernels, type Lease, pointer } from './kernel-memory.ts';

/** Image rows that go through one transform. */
const ROWS = 8;

/** What an image is multiplied by on its way from or to a grid, by column and row. */
export interface ImageFactors {
  /** [sizeX] */
  readonly x: ArrayLike<number>;
  /** [sizeY] */
  readonly y: ArrayLike<number>;
}

interface ImageRows {
  readonly grid: HalfGrid;
  /** Kernel array [sizeY, sizeX] */
  readonly image: Float32Array;
  readonly sizeX: number;
  readonly sizeY: number;
}

type RowCall = (of: { gridAt: number; imageAt: number; count: number; scales: number }) => void;

/** Calls `work` for each group of rows that follow each other in the image and in the grid, whose row 0 is that of the image's centre. */
function eachGroup({ grid, image, sizeX, sizeY }: ImageRows, scales: Float32Array, work: RowCall): void {
  const half = sizeY >> 1;
  const stretches = [
    { first: 0, end: half },
    { first: half, end: sizeY },
  ];
  for (const { first, end } of stretches) {
    for (let row = first; row < end; row += ROWS) {
      const gridRow = row < half ? grid.sizeY + row - half : row - half;
      work({
        gridAt: pointer(grid.values) + 8 * gridRow * grid.width,
        imageAt: pointer(image) + 4 * row * sizeX,
        count: Math.min(ROWS, end - row),
        scales: pointer(scales) + 4 * row,
      });
    }
  }
}

/** Factors of rows, with the signs of a transform whose grid has its origin in the middle of the columns; 0 for rows that the last group lacks. */
function rowScales(lease: Lease, sizeY: number, factors: ArrayLike<number>): Float32Array {
  const scales = lease.float32(sizeY + ROWS).fill(0);
  for (let y = 0; y < sizeY; y++) scales[y] = ((y - (sizeY >> 1)) & 1) === 0 ? factors[y] : -factors[y];
  return scales;
}

function check({ grid, image, sizeX, sizeY }: ImageRows, factors: ImageFactors): void {
  const fits = sizeX < grid.sizeX && sizeY < grid.sizeY && image.length >= sizeX * sizeY;
  if (!fits || factors.x.length < sizeX || factors.y.length < sizeY)
    fail('internal', 'An image and its grid do not fit.');
}

/**
 * The image of a half grid: factor * Re sum over the grid of value * exp(-2 pi i (u X + v Y) / size), X and Y counted from the pixel
 * size >> 1. The grid is used up.
 *
 * @param columns those from u = 0 on that hold samples
 */
export function imageFromGridInto(rows: ImageRows, factors: ImageFactors, columns: number): void {
  check(rows, factors);
  const { grid, sizeX, sizeY } = rows;
  const before = grid.width - grid.sizeX / 2;
  const used = Math.min(grid.width, 4 * Math.ceil((before + columns) / 4));
  const lines = { offset: 0, length: grid.sizeY, elementStride: grid.width, lineCount: used, lineStride: 1 };
  transformLines(grid.values, lines, -1);
  const plan = transformPlan(grid.sizeX, -1);
  arena().scope((lease) => {
    const across = lease.float32(sizeX);
    across.set(factors.x);
    const work = pointer(lease.float32(16 * grid.sizeX));
    eachGroup(rows, rowScales(lease, sizeY, factors.y), ({ gridAt, imageAt, count, scales }) =>
      kernels().imageRowsInto(
        ...[gridAt, grid.width * 8, used - before, imageAt, sizeX, count, scales, pointer(across), grid.sizeX],
        ...[pointer(plan.factors), plan.factors.length, pointer(plan.twiddles), work],
      ),
    );
  });
}

/** The grid of an image, which must be empty before: value = sum over pixels of factor * pixel * exp(2 pi i (u X + v Y) / size). */
export function gridFromImageInto(rows: ImageRows, factors: ImageFactors): void {
  check(rows, factors);
  const { grid, sizeX, sizeY } = rows;
  const plan = transformPlan(grid.sizeX, 1);
  arena().scope((lease) => {
    const across = lease.float32(sizeX);
    across.set(factors.x);
    const work = pointer(lease.float32(16 * grid.sizeX));
    eachGroup(rows, rowScales(lease, sizeY, factors.y), ({ gridAt, imageAt, count, scales }) =>
      kernels().gridRowsInto(
        ...[imageAt, sizeX, count, gridAt, grid.width * 8, grid.width, scales, pointer(across), grid.sizeX],
        ...[pointer(plan.factors), plan.factors.length, pointer(plan.twiddles), work],
      ),
    );
  });
  const lines = { offset: 0, length: grid.sizeY, elementStride: grid.width, lineCount: grid.width, lineStride: 1 };
  transformLines(grid.values, lines, 1);
}

/**
 * target += factor * a * b on some rows of planes in kernel memory.
 *
 * @param stride values from one row of a and b to the next
 */
export function addProductInto(
  target: { readonly values: Float32Array; readonly stride: number },
  [a, b]: readonly [Float32Array, Float32Array],
  stride: number,
  { rows, columns, factor }: { readonly rows: number; readonly columns: number; readonly factor: number },
): void {
  const isShort = (length: number, step: number) => length < (rows - 1) * step + columns;
  if (isShort(target.values.length, target.stride) || isShort(a.length, stride) || isShort(b.length, stride))
    fail('internal', 'addProductInto: the planes are shorter than their rows.');
  const [to, from, other] = [pointer(target.values), pointer(a), pointer(b)];
  kernels().addProductInto(to, 4 * target.stride, from, other, 4 * stride, rows, columns, factor);
}
