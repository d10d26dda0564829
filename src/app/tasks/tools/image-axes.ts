import { dopplerValue, formatDec, formatRa } from '../../../astronomy/measures/index.ts';
import { DEGREE, fail, SPEED_OF_LIGHT } from '../../../foundation/base/index.ts';
import {
  type CoordinateSystem,
  channelFrequency,
  directionNames,
  frequencyChannel,
  pixelToSky,
  skyToPixel,
} from '../../../pipeline/images/index.ts';
import type { TaskValue } from '../types.ts';
import type { EngineValue } from '../values.ts';
import { wrapped } from './measure-values.ts';
import { quantityIn } from './quantities.ts';
import { dictionary, directionReply, floatArray, quantityReply, scalarMeasure } from './reply-values.ts';

/** casacore's codes of Stokes parameters (Stokes.h). */
const STOKES_CODES: Readonly<Record<string, number>> = {
  ...{ I: 1, Q: 2, U: 3, V: 4, RR: 5, RL: 6, LR: 7, LL: 8, XX: 9, XY: 10, YX: 11, YY: 12 },
};

/** One pixel axis as CASA's coordsys shows it. */
export interface AxisInfo {
  readonly kind: 'direction' | 'stokes' | 'spectral' | 'linear';
  readonly name: string;
  readonly unit: string;
  /** In the unit; a code for Stokes. */
  readonly reference: number;
  readonly increment: number;
  readonly referencePixel: number;
}

const stokesCodes = ({ stokes }: CoordinateSystem) => stokes?.stokes.map((name) => STOKES_CODES[name] ?? 0) ?? [];

/** The axes of an image in the order of its pixels. */
export function axesOf(coordinates: CoordinateSystem, axisCount: number): AxisInfo[] {
  const { direction, spectral, stokes, linear } = coordinates;
  const axes: AxisInfo[] = [];
  direction?.pixelAxes.forEach((axis, index) => {
    axes[axis] = {
      kind: 'direction',
      name: directionNames(direction.system)[index],
      unit: 'rad',
      reference: [direction.reference.lon, direction.reference.lat][index],
      increment: direction.increment[index],
      referencePixel: direction.referencePixel[index],
    };
  });
  if (stokes) {
    // Whatever the codes are, as in CASA the step is 1.
    const numbers = { reference: stokesCodes(coordinates)[0] ?? 0, increment: 1, referencePixel: 0 };
    axes[stokes.pixelAxis] = { kind: 'stokes', name: 'Stokes', unit: '', ...numbers };
  }
  if (spectral) {
    const { reference, increment, referencePixel } = spectral;
    axes[spectral.pixelAxis] = {
      kind: 'spectral',
      name: 'Frequency',
      unit: 'Hz',
      reference,
      increment,
      referencePixel,
    };
  }
  for (const { name, unit, reference, increment, referencePixel, pixelAxis } of linear)
    axes[pixelAxis] = { kind: 'linear', name, unit, reference, increment, referencePixel };
  const missing = Array.from({ length: axisCount }, (_, axis) => axis).filter((axis) => axes[axis] === undefined);
  if (missing.length > 0) fail('bad-format', `The image does not say what its axes ${missing.join(', ')} are.`);
  return axes;
}

/** World coordinates of a pixel, in the units of `axesOf`; parts that are left out are at the reference. */
export function worldOf(coordinates: CoordinateSystem, axisCount: number, pixel: readonly number[]): number[] {
  const axes = axesOf(coordinates, axisCount);
  const at = axes.map(({ referencePixel }, axis) => pixel[axis] ?? referencePixel);
  const { direction, spectral } = coordinates;
  const sky = direction && pixelToSky(direction, at[direction.pixelAxes[0]], at[direction.pixelAxes[1]]);
  if (direction && !sky) fail('usage', `The pixel [${pixel}] is not on the sky.`);
  return axes.map(({ kind, reference, increment, referencePixel }, axis) => {
    if (kind === 'direction' && sky) return axis === direction?.pixelAxes[0] ? nearTo(sky.lon, reference) : sky.lat;
    if (kind === 'spectral' && spectral) return channelFrequency(spectral, at[axis]);
    if (kind === 'stokes')
      return (
        stokesCodes(coordinates)[Math.round(at[axis])] ?? fail('usage', `Pixel ${at[axis]} has no Stokes parameter.`)
      );
    return reference + (at[axis] - referencePixel) * increment;
  });
}

/** An angle within half a turn of another. */
function nearTo(angle: number, reference: number): number {
  return angle - 2 * Math.PI * Math.round((angle - reference) / (2 * Math.PI));
}

/** Numbers of all axes as casacore's coordinate records have them. */
export function coordinateReply(numeric: readonly number[], kind: 'pixel' | 'world'): EngineValue {
  return dictionary([
    ['ar_type', 'absolute'],
    ['numeric', floatArray(numeric)],
    ['pw_type', kind],
  ]);
}

