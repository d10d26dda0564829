import { fail } from '../../foundation/base/index.ts';
import {
  type DensityGrid,
  densityInto,
  type Lease,
  type SampleBlock,
  weightByDensityInPlace,
} from '../../foundation/numeric/index.ts';
import type { BlockSource, Weigher } from './imaging-weights.ts';

/** How the density of weights over the uv plane is measured. */
export interface DensityChoice {
  /** Cells of the density grid: each is 1 / (size * cell) wavelengths. */
  readonly size: readonly [number, number];
  /** rad */
  readonly cell: number;
  /** Positions are rounded to the nearest uv cell (cubes), and else truncated. */
  readonly isNearest: boolean;
  /** A cell's density is the sum over so many cells to each side. */
  readonly box: number;
}

/** The density of weights of some samples, kept outside of kernel memory. */
export interface Density {
  readonly values: Float64Array;
  /** Sum of all that was added to the cells. */
  readonly total: number;
  /** Sum of the squares of the cells. */
  readonly squares: number;
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k] * values[k];
  return sum;
}

const MOST_CHANNELS = 65_536;

/** The block with scales in density cells per metre. */
function inCells(block: SampleBlock, { size, cell }: DensityChoice, scales: Float64Array): SampleBlock {
  if (2 * block.chanCount > scales.length)
    fail('unsupported', `A spectral window has more than ${MOST_CHANNELS} channels.`);
  for (let chan = 0; chan < block.chanCount; chan++) {
    scales[2 * chan] = block.scales[2 * chan] * size[0] * cell;
    scales[2 * chan + 1] = block.scales[2 * chan + 1] * size[1] * cell;
  }
  return { ...block, scales };
}

function gridOf(choice: DensityChoice, lease: Lease): DensityGrid {
  const [sizeX, sizeY] = choice.size;
  return { values: lease.float64(sizeX * sizeY).fill(0), sizeX, sizeY, isNearest: choice.isNearest };
}

/** Sums along one axis over `box` cells to each side. */
function sumAlong(values: Float64Array, count: number, step: number, starts: Iterable<number>, box: number): void {
  const line = new Float64Array(count);
  for (const start of starts) {
    for (let k = 0; k < count; k++) line[k] = values[start + k * step];
    for (let k = 0; k < count; k++) {
      let sum = 0;
      for (let near = Math.max(0, k - box); near <= Math.min(count - 1, k + box); near++) sum += line[near];
      values[start + k * step] = sum;
    }
  }
}

/** Spreads each cell over a box; cells whose box reaches over the edge count for nothing, as in CASA. */
function spreadInPlace(values: Float64Array, [sizeX, sizeY]: readonly [number, number], box: number): number {
  let total = 0;
  for (let y = 0; y < sizeY; y++) {
    for (let x = 0; x < sizeX; x++) {
      const isWithin = x - box > 0 && y - box > 0 && x + box < sizeX && y + box < sizeY;
      if (!isWithin) values[y * sizeX + x] = 0;
      total += values[y * sizeX + x];
    }
  }
  const numbers = (count: number, step: number) => Array.from({ length: count }, (_, k) => k * step);
  sumAlong(values, sizeX, 1, numbers(sizeY, sizeX), box);
  sumAlong(values, sizeY, sizeX, numbers(sizeX, 1), box);
  return total * (2 * box + 1) ** 2;
}

/** Adds up the weights of all samples in their uv cells and in those of their conjugates. */
export function measureDensity(choice: DensityChoice, lease: Lease, source: BlockSource): Density {
  const grid = gridOf(choice, lease);
  const scales = lease.float64(2 * MOST_CHANNELS);
  let total = 0;
  source((block) => {
    total += densityInto(grid, inCells(block, choice, scales));
  });
  const values = grid.values.slice();
  const all = choice.box > 0 ? spreadInPlace(values, choice.size, choice.box) : total;
  return { values, total: all, squares: sumOfSquares(values) };
}

/** Divides weights by density * slope + offset; samples outside of the density grid get none. */
export function densityWeigher(
  choice: DensityChoice,
  values: Float64Array,
  lease: Lease,
  slope: number,
  offset: number,
): Weigher {
  const grid = gridOf(choice, lease);
  grid.values.set(values);
  const scales = lease.float64(2 * MOST_CHANNELS);
  return (block) => weightByDensityInPlace(grid, inCells(block, choice, scales), slope, offset);
}
