import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { median } from '../../foundation/numeric/index.ts';
import { type Beam, commonBeam } from './beams.ts';
import { axisNumbers } from './collapse.ts';
import { channelFrequency, radioVelocity, type SpectralAxis } from './coordinates.ts';
import { cropCoordinates, cropInfo, cropPlane, planesIn } from './cutting.ts';
import { createImage, type Image, openImage } from './image.ts';
import { type ChosenPixels, choosePixels, type PixelSelection, valueTest } from './pixel-selection.ts';
import { smoothPlane } from './smoothing.ts';

/** Parameters of CASA's immoments. */
export interface ImmomentsOptions extends PixelSelection {
  readonly imagename: string;
  readonly outfile: string;
  readonly moments?: readonly number[];
  /** 'spectral' or the number of that axis. */
  readonly axis?: string | number;
}

/** A spectrum of one pixel: the good channels' values and velocities (km/s). */
interface Spectrum {
  readonly count: number;
  readonly values: Float64Array;
  readonly velocities: Float64Array;
}

interface Moment {
  /** End of the file's name when there are several. */
  readonly suffix: string;
  readonly unit: 'image' | 'velocity' | 'integral';
  compute(spectrum: Spectrum, width: number): number;
}

const total = ({ count, values }: Spectrum, of: (value: number, k: number) => number): number => {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += of(values[k], k);
  return sum;
};
const meanOf = (spectrum: Spectrum) => total(spectrum, (value) => value) / spectrum.count;
const weightedVelocity = (spectrum: Spectrum) =>
  total(spectrum, (value, k) => value * spectrum.velocities[k]) / total(spectrum, (value) => value);

function extreme({ count, values }: Spectrum, sign: 1 | -1): number {
  let best = 0;
  for (let k = 1; k < count; k++) if (sign * values[k] > sign * values[best]) best = k;
  return best;
}

/** CASA's numbers of moments. */
const MOMENTS: ReadonlyMap<number, Moment> = new Map<number, Moment>([
  [-1, { suffix: 'average', unit: 'image', compute: meanOf }],
  [0, { suffix: 'integrated', unit: 'integral', compute: (s, width) => total(s, (value) => value) * width }],
  [1, { suffix: 'weighted_coord', unit: 'velocity', compute: weightedVelocity }],
  [
    2,
    {
      suffix: 'weighted_dispersion_coord',
      unit: 'velocity',
      compute: (s) => {
        const centre = weightedVelocity(s);
        const second = total(s, (value, k) => value * (s.velocities[k] - centre) ** 2);
        return Math.sqrt(Math.abs(second / total(s, (value) => value)));
      },
    },
  ],
  [3, { suffix: 'median', unit: 'image', compute: ({ count, values }) => median(values.subarray(0, count)) }],
  [
    5,
    {
      suffix: 'standard_deviation',
      unit: 'image',
      compute: (s) => {
        const mean = meanOf(s);
        return s.count > 1 ? Math.sqrt(total(s, (value) => (value - mean) ** 2) / (s.count - 1)) : Number.NaN;
      },
    },
  ],
  [6, { suffix: 'rms', unit: 'image', compute: (s) => Math.sqrt(total(s, (value) => value * value) / s.count) }],
  [
    7,
    {
      suffix: 'abs_mean_dev',
      unit: 'image',
      compute: (s) => {
        const mean = meanOf(s);
        return total(s, (value) => Math.abs(value - mean)) / s.count;
      },
    },
  ],
  [8, { suffix: 'maximum', unit: 'image', compute: (s) => s.values[extreme(s, 1)] }],
  [9, { suffix: 'maximum_coord', unit: 'velocity', compute: (s) => s.velocities[extreme(s, 1)] }],
  [10, { suffix: 'minimum', unit: 'image', compute: (s) => s.values[extreme(s, -1)] }],
  [11, { suffix: 'minimum_coord', unit: 'velocity', compute: (s) => s.velocities[extreme(s, -1)] }],
]);

/** Planes of the chosen channels of one Stokes index, at one beam. */
function channelPlanes(
  image: Image,
  chosen: ChosenPixels,
  stokes: number,
  beam: Beam | undefined,
  isCounted?: (value: number) => boolean,
) {
  const { bounds } = chosen;
  return planesIn(image, bounds)
    .filter((plane) => image.planeAxes(plane).stokes === stokes && chosen.planes.includes(plane))
    .map((plane) => {
      const values = cropPlane(beam ? smoothPlane(image, plane, beam) : image.readPlane(plane), image.sizeX, bounds);
      const good = chosen.good(plane);
      const mask = good ? cropPlane(good, image.sizeX, bounds) : new Uint8Array(values.length).fill(1);
      for (let k = 0; k < mask.length; k++)
        if (Number.isNaN(values[k]) || isCounted?.(values[k]) === false) mask[k] = 0;
      return { chan: image.planeAxes(plane).chan, values, mask };
    });
}

