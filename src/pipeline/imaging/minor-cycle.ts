import { arena, type CleanPlane, hogbomInPlace, type Lease, peakIndex } from '../../foundation/numeric/index.ts';
import { Clark } from './clark.ts';
import type { ImageGeometry } from './gridder.ts';
import { MultiscaleCleaner } from './multiscale.ts';
import type { Deconvolver } from './options.ts';

/** What a minor cycle works on: planes [y, x] in ordinary memory; model is changed. */
export interface MinorCycleInput {
  readonly residual: Float32Array;
  readonly psf: Float32Array;
  readonly mask: Float32Array;
  readonly model: Float32Array;
}

export interface MinorCycleLimits {
  readonly gain: number;
  readonly threshold: number;
  readonly iterations: number;
}

export interface MinorCycleResult {
  readonly iterations: number;
  /** Largest masked residual when it stopped, as far as the minor cycle knows. */
  readonly peak: number;
  readonly hasDiverged: boolean;
}

/** A deconvolution algorithm's minor cycle. */
export interface MinorCycle {
  run(input: MinorCycleInput, limits: MinorCycleLimits): MinorCycleResult;
}

/** Iterations per kernel call: short enough for the user's interrupt, long enough to cost nothing. */
const STEPS = 100;

function lend(lease: Lease, input: MinorCycleInput, geometry: ImageGeometry): CleanPlane {
  const take = (values: Float32Array) => {
    const array = lease.float32(values.length);
    array.set(values);
    return array;
  };
  return {
    residual: take(input.residual),
    model: take(input.model),
    mask: take(input.mask),
    psf: take(input.psf),
    sizeX: geometry.sizeX,
    sizeY: geometry.sizeY,
  };
}

function maskedPeak(plane: CleanPlane): number {
  const at = peakIndex(plane.residual, plane.mask, plane.sizeX, plane.sizeY);
  return at < 0 ? 0 : Math.abs(plane.residual[at]);
}

class Hogbom implements MinorCycle {
  private readonly geometry: ImageGeometry;
  private readonly checkAbort: () => void;

  constructor(geometry: ImageGeometry, checkAbort: () => void) {
    this.geometry = geometry;
    this.checkAbort = checkAbort;
  }

  run(input: MinorCycleInput, limits: MinorCycleLimits): MinorCycleResult {
    return arena().scope((lease) => {
      const plane = lend(lease, input, this.geometry);
      const start = maskedPeak(plane);
      let done = 0;
      while (done < limits.iterations) {
        this.checkAbort();
        const wanted = Math.min(STEPS, limits.iterations - done);
        const got = hogbomInPlace(plane, { ...limits, iterations: wanted });
        done += got;
        if (got < wanted || maskedPeak(plane) > 2 * start) break;
      }
      input.model.set(plane.model);
      const peak = maskedPeak(plane);
      return { iterations: done, peak, hasDiverged: peak > 2 * start };
    });
  }
}

/** The minor cycle of a deconvolver. */
export function makeMinorCycle(
  deconvolver: Deconvolver,
  geometry: ImageGeometry,
  options: {
    readonly scales: readonly number[];
    readonly smallScaleBias: number;
    readonly negativeLimit?: number;
    readonly checkAbort: () => void;
  },
): MinorCycle {
  if (deconvolver === 'multiscale') return new MultiscaleCleaner(geometry, options);
  return deconvolver === 'clark' ? new Clark(geometry, options.checkAbort) : new Hogbom(geometry, options.checkAbort);
}
