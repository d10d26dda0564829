import { fail } from '../../foundation/base/index.ts';
import { type Beam, beamOf, type ImageInfo } from './beams.ts';
import type { CoordinateSystem } from './coordinates.ts';
import type { Image } from './image.ts';

/** What immath makes of Stokes parameters. */
export type PolarizationMode = 'poli' | 'lpoli' | 'tpoli' | 'pola';

const PARAMETERS = ['I', 'Q', 'U', 'V'] as const;
type Parameter = (typeof PARAMETERS)[number];

/** One Stokes parameter: the image that has it, and its place on the image's axis. */
interface ParameterSource {
  readonly image: Image;
  readonly pol: number;
}

/** Finds the parameters in one image with a Stokes axis or in several with one parameter each. */
function sourcesOf(images: readonly Image[]): ReadonlyMap<Parameter, ParameterSource> {
  const found = new Map<Parameter, ParameterSource>();
  for (const image of images) {
    for (const [pol, name] of (image.coordinates.stokes?.stokes ?? []).entries()) {
      const parameter = PARAMETERS.find((one) => one === name);
      if (!parameter) continue;
      if (found.has(parameter)) fail('usage', `Stokes ${name} is there twice.`, { file: image.path });
      found.set(parameter, { image, pol });
    }
  }
  return found;
}

/** An image of polarization, plane by plane. */
export interface PolarizationImage {
  /** One Stokes parameter, with the beams of Q. */
  readonly header: { readonly coordinates: CoordinateSystem; readonly info: ImageInfo };
  readonly unit: string;
  /** Values of a channel; NaN where there is none. */
  channel(chan: number): { readonly values: Float32Array; readonly sources: readonly [image: Image, plane: number][] };
}

/**
 * Intensity or angle of polarization from Stokes Q, U and V.
 *
 * - `lpoli`: sqrt(Q² + U² − sigma²); `tpoli`: sqrt(Q² + U² + V² − sigma²); `poli`: the latter where there is V, else the former.
 *   Pixels whose square would be negative have no value.
 * - `pola`: ½ atan2(U, Q), deg; no value where sqrt(Q² + U²) is below the threshold.
 *
 * @param images one image with a Stokes axis, or one for each parameter
 * @param limit sigma of intensities or threshold of angles, in the unit of the images
 * @source CASA 6.7 immath (ImagePolarimetry)
 * @throws usage when a parameter is missing
 */
export function polarizationImage(mode: PolarizationMode, images: readonly Image[], limit: number): PolarizationImage {
  const sources = sourcesOf(images);
  const isTotal = mode === 'tpoli' || (mode === 'poli' && sources.has('V'));
  const wanted: Parameter[] = isTotal ? ['Q', 'U', 'V'] : ['Q', 'U'];
  const chosen = wanted.map(
    (name) =>
      sources.get(name) ??
      fail('usage', `immath: mode '${mode}' needs Stokes ${wanted.join(', ')}; ${name} is missing.`),
  );
  const [{ image: first, pol: firstPol }] = chosen;
  const { coordinates, unit, info } = first;
  const beams = Array.from({ length: first.chanCount }, (_, chan) => beamOf(info, chan, firstPol, first.stokesCount));
  const result = mode === 'pola' ? 'Pangle' : isTotal ? 'Ptotal' : 'Plinear';
  return {
    header: {
      coordinates: { ...coordinates, stokes: coordinates.stokes && { ...coordinates.stokes, stokes: [result] } },
      info: info.beams.length > 1 ? { ...info, beams: beams.filter((beam): beam is Beam => beam !== undefined) } : info,
    },
    unit: mode === 'pola' ? 'deg' : unit,
    channel(chan) {
      const planes = chosen.map(({ image, pol }): [Image, number] => [image, image.planeIndex(chan, pol)]);
      const [q, u, v] = planes.map(([image, plane]) => image.readPlane(plane));
      const values = new Float32Array(q.length);
      for (let k = 0; k < values.length; k++) {
        const linear = q[k] * q[k] + u[k] * u[k];
        if (mode === 'pola') values[k] = linear < limit * limit ? Number.NaN : (Math.atan2(u[k], q[k]) * 90) / Math.PI;
        else values[k] = Math.sqrt(linear + (isTotal ? v[k] * v[k] : 0) - limit * limit);
      }
      return { values, sources: planes };
    },
  };
}
