import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import { solvePositiveInPlace } from '../../foundation/numeric/index.ts';
import { cropCoordinates, cropInfo, cropPlane, planesIn } from './cutting.ts';
import { createImage, type Image } from './image.ts';
import { type ChosenPixels, type PixelSelection, withChosenPixels } from './pixel-selection.ts';
import { parseChannels } from './region.ts';

/** Parameters of CASA's imcontsub. */
export interface ImcontsubOptions extends Omit<PixelSelection, 'chans'> {
  readonly imagename: string;
  /** Result without the continuum; '' for none. */
  readonly linefile?: string;
  /** The continuum; '' for none. */
  readonly contfile?: string;
  /** Degree of the polynomial; default 0. */
  readonly fitorder?: number;
  /** Channels that hold no line: "3~20,40~55", or their numbers; empty: all. */
  readonly chans?: string | number | readonly number[];
  readonly overwrite?: boolean;
}

/** Powers of a channel's place, which runs from -1 to 1 over the image so that sums stay well conditioned. */
function powersOf(chan: number, count: number, order: number): number[] {
  const at = count > 1 ? (2 * chan) / (count - 1) - 1 : 0;
  return Array.from({ length: order + 1 }, (_, power) => at ** power);
}

/** Coefficients of the polynomials of all pixels of a plane, [power][pixel], and whether each was determined. */
interface PlaneFit {
  readonly coefficients: readonly Float64Array[];
  readonly isFitted: Uint8Array;
}

/** Sums for the least squares of all pixels at once, channel by channel; one profile never lies in memory as such. */
function fitPlane(
  image: Image,
  chosen: ChosenPixels,
  channels: readonly number[],
  stokes: number,
  order: number,
): PlaneFit {
  const size = image.sizeX * image.sizeY;
  const moments = Array.from({ length: 2 * order + 1 }, () => new Float64Array(size));
  const right = Array.from({ length: order + 1 }, () => new Float64Array(size));
  for (const chan of channels) {
    const plane = image.planeIndex(chan, stokes);
    const [values, good] = [image.readPlane(plane), chosen.good(plane)];
    const powers = powersOf(chan, image.chanCount, 2 * order);
    for (let pixel = 0; pixel < size; pixel++) {
      const value = values[pixel];
      if ((good && good[pixel] === 0) || Number.isNaN(value)) continue;
      for (let power = 0; power <= 2 * order; power++) moments[power][pixel] += powers[power];
      for (let power = 0; power <= order; power++) right[power][pixel] += powers[power] * value;
    }
  }
  const isFitted = new Uint8Array(size);
  const normal = new Float64Array((order + 1) ** 2);
  const solution = new Float64Array(order + 1);
  for (let pixel = 0; pixel < size; pixel++) {
    // As many channels as coefficients, or more.
    if (moments[0][pixel] <= order) continue;
    for (let row = 0; row <= order; row++) {
      solution[row] = right[row][pixel];
      for (let column = 0; column <= order; column++) normal[row * (order + 1) + column] = moments[row + column][pixel];
    }
    if (!solvePositiveInPlace(normal, solution)) continue;
    isFitted[pixel] = 1;
    for (let power = 0; power <= order; power++) right[power][pixel] = solution[power];
  }
  return { coefficients: right, isFitted };
}

function continuumOf({ coefficients, isFitted }: PlaneFit, powers: readonly number[]): Float32Array {
  const plane = new Float32Array(isFitted.length);
  for (let pixel = 0; pixel < plane.length; pixel++) {
    if (isFitted[pixel] === 0) continue;
    let sum = 0;
    for (let power = 0; power < coefficients.length; power++) sum += powers[power] * coefficients[power][pixel];
    plane[pixel] = sum;
  }
  return plane;
}

interface Outputs {
  readonly line?: Image;
  readonly continuum?: Image;
}