/** World coordinates of a pixel in one of CASA's formats: n (numbers), q (quantities), s (text), m (measures). */
export function worldReply(
  coordinates: CoordinateSystem,
  axisCount: number,
  pixel: readonly number[],
  format: string,
): EngineValue {
  const axes = axesOf(coordinates, axisCount);
  const world = worldOf(coordinates, axisCount, pixel);
  const of = {
    n: () => floatArray(world),
    q: () => dictionary(axes.map(({ unit }, axis) => [`*${axis + 1}`, quantityReply(world[axis], unit)] as const)),
    s: () => axes.map((axis, index) => axisText(coordinates, axis, world[index], pixel[index])),
    m: () => measuresAt(coordinates, axes, world, pixel),
  };
  const names = { n: 'numeric', q: 'quantity', s: 'string', m: 'measure' };
  const letters = [...format].filter((letter): letter is keyof typeof of => letter in of);
  if (letters.length === 0) fail('usage', `format="${format}" has none of n, q, s, m.`);
  return dictionary(letters.map((letter) => [names[letter], of[letter]() as EngineValue] as const));
}

/** Number of a pixel in a list of Stokes parameters. */
const stokesAt = ({ stokes }: CoordinateSystem, pixel: number) => stokes?.stokes[Math.round(pixel)] ?? '';

function axisText(coordinates: CoordinateSystem, axis: AxisInfo, value: number, pixel: number): string {
  if (axis.kind === 'stokes') return stokesAt(coordinates, pixel);
  if (axis.kind !== 'direction') return `${value.toExponential(8).replace(/e([-+])(\d)$/, 'e$10$2')} ${axis.unit}`;
  if (coordinates.direction && directionNames(coordinates.direction.system)[0] === 'Longitude')
    return `${(value / DEGREE).toFixed(8)} deg`;
  return axis.name === 'Right Ascension' ? formatRa(value, 8) : formatDec(value, 8);
}

function measuresAt(
  coordinates: CoordinateSystem,
  axes: readonly AxisInfo[],
  world: readonly number[],
  pixel: readonly number[],
): EngineValue {
  const { direction, spectral, stokes } = coordinates;
  const entries: [string, EngineValue][] = [];
  if (direction) {
    const [x, y] = direction.pixelAxes;
    entries.push(['direction', directionReply(wrapped(world[x]), world[y], direction.system)]);
  }
  if (spectral) {
    const frequency = world[spectral.pixelAxis];
    const ratio = frequency / spectral.restFrequency;
    const doppler = (refer: string) =>
      scalarMeasure('doppler', dopplerValue(ratio, refer) * SPEED_OF_LIGHT, 'm/s', refer);
    entries.push([
      'spectral',
      dictionary([
        ['frequency', scalarMeasure('frequency', frequency, 'Hz', spectral.system)],
        ['radiovelocity', doppler('RADIO')],
        ['opticalvelocity', doppler('OPTICAL')],
        ['betavelocity', doppler('TRUE')],
      ]),
    ]);
  }
  if (stokes) entries.push(['stokes', stokesAt(coordinates, pixel[stokes.pixelAxis] ?? 0)]);
  for (const { kind, name, unit } of axes)
    if (kind === 'linear') entries.push([name, quantityReply(world[axes.findIndex((one) => one.name === name)], unit)]);
  return dictionary(entries);
}

/** World values from a list of numbers or quantities, or a record with `numeric`. */
function worldValues(axes: readonly AxisInfo[], given: TaskValue): number[] {
  const record = typeof given === 'object' && given !== null && !Array.isArray(given) ? given : undefined;
  const list = record ? record.numeric : given;
  if (!Array.isArray(list)) return fail('usage', 'World coordinates are a list of numbers or quantities.');
  return axes.map(({ unit, reference }, axis) => {
    const value = list[axis];
    if (value === undefined) return reference;
    return typeof value === 'number' || unit === '' ? Number(value) : quantityIn(value, unit);
  });
}

/** The pixel of world coordinates. */
export function pixelOf(coordinates: CoordinateSystem, axisCount: number, given: TaskValue): number[] {
  const axes = axesOf(coordinates, axisCount);
  const world = worldValues(axes, given);
  const { direction } = coordinates;
  const [x, y] = direction?.pixelAxes ?? [-1, -1];
  const pixel = direction && skyToPixel(direction, { lon: world[x], lat: world[y] });
  if (direction && !pixel) fail('usage', 'The direction is not in the hemisphere of the image.');
  return axes.map(({ kind, reference, increment, referencePixel }, axis) => {
    if (kind === 'direction' && pixel) return pixel[axis === x ? 0 : 1];
    if (kind === 'spectral' && coordinates.spectral) return frequencyChannel(coordinates.spectral, world[axis]);
    const listed = kind === 'stokes' ? stokesCodes(coordinates).indexOf(world[axis]) : -1;
    if (listed >= 0) return listed;
    return referencePixel + (world[axis] - reference) / (increment || 1);
  });
}
