import { parseAngle } from '../../astronomy/measures/index.ts';
import { DEGREE, fail, parseQuantity } from '../../foundation/base/index.ts';
import type { CoordinateSystem, DirectionAxes, SpectralAxis } from './coordinates.ts';

/** What axes that importfits adds stand for; angles as text or in deg, a frequency as text or in Hz. */
export interface DefaultAxes {
  readonly ra: string | number;
  readonly dec: string | number;
  readonly frequency: string | number;
  readonly stokes: string;
}

const angleOf = (value: string | number) => (typeof value === 'number' ? value * DEGREE : parseAngle(value));

/** The sky axes that casacore adds, one pixel of an arcminute, at a position. */
function skyAt({ ra, dec }: DefaultAxes): DirectionAxes {
  const reference = { lon: angleOf(ra), lat: angleOf(dec) };
  return {
    projection: 'SIN',
    parameters: [0, 0],
    system: 'J2000',
    reference,
    increment: [-DEGREE / 60, DEGREE / 60],
    referencePixel: [0, 0],
    pc: [1, 0, 0, 1],
    longPole: 180,
    latPole: reference.lat / DEGREE,
    pixelAxes: [0, 1],
  };
}

/** The frequency axis that casacore adds, one pixel of a kilohertz. */
function frequencyAt({ frequency }: DefaultAxes): SpectralAxis {
  const reference = parseQuantity(frequency, 'frequency');
  return { system: 'LSRK', reference, increment: 1000, referencePixel: 0, restFrequency: reference, pixelAxis: 3 };
}

/**
 * Coordinates and shape with the axes right ascension, declination, Stokes and frequency, in this order, as CASA's
 * importfits(defaultaxes=True) makes them. The pixels keep their order.
 *
 * @param shape slow to fast
 * @throws unsupported where pixels would have to change their order
 */
export function addDefaultAxes(
  coordinates: CoordinateSystem,
  shape: readonly number[],
  defaults: DefaultAxes,
): { coordinates: CoordinateSystem; shape: number[] } {
  if (coordinates.linear.length > 0)
    fail('unsupported', `defaultaxes=True needs an image without the axis ${coordinates.linear[0].name}.`);
  const fastFirst = shape.toReversed();
  const lengthOf = (pixelAxis: number | undefined) => (pixelAxis === undefined ? 1 : fastFirst[pixelAxis]);
  const { direction, stokes, spectral } = coordinates;
  const sources = [direction?.pixelAxes[0], direction?.pixelAxes[1], stokes?.pixelAxis, spectral?.pixelAxis];
  // Axes of one pixel may stand anywhere; the others must come in the order of the new ones.
  const moving = sources.filter((axis) => axis !== undefined && lengthOf(axis) > 1) as number[];
  if (moving.some((axis, k) => k > 0 && axis < moving[k - 1]))
    fail('unsupported', 'defaultaxes=True would reorder the pixels of this image; use imtrans first.');
  return {
    shape: sources.map(lengthOf).toReversed(),
    coordinates: {
      ...coordinates,
      direction: { ...(direction ?? skyAt(defaults)), pixelAxes: [0, 1] },
      stokes: { stokes: stokes?.stokes ?? [defaults.stokes], pixelAxis: 2 },
      spectral: { ...(spectral ?? frequencyAt(defaults)), pixelAxis: 3 },
    },
  };
}
