import {
  arena,
  degridInto,
  emptyHalfGrid,
  GRID_OVERSAMPLING,
  gridCorrection,
  gridFromImageInto,
  gridInto,
  type HalfGrid,
  imageFromGridInto,
  isKernelArray,
  type Lease,
  type SampleBlock,
  transformSize,
} from '../../foundation/numeric/index.ts';
import type { BlockSource, Weigher } from './imaging-weights.ts';

/** Size of an image and its pixels. */
export interface ImageGeometry {
  readonly sizeX: number;
  readonly sizeY: number;
  /** rad */
  readonly cell: number;
}

/** Where a plane [y, x] holds its centre: pixel `size >> 1` of both axes, for odd sizes too, as in CASA. */
export function centreIndex({ sizeX, sizeY }: ImageGeometry): number {
  return (sizeY >> 1) * sizeX + (sizeX >> 1);
}

/** A real plane [y, x] and the sum of weights that normalised it. */
export interface GriddedPlane {
  readonly values: Float32Array;
  readonly sumOfWeights: number;
}

/** On smaller grids the kernel of a sample near the edge of the uv plane would reach beyond it, and the sample be lost: half of them for 8 pixels. */
const LEAST_GRID = 128;

interface GriddingJob {
  readonly source: BlockSource;
  readonly weigh: Weigher;
  /** What is taken off the samples. */
  readonly model?: Float32Array;
  /** Otherwise ones are gridded. */
  readonly hasVis: boolean;
}

/**
 * The two-dimensional gridder: images from samples and predictions from models, to 5e-6 of the peak of the Fourier sum
 * sum of w V exp(-2 pi i (u l + v m)); the w term is left out, as in CASA's standard gridder.
 */
export class StandardGridder {
  private readonly geometry: ImageGeometry;
  private readonly gridX: number;
  private readonly gridY: number;
  /** What the gridding kernel's shape asks for. */
  private readonly factors: { readonly x: Float64Array; readonly y: Float64Array };

  constructor(geometry: ImageGeometry) {
    this.geometry = geometry;
    this.gridX = transformSize(Math.max(LEAST_GRID, GRID_OVERSAMPLING * geometry.sizeX), 8);
    this.gridY = transformSize(Math.max(LEAST_GRID, GRID_OVERSAMPLING * geometry.sizeY));
    this.factors = {
      x: gridCorrection(this.gridX, geometry.sizeX).map((value) => 1 / value),
      y: gridCorrection(this.gridY, geometry.sizeY).map((value) => 1 / value),
    };
  }

  /**
   * Image of the samples, normalised by the sum of weights; x grows to the west (l = -cell per pixel).
   *
   * @param lease gives the values a place in kernel memory; without it they are in ordinary memory
   */
  dirty(source: BlockSource, weigh: Weigher, lease?: Lease): GriddedPlane {
    return this.image({ source, weigh, hasVis: true }, lease);
  }

  /** Point spread function: the image of ones. */
  psf(source: BlockSource, weigh: Weigher): GriddedPlane {
    return this.image({ source, weigh, hasVis: false });
  }

  /** Image of the samples less those that a model predicts. */
  residual(source: BlockSource, weigh: Weigher, model: Float32Array, lease?: Lease): GriddedPlane {
    return this.image({ source, weigh, model, hasVis: true }, lease);
  }

  /** Calls `visit` with each block, its vis replaced by what the model predicts. */
  predict(source: BlockSource, model: Float32Array, visit: (block: SampleBlock) => void): void {
    arena().scope((lease) => {
      const fill = this.predictor(lease, model);
      source((block) => {
        fill(block);
        visit(block);
      });
    });
  }

  /** What replaces a block's vis by a model's prediction; the model's transform is leased. */
  predictor(lease: Lease, model: Float32Array): (block: SampleBlock) => void {
    const grid = this.modelGrid(lease, model);
    return (block) => {
      arena().scope((inner) => {
        degridInto(grid, this.inCells(block, inner));
      });
    };
  }

  private image({ source, weigh, model, hasVis }: GriddingJob, outer?: Lease): GriddedPlane {
    const { sizeX, sizeY } = this.geometry;
    const kept = outer?.float32(sizeX * sizeY);
    return arena().scope((lease) => {
      const modelGrid = model && this.modelGrid(lease, model);
      const grid = emptyHalfGrid(lease, this.gridX, this.gridY);
      let [sumOfWeights, columns] = [0, 0];
      source((block) => {
        arena().scope((inner) => {
          weigh(block);
          const scaled = this.inCells(block, inner);
          if (modelGrid) {
            const predicted = { ...scaled, vis: inner.float32(block.vis.length) };
            degridInto(modelGrid, predicted);
            for (let k = 0; k < block.vis.length; k++) block.vis[k] -= predicted.vis[k];
          }
          sumOfWeights += gridInto(grid, scaled, hasVis);
          columns = Math.max(columns, columnsOf(scaled));
        });
      });
      const image = kept ?? lease.float32(sizeX * sizeY);
      if (sumOfWeights > 0) this.extractInto(image, grid, sumOfWeights, columns);
      else image.fill(0);
      return { values: kept ?? image.slice(), sumOfWeights };
    });
  }

  private inCells(block: SampleBlock, lease: Lease): SampleBlock {
    const scales = lease.float64(2 * block.chanCount);
    for (let chan = 0; chan < block.chanCount; chan++) {
      scales[2 * chan] = -block.scales[2 * chan] * this.geometry.cell * this.gridX;
      scales[2 * chan + 1] = block.scales[2 * chan + 1] * this.geometry.cell * this.gridY;
    }
    return { ...block, scales };
  }

  private extractInto(image: Float32Array, grid: HalfGrid, sumOfWeights: number, columns: number): void {
    const { sizeX, sizeY } = this.geometry;
    const y = this.factors.y.map((value) => value / sumOfWeights);
    imageFromGridInto({ grid, image, sizeX, sizeY }, { x: this.factors.x, y }, columns);
  }

  private modelGrid(lease: Lease, model: Float32Array): HalfGrid {
    const { sizeX, sizeY } = this.geometry;
    const grid = emptyHalfGrid(lease, this.gridX, this.gridY);
    arena().scope((inner) => {
      const image = isKernelArray(model) ? model : inner.float32(sizeX * sizeY);
      if (image !== model) image.set(model);
      gridFromImageInto({ grid, image, sizeX, sizeY }, this.factors);
    });
    return grid;
  }
}

/** Columns of a half grid that samples reach, whose scales are cells per metre; a row without place reaches none. */
function columnsOf({ uvw, scales, rowCount, chanStart, chanEnd }: SampleBlock): number {
  let [longest, finest] = [0, 0];
  for (let row = 0; row < rowCount; row++) {
    const length = Math.abs(uvw[3 * row]);
    if (length > longest) longest = length;
  }
  for (let chan = chanStart; chan < chanEnd; chan++) finest = Math.max(finest, Math.abs(scales[2 * chan]));
  return Math.ceil(longest * finest) + 5;
}
