import { fail } from '../../foundation/base/index.ts';
import { type Beam, fitGaussian, formOfEllipse } from '../images/index.ts';
import type { ImageGeometry } from './gridder.ts';

/** About how many points CASA resamples the main lobe to before it fits. */
const TARGET_POINTS = 3001;
const ARCSEC_PER_RAD = 648_000 / Math.PI;

/** Catmull-Rom interpolation of a plane (bicubic convolution, Keys 1981, IEEE ASSP 29, 1153, a = -1/2). */
function cubicAt(plane: Float32Array, sizeX: number, x: number, y: number): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const weights = (t: number) => [
    ((-0.5 * t + 1) * t - 0.5) * t,
    (1.5 * t - 2.5) * t * t + 1,
    ((-1.5 * t + 2) * t + 0.5) * t,
    (0.5 * t - 0.5) * t * t,
  ];
  const [wx, wy] = [weights(x - column), weights(y - row)];
  let sum = 0;
  for (let j = 0; j < 4; j++) {
    for (let k = 0; k < 4; k++) sum += wy[j] * wx[k] * plane[(row - 1 + j) * sizeX + column - 1 + k];
  }
  return sum;
}

/** Pixels of the lobe around the centre that lie above the cutoff: joined to it, by flooding. */
function mainLobe(psf: Float32Array, geometry: ImageGeometry, cutoff: number): number[] {
  const { sizeX, sizeY } = geometry;
  const start = (sizeY / 2) * sizeX + sizeX / 2;
  const seen = new Uint8Array(psf.length);
  const found: number[] = [];
  const waiting = [start];
  seen[start] = 1;
  while (waiting.length > 0) {
    const at = waiting.pop()!;
    found.push(at);
    const [x, y] = [at % sizeX, Math.floor(at / sizeX)];
    if (x < 3 || y < 3 || x > sizeX - 4 || y > sizeY - 4) continue;
    for (const next of [at - 1, at + 1, at - sizeX, at + sizeX]) {
      if (seen[next] || psf[next] < cutoff) continue;
      seen[next] = 1;
      waiting.push(next);
    }
  }
  return found;
}

/**
 * The clean beam: an elliptical Gaussian of height 1 fitted to the main lobe of the PSF above `cutoff`, on points about
 * TARGET_POINTS in number between the pixels (as CASA's psfcutoff: its fit resamples the lobe likewise).
 *
 * @param psf [y, x], peak at the centre pixel, normalised to 1
 * @throws bad-data when the PSF has no peak in the centre
 */
export function fitBeam(psf: Float32Array, geometry: ImageGeometry, cutoff: number): Beam {
  const { sizeX, sizeY, cell } = geometry;
  const centre = (sizeY / 2) * sizeX + sizeX / 2;
  if (!(psf[centre] > 0.5))
    fail('bad-data', 'The point spread function has no peak in its centre; are all data flagged?');
  const lobe = mainLobe(psf, geometry, cutoff * psf[centre]);
  const perPixel = Math.max(1, Math.ceil(Math.sqrt(TARGET_POINTS / lobe.length)));
  const [xs, ys, values]: number[][] = [[], [], []];
  let [low, high] = [sizeX, 0];
  let [bottom, top] = [sizeY, 0];
  for (const at of lobe) {
    low = Math.min(low, at % sizeX);
    high = Math.max(high, at % sizeX);
    bottom = Math.min(bottom, Math.floor(at / sizeX));
    top = Math.max(top, Math.floor(at / sizeX));
  }
  const lobeSet = new Set(lobe);
  for (let j = (bottom - 1) * perPixel; j <= (top + 1) * perPixel; j++) {
    for (let k = (low - 1) * perPixel; k <= (high + 1) * perPixel; k++) {
      const [x, y] = [k / perPixel, j / perPixel];
      if (x < 1 || y < 1 || x > sizeX - 3 || y > sizeY - 3 || !lobeSet.has(Math.round(y) * sizeX + Math.round(x)))
        continue;
      const value = cubicAt(psf, sizeX, x, y) / psf[centre];
      if (value < cutoff) continue;
      xs.push(x - sizeX / 2);
      ys.push(y - sizeY / 2);
      values.push(value);
    }
  }
  const width = 2 * Math.sqrt(lobe.length / Math.PI);
  const fit = fitGaussian(
    { x: xs, y: ys, value: values },
    { amplitude: 1, x: 0, y: 0, major: width * 1.2, minor: width * 0.9, angle: 0.1 },
    { fixCentre: true },
  );
  return {
    major: fit.major * cell * ARCSEC_PER_RAD,
    minor: fit.minor * cell * ARCSEC_PER_RAD,
    positionAngle: (fit.angle * 180) / Math.PI,
  };
}

/** A beam's value at pixel offsets; peak 1. */
export function beamValues(beam: Beam, cell: number): (dx: number, dy: number) => number {
  const toPixels = 1 / (cell * ARCSEC_PER_RAD);
  const { a, b, c } = formOfEllipse(beam.major * toPixels, beam.minor * toPixels, (beam.positionAngle * Math.PI) / 180);
  return (dx, dy) => Math.exp(-(a * dx * dx + b * dx * dy + c * dy * dy));
}

/** The largest sidelobe: the deepest hole of the PSF or the highest excess over the beam, whichever is larger. */
export function sidelobeLevel(psf: Float32Array, geometry: ImageGeometry, beam: Beam): number {
  const { sizeX, sizeY, cell } = geometry;
  const value = beamValues(beam, cell);
  let level = 0;
  for (let y = 0; y < sizeY; y++) {
    for (let x = 0; x < sizeX; x++) {
      const at = y * sizeX + x;
      level = Math.max(level, -psf[at], psf[at] - value(x - sizeX / 2, y - sizeY / 2));
    }
  }
  return level;
}
