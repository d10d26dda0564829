import {
  arena,
  fourier2dInPlace,
  type Lease,
  peakIndex,
  subtractShiftedInPlace,
  transformSize,
} from '../../foundation/numeric/index.ts';
import { centreIndex, type ImageGeometry } from './gridder.ts';
import type { MinorCycle, MinorCycleInput, MinorCycleLimits, MinorCycleResult } from './minor-cycle.ts';

/**
 * Component of a scale at a distance in pixels: a tapered paraboloid, (1 - (r/s)²) times a prolate spheroidal taper
 * (Cornwell 2008, IEEE J. Sel. Top. Signal Process. 2, 793, section III; Schwab 1984 for the taper's rational fit); not normalised.
 */
export function scaleShape(radius: number, scale: number): number {
  if (scale === 0) return radius === 0 ? 1 : 0;
  const nu = radius / scale;
  return nu >= 1 ? 0 : (1 - nu * nu) * spheroidal(nu);
}

const NUMERATORS = [
  [8.203343e-2, -3.644705e-1, 6.27866e-1, -5.335581e-1, 2.312756e-1],
  [4.028559e-3, -3.697768e-2, 1.021332e-1, -1.201436e-1, 6.412774e-2],
] as const;
const DENOMINATORS = [
  [1, 8.212018e-1, 2.078043e-1],
  [1, 9.599102e-1, 2.918724e-1],
] as const;

/** Schwab's rational approximation of the prolate spheroidal function with m = 6, alpha = 1. */
function spheroidal(nu: number): number {
  if (nu >= 1) return 0;
  const part = nu < 0.75 ? 0 : 1;
  const end = part === 0 ? 0.75 : 1;
  const delta = nu * nu - end * end;
  const polynomial = (coefficients: readonly number[]) =>
    coefficients.reduceRight((sum, value) => sum * delta + value, 0);
  return polynomial(NUMERATORS[part]) / polynomial(DENOMINATORS[part]);
}

/** Response to a scale, over that of a PSF of one pixel, from which it is seen; beams of two pixels have 4 and more. */
const SEEN = 0.05;

/** Convolves planes cyclically on a padded grid by transforms. */
export class Convolver {
  private readonly sizeX: number;
  private readonly sizeY: number;
  readonly padX: number;
  readonly padY: number;

  constructor(geometry: ImageGeometry, reach: number) {
    this.sizeX = geometry.sizeX;
    this.sizeY = geometry.sizeY;
    this.padX = transformSize(geometry.sizeX + 2 * reach);
    this.padY = transformSize(geometry.sizeY + 2 * reach);
  }

  /** Transform of a kernel centred on pixel 0, of unit sum; real because the kernel is even. */
  kernelTransform(scale: number): Float32Array {
    return arena().scope((lease) => {
      const values = lease.float32(2 * this.padX * this.padY).fill(0);
      const reach = Math.ceil(scale);
      let total = 0;
      for (let y = -reach; y <= reach; y++)
        for (let x = -reach; x <= reach; x++) total += scaleShape(Math.hypot(x, y), scale);
      for (let y = -reach; y <= reach; y++) {
        for (let x = -reach; x <= reach; x++) {
          const at = ((y + this.padY) % this.padY) * this.padX + ((x + this.padX) % this.padX);
          values[2 * at] = scaleShape(Math.hypot(x, y), scale) / total;
        }
      }
      fourier2dInPlace(values, this.padX, this.padY, -1);
      const result = new Float32Array(this.padX * this.padY);
      for (let k = 0; k < result.length; k++) result[k] = values[2 * k];
      return result;
    });
  }

  /** The plane convolved with kernels; result in a new leased array [y, x]. */
  convolve(lease: Lease, plane: Float32Array, kernels: readonly Float32Array[]): Float32Array {
    return this.convolveEach(lease, plane, [kernels])[0];
  }

