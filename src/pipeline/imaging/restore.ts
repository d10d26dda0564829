import type { Beam } from '../images/index.ts';
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

/** Parses restoringbeam: [] for fitted beams, ['common'], or [major, minor, position angle]. */
export type BeamRule = 'fitted' | 'common' | Beam;

/** The smallest beam of a family's shape (that of its largest member) that contains every member. */
export function commonBeam(beams: readonly Beam[]): Beam {
  const largest = beams.reduce((best, beam) => (beam.major * beam.minor > best.major * best.minor ? beam : best));
  let scale = 1;
  for (const beam of beams) {
    for (let step = 0; step < 36; step++) {
      const angle = (step * Math.PI) / 36;
      scale = Math.max(scale, widthAlong(beam, angle) / widthAlong(largest, angle));
    }
  }
  return { ...largest, major: largest.major * scale, minor: largest.minor * scale };
}

function widthAlong(beam: Beam, angle: number): number {
  const turned = angle - (beam.positionAngle * Math.PI) / 180;
  return 1 / Math.hypot(Math.cos(turned) / beam.major, Math.sin(turned) / beam.minor);
}
