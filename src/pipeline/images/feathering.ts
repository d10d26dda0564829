import { ARCSEC, type Context, fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { type ComplexArrays, fourierInPlace } from '../../foundation/numeric/index.ts';
import { type Beam, beamOf, momentsOf } from './beams.ts';
import { channelFrequency, requireDirection } from './coordinates.ts';
import { createImage, type Image, openImage } from './image.ts';
import { regriddedPlanes } from './regridding.ts';
import { deconvolvedBeam } from './smoothing.ts';

/** Parameters of CASA's feather. */
export interface FeatherOptions {
  readonly imagename: string;
  readonly highres: string;
  readonly lowres: string;
  /** Factor of the values of the low resolution; default 1. */
  readonly sdfactor?: number;
  /** Part of the dish whose view is taken, m: the low image is smoothed to its beam; not positive: the whole dish. */
  readonly effdishdiam?: number;
  /** Without effdishdiam: smooths the low image by what the dish of its beam sees. */
  readonly lowpassfiltersd?: boolean;
}

/** What the beam of the low resolution, sampled over the image, sees of each spatial frequency, [y, x], 1 at zero. */
function beamTransfer(image: Image, beam: Beam): ComplexArrays {
  const { sizeX, sizeY } = image;
  const [stepX, stepY] = requireDirection(image.coordinates, image.path).increment.map((step) => step / ARCSEC);
  const [xx, xy, yy] = momentsOf(beam);
  const factor = (4 * Math.LN2) / (xx * yy - xy * xy);
  const sampled = { re: new Float64Array(sizeX * sizeY), im: new Float64Array(sizeX * sizeY) };
  const offset = (k: number, size: number, step: number) => (k < size - (size >> 1) ? k : k - size) * step;
  for (let row = 0; row < sizeY; row++) {
    const y = offset(row, sizeY, stepY);
    for (let column = 0; column < sizeX; column++) {
      const x = offset(column, sizeX, stepX);
      sampled.re[row * sizeX + column] = Math.exp(-factor * (yy * x * x - 2 * xy * x * y + xx * y * y));
    }
  }
  fourierInPlace(sampled, sizeX, -1);
  const most = sampled.re[0];
  return { re: sampled.re.map((value) => value / most), im: sampled.im.map((value) => value / most) };
}

/** How two planes are joined. */
interface Join {
  readonly scale: number;
  /** What the low beam sees of each spatial frequency. */
  readonly transfer: ComplexArrays;
  /** What is kept of each spatial frequency of the low plane; undefined: all. */
  readonly smoothing?: ComplexArrays;
  readonly sizeX: number;
}

/** High spatial frequencies of one plane and all of another, of which low ones are all that it has. */
function combined(high: Float32Array, low: Float32Array, join: Join) {
  const { scale, transfer, smoothing, sizeX } = join;
  const [sharp, blunt] = [high, low].map((plane) => {
    const parts = { re: Float64Array.from(plane), im: new Float64Array(plane.length) };
    fourierInPlace(parts, sizeX, -1);
    return parts;
  });
  for (let k = 0; k < high.length; k++) {
    const [re, im] = [sharp.re[k], sharp.im[k]];
    const [unseen, phase] = [1 - transfer.re[k], -transfer.im[k]];
    const [kept, turned] = smoothing ? [smoothing.re[k], smoothing.im[k]] : [1, 0];
    sharp.re[k] = re * unseen - im * phase + scale * (blunt.re[k] * kept - blunt.im[k] * turned);
    sharp.im[k] = re * phase + im * unseen + scale * (blunt.re[k] * turned + blunt.im[k] * kept);
  }
  fourierInPlace(sharp, sizeX, 1);
  return Float32Array.from(sharp.re, (value) => value / high.length);
}

/** Masked pixels, and those without a number, are 0. */
const masked = (plane: Float32Array, mask: Uint8Array | undefined) =>
  plane.map((value, k) => (mask?.[k] === 0 || !Number.isFinite(value) ? 0 : value));

/** The beams of an image, of which there must be one or more. */
function beamsFor(image: Image, what: string): readonly Beam[] {
  const { beams } = image.info;
  if (beams.length === 0) fail('usage', `The image of ${what} resolution has no beam.`, { file: image.path });
  return beams;
}

/** Full width of the beam of a dish in wavelengths over diameters. */
const DISH_BEAM = 1.22;

/**
 * The kernel from one beam to a round one. As in CASA, where the beams are the same within a tenth (of squares) and the new one is not
 * larger everywhere, it is the old beam itself.
 */
function kernelTo(target: Beam, beam: Beam, path: string): Beam {
  const kernel = deconvolvedBeam(target, beam);
  const [xx, xy, yy] = momentsOf(target).map((moment, k) => moment - momentsOf(beam)[k]);
  const least = (xx + yy) / 2 - Math.hypot((xx - yy) / 2, xy);
  if (kernel && Math.min(xx, yy, least) >= 0) return kernel;
  const limit = 0.1 * Math.min(target.minor, beam.minor) ** 2;
  if (least < limit && Math.min(xx, yy) > -limit) return beam;
  return fail('usage', 'The beam of a dish of effdishdiam is smaller than that of the image of low resolution.', {
    file: path,
  });
}

/** The beam that the low image has before it is joined, and the kernel, if any, that smooths it to that. */
function dishView(high: Image, blunt: Beam, options: FeatherOptions): { beam: Beam; kernel?: Beam } {
  const { effdishdiam = -1, lowpassfiltersd = false } = options;
  if (!(effdishdiam > 0) && !lowpassfiltersd) return { beam: blunt };
  const { spectral } = high.coordinates;
  if (!spectral) return fail('usage', 'A beam of a dish needs the frequency of the image.', { file: high.path });
  const widthOf = (diameter: number) => (DISH_BEAM * SPEED_OF_LIGHT) / channelFrequency(spectral, 0) / diameter;
  // CASA has diameters in single precision, which decides whether the beam of the dish is larger than that of the image.
  const diameter = Math.fround(effdishdiam > 0 ? effdishdiam : widthOf(blunt.major * ARCSEC));
  const width = widthOf(diameter) / ARCSEC;
  const beam = { major: width, minor: width, positionAngle: 0 };
  return { beam, kernel: kernelTo(beam, blunt, high.path) };
}

function writeFeathered(context: Context, images: { high: Image; low: Image }, path: string, options: FeatherOptions) {
  const { high, low } = images;
  const [sharpBeams, [own, ...others]] = [beamsFor(high, 'high'), beamsFor(low, 'low')];
  if (others.length > 0)
    fail('usage', 'Channels of low resolution differ in beam; use imsmooth with kernel="commonbeam" first.', {
      file: low.path,
    });
  const { beam: blunt, kernel } = dishView(high, own, options);
  const transfer = beamTransfer(high, blunt);
  const smoothing = kernel && beamTransfer(high, kernel);
  if (kernel) {
    const share = (own.major * own.minor) / (blunt.major * blunt.minor);
    context.log.post(
      `The low resolution is smoothed by ${kernel.major.toPrecision(4)} x ${kernel.minor.toPrecision(4)} arcsec, and as in CASA its flux densities count ${share.toPrecision(4)} times; sdfactor can undo that.`,
      'WARN',
      'feather',
    );
  }
  const read = regriddedPlanes(low, { coordinates: high.coordinates, shape: high.shape.toReversed() });
  const { shape, coordinates, unit, info, miscInfo } = high;
  const made = createImage(path, { shape, coordinates, unit, info, miscInfo });
  try {
    for (let plane = 0; plane < high.planeCount; plane++) {
      context.checkAbort();
      const { chan, stokes } = high.planeAxes(plane);
      const sharp = beamOf(high.info, chan, stokes, high.stokesCount) ?? sharpBeams[0];
      const scale = ((options.sdfactor ?? 1) * sharp.major * sharp.minor) / (blunt.major * blunt.minor);
      const under = read(low.chanCount === 1 ? 0 : chan, Math.min(stokes, low.stokesCount - 1));
      const mask = high.readMask(plane);
      const seen = masked(high.readPlane(plane), mask);
      const joined = combined(seen, under.values, { scale, transfer, smoothing, sizeX: high.sizeX });
      // What the low image does not cover lacks its low spatial frequencies, whether or not an input has a mask.
      const good = mask ? mask.map((one, k) => one & under.good[k]) : under.good;
      const hasMask = mask !== undefined || low.hasMask || good.includes(0);
      made.writePlane(plane, hasMask ? masked(joined, good) : joined);
      if (hasMask) made.writeMask(plane, good);
    }
  } finally {
    made.close();
  }
}

/**
 * Joins an interferometer's image with one of a single dish, as CASA's feather: in spatial frequency, the sharp image times what the
 * low beam does not see, plus the low image in units of the sharp beam (Cotton 2017, PASP 129, 094501).
 *
 * @throws usage, missing, exists
 */
export function feather(context: Context, options: FeatherOptions): void {
  if (!options.imagename) fail('usage', 'imagename must be given: the name of the result.');
  const high = openImage(joinPath(context.cwd, options.highres));
  try {
    const low = openImage(joinPath(context.cwd, options.lowres));
    try {
      writeWhole(joinPath(context.cwd, options.imagename), true, (path) =>
        writeFeathered(context, { high, low }, path, options),
      );
    } finally {
      low.close();
    }
  } finally {
    high.close();
  }
}
