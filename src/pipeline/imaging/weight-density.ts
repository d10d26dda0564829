import { fail } from '../../foundation/base/index.ts';
import {
  arena,
  type CellBox,
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

/** The density of weights of some samples, kept outside of kernel memory for the cells that they reach. */
export interface Density {
  /** [box.height, box.width] */
  readonly values: Float64Array;
  readonly box: CellBox;
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

function gridOf(choice: DensityChoice, box: CellBox, lease: Lease): DensityGrid {
  const [sizeX, sizeY] = choice.size;
  return { values: lease.float64(box.width * box.height).fill(0), box, sizeX, sizeY, isNearest: choice.isNearest };
}

/** The cells that lie no further from the origin than these, on a plane of so many. */
function boxOf({ size: [sizeX, sizeY] }: DensityChoice, reachX: number, reachY: number): CellBox {
  const [startX, startY] = [Math.max(0, (sizeX >> 1) - reachX), Math.max(0, (sizeY >> 1) - reachY)];
  const [endX, endY] = [Math.min(sizeX, (sizeX >> 1) + reachX + 1), Math.min(sizeY, (sizeY >> 1) + reachY + 1)];
  return { startX, startY, width: endX - startX, height: endY - startY };
}

/** Cells from the origin that a block reaches along an axis. */
function reachOf({ uvw, scales, rowCount, chanCount }: SampleBlock, axis: 0 | 1): number {
  let [longest, finest] = [0, 0];
  for (let row = 0; row < rowCount; row++) longest = Math.max(longest, Math.abs(uvw[3 * row + axis]));
  for (let chan = 0; chan < chanCount; chan++) finest = Math.max(finest, Math.abs(scales[2 * chan + axis]));
  return Math.ceil(longest * finest) + 1;
}

/** A density that holds the cells that samples reach; it grows with them. */
class GrowingDensity {
  private readonly choice: DensityChoice;
  private readonly reach: [x: number, y: number] = [0, 0];
  private lease = arena().lease();
  grid: DensityGrid;

  constructor(choice: DensityChoice) {
    this.choice = choice;
    // Boxes of cells count those at the plane's edge.
    if (choice.box > 0) this.reach = [choice.size[0], choice.size[1]];
    this.grid = gridOf(choice, boxOf(choice, ...this.reach), this.lease);
  }

  reachTo(block: SampleBlock): void {
    const wanted = [reachOf(block, 0), reachOf(block, 1)];
    const most = this.choice.size.map((size) => (size >> 1) + 1);
    if (wanted.every((cells, axis) => Math.min(cells, most[axis]) <= this.reach[axis])) return;
    wanted.forEach((cells, axis) => {
      this.reach[axis] = Math.min(most[axis], Math.max(this.reach[axis], Math.ceil(1.1 * cells)));
    });
    const [old, oldLease] = [this.grid, this.lease];
    this.lease = arena().lease();
    this.grid = gridOf(this.choice, boxOf(this.choice, ...this.reach), this.lease);
    const { box } = this.grid;
    for (let row = 0; row < old.box.height; row++) {
      const at = (row + old.box.startY - box.startY) * box.width + old.box.startX - box.startX;
      this.grid.values.set(old.values.subarray(row * old.box.width, (row + 1) * old.box.width), at);
    }
    oldLease.release();
  }

  release(): void {
    this.lease.release();
  }
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
  const scales = lease.float64(2 * MOST_CHANNELS);
  const density = new GrowingDensity(choice);
  try {
    let total = 0;
    source((block) => {
      const scaled = inCells(block, choice, scales);
      density.reachTo(scaled);
      total += densityInto(density.grid, scaled);
    });
    const { box } = density.grid;
    const values = density.grid.values.slice();
    const all = choice.box > 0 ? spreadInPlace(values, choice.size, choice.box) : total;
    return { values, box, total: all, squares: sumOfSquares(values) };
  } finally {
    density.release();
  }
}

/** Divides weights by density * slope + offset; samples outside of the density grid get none. */
export function densityWeigher(
  choice: DensityChoice,
  { values, box }: Pick<Density, 'values' | 'box'>,
  lease: Lease,
  slope: number,
  offset: number,
): Weigher {
  const grid = gridOf(choice, box, lease);
  grid.values.set(values);
  const scales = lease.float64(2 * MOST_CHANNELS);
  return (block) => weightByDensityInPlace(grid, inCells(block, choice, scales), slope, offset);
}
