import { ARCSEC, type Context, fail, parseQuantity } from '../../foundation/base/index.ts';
import { disk, joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { type Beam, beamOf, beamOfMoments, commonBeam, type Moments, momentsOf } from './beams.ts';
import { requireDirection } from './coordinates.ts';
import { createImage, type Image } from './image.ts';
import type { PixelSelection } from './pixel-selection.ts';
import { openSelected } from './selected-input.ts';

/** Parameters of CASA's imsmooth. */
export interface ImsmoothOptions extends PixelSelection {
  readonly imagename: string;
  readonly outfile: string;
  /** 'gauss' (default) or 'commonbeam' */
  readonly kernel?: string;
  readonly major?: string;
  readonly minor?: string;
  readonly pa?: string;
  /** The sizes are those of the beam afterwards, not of the kernel. */
  readonly targetres?: boolean;
  readonly overwrite?: boolean;
}

const combined = (a: Beam, b: Beam, sign: 1 | -1) => {
  const [first, second] = [momentsOf(a), momentsOf(b)];
  return beamOfMoments(first.map((value, k) => value + sign * second[k]) as unknown as Moments);
};

/** The beam after smoothing by a Gaussian. */
export function convolvedBeam(beam: Beam, kernel: Beam): Beam {
  return combined(beam, kernel, 1) ?? beam;
}

/** The Gaussian that smooths one beam to another; undefined when the target is smaller somewhere. */
export function deconvolvedBeam(target: Beam, beam: Beam): Beam | undefined {
  return combined(target, beam, -1);
}

/** Weights of neighbouring pixels, [2 reach + 1]² with sum 1. */
interface Kernel {
  readonly reach: readonly [number, number];
  readonly weights: Float64Array;
}

/** Square of the least width (standard deviation, pixels) that samples of a Gaussian stand for. */
const SAMPLED = 0.8 ** 2;
/** Variance (pixels²) of one step of {@link steppedKernel}: with a third, the fourth moments are those of the Gaussian too. */
const STEP = 1 / 3;

/** Most samples of a kernel. */
const MOST_SAMPLES = 2 ** 24;

/** @param step [x, y] of a pixel, arcsec, x towards the east when positive */
function gaussianKernel(shape: Beam, step: readonly [number, number]): Kernel {
  const [xx, xy, yy] = momentsOf(shape).map((value) => value / (8 * Math.LN2));
  const [p, q, r] = [xx / step[0] ** 2, xy / (step[0] * step[1]), yy / step[1] ** 2];
  const thinnest = (p + r) / 2 - Math.hypot((p - r) / 2, q);
  return thinnest < SAMPLED ? steppedKernel(p, q, r) : sampledKernel(p, q, r);
}

/** Samples of the Gaussian of second moments p (x²), q (xy), r (y²), pixels². */
function sampledKernel(p: number, q: number, r: number): Kernel {
  const determinant = p * r - q * q;
  const reach: [number, number] = [Math.ceil(5 * Math.sqrt(p)), Math.ceil(5 * Math.sqrt(r))];
  const width = 2 * reach[0] + 1;
  const height = 2 * reach[1] + 1;
  if (!(width * height <= MOST_SAMPLES)) {
    const size = `${width} × ${height} pixels`;
    fail(
      'usage',
      `The kernel would reach over ${size}, 2^24 are possible; see the units of its axes and of the image.`,
    );
  }
  const weights = new Float64Array(width * height);
  let sum = 0;
  for (let y = -reach[1]; y <= reach[1]; y++)
    for (let x = -reach[0]; x <= reach[0]; x++) {
      const value = Math.exp(-(r * x * x - 2 * q * x * y + p * y * y) / (2 * determinant));
      weights[(y + reach[1]) * width + x + reach[0]] = value;
      sum += value;
    }
  return { reach, weights: weights.map((value) => value / sum) };
}

/**
 * A kernel thinner than a pixel, which samples cannot tell: small steps one after the other, each of 3 × 3 weights that have exactly
 * its part of the second moments. On images that are sampled as a beam must be, it does what the Gaussian does.
 */
function steppedKernel(p: number, q: number, r: number): Kernel {
  // Long thin kernels take larger steps, so that they stay quick.
  const largest = Math.max(p, r);
  const count = Math.max(1, Math.ceil(Math.min(largest / STEP, 64)));
  const [xx, xy, yy] = [p / count, q / count, r / count];
  const side = [(xx - Math.abs(xy)) / 2, (yy - Math.abs(xy)) / 2];
  const [rising, falling] = [Math.max(0, xy) / 2, Math.max(0, -xy) / 2];
  const centre = 1 - 2 * (side[0] + side[1] + rising + falling);
  const one = [falling, side[1], rising, side[0], centre, side[0], rising, side[1], falling];
  // Rows from below: (-1,-1) and (1,1) rise, (1,-1) and (-1,1) fall.
  const step = [one[2], one[1], one[0], one[3], one[4], one[5], one[0], one[7], one[2]];
  const width = 2 * count + 1;
  let weights = new Float64Array(width * width);
  weights[count * width + count] = 1;
  for (let turn = 0; turn < count; turn++) {
    const next = new Float64Array(weights.length);
    for (let y = 1; y < width - 1; y++)
      for (let x = 1; x < width - 1; x++) {
        const value = weights[y * width + x];
        if (value === 0) continue;
        for (let dy = -1; dy <= 1; dy++)
          for (let dx = -1; dx <= 1; dx++) next[(y + dy) * width + x + dx] += value * step[(dy + 1) * 3 + dx + 1];
      }
    weights = next;
  }
  return { reach: [count, count], weights };
}

/** The sum of neighbours; pixels outside the image and masked ones are zero. */
function convolve(plane: Float32Array, mask: Uint8Array | undefined, sizeX: number, kernel: Kernel): Float32Array {
  const sizeY = plane.length / sizeX;
  const [reachX, reachY] = kernel.reach;
  const width = 2 * reachX + 1;
  const sums = new Float64Array(plane.length);
  for (let y = 0; y < sizeY; y++)
    for (let x = 0; x < sizeX; x++) {
      const at = y * sizeX + x;
      const value = mask && mask[at] === 0 ? 0 : plane[at];
      if (value === 0 || Number.isNaN(value)) continue;
      for (let row = Math.max(0, y - reachY); row <= Math.min(sizeY - 1, y + reachY); row++) {
        const from = (row - y + reachY) * width + reachX - x;
        const [first, last] = [Math.max(0, x - reachX), Math.min(sizeX - 1, x + reachX)];
        for (let column = first; column <= last; column++)
          sums[row * sizeX + column] += value * kernel.weights[from + column];
      }
    }
  return Float32Array.from(sums);
}

function stepsOf(image: Image): [number, number] {
  const [x, y] = requireDirection(image.coordinates, image.path).increment;
  return [x / ARCSEC, y / ARCSEC];
}

/**
 * A plane brought to another beam, in units per beam of that.
 *
 * @throws usage when the target is smaller than the beam
 */
export function smoothPlane(image: Image, plane: number, target: Beam): Float32Array {
  const { chan, stokes } = image.planeAxes(plane);
  const values = image.readPlane(plane);
  const beam = beamOf(image.info, chan, stokes, image.stokesCount);
  if (!beam) return values;
  const isSame =
    Math.abs(beam.major - target.major) < 1e-7 * target.major &&
    Math.abs(beam.minor - target.minor) < 1e-7 * target.minor;
  if (isSame) return values;
  const kernel =
    deconvolvedBeam(target, beam) ??
    fail('usage', `The beam of channel ${chan} does not fit into ${target.major} × ${target.minor} arcsec.`, {
      file: image.path,
    });
  const scale = (target.major * target.minor) / (beam.major * beam.minor);
  return convolve(values, image.readMask(plane), image.sizeX, gaussianKernel(kernel, stepsOf(image))).map(
    (value) => value * scale,
  );
}

/** What happens to each plane, and the beams afterwards. */
function planOf(image: Image, options: ImsmoothOptions): { beams: Beam[]; smooth(plane: number): Float32Array } {
  const { info } = image;
  const kind = options.kernel ?? 'gauss';
  if (kind === 'commonbeam') {
    if (info.beams.length === 0) fail('usage', 'The image has no beams to find a common one of.', { file: image.path });
    const target = commonBeam(info.beams);
    return { beams: [target], smooth: (plane) => smoothPlane(image, plane, target) };
  }
  const size = (name: 'major' | 'minor') => {
    const text = options[name];
    if (!text) return fail('usage', `${name} must be given, e.g. "1arcsec".`);
    // Pixels count as such.
    return /pix$/.test(text)
      ? Number.parseFloat(text) * Math.abs(stepsOf(image)[1])
      : parseQuantity(text, 'angle', 'arcsec') / ARCSEC;
  };
  const positionAngle = options.pa ? (parseQuantity(options.pa, 'angle', 'deg') * 180) / Math.PI : 0;
  const shape = { major: size('major'), minor: size('minor'), positionAngle };
  const masked = (plane: number, kernel: Kernel) =>
    convolve(image.readPlane(plane), image.readMask(plane), image.sizeX, kernel);
  if (kind !== 'gauss' && kind !== 'gaussian')
    fail('unsupported', `kernel="${kind}" is not handled; use "gauss" or "commonbeam".`);
  if (shape.major < shape.minor) fail('usage', 'major must not be smaller than minor.');
  if (options.targetres) {
    if (info.beams.length === 0) fail('usage', 'targetres=True needs an image with a beam.', { file: image.path });
    return { beams: [shape], smooth: (plane) => smoothPlane(image, plane, shape) };
  }
  const beams = info.beams.map((beam) => convolvedBeam(beam, shape));
  const kernel = gaussianKernel(shape, stepsOf(image));
  return {
    beams,
    smooth: (plane) => {
      const { chan, stokes } = image.planeAxes(plane);
      const before = beamOf(info, chan, stokes, image.stokesCount);
      const after = before && convolvedBeam(before, shape);
      const scale = before && after ? (after.major * after.minor) / (before.major * before.minor) : 1;
      return masked(plane, kernel).map((value) => value * scale);
    },
  };
}

/**
 * Smooths an image on the sky, as CASA's imsmooth.
 *
 * @throws usage, missing, exists, unsupported
 */
export function imsmooth(context: Context, options: ImsmoothOptions): void {
  if (!options.outfile) fail('usage', 'outfile must be given.');
  const output = joinPath(context.cwd, options.outfile);
  const scratch: string[] = [];
  let image: Image | undefined;
  try {
    const input = openSelected(context, options.imagename, output, scratch, options);
    image = input;
    const plan = planOf(input, options);
    writeWhole(output, options.overwrite === true, (path) => {
      const result = createImage(path, {
        shape: input.shape,
        coordinates: input.coordinates,
        unit: input.unit,
        info: { ...input.info, beams: plan.beams },
        miscInfo: input.miscInfo,
      });
      for (let plane = 0; plane < input.planeCount; plane++) {
        context.checkAbort();
        result.writePlane(plane, plan.smooth(plane));
        const mask = input.readMask(plane);
        if (mask?.includes(0)) result.writeMask(plane, mask);
      }
      result.close();
    });
  } finally {
    image?.close();
    for (const path of scratch) disk().remove(path);
  }
}
