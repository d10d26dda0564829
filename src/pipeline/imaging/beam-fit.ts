import { fail, isQa2Error, type LogPort } from '../../foundation/base/index.ts';
import { type Beam, fitGaussian, formOfEllipse } from '../images/index.ts';
import { centreIndex, type ImageGeometry } from './gridder.ts';

/** Pixels to each side of the peak that the fit looks at. */
const REACH = 50;
/** Below this level there are sidelobes in the fit: the beam is no longer sought. */
const LOWEST_CUTOFF = 0.1;
/** What stands for a beam where no Gaussian fits, in cells (CASA 6.7, StokesImageUtil::FitGaussianPSF). */
const DEFAULT_CELLS = 2.5;
const ARCSEC_PER_RAD = 648_000 / Math.PI;

/** The middle of a PSF: [y, x], `half` samples to each side of the peak. */
interface PsfCore {
  readonly half: number;
  readonly values: Float64Array;
}

/** Offsets and values of the samples that belong to the main lobe. */
interface LobeSamples {
  readonly x: number[];
  readonly y: number[];
  readonly value: number[];
}

/** Weights of four neighbours for a point at `t` between the middle two (Catmull & Rom 1974). */
function cubicWeights(t: number): readonly number[] {
  const [t2, t3] = [t * t, t * t * t];
  return [(-t3 + 2 * t2 - t) / 2, (3 * t3 - 5 * t2 + 2) / 2, (-3 * t3 + 4 * t2 + t) / 2, (t3 - t2) / 2];
}

/** The middle of the PSF with `factor` samples a pixel, by cubic interpolation along x and then y. */
function coreOf(psf: Float32Array, { sizeX, sizeY }: ImageGeometry, factor: number): PsfCore {
  const reach = Math.max(0, Math.min(REACH, (sizeX >> 1) - 3, (sizeY >> 1) - 3));
  const half = reach * factor;
  const side = 2 * half + 1;
  const places = Array.from({ length: side }, (_, k) => {
    const offset = (k - half) / factor;
    return { first: Math.floor(offset) - 1, weights: cubicWeights(offset - Math.floor(offset)) };
  });
  const rows = 2 * reach + 4;
  const along = new Float64Array(rows * side);
  for (let row = 0; row < rows; row++) {
    const start = ((sizeY >> 1) + row - reach - 1) * sizeX + (sizeX >> 1);
    for (let k = 0; k < side; k++) {
      const { first, weights } = places[k];
      let sum = 0;
      for (let near = 0; near < 4; near++) sum += weights[near] * psf[start + first + near];
      along[row * side + k] = sum;
    }
  }
  const values = new Float64Array(side * side);
  for (let j = 0; j < side; j++) {
    const { first, weights } = places[j];
    for (let k = 0; k < side; k++) {
      let sum = 0;
      for (let near = 0; near < 4; near++) sum += weights[near] * along[(first + near + reach + 1) * side + k];
      values[j * side + k] = sum;
    }
  }
  return { half, values };
}

/** The main lobe: the samples above the cutoff that hang together with the centre; sidelobes may be as high. */
function mainLobe({ half, values }: PsfCore, cutoff: number): LobeSamples {
  const lobe: LobeSamples = { x: [], y: [], value: [] };
  const side = 2 * half + 1;
  const seen = new Uint8Array(side * side);
  const waiting = [half * side + half];
  seen[waiting[0]] = 1;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const [x, y] = [(at % side) - half, Math.floor(at / side) - half];
    if (!(values[at] > cutoff)) continue;
    lobe.x.push(x);
    lobe.y.push(y);
    lobe.value.push(values[at]);
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]) {
      const next = at + dy * side + dx;
      if (Math.abs(x + dx) > half || Math.abs(y + dy) > half || seen[next]) continue;
      seen[next] = 1;
      waiting.push(next);
    }
  }
  return lobe;
}

/** A lobe of so many pixels is fitted as it is. */
const ENOUGH_PIXELS = 20;

