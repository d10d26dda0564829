import { dopplerValue } from '../../../astronomy/measures/index.ts';
import { fail, SPEED_OF_LIGHT } from '../../../foundation/base/index.ts';
import {
  channelFrequency,
  collapsedCoordinates,
  collapsing,
  griddedStatistics,
  type Image,
  type PixelBounds,
  type SpectralAxis,
} from '../../../pipeline/images/index.ts';
import type { ToolArguments } from '../tool-types.ts';
import { axesOf, worldOf } from './image-axes.ts';
import { selectionOf } from './image-pixels.ts';
import { ask, opened, shapeOf } from './image-state.ts';
import { convert, quantityIn, scalar } from './quantities.ts';
import { boolArray, dictionary, floatArray } from './reply-values.ts';
import { findUnit, hasSameDimensions, parseUnit } from './unit-algebra.ts';

/** Where a profile goes: along one axis of the box that was chosen, in a unit ('' for the axis' own). */
interface ProfilePlace {
  readonly axis: number;
  readonly bounds: PixelBounds;
  readonly pixels: readonly number[];
}

/** Frequencies, wavelengths, or velocities by a convention (CASA's default is the relativistic one). */
function channelsIn(spectral: SpectralAxis, channels: readonly number[], unit: string, args: ToolArguments): number[] {
  const values = channels.map((channel) => channelFrequency(spectral, channel));
  const isLike = (other: string) => hasSameDimensions(parseUnit(unit), parseUnit(other));
  const inUnit = (numbers: number[], own: string) => numbers.map((one) => convert(scalar(one, own), unit).values[0]);
  if (isLike('Hz')) return inUnit(values, 'Hz');
  const spectype = String(args.spectype);
  const waves = values.map((hz) => SPEED_OF_LIGHT / hz);
  if (isLike('m') && ['default', 'wavelength'].includes(spectype)) return inUnit(waves, 'm');
  if (!isLike('m/s')) fail('usage', `ia.getprofile(): unit "${unit}" with spectype "${spectype}" is not available.`);
  const rest = args.restfreq === '' ? spectral.restFrequency : quantityIn(args.restfreq, 'Hz');
  if (rest === 0) fail('usage', 'ia.getprofile(): a velocity needs the rest frequency of the image.');
  const convention = spectype === 'default' ? 'RELATIVISTIC' : spectype.replace(/ velocity$/, '');
  const speeds = values.map((hz) => dopplerValue(hz / rest, convention) * SPEED_OF_LIGHT);
  return inUnit(speeds, 'm/s');
}

/** World coordinates along the axis, in the middle of what the other axes had, and their unit. */
function placesOf(image: Image, { axis, bounds, pixels }: ProfilePlace, args: ToolArguments) {
  const own = axesOf(image.coordinates, image.shape.length)[axis].unit;
  const unit = String(args.unit) || own;
  if (unit === 'pixel') return { unit, places: [...pixels] };
  if (!findUnit(unit)) fail('usage', `ia.getprofile(): "${unit}" is no unit.`);
  const { spectral } = image.coordinates;
  if (spectral?.pixelAxis === axis) return { unit, places: channelsIn(spectral, pixels, unit, args) };
  if (!hasSameDimensions(parseUnit(unit), parseUnit(own)))
    fail('usage', `ia.getprofile(): the unit "${unit}" is not one of the axis, which has "${own}".`);
  const others = bounds.blc.map((_, other) => other).filter((other) => other !== axis);
  const coordinates = collapsedCoordinates(image.coordinates, bounds, others);
  const world = pixels.map((_, at) => {
    const place = bounds.blc.map((_, other) => (other === axis ? at : 0));
    return worldOf(coordinates, place.length, place)[axis];
  });
  return { unit, places: world.map((value) => convert(scalar(value, own), unit).values[0]) };
}

/** ia: what a region has along one axis. */
export const profileMethods = {
  getprofile: ask(
    "axis=-1, function='mean', region={}, mask='', unit='', stretch=False, spectype='default', restfreq='', frame='', logfile=''",
    (state, args, { context }) => {
      const image = opened(state);
      for (const name of ['frame', 'logfile'])
        if (args[name] !== '') fail('unsupported', `ia.getprofile(): ${name} is not available.`);
      const axis = Number(args.axis);
      const all = [...shapeOf(image).keys()];
      if (!all.includes(axis))
        fail('usage', `ia.getprofile(): axis is one of ${all.join(', ')}.`, { file: image.path });
      const name = String(args.function).toLowerCase();
      const compute = collapsing(name);
      if (name === 'flux' && axis !== image.coordinates.spectral?.pixelAxis)
        fail('usage', 'ia.getprofile(): the flux density of a profile goes along the frequencies.');
      const axes = all.filter((other) => other !== axis);
      const found = griddedStatistics(context, { imagename: image.path, ...selectionOf(args), axes });
      const { npts, blc, trc } = found;
      const pixels = Array.from(npts, (_, at) => blc[axis] + at);
      const { unit, places } = placesOf(image, { axis, bounds: { blc, trc }, pixels }, args);
      return dictionary([
        ['coords', floatArray(places)],
        // As in CASA, the flux density of a plane without good pixels is 0 and good.
        ['mask', boolArray(npts.map((count) => Number(name === 'flux' || count > 0)))],
        ['npix', { kind: 'array', type: 'int', shape: [pixels.length], values: Uint32Array.from(npts) }],
        ['planes', floatArray(pixels)],
        ['values', floatArray(compute(found))],
        ['xUnit', unit],
        ['yUnit', name === 'flux' ? image.unit.replace(/\/beam/i, '') : image.unit],
      ]);
    },
  ),
};
