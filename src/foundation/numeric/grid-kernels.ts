import { fail } from '../base/index.ts';
import { arena, kernels, type Lease, pointer } from './kernel-memory.ts';

/** Cells that one sample touches along each axis. */
const GRID_SUPPORT = 8;
/** How much finer than the image the grid must be: with it a support of 8 gives 5e-6 of the peak. */
export const GRID_OVERSAMPLING = 1.5;
const DEGREE = 10;
/** Shape of the kernel for this support and oversampling (Barnett, Magland & af Klinteberg 2019, SIAM J. Sci. Comput. 41, C479, section 4.2). */
const BETA = 0.976 * Math.PI * GRID_SUPPORT * (1 - 1 / (2 * GRID_OVERSAMPLING));
const ROWS_PER_CALL = 512;
/** Columns of a half grid before u = 0, which samples on the other side reach over. */
const MARGIN = 4;

/**
 * Half of a uv plane in kernel memory: images are real, and the other half is its conjugate. complex64 [sizeY, width, re/im], uv
 * origin at [sizeY/2, 4]; its cells are those of a plane of sizeY x sizeX, `width` of which are kept.
 */
export interface HalfGrid {
  readonly values: Float32Array;
  readonly sizeX: number;
  readonly sizeY: number;
  readonly width: number;
}

/** A half grid without samples for a plane of so many cells, sizeX a multiple of 8. */
export function emptyHalfGrid(lease: Lease, sizeX: number, sizeY: number): HalfGrid {
  if (sizeX % 8 !== 0) fail('internal', `A half grid of ${sizeX} cells was asked for; multiples of 8 can be had.`);
  const width = sizeX / 2 + MARGIN;
  return { values: lease.float32(2 * width * sizeY).fill(0), sizeX, sizeY, width };
}

/** Samples in kernel memory. `chanStart`, `chanEnd` choose channels; `scales` maps metres to grid cells per channel. */
export interface SampleBlock {
  /** m, [row, 3] */
  readonly uvw: Float64Array;
  /** cells per metre in u and v, [chan, 2] */
  readonly scales: Float64Array;
  /** [row, chan, re/im] */
  readonly vis: Float32Array;
  /** [row, chan]; 0 for flagged samples */
  readonly weight: Float32Array;
  readonly rowCount: number;
  readonly chanCount: number;
  readonly chanStart: number;
  readonly chanEnd: number;
}

/** A part of a plane of cells. */
export interface CellBox {
  readonly startX: number;
  readonly startY: number;
  readonly width: number;
  readonly height: number;
}

/** Density of weights on the uv cells of a plane [sizeY, sizeX] with its origin at [sizeY/2, sizeX/2]; kept for a part of them. */
export interface DensityGrid {
  /** f64 [box.height, box.width] */
  readonly values: Float64Array;
  readonly box: CellBox;
  readonly sizeX: number;
  readonly sizeY: number;
  /** Samples belong to the nearest cell; otherwise positions are truncated. */
  readonly isNearest?: boolean;
}

/** The gridding kernel exp(beta (sqrt(1 - x^2) - 1)) for |x| <= 1 (x = cells / 4), else 0. */
export function griddingKernel(x: number): number {
  const inner = 1 - x * x;
  return inner < 0 ? 0 : Math.exp(BETA * (Math.sqrt(inner) - 1));
}

/**
 * Fourier transform of the gridding kernel at image pixels: what a gridded image must be divided by, per axis.
 *
 * @param gridSize cells of the (oversampled) grid along the axis
 * @param count image pixels, the centre at count/2
 * @returns f64 [count]
 */
export function gridCorrection(gridSize: number, count: number): Float64Array {
  const steps = 64;
  const half = GRID_SUPPORT / 2;
  const correction = new Float64Array(count);
  for (let pixel = 0; pixel < count; pixel++) {
    const wave = (2 * Math.PI * (pixel - Math.floor(count / 2)) * half) / gridSize;
    // With x = sin(a) the integrand is smooth and periodic, so the midpoint rule converges exponentially.
    let sum = 0;
    for (let k = 0; k < steps; k++) {
      const angle = ((k + 0.5) / steps - 0.5) * Math.PI;
      sum += Math.exp(BETA * (Math.cos(angle) - 1)) * Math.cos(angle) * Math.cos(wave * Math.sin(angle));
    }
    correction[pixel] = (sum * Math.PI * half) / steps;
  }
  return correction;
}

let tables: { coefficients: Float32Array; scratch: Float32Array } | undefined;

function kernelTables() {
  if (!tables) {
    const lease = arena().lease();
    tables = { coefficients: lease.float32((DEGREE + 1) * GRID_SUPPORT), scratch: lease.float32(16) };
    for (let tap = 0; tap < GRID_SUPPORT; tap++) {
      const monomials = fitPolynomial((s) => griddingKernel(((s + 1) / 2 - 4 + tap) / 4), DEGREE);
      monomials.forEach((value, power) => {
        tables!.coefficients[power * GRID_SUPPORT + tap] = value;
      });
    }
  }
  return tables;
}

