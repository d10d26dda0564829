import {
  arena,
  type ComplexGrid,
  degridInto,
  fourier2dInPlace,
  gridCorrection,
  gridInto,
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

/**
 * The two-dimensional gridder: images from samples and predictions from models, to 1e-6 of the peak of the Fourier sum
 * sum of w V exp(-2 pi i (u l + v m)); the w term is left out, as in CASA's standard gridder.
 */
export class StandardGridder {
  private readonly geometry: ImageGeometry;
  private readonly gridX: number;
  private readonly gridY: number;
  private readonly correctionX: Float64Array;
  private readonly correctionY: Float64Array;

  constructor(geometry: ImageGeometry) {
    this.geometry = geometry;
    // Twofold oversampling, which the gridding kernel's shape is made for.
    this.gridX = transformSize(2 * geometry.sizeX);
    this.gridY = transformSize(2 * geometry.sizeY);
    this.correctionX = gridCorrection(this.gridX, geometry.sizeX);
    this.correctionY = gridCorrection(this.gridY, geometry.sizeY);
  }

  /** Image of the samples, normalised by the sum of weights; x grows to the west (l = -cell per pixel). */
  dirty(source: BlockSource, weigh: Weigher): GriddedPlane {
    return this.image(source, weigh, undefined, true);
  }

  /** Point spread function: the image of ones. */
  psf(source: BlockSource, weigh: Weigher): GriddedPlane {
    return this.image(source, weigh, undefined, false);
  }

  /** Image of the samples less those that a model predicts. */
  residual(source: BlockSource, weigh: Weigher, model: Float32Array): GriddedPlane {
    return this.image(source, weigh, model, true);
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

  private image(source: BlockSource, weigh: Weigher, model: Float32Array | undefined, withVis: boolean): GriddedPlane {
    return arena().scope((lease) => {
      const modelGrid = model && this.modelGrid(lease, model);
      const grid = this.emptyGrid(lease);
      let sumOfWeights = 0;
      source((block) => {
        arena().scope((inner) => {
          weigh(block);
          const scaled = this.inCells(block, inner);
          if (modelGrid) {
            const predicted = { ...scaled, vis: inner.float32(block.vis.length) };
            degridInto(modelGrid, predicted);
            for (let k = 0; k < block.vis.length; k++) block.vis[k] -= predicted.vis[k];
          }
          sumOfWeights += gridInto(grid, scaled, withVis);
        });
      });
      return { values: this.extract(grid, sumOfWeights), sumOfWeights };
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

  private emptyGrid(lease: Lease): ComplexGrid {
    return { values: lease.float32(2 * this.gridX * this.gridY).fill(0), sizeX: this.gridX, sizeY: this.gridY };
  }

  private extract(grid: ComplexGrid, sumOfWeights: number): Float32Array {
    const { sizeX, sizeY } = this.geometry;
    const image = new Float32Array(sizeX * sizeY);
    if (!(sumOfWeights > 0)) return image;
    fourier2dInPlace(grid.values, this.gridX, this.gridY, -1, (sizeX >> 1) + 1);
    for (let y = 0; y < sizeY; y++) {
      const offsetY = y - (sizeY >> 1);
      const row = ((offsetY + this.gridY) % this.gridY) * this.gridX;
      const scale = 1 / (sumOfWeights * this.correctionY[y]);
      for (let x = 0; x < sizeX; x++) {
        const offsetX = x - (sizeX >> 1);
        const value = grid.values[2 * (row + ((offsetX + this.gridX) % this.gridX))];
        image[y * sizeX + x] = ((((offsetX + offsetY) & 1) === 0 ? scale : -scale) * value) / this.correctionX[x];
      }
    }
    return image;
  }

  private modelGrid(lease: Lease, model: Float32Array): ComplexGrid {
    const grid = this.emptyGrid(lease);
    const { sizeX, sizeY } = this.geometry;
    for (let y = 0; y < sizeY; y++) {
      const offsetY = y - (sizeY >> 1);
      const row = ((offsetY + this.gridY) % this.gridY) * this.gridX;
      for (let x = 0; x < sizeX; x++) {
        const value = model[y * sizeX + x];
        if (value === 0) continue;
        const offsetX = x - (sizeX >> 1);
        const scale = (((offsetX + offsetY) & 1) === 0 ? 1 : -1) / (this.correctionX[x] * this.correctionY[y]);
        grid.values[2 * (row + ((offsetX + this.gridX) % this.gridX))] = scale * value;
      }
    }
    fourier2dInPlace(grid.values, this.gridX, this.gridY, 1);
    return grid;
  }
}