/** The moments' planes, by moment and Stokes index. */
interface MomentPlanes {
  readonly values: Float32Array[][];
  /** 1 = good */
  readonly masks: Uint8Array[][];
}

/** Lengths of the axes of a moment image. */
function lengthsOf({ bounds }: ChosenPixels, spectralAxis: number): number[] {
  return bounds.blc.map((first, axis) => (axis === spectralAxis ? 1 : bounds.trc[axis] - first + 1));
}

function compute(
  context: Context,
  image: Image,
  chosen: ChosenPixels,
  spectral: SpectralAxis,
  moments: readonly Moment[],
  { beam, isCounted }: { beam?: Beam; isCounted?: (value: number) => boolean },
): MomentPlanes {
  const velocity = (chan: number) => radioVelocity(channelFrequency(spectral, chan), spectral.restFrequency) / 1000;
  const width = Math.abs(velocity(1) - velocity(0));
  const lengths = lengthsOf(chosen, spectral.pixelAxis);
  const size = lengths[0] * lengths[1];
  const stokesAxis = image.coordinates.stokes?.pixelAxis;
  const [firstStokes, stokesCount] =
    stokesAxis === undefined ? [0, 1] : [chosen.bounds.blc[stokesAxis], lengths[stokesAxis]];
  const values = moments.map(() => Array.from({ length: stokesCount }, () => new Float32Array(size)));
  const masks = moments.map(() => Array.from({ length: stokesCount }, () => new Uint8Array(size)));
  for (let stokes = 0; stokes < stokesCount; stokes++) {
    context.checkAbort();
    const planes = channelPlanes(image, chosen, firstStokes + stokes, beam, isCounted);
    const speeds = planes.map(({ chan }) => velocity(chan));
    const numbers = { values: new Float64Array(planes.length), velocities: new Float64Array(planes.length) };
    for (let k = 0; k < size; k++) {
      let count = 0;
      planes.forEach((plane, at) => {
        if (plane.mask[k] === 0) return;
        numbers.values[count] = plane.values[k];
        numbers.velocities[count++] = speeds[at];
      });
      if (count === 0) continue;
      moments.forEach((moment, at) => {
        const value = moment.compute({ count, ...numbers }, width);
        if (!Number.isFinite(value)) return;
        values[at][stokes][k] = value;
        masks[at][stokes][k] = 1;
      });
    }
  }
  return { values, masks };
}

function spectralAxisOf(image: Image, axis: string | number): SpectralAxis {
  const { spectral } = image.coordinates;
  if (spectral && spectral.restFrequency > 0 && axisNumbers(image, axis)[0] === spectral.pixelAxis) return spectral;
  return fail(
    'unsupported',
    'immoments takes moments along the spectral axis alone, of images with a rest frequency.',
    {
      file: image.path,
    },
  );
}

/**
 * Moments of the spectra of an image, as CASA's immoments: images whose spectral axis is one pixel long, velocities radio and in km/s.
 * Planes of different beams are smoothed to a common one first.
 *
 * @throws usage, missing, exists
 */
export function immoments(context: Context, options: ImmomentsOptions): void {
  const moments = (options.moments ?? [0]).map(
    (number) =>
      MOMENTS.get(number) ??
      fail('unsupported', `The moment ${number} is not handled; there are ${[...MOMENTS.keys()].join(', ')}.`),
  );
  if (!options.outfile) fail('usage', 'outfile must be given.');
  const image = openImage(joinPath(context.cwd, options.imagename));
  try {
    const spectral = spectralAxisOf(image, options.axis ?? 'spectral');
    const chosen = choosePixels(image, options, context.cwd);
    const info = cropInfo(image, chosen.bounds);
    const beam = info.beams.length > 1 ? commonBeam(info.beams) : undefined;
    const found = compute(context, image, chosen, spectral, moments, { beam, isCounted: valueTest(options) });
    chosen.close();
    const units = { image: image.unit, velocity: 'km/s', integral: `${image.unit}.km/s` };
    moments.forEach((moment, at) => {
      const name = moments.length > 1 ? `${options.outfile}.${moment.suffix}` : options.outfile;
      writeWhole(joinPath(context.cwd, name), false, (path) => {
        const made = createImage(path, {
          shape: lengthsOf(chosen, spectral.pixelAxis).toReversed(),
          coordinates: cropCoordinates(image.coordinates, chosen.bounds),
          unit: units[moment.unit],
          info: { ...info, beams: beam ? [beam] : info.beams },
          miscInfo: image.miscInfo,
        });
        found.values[at].forEach((values, plane) => {
          made.writePlane(plane, values);
          const mask = found.masks[at][plane];
          if (image.hasMask || mask.includes(0)) made.writeMask(plane, mask);
        });
        made.close();
      });
    });
  } finally {
    image.close();
  }
}