  /**
   * The plane convolved with each of some lists of kernels. All are real, so that two results come of one transform, as its
   * real and imaginary part.
   */
  convolveEach(lease: Lease, plane: Float32Array, lists: readonly (readonly Float32Array[])[]): Float32Array[] {
    const { sizeX, sizeY, padX, padY } = this;
    const results = lists.map(() => lease.float32(sizeX * sizeY));
    const count = padX * padY;
    arena().scope((inner) => {
      const spectrum = inner.float32(2 * count).fill(0);
      for (let y = 0; y < sizeY; y++) {
        const [from, to] = [y * sizeX, 2 * y * padX];
        for (let x = 0; x < sizeX; x++) spectrum[to + 2 * x] = plane[from + x];
      }
      fourier2dInPlace(spectrum, padX, padY, -1);
      const values = inner.float32(2 * count);
      for (let first = 0; first < lists.length; first += 2) {
        const second = lists[first + 1];
        const b = second ? product(second, count) : new Float32Array(count);
        multiplyPair(spectrum, product(lists[first], count), b, values);
        fourier2dInPlace(values, padX, padY, 1);
        this.takePart(values, 0, results[first]);
        if (second) this.takePart(values, 1, results[first + 1]);
      }
    });
    return results;
  }

  /** Real (0) or imaginary (1) part of padded complex values, without the padding. */
  private takePart(values: Float32Array, part: 0 | 1, result: Float32Array): void {
    const { sizeX, sizeY, padX } = this;
    for (let y = 0; y < sizeY; y++) {
      const [from, to] = [2 * y * padX + part, y * sizeX];
      for (let x = 0; x < sizeX; x++) result[to + x] = values[from + 2 * x];
    }
  }
}

/** (a + i b) times a complex spectrum, for real a and b. */
function multiplyPair(spectrum: Float32Array, a: Float32Array, b: Float32Array, result: Float32Array): void {
  for (let k = 0; k < a.length; k++) {
    const re = spectrum[2 * k];
    const im = spectrum[2 * k + 1];
    result[2 * k] = a[k] * re - b[k] * im;
    result[2 * k + 1] = a[k] * im + b[k] * re;
  }
}

/** Transforms multiplied with one another, over the number of pixels, as the transform back wants it. */
function product(factors: readonly Float32Array[], count: number): Float32Array {
  const result = new Float32Array(count).fill(1 / count);
  for (const factor of factors) for (let k = 0; k < count; k++) result[k] *= factor[k];
  return result;
}

/**
 * Multi-scale CLEAN (Cornwell 2008): every iteration takes the scale whose smoothed residual promises most, and subtracts
 * that scale's share from the smoothed residuals of all scales. The model gains the component's shape.
 */
export class MultiscaleCleaner implements MinorCycle {
  private readonly geometry: ImageGeometry;
  private readonly scales: readonly number[];
  private readonly biases: readonly number[];
  private readonly checkAbort: () => void;
  private readonly negativeLimit: number;
  private readonly convolver: Convolver;
  private readonly kernels: readonly Float32Array[];
  /** Scales whose response is below are larger than anything that the data see: what is left of them is no sky. */
  private readonly leastPeaks: readonly number[];

  constructor(
    geometry: ImageGeometry,
    options: {
      readonly scales: readonly number[];
      readonly smallScaleBias: number;
      /** Stop after so many negative components of the largest scale; negative: never. */
      readonly negativeLimit?: number;
      readonly checkAbort: () => void;
    },
  ) {
    this.geometry = geometry;
    this.scales = options.scales;
    this.checkAbort = options.checkAbort;
    this.negativeLimit = options.negativeLimit ?? -1;
    const largest = Math.max(...options.scales);
    this.biases = options.scales.map((scale) => (largest > 0 ? 1 - (options.smallScaleBias * scale) / largest : 1));
    this.convolver = new Convolver(geometry, Math.ceil(2 * largest));
    this.kernels = options.scales.map((scale) => this.convolver.kernelTransform(scale));
    const { padX, padY } = this.convolver;
    this.leastPeaks = this.kernels.map(
      (kernel) => (SEEN * kernel.reduce((sum, one) => sum + one * one, 0)) / (padX * padY),
    );
  }

  run(input: MinorCycleInput, limits: MinorCycleLimits): MinorCycleResult {
    return arena().scope((lease) => this.clean(lease, input, limits));
  }

