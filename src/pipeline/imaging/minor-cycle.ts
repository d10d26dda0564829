import {
  arena,
  type CleanPlane,
  clarkInPlace,
  hogbomInPlace,
  type Lease,
  peakIndex,
} from '../../foundation/numeric/index.ts';
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

/** Lists of more pixels than this share of the plane take longer than the whole plane, row by row. */
const LONG_LIST = 1 / 8;

class Clark implements MinorCycle {
  private readonly geometry: ImageGeometry;
  private readonly checkAbort: () => void;
  private readonly whole: Hogbom;

  constructor(geometry: ImageGeometry, checkAbort: () => void) {
    this.geometry = geometry;
    this.checkAbort = checkAbort;
    this.whole = new Hogbom(geometry, checkAbort);
  }

  run(input: MinorCycleInput, limits: MinorCycleLimits): MinorCycleResult {
    const { sizeX, sizeY } = this.geometry;
    // Only pixels that can matter before the next major cycle take part.
    const active: number[] = [];
    for (let k = 0; k < input.residual.length; k++) {
      if (input.mask[k] !== 0 && Math.abs(input.residual[k]) > limits.threshold / 2) active.push(k);
    }
    if (active.length > LONG_LIST * input.residual.length) {
      const mask = new Float32Array(input.mask.length);
      for (const at of active) mask[at] = 1;
      return this.whole.run({ ...input, mask }, limits);
    }
    return arena().scope((lease) => {
      const psf = lease.float32(input.psf.length);
      psf.set(input.psf);
      const list = {
        values: lease.float32(active.length),
        xs: lease.int32(active.length),
        ys: lease.int32(active.length),
        amounts: lease.float32(active.length).fill(0),
      };
      active.forEach((at, k) => {
        list.values[k] = input.residual[at];
        list.xs[k] = at % sizeX;
        list.ys[k] = Math.floor(at / sizeX);
      });
      const largest = () => list.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const start = largest();
      let done = 0;
      while (done < limits.iterations && active.length > 0) {
        this.checkAbort();
        const wanted = Math.min(STEPS, limits.iterations - done);
        const got = clarkInPlace(list, psf, { sizeX, sizeY }, { ...limits, iterations: wanted });
        done += got;
        if (got < wanted || largest() > 2 * start) break;
      }
      active.forEach((at, k) => {
        input.model[at] += list.amounts[k];
      });
      return { iterations: done, peak: largest(), hasDiverged: largest() > 2 * start };
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
