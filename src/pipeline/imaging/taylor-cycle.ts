import { arena, type Lease, subtractShiftedInPlace } from '../../foundation/numeric/index.ts';
import { centreIndex, type ImageGeometry } from './gridder.ts';
import type { MinorCycle, MinorCycleInput, MinorCycleLimits, MinorCycleResult } from './minor-cycle.ts';
import { addComponentInPlace, Convolver, pairedResponses, shrinkMask } from './multiscale.ts';
import { hessianOf, invertHessian } from './taylor-terms.ts';

/** Planes [y, x] of all terms: PSFs of moments 0 … 2 n - 2, residuals and models of terms 0 … n - 1. */
export interface TaylorPlanes {
  readonly psfs: readonly Float32Array[];
  readonly residuals: readonly Float32Array[];
  readonly models: readonly Float32Array[];
}

/** One scale's smoothed residuals by term, and where and how a component of it is found. */
interface ScalePlanes {
  readonly scale: number;
  readonly bias: number;
  readonly residuals: readonly Float32Array[];
  /** Value of the smoothed PSF's peak. */
  readonly peak: number;
  readonly inverse: Float64Array;
  /** Indices of the pixels where a component may be placed. */
  readonly places: Int32Array;
}

interface Component {
  readonly scale: number;
  readonly at: number;
  readonly merit: number;
}

/**
 * The minor cycle of multi-term CLEAN (Rau & Cornwell 2011, A&A 532, A71, section 3): each iteration solves for the
 * coefficients of all terms at every pixel, takes the pixel and scale that lower chi² most, and subtracts the share `gain`
 * of its coefficients from the residuals of all terms. It stops by the residual of term 0.
 */
export class TaylorCleaner implements MinorCycle {
  private readonly geometry: ImageGeometry;
  private readonly planes: () => TaylorPlanes;
  private readonly scales: readonly number[];
  private readonly biases: readonly number[];
  private readonly checkAbort: () => void;
  private readonly convolver: Convolver;
  private readonly kernels: readonly Float32Array[];

  constructor(
    geometry: ImageGeometry,
    planes: () => TaylorPlanes,
    options: { readonly scales: readonly number[]; readonly smallScaleBias: number; readonly checkAbort: () => void },
  ) {
    this.geometry = geometry;
    this.planes = planes;
    this.scales = options.scales;
    this.checkAbort = options.checkAbort;
    const largest = Math.max(...options.scales);
    this.biases = options.scales.map((scale) => (largest > 0 ? 1 - (options.smallScaleBias * scale) / largest : 1));
    this.convolver = new Convolver(geometry, Math.ceil(2 * largest));
    this.kernels = options.scales.map((scale) => this.convolver.kernelTransform(scale));
  }

  run({ mask }: Pick<MinorCycleInput, 'mask'>, limits: MinorCycleLimits): MinorCycleResult {
    return arena().scope((lease) => this.clean(lease, mask, limits));
  }

  /** The smoothed PSFs: [scale, other scale, moment]. */
  private responses(lease: Lease, psfs: readonly Float32Array[]): Float32Array[][][] {
    const byMoment = psfs.map((psf) => pairedResponses(lease, this.convolver, psf, this.kernels));
    return this.kernels.map((_, a) => this.kernels.map((_other, b) => byMoment.map((responses) => responses[a][b])));
  }

  private scalePlanes(lease: Lease, mask: Float32Array, responses: Float32Array[][][]): ScalePlanes[] {
    const { residuals } = this.planes();
    const centre = centreIndex(this.geometry);
    return this.scales.map((scale, k) => {
      const peaks = responses[k][k].map((plane) => plane[centre]);
      const allowed = shrinkMask(lease, this.convolver, mask, scale, this.kernels[k]);
      const places: number[] = [];
      for (let at = 0; at < allowed.length; at++) if (allowed[at] !== 0) places.push(at);
      return {
        scale,
        bias: this.biases[k],
        residuals: residuals.map((plane) => this.convolver.convolve(lease, plane, [this.kernels[k]])),
        peak: peaks[0],
        inverse: invertHessian(hessianOf(peaks, residuals.length), residuals.length),
        places: Int32Array.from(places),
      };
    });
  }

  private clean(lease: Lease, mask: Float32Array, limits: MinorCycleLimits): MinorCycleResult {
    const { psfs, models } = this.planes();
    const { sizeX, sizeY } = this.geometry;
    const responses = this.responses(lease, psfs);
    const scales = this.scalePlanes(lease, mask, responses);
    const startPeak = largestOf(scales[0]);
    let [done, last] = [0, startPeak];
    for (; done < limits.iterations; done++) {
      if (done % 20 === 0) this.checkAbort();
      last = done === 0 ? startPeak : largestOf(scales[0]);
      if (!(last > limits.threshold) || last > 2 * startPeak) break;
      const best = bestComponent(scales);
      if (!best) break;
      const { residuals, inverse, scale } = scales[best.scale];
      const amounts = coefficientsAt(residuals, inverse, best.at).map((value) => limits.gain * value);
      for (const [term, amount] of amounts.entries())
        addComponentInPlace(models[term], this.geometry, best.at, scale, amount);
      const [dx, dy] = [(best.at % sizeX) - (sizeX >> 1), Math.floor(best.at / sizeX) - (sizeY >> 1)];
      for (const [k, other] of scales.entries()) {
        const moments = responses[best.scale][k];
        for (const [term, plane] of other.residuals.entries())
          for (const [q, amount] of amounts.entries())
            subtractShiftedInPlace(plane, moments[term + q], { sizeX, sizeY }, { dx, dy, scale: amount });
      }
    }
    return { iterations: done, peak: last, hasDiverged: last > 2 * startPeak };
  }
}

/** Largest residual of term 0 where components may lie, in Jy/beam. */
function largestOf({ residuals, places, peak }: ScalePlanes): number {
  const [first] = residuals;
  let most = 0;
  for (let k = 0; k < places.length; k++) {
    const value = Math.abs(first[places[k]]);
    if (value > most) most = value;
  }
  return most / peak;
}

function coefficientsAt(residuals: readonly Float32Array[], inverse: Float64Array, at: number): number[] {
  const count = residuals.length;
  return residuals.map((_, term) => {
    let sum = 0;
    for (let q = 0; q < count; q++) sum += inverse[term * count + q] * residuals[q][at];
    return sum;
  });
}

/** The component with the largest fall of chi², R^T H^-1 R, each scale's weighed by its bias. */
function bestComponent(scales: readonly ScalePlanes[]): Component | undefined {
  let best: Component | undefined;
  scales.forEach(({ residuals, inverse, places, bias }, scale) => {
    const count = residuals.length;
    let [most, where] = [0, -1];
    for (let k = 0; k < places.length; k++) {
      const at = places[k];
      let fall = 0;
      for (let term = 0; term < count; term++) {
        const value = residuals[term][at];
        fall += inverse[term * count + term] * value * value;
        for (let q = term + 1; q < count; q++) fall += 2 * inverse[term * count + q] * value * residuals[q][at];
      }
      if (fall > most) {
        most = fall;
        where = at;
      }
    }
    const merit = most * bias * bias;
    if (where >= 0 && merit > (best?.merit ?? 0)) best = { scale, at: where, merit };
  });
  return best;
}