  private clean(lease: Lease, input: MinorCycleInput, limits: MinorCycleLimits): MinorCycleResult {
    const { sizeX, sizeY } = this.geometry;
    const count = this.scales.length;
    const { convolver, kernels } = this;
    const residuals = convolver.convolveEach(
      lease,
      input.residual,
      kernels.map((kernel) => [kernel]),
    );
    const responses = pairedResponses(lease, convolver, input.psf, kernels);
    const centre = centreIndex(this.geometry);
    const peaks = responses.map((row, scale) => row[scale][centre]);
    const masks = this.scales.map((scale, k) => shrinkMask(lease, convolver, input.mask, scale, kernels[k]));
    const startPeak = maskedLargest(input.residual, input.mask);
    const largest = this.scales.indexOf(Math.max(...this.scales));
    let negatives = 0;
    let done = 0;
    let last = startPeak;
    for (; done < limits.iterations; done++) {
      if (done % 20 === 0) this.checkAbort();
      let best = { scale: -1, at: -1, strength: 0, merit: 0 };
      for (let scale = 0; scale < count; scale++) {
        if (!(peaks[scale] > this.leastPeaks[scale])) continue;
        const at = peakIndex(residuals[scale], masks[scale], sizeX, sizeY);
        if (at < 0) continue;
        const strength = residuals[scale][at] / peaks[scale];
        const merit = Math.abs(strength * peaks[scale] * this.biases[scale]) / Math.sqrt(peaks[scale]);
        if (merit > best.merit) best = { scale, at, strength, merit };
      }
      if (best.scale < 0) break;
      const smallest = peakIndex(residuals[0], masks[0], sizeX, sizeY);
      last = smallest < 0 ? 0 : Math.abs(residuals[0][smallest]) / peaks[0];
      if (!(last > limits.threshold) || last > 2 * startPeak) break;
      if (best.strength < 0 && best.scale === largest && this.negativeLimit >= 0 && ++negatives > this.negativeLimit)
        break;
      const amount = limits.gain * best.strength;
      addComponentInPlace(input.model, this.geometry, best.at, this.scales[best.scale], amount);
      const shift = {
        dx: (best.at % sizeX) - (sizeX >> 1),
        dy: Math.floor(best.at / sizeX) - (sizeY >> 1),
        scale: amount,
      };
      for (let scale = 0; scale < count; scale++)
        subtractShiftedInPlace(residuals[scale], responses[best.scale][scale], { sizeX, sizeY }, shift);
    }
    return { iterations: done, peak: last, hasDiverged: last > 2 * startPeak };
  }
}

/** The PSF smoothed with each two kernels: [kernel, other kernel]. */
export function pairedResponses(
  lease: Lease,
  convolver: Convolver,
  psf: Float32Array,
  kernels: readonly Float32Array[],
): Float32Array[][] {
  const pairs = kernels.flatMap((_, a) => kernels.slice(a).map((_other, k) => [a, a + k] as const));
  const made = convolver.convolveEach(
    lease,
    psf,
    pairs.map(([a, b]) => [kernels[a], kernels[b]]),
  );
  const find = (a: number, b: number) =>
    made[pairs.findIndex((pair) => pair[0] === Math.min(a, b) && pair[1] === Math.max(a, b))];
  return kernels.map((_, a) => kernels.map((_other, b) => find(a, b)));
}

/** A scale's component must lie within the mask for the most part: its centre stays off the mask's rim by its radius. */
export function shrinkMask(
  lease: Lease,
  convolver: Convolver,
  mask: Float32Array,
  scale: number,
  kernel: Float32Array,
): Float32Array {
  const result = lease.float32(mask.length);
  result.set(mask);
  if (scale === 0) return result;
  const smooth = convolver.convolve(lease, mask, [kernel]);
  for (let k = 0; k < result.length; k++) result[k] = mask[k] !== 0 && smooth[k] > 0.9 ? 1 : 0;
  return result;
}

/** Adds a scale's component of some flux, centred on pixel `at`, to a model [y, x]. */
export function addComponentInPlace(
  model: Float32Array,
  { sizeX, sizeY }: ImageGeometry,
  at: number,
  scale: number,
  amount: number,
): void {
  const reach = Math.ceil(scale);
  const [x0, y0] = [at % sizeX, Math.floor(at / sizeX)];
  let total = 0;
  for (let y = -reach; y <= reach; y++)
    for (let x = -reach; x <= reach; x++) total += scaleShape(Math.hypot(x, y), scale);
  for (let y = Math.max(0, y0 - reach); y <= Math.min(sizeY - 1, y0 + reach); y++) {
    for (let x = Math.max(0, x0 - reach); x <= Math.min(sizeX - 1, x0 + reach); x++) {
      model[y * sizeX + x] += (amount * scaleShape(Math.hypot(x - x0, y - y0), scale)) / total;
    }
  }
}

function maskedLargest(values: Float32Array, mask: Float32Array): number {
  let most = 0;
  for (let k = 0; k < values.length; k++) if (mask[k] !== 0) most = Math.max(most, Math.abs(values[k]));
  return most;
}