/**
 * Samples a pixel for a lobe. CASA 6.7 fits round lobes down to 20 pixels as they are, and those of few pixels with two to four
 * samples a pixel, as its solver happens to converge (found by trying which of them gives the beams that it fits).
 */
function samplesPerPixel({ x, y, value }: LobeSamples): number {
  if (value.length > ENOUGH_PIXELS) return 1;
  return Math.max(...x, ...y) >= 2 ? 3 : 4;
}

function tryBeam(psf: Float32Array, geometry: ImageGeometry, cutoff: number): Beam | undefined {
  const pixels = coreOf(psf, geometry, 1);
  const factor = samplesPerPixel(mainLobe(pixels, cutoff));
  const lobe = mainLobe(factor === 1 ? pixels : coreOf(psf, geometry, factor), cutoff);
  const width = Math.min(2 * Math.sqrt(lobe.value.length / Math.PI), 6 * factor);
  const guess = { amplitude: 1, x: 0, y: 0, major: width * 1.1, minor: width * 0.9, angle: 0.1 };
  const cellArcsec = (geometry.cell / factor) * ARCSEC_PER_RAD;
  try {
    const fit = fitGaussian(lobe, guess, { fixCentre: true });
    return {
      major: fit.major * cellArcsec,
      minor: fit.minor * cellArcsec,
      positionAngle: (fit.angle * 180) / Math.PI,
    };
  } catch (error) {
    if (isQa2Error(error, 'bad-data')) return undefined;
    throw error;
  }
}

/**
 * The clean beam: an elliptical Gaussian of height 1 fitted to the samples of the PSF's main lobe above `cutoff`. A lobe of few
 * pixels is interpolated first, as CASA 6.7 does; where no Gaussian fits, the cutoff is lowered, and at last the beam is round
 * with 2.5 cells, with a warning.
 *
 * @param psf [y, x], peak at the centre pixel, normalised to 1
 * @throws bad-data when the PSF has no peak in the centre
 */
export function fitBeam(psf: Float32Array, geometry: ImageGeometry, cutoff: number, log: LogPort): Beam {
  const { cell } = geometry;
  const centre = centreIndex(geometry);
  if (!(psf[centre] > 0.5))
    fail('bad-data', 'The point spread function has no peak in its centre; are all data flagged?');
  for (let limit = cutoff; limit === cutoff || limit > LOWEST_CUTOFF; limit /= 1.5) {
    const beam = tryBeam(psf, geometry, limit);
    if (beam) return beam;
  }
  const width = DEFAULT_CELLS * cell * ARCSEC_PER_RAD;
  log.post(
    `No Gaussian fits the point spread function; a beam of ${DEFAULT_CELLS} cells stands in. Is the cell too large?`,
    'WARN',
    'beam',
  );
  return { major: width, minor: width, positionAngle: 0 };
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
      level = Math.max(level, -psf[at], psf[at] - value(x - (sizeX >> 1), y - (sizeY >> 1)));
    }
  }
  return level;
}

/** Pixels to each side of the peak that CASA 4's clean leaves out at least. */
const LEAST_BOX = 4;

/**
 * The largest sidelobe as CASA 4's clean has it (4.7, MFCleanImageSkyModel::solve, MFMSCleanImageSkyModel::solve): the deepest
 * hole, or what is highest outside a box of one beam to each side of the peak.
 *
 * @param isHole whether holes alone count, as in multi-scale CLEAN
 */
export function outerSidelobe(
  psf: Float32Array,
  { sizeX, sizeY, cell }: ImageGeometry,
  beam: Beam,
  isHole: boolean,
): number {
  const box = isHole ? sizeX + sizeY : Math.max(LEAST_BOX, Math.ceil(beam.major / (cell * ARCSEC_PER_RAD)));
  let level = 0;
  for (let y = 0; y < sizeY; y++) {
    for (let x = 0; x < sizeX; x++) {
      const value = psf[y * sizeX + x];
      const isInside = Math.abs(x - (sizeX >> 1)) <= box && Math.abs(y - (sizeY >> 1)) <= box;
      level = Math.max(level, isInside ? -value : Math.abs(value));
    }
  }
  return level;
}