/** Monomial coefficients of the polynomial through `degree + 1` Chebyshev points of f on [-1, 1]. */
function fitPolynomial(f: (s: number) => number, degree: number): number[] {
  const count = degree + 1;
  const chebyshev = Array.from({ length: count }, (_, order) => {
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const angle = (Math.PI * (k + 0.5)) / count;
      sum += f(Math.cos(angle)) * Math.cos(order * angle);
    }
    return ((order === 0 ? 1 : 2) * sum) / count;
  });
  const total = new Array<number>(count).fill(0);
  let before = [1];
  let now = [0, 1];
  for (let order = 0; order < count; order++) {
    const basis = order === 0 ? before : now;
    basis.forEach((value, power) => {
      total[power] += chebyshev[order] * value;
    });
    if (order > 0) {
      const next = [0, ...now.map((value) => 2 * value)];
      before.forEach((value, power) => {
        next[power] -= value;
      });
      before = now;
      now = next;
    }
  }
  return total;
}

function checkBlock(block: SampleBlock, name: string): void {
  const samples = block.rowCount * block.chanCount;
  const isShort =
    block.uvw.length < block.rowCount * 3 ||
    block.scales.length < block.chanCount * 2 ||
    block.vis.length < samples * 2 ||
    block.weight.length < samples;
  if (isShort || block.chanStart < 0 || block.chanEnd > block.chanCount) {
    fail('internal', `${name}: the sample block's arrays do not fit its counts.`);
  }
}

type RowCall = (uvw: number, vis: number, weight: number, rows: number) => number;

function byRows(block: SampleBlock, call: RowCall): number {
  let total = 0;
  for (let row = 0; row < block.rowCount; row += ROWS_PER_CALL) {
    const sample = row * block.chanCount;
    total += call(
      pointer(block.uvw) + row * 24,
      pointer(block.vis) + sample * 8,
      pointer(block.weight) + sample * 4,
      Math.min(ROWS_PER_CALL, block.rowCount - row),
    );
  }
  return total;
}

/**
 * Adds weight * vis of every sample to the grid; samples whose footprint leaves the grid are skipped.
 *
 * @param withVis false grids ones: the sampling function, whose transform is the PSF
 * @returns sum of the weights gridded
 */
export function gridInto(grid: HalfGrid, block: SampleBlock, withVis = true): number {
  checkBlock(block, 'gridInto');
  const { coefficients, scratch } = kernelTables();
  const { width, sizeY } = grid;
  const [at, scales] = [pointer(grid.values), pointer(block.scales)];
  return byRows(block, (uvw, vis, weight, rows) =>
    kernels().gridInto(
      at,
      width,
      sizeY,
      uvw,
      scales,
      withVis ? vis : 0,
      weight,
      rows,
      block.chanStart,
      block.chanEnd,
      block.chanCount,
      pointer(coefficients),
      pointer(scratch),
    ),
  );
}

/**
 * Overwrites `block.vis` of the chosen channels with the grid interpolated at each sample (0 where weight is 0): the adjoint of {@link gridInto}.
 * @returns number of samples predicted
 */
export function degridInto(grid: HalfGrid, block: SampleBlock): number {
  checkBlock(block, 'degridInto');
  const { coefficients, scratch } = kernelTables();
  const { width, sizeY } = grid;
  const [at, scales] = [pointer(grid.values), pointer(block.scales)];
  return byRows(block, (uvw, vis, weight, rows) =>
    kernels().degridInto(
      at,
      width,
      sizeY,
      uvw,
      scales,
      vis,
      weight,
      rows,
      block.chanStart,
      block.chanEnd,
      block.chanCount,
      pointer(coefficients),
      pointer(scratch),
    ),
  );
}

/** A density and its place as kernels take them. */
function cellsOf({ values, sizeX, sizeY, box }: DensityGrid): number[] {
  if (values.length < box.width * box.height) fail('internal', 'A density has fewer cells than its box.');
  return [pointer(values), sizeX, sizeY, box.startX, box.startY, box.width, box.height];
}

/**
 * Adds each weight to its uv cell and to its conjugate's (cells as CASA's imaging weights; cells 0 are left out).
 * @returns the weight added
 */
export function densityInto(density: DensityGrid, block: SampleBlock): number {
  checkBlock(block, 'densityInto');
  const grid = cellsOf(density);
  const scales = pointer(block.scales);
  return byRows(block, (uvw, _vis, weight, rows) =>
    kernels().densityInto(
      ...grid,
      uvw,
      scales,
      weight,
      rows,
      block.chanStart,
      block.chanEnd,
      block.chanCount,
      density.isNearest ? 0.5 : 0,
    ),
  );
}

/** weight /= density * slope + offset, in place; 0 for samples outside the density grid. */
export function weightByDensityInPlace(density: DensityGrid, block: SampleBlock, slope: number, offset: number): void {
  checkBlock(block, 'weightByDensityInPlace');
  const grid = cellsOf(density);
  const scales = pointer(block.scales);
  byRows(block, (uvw, _vis, weight, rows) => {
    kernels().weightByDensityInPlace(
      ...grid,
      uvw,
      scales,
      weight,
      rows,
      block.chanStart,
      block.chanEnd,
      block.chanCount,
      slope,
      offset,
      density.isNearest ? 0.5 : 0,
    );
    return 0;
  });
}
