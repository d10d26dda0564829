import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath, writeWhole } from '../../foundation/bytes/index.ts';
import type { CoordinateSystem, SpectralAxis } from './coordinates.ts';
import { cropCoordinates, cropInfo, cropPlane } from './cutting.ts';
import { createImage, type Image } from './image.ts';
import { type ChosenPixels, type PixelSelection, withChosenPixels } from './pixel-selection.ts';

/** Parameters of CASA's specsmooth. */
export interface SpecsmoothOptions extends PixelSelection {
  readonly imagename: string;
  readonly outfile: string;
  /** Pixel axis; -1 (default) or that of frequency. */
  readonly axis?: number;
  /** 'hanning' (default) or 'boxcar' */
  readonly function?: string;
  /** Channels of the box; default 2. */
  readonly width?: number;
  /** Which channels remain: 'copy' (default) every second or width-th, 'mean' the mean of so many, '' all. */
  readonly dmethod?: string;
  readonly overwrite?: boolean;
}

/** A sum of channels of the input, each with its share; its pixels are good where those of one channel are. */
interface ChannelSum {
  readonly shares: readonly (readonly [chan: number, share: number])[];
  readonly mask: number;
}

interface SmoothingPlan {
  /** Sums whose good pixels' mean is each channel of the result. */
  readonly channels: readonly (readonly ChannelSum[])[];
  readonly axis: SpectralAxis;
}

/** Every `step`-th channel from `first` on, or means of so many. */
function thinned(all: readonly ChannelSum[], first: number, step: number, isMean: boolean, count: number) {
  return Array.from({ length: count }, (_, k) => {
    const from = first + k * step;
    return isMean ? all.slice(from, from + step) : [all[from]];
  });
}

const stretched = (axis: SpectralAxis, first: number, step: number): SpectralAxis => ({
  ...axis,
  increment: axis.increment * step,
  referencePixel: (axis.referencePixel - first) / step,
});

function planHanning(axis: SpectralAxis, count: number, method: string): SmoothingPlan {
  if (count < 3) fail('usage', `Hanning smoothing needs 3 channels; there are ${count}.`);
  const all = Array.from({ length: count }, (_, chan): ChannelSum => {
    const isEnd = chan === 0 || chan === count - 1;
    const sides = [chan - 1, chan + 1].filter((side) => side >= 0 && side < count);
    return { shares: [[chan, 0.5], ...sides.map((side) => [side, isEnd ? 0.5 : 0.25] as const)], mask: chan };
  });
  if (method === '') return { channels: all.map((one) => [one]), axis };
  const left = Math.floor((count - 1) / 2);
  return { channels: thinned(all, 1, 2, method === 'mean', left), axis: stretched(axis, 1, 2) };
}

function planBoxcar(axis: SpectralAxis, count: number, method: string, width: number): SmoothingPlan {
  if (!Number.isInteger(width) || width < 1) fail('usage', `width=${width} must be a whole number of channels.`);
  if (count < width) fail('usage', `A box of ${width} channels does not fit ${count}.`);
  const all = Array.from({ length: count - width + 1 }, (_, chan): ChannelSum => {
    const shares = Array.from({ length: width }, (_, k) => [chan + k, 1 / width] as const);
    return { shares, mask: chan };
  });
  const moved = { ...axis, reference: axis.reference + ((width - 1) / 2) * axis.increment };
  if (method === '' || all.length === 1) return { channels: all.map((one) => [one]), axis: moved };
  const left = method === 'mean' ? Math.floor(all.length / width) : Math.floor(count / width);
  if (left < 1) fail('usage', `${count} channels are too few for means of ${width} boxes of ${width}.`);
  return { channels: thinned(all, 0, width, method === 'mean', left), axis: stretched(moved, 0, width) };
}

