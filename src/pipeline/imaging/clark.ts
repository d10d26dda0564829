import {
  type ActivePixels,
  arena,
  clarkInPlace,
  type Lease,
  type ListedPixels,
  pixelsAbove,
  subtractListedInPlace,
} from '../../foundation/numeric/index.ts';
import type { ImageGeometry } from './gridder.ts';
import type { MinorCycle, MinorCycleInput, MinorCycleLimits, MinorCycleResult } from './minor-cycle.ts';

/** Pixels that iterations look at, unless more are as high. */
const MOST_PIXELS = 16_384;
const LEVELS = 512;
/** Iterations between looks at the user's interrupt. */
const STEPS = 100;

const largestOf = (values: Float32Array): number => {
  let most = 0;
  for (let k = 0; k < values.length; k++) most = Math.max(most, Math.abs(values[k]));
  return most;
};

/** A level that at most so many values are above, or those of the highest level. */
function levelOf(values: Float32Array, most: number): number {
  if (values.length <= MOST_PIXELS) return 0;
  const counts = new Uint32Array(LEVELS + 1);
  const scale = LEVELS / most;
  for (let k = 0; k < values.length; k++) counts[Math.floor(Math.abs(values[k]) * scale)]++;
  let level = LEVELS - 1;
  for (let sum = counts[LEVELS] + counts[level]; level > 0; level--) {
    sum += counts[level - 1];
    if (sum > MOST_PIXELS) break;
  }
  return (level / LEVELS) * most;
}

/** The pixels above a level, and where they are in the list. */
function highest(lease: Lease, all: ListedPixels, level: number): { pixels: ActivePixels; places: Int32Array } {
  let count = 0;
  for (let k = 0; k < all.values.length; k++) if (Math.abs(all.values[k]) >= level) count++;
  const places = new Int32Array(count);
  count = 0;
  for (let k = 0; k < all.values.length; k++) if (Math.abs(all.values[k]) >= level) places[count++] = k;
  const pixels = {
    values: lease.float32(count),
    xs: lease.int32(count),
    ys: lease.int32(count),
    amounts: lease.float32(count).fill(0),
  };
  for (let k = 0; k < count; k++) {
    pixels.values[k] = all.values[places[k]];
    pixels.xs[k] = all.xs[places[k]];
    pixels.ys[k] = all.ys[places[k]];
  }
  return { pixels, places };
}

/**
 * Clark's minor cycle (Clark 1980, A&A 89, 377): iterations look at the highest pixels alone until the peak has come down to
 * those below; what they found is then taken off all pixels that can matter before the next major cycle.
 */
export class Clark implements MinorCycle {
  private readonly geometry: ImageGeometry;
  private readonly checkAbort: () => void;

  constructor(geometry: ImageGeometry, checkAbort: () => void) {
    this.geometry = geometry;
    this.checkAbort = checkAbort;
  }

  run(input: MinorCycleInput, limits: MinorCycleLimits): MinorCycleResult {
    return arena().scope((lease) => {
      const psf = lease.float32(input.psf.length);
      psf.set(input.psf);
      const all = this.activePixels(lease, input, limits.threshold / 2);
      const start = largestOf(all.values);
      let [done, peak] = [0, start];
      const goesOn = () => done < limits.iterations && peak > limits.threshold && peak <= 2 * start;
      for (let got = 1; got > 0 && goesOn(); ) {
        const level = levelOf(all.values, peak);
        const threshold = Math.max(limits.threshold, level);
        got = arena().scope((round) => {
          const { pixels, places } = highest(round, all, level);
          const count = this.iterate(pixels, psf, { ...limits, threshold, iterations: limits.iterations - done });
          this.collect(pixels, input.model);
          done += count;
          peak = largestOf(pixels.values);
          // What lies below the level is needed only where iterations go on there.
          if (count > 0 && goesOn()) {
            this.takeOff(pixels, all, places, psf);
            peak = largestOf(all.values);
          }
          return count;
        });
      }
      return { iterations: done, peak, hasDiverged: peak > 2 * start };
    });
  }

  private activePixels(lease: Lease, { residual, mask }: MinorCycleInput, limit: number): ListedPixels {
    const { sizeX, sizeY } = this.geometry;
    return arena().scope((inner) => {
      const [image, allowed] = [inner.float32(residual.length), inner.float32(mask.length)];
      image.set(residual);
      allowed.set(mask);
      return pixelsAbove(lease, image, allowed, { sizeX, sizeY }, limit);
    });
  }

  private iterate(pixels: ActivePixels, psf: Float32Array, limits: MinorCycleLimits): number {
    const start = largestOf(pixels.values);
    let done = 0;
    while (done < limits.iterations) {
      this.checkAbort();
      const wanted = Math.min(STEPS, limits.iterations - done);
      const got = clarkInPlace(pixels, psf, this.geometry, { ...limits, iterations: wanted });
      done += got;
      if (got < wanted || largestOf(pixels.values) > 2 * start) break;
    }
    return done;
  }

  private collect({ amounts, xs, ys }: ActivePixels, model: Float32Array): void {
    for (let k = 0; k < amounts.length; k++) model[ys[k] * this.geometry.sizeX + xs[k]] += amounts[k];
  }

  /** Takes what was found in some pixels off all others. */
  private takeOff(found: ActivePixels, all: ListedPixels, places: Int32Array, psf: Float32Array): void {
    const { amounts, xs, ys, values } = found;
    for (let k = 0; k < amounts.length; k++) {
      if (amounts[k] === 0) continue;
      this.checkAbort();
      subtractListedInPlace(all, psf, this.geometry, { x: xs[k], y: ys[k], amount: amounts[k] });
    }
    for (let k = 0; k < values.length; k++) all.values[places[k]] = values[k];
  }
}
