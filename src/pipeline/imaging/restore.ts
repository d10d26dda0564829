import { fail, parseQuantity } from '../../foundation/base/index.ts';
import { type Beam, commonBeam } from '../images/index.ts';
import { beamValues } from './beam-fit.ts';
import type { ImageGeometry } from './gridder.ts';

/**
 * Restored image: the model convolved with the beam (Jy/pixel to Jy/beam) plus the residual.
 *
 * @param model, residual [y, x]
 * @returns a new plane [y, x]
 */
export function restorePlane(
  model: Float32Array,
  residual: Float32Array,
  geometry: ImageGeometry,
  beam: Beam,
): Float32Array {
  const { sizeX, sizeY, cell } = geometry;
  const image = Float32Array.from(residual);
  const value = beamValues(beam, cell);
  const reach = Math.ceil((2.6 * beam.major * Math.PI) / 648_000 / cell);
  const width = 2 * reach + 1;
  const patch = new Float64Array(width * width);
  for (let dy = -reach; dy <= reach; dy++)
    for (let dx = -reach; dx <= reach; dx++) patch[(dy + reach) * width + dx + reach] = value(dx, dy);
  const sum = new Float64Array(image.length);
  for (let y = 0; y < sizeY; y++) {
    for (let x = 0; x < sizeX; x++) {
      const flux = model[y * sizeX + x];
      if (flux === 0) continue;
      const [startX, endX] = [Math.max(0, x - reach), Math.min(sizeX - 1, x + reach)];
      for (let row = Math.max(0, y - reach); row <= Math.min(sizeY - 1, y + reach); row++) {
        const from = (row - y + reach) * width + reach - x;
        for (let column = startX; column <= endX; column++) sum[row * sizeX + column] += flux * patch[from + column];
      }
    }
  }
  for (let k = 0; k < image.length; k++) image[k] += sum[k];
  return image;
}

/**
 * One beam for all planes where their major axes differ by less than half a cell, as clean of CASA 4 had it
 * (StokesImageUtil::FitGaussianPSF: of the longest and the shortest beam the one that comes later).
 *
 * @param cellArcsec width of a pixel
 */
export function shareBeam(fitted: readonly Beam[], cellArcsec: number): readonly Beam[] {
  let [longest, shortest] = [0, 0];
  fitted.forEach(({ major }, plane) => {
    if (major > fitted[longest].major) longest = plane;
    if (major < fitted[shortest].major) shortest = plane;
  });
  if (fitted[longest].major - fitted[shortest].major >= cellArcsec / 2) return fitted;
  return fitted.map(() => fitted[Math.max(longest, shortest)]);
}

/**
 * The beams to restore with, from tclean's restoringbeam: the fitted ones, their common beam ('common'), or a given one
 * (major, minor, position angle).
 *
 * @param fitted one per plane
 * @throws usage
 */
export function chooseBeams(rule: string | readonly string[] | undefined, fitted: readonly Beam[]): readonly Beam[] {
  const words = (typeof rule === 'string' ? [rule] : [...(rule ?? [])]).filter((word) => word !== '');
  if (words.length === 0) return fitted;
  if (words[0] === 'common') return fitted.map(() => commonBeam(fitted));
  const axis = (word: string) => (parseQuantity(word, 'angle', 'arcsec') * 648_000) / Math.PI;
  const major = axis(words[0]);
  const beam = {
    major,
    minor: words[1] ? axis(words[1]) : major,
    positionAngle: words[2] ? (parseQuantity(words[2], 'angle', 'deg') * 180) / Math.PI : 0,
  };
  if (!(beam.minor > 0) || beam.major < beam.minor)
    fail('usage', 'restoringbeam must be [major, minor, position angle] with major >= minor > 0.');
  return fitted.map(() => beam);
}