function planOf(coordinates: CoordinateSystem, count: number, options: SpecsmoothOptions): SmoothingPlan {
  const { axis = -1, function: name = 'hanning', width = 2, dmethod = 'copy' } = options;
  const { spectral } = coordinates;
  if (!spectral || (axis >= 0 && axis !== spectral.pixelAxis))
    return fail('unsupported', 'Profiles are smoothed along the axis of frequency, axis=-1, alone.');
  if (spectral.frequencies) fail('unsupported', 'Channels that are uneven in frequency are not smoothed.');
  const method = dmethod.toLowerCase();
  const kind = ['', 'copy', 'mean'].find((one) => one === method || (method !== '' && one.startsWith(method)));
  if (kind === undefined) return fail('usage', `dmethod="${dmethod}" is not known; use "copy", "mean" or "".`);
  if (/^b/i.test(name)) return planBoxcar(spectral, count, kind, width);
  if (/^h/i.test(name)) return planHanning(spectral, count, kind);
  return fail('usage', `Unsupported convolution function ${name}; use "boxcar" or "hanning".`);
}

function writeSmoothed(context: Context, image: Image, chosen: ChosenPixels, made: Image, plan: SmoothingPlan): void {
  const { bounds } = chosen;
  const { spectral, stokes: stokesAxis } = image.coordinates;
  const firstChannel = spectral ? bounds.blc[spectral.pixelAxis] : 0;
  const firstStokes = stokesAxis ? bounds.blc[stokesAxis.pixelAxis] : 0;
  const size = made.sizeX * made.sizeY;
  const goodOf = (plane: number) => {
    const good = chosen.planes.includes(plane) ? chosen.good(plane) : new Uint8Array(image.sizeX * image.sizeY);
    return good && cropPlane(good, image.sizeX, bounds);
  };
  for (let to = 0; to < made.planeCount; to++) {
    context.checkAbort();
    const { chan, stokes } = made.planeAxes(to);
    const planeOf = (part: number) => image.planeIndex(firstChannel + part, firstStokes + stokes);
    const [sum, counts] = [new Float64Array(size), new Uint16Array(size)];
    // A copied channel keeps the values of its masked pixels.
    const isCopy = plan.channels[chan].length === 1;
    for (const { shares, mask } of plan.channels[chan]) {
      const counted = goodOf(planeOf(mask));
      for (const [part, share] of shares) {
        const values = cropPlane(image.readPlane(planeOf(part)), image.sizeX, bounds);
        const good = goodOf(planeOf(part));
        // As in CASA, masked pixels count as 0.
        for (let k = 0; k < size; k++)
          if ((isCopy || counted?.[k] !== 0) && good?.[k] !== 0) sum[k] += share * values[k];
      }
      for (let k = 0; k < size; k++) if (counted?.[k] !== 0) counts[k]++;
    }
    made.writePlane(
      to,
      Float32Array.from(sum, (value, k) => (counts[k] > 0 ? value / counts[k] : isCopy ? value : 0)),
    );
    if (counts.includes(0) || (isCopy && chosen.good(planeOf(0)) !== undefined))
      made.writeMask(
        to,
        Uint8Array.from(counts, (count) => (count > 0 ? 1 : 0)),
      );
  }
}

/**
 * Smooths the profiles of an image in frequency by a box or by Hanning's weights, as CASA's specsmooth.
 *
 * @throws usage, missing, exists, unsupported
 */
export function specsmooth(context: Context, options: SpecsmoothOptions): void {
  if (!options.outfile) fail('usage', 'outfile must be specified.');
  withChosenPixels(joinPath(context.cwd, options.imagename), options, context.cwd, (image, chosen) => {
    const { bounds } = chosen;
    const coordinates = cropCoordinates(image.coordinates, bounds);
    const lengths = bounds.blc.map((first, axis) => bounds.trc[axis] - first + 1);
    const count = coordinates.spectral ? lengths[coordinates.spectral.pixelAxis] : 1;
    const plan = planOf(coordinates, count, options);
    if (image.info.beams.length > 1 && plan.channels.length !== count)
      fail('usage', 'Channels of different beams are not joined; use imsmooth with kernel="commonbeam" first.', {
        file: image.path,
      });
    lengths[plan.axis.pixelAxis] = plan.channels.length;
    writeWhole(joinPath(context.cwd, options.outfile), options.overwrite === true, (path) => {
      const made = createImage(path, {
        shape: lengths.toReversed(),
        coordinates: { ...coordinates, spectral: plan.axis },
        unit: image.unit,
        info: cropInfo(image, bounds),
        miscInfo: image.miscInfo,
      });
      try {
        writeSmoothed(context, image, chosen, made, plan);
      } finally {
        made.close();
      }
    });
  });
}
