import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';

/** A uniformly bright ellipse, or an elliptical Gaussian. */
export interface Disk {
  readonly isGaussian?: boolean;
  /** Full axes, of a Gaussian at half maximum, rad */
  readonly major: number;
  readonly minor: number;
  /** Of the major axis, north through east, rad */
  readonly positionAngle: number;
}

/** 2 J1(x)/x, within 1e-7 (Abramowitz & Stegun 9.4.4 and 9.4.6). */
export function airy(x: number): number {
  const size = Math.abs(x);
  if (size <= 3) {
    const t = (size / 3) ** 2;
    const series = [0.5, -0.56249985, 0.21093573, -0.03954289, 0.00443319, -0.00031761, 0.00001109];
    return 2 * series.reduceRight((sum, value) => sum * t + value, 0);
  }
  const t = 3 / size;
  const amplitude = [0.79788456, 0.00000156, 0.01659667, 0.00017105, -0.00249511, 0.00113653, -0.00020033];
  const angle = [-2.35619449, 0.12499612, 0.0000565, -0.00637879, 0.00074348, 0.00079824, -0.00029166];
  const modulus = amplitude.reduceRight((sum, value) => sum * t + value, 0);
  const phase = size + angle.reduceRight((sum, value) => sum * t + value, 0);
  return (2 * modulus * Math.cos(phase)) / (size * Math.sqrt(size));
}

/** exp(-x²/(4 ln 2)): what stands for the Airy function where the source is a Gaussian. */
function gaussian(x: number): number {
  return Math.exp((-x * x) / (4 * Math.LN2));
}

/** Visibility of a disk or Gaussian of unit flux density at x = `diskPath` · frequency. */
export function diskVisibility({ isGaussian }: Disk, x: number): number {
  return isGaussian ? gaussian(x) : airy(x);
}

/**
 * Length that gives the visibility of a disk: its visibility at f is 2 J1(x)/x with x = length · f, unit flux density.
 *
 * @param u, v m
 * @returns s
 */
export function diskPath(disk: Disk, u: number, v: number): number {
  const [cos, sin] = [Math.cos(disk.positionAngle), Math.sin(disk.positionAngle)];
  const across = (u * cos - v * sin) * disk.minor;
  const along = (u * sin + v * cos) * disk.major;
  return (Math.PI * Math.hypot(across, along)) / SPEED_OF_LIGHT;
}