function writeParts(
  context: Context,
  image: Image,
  chosen: ChosenPixels,
  order: number,
  channels: number[],
  outputs: Outputs,
): void {
  const { bounds } = chosen;
  const made = outputs.line ?? outputs.continuum;
  if (!made) return;
  const planes = planesIn(image, bounds);
  const fits = new Map<number, PlaneFit>();
  planes.forEach((plane, to) => {
    context.checkAbort();
    const { chan, stokes } = image.planeAxes(plane);
    const fit = fits.get(stokes) ?? fitPlane(image, chosen, channels, stokes, order);
    fits.set(stokes, fit);
    const continuum = continuumOf(fit, powersOf(chan, image.chanCount, order));
    const values = image.readPlane(plane);
    const line = values.map((value, pixel) => (fit.isFitted[pixel] ? value - continuum[pixel] : 0));
    outputs.continuum?.writePlane(to, cropPlane(continuum, image.sizeX, bounds));
    outputs.line?.writePlane(to, cropPlane(line, image.sizeX, bounds));
    const good = (chosen.good(plane) ?? new Uint8Array(values.length).fill(1)).map((one, k) => one & fit.isFitted[k]);
    if (!image.hasMask && !good.includes(0)) return;
    for (const output of [outputs.line, outputs.continuum]) output?.writeMask(to, cropPlane(good, image.sizeX, bounds));
  });
}

function channelsOf(image: Image, given: ImcontsubOptions['chans']): number[] {
  if (typeof given !== 'object') return parseChannels(given, image.chanCount);
  const numbers = given.filter((chan) => chan >= 0);
  if (numbers.some((chan) => chan >= image.chanCount))
    fail('usage', `The image has no channel ${Math.max(...numbers)}; it has ${image.chanCount}.`, { file: image.path });
  return numbers.length > 0 ? numbers : parseChannels('', image.chanCount);
}

/**
 * Fits a polynomial to the channels without lines of every pixel and writes image minus fit, the fit, or both, as CASA's imcontsub.
 * The region chooses what is written, chans what is fitted.
 *
 * @throws usage, missing, exists
 */
export function imcontsub(context: Context, options: ImcontsubOptions): void {
  const { linefile = '', contfile = '', fitorder = 0, overwrite = false } = options;
  if (!Number.isInteger(fitorder) || fitorder < 0) fail('usage', `fitorder=${fitorder} must be 0, 1, 2 ….`);
  const selection = { ...options, chans: undefined };
  withChosenPixels(joinPath(context.cwd, options.imagename), selection, context.cwd, (image, chosen) => {
    const channels = channelsOf(image, options.chans);
    if (channels.length <= fitorder)
      fail('usage', `${channels.length} channels do not determine a polynomial of order ${fitorder}.`);
    const { bounds } = chosen;
    const { unit, miscInfo } = image;
    const lengths = bounds.blc.map((first, axis) => bounds.trc[axis] - first + 1);
    const form = { shape: lengths.toReversed(), coordinates: cropCoordinates(image.coordinates, bounds) };
    const create = (path: string) => createImage(path, { ...form, unit, miscInfo, info: cropInfo(image, bounds) });
    const names = [linefile, contfile].filter((name) => name !== '').map((name) => joinPath(context.cwd, name));
    writeImages(names, overwrite, create, (made) => {
      const [line, continuum] = linefile === '' ? [undefined, made[0]] : made;
      writeParts(context, image, chosen, fitorder, channels, { line, continuum });
    });
  });
}

/** Makes several images; all appear when all are whole. */
function writeImages(
  names: readonly string[],
  overwrite: boolean,
  create: (path: string) => Image,
  write: (made: readonly Image[]) => void,
  made: readonly Image[] = [],
): void {
  const [name, ...rest] = names;
  if (name === undefined) {
    write(made);
    return;
  }
  writeWhole(name, overwrite, (path) => {
    const image = create(path);
    try {
      writeImages(rest, overwrite, create, write, [...made, image]);
    } finally {
      image.close();
    }
  });
}
