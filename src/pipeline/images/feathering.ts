import { ARCSEC, type Context, fail } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { type ComplexArrays, fourierInPlace } from '../../foundation/numeric/index.ts';
import { type Beam, beamOf } from './beams.ts';
import { requireDirection } from './coordinates.ts';
import { createImage, type Image, openImage } from './image.ts';
import { regriddedPlanes } from './regridding.ts';
import { momentsOf } from './smoothing.ts';

/** Parameters of CASA's feather. */
export interface FeatherOptions {
  readonly imagename: string;
  readonly highres: string;
  readonly lowres: string;
  /** Factor of the values of the low resolution; default 1. */
  readonly sdfactor?: number;
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

/** High spatial frequencies of one plane and all of another, of which low ones are all that it has. */
function combined(high: Float32Array, low: Float32Array, scale: number, transfer: ComplexArrays, sizeX: number) {
  const [sharp, blunt] = [high, low].map((plane) => {
    const parts = { re: Float64Array.from(plane), im: new Float64Array(plane.length) };
    fourierInPlace(parts, sizeX, -1);
    return parts;
  });
  for (let k = 0; k < high.length; k++) {
    const [re, im] = [sharp.re[k], sharp.im[k]];
    const [unseen, phase] = [1 - transfer.re[k], -transfer.im[k]];
    sharp.re[k] = re * unseen - im * phase + scale * blunt.re[k];
    sharp.im[k] = re * phase + im * unseen + scale * blunt.im[k];
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

function writeFeathered(context: Context, images: { high: Image; low: Image }, path: string, sdfactor: number): void {
  const { high, low } = images;
  const [sharpBeams, [blunt, ...others]] = [beamsFor(high, 'high'), beamsFor(low, 'low')];
  if (others.length > 0)
    fail('usage', 'Channels of low resolution differ in beam; use imsmooth with kernel="commonbeam" first.', {
      file: low.path,
    });
  const transfer = beamTransfer(high, blunt);
  const read = regriddedPlanes(low, { coordinates: high.coordinates, shape: high.shape.toReversed() });
  const { shape, coordinates, unit, info, miscInfo } = high;
  const made = createImage(path, { shape, coordinates, unit, info, miscInfo });
  try {
    for (let plane = 0; plane < high.planeCount; plane++) {
      context.checkAbort();
      const { chan, stokes } = high.planeAxes(plane);
      const sharp = beamOf(high.info, chan, stokes, high.stokesCount) ?? sharpBeams[0];
      const scale = (sdfactor * sharp.major * sharp.minor) / (blunt.major * blunt.minor);
      const under = read(low.chanCount === 1 ? 0 : chan, Math.min(stokes, low.stokesCount - 1));
      const mask = high.readMask(plane);
      const seen = masked(high.readPlane(plane), mask);
      const joined = combined(seen, under.values, scale, transfer, high.sizeX);
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
        writeFeathered(context, { high, low }, path, options.sdfactor ?? 1),
      );
    } finally {
      low.close();
    }
  } finally {
    high.close();
  }
}
