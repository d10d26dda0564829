import {
  directionFrames,
  dopplerConvention,
  epochScale,
  epochScales,
  geodeticOf,
  itrfOf,
} from '../../../astronomy/measures/index.ts';
import { fail, SPEED_OF_LIGHT } from '../../../foundation/base/index.ts';
import { solarBodies } from '../../../pipeline/skymodel/index.ts';
import type { TaskValue } from '../types.ts';
import { convert, quantityIn, readQuantity, scalar } from './quantities.ts';
import { quantityReply } from './reply-values.ts';
import { isDimensionless, parseUnit } from './unit-algebra.ts';

export type MeasureKind =
  | 'epoch'
  | 'direction'
  | 'position'
  | 'frequency'
  | 'doppler'
  | 'radialvelocity'
  | 'baseline'
  | 'uvw';

/** A measure: its numbers in the unit of each part, and its frame. */
export interface Measure {
  readonly kind: MeasureKind;
  readonly refer: string;
  /** epoch d; direction rad, rad; position rad, rad, m; frequency Hz; doppler and radialvelocity m/s. */
  readonly values: readonly number[];
}

const UNITS: Readonly<Record<MeasureKind, readonly string[]>> = {
  epoch: ['d'],
  direction: ['rad', 'rad'],
  position: ['rad', 'rad', 'm'],
  frequency: ['Hz'],
  doppler: ['m/s'],
  radialvelocity: ['m/s'],
  baseline: ['rad', 'rad', 'm'],
  uvw: ['rad', 'rad', 'm'],
};

const VELOCITY_FRAMES = ['LSRK', 'LSRD', 'BARY', 'GEO', 'TOPO', 'GALACTO', 'LGROUP', 'CMB'];

/** Bodies whose place in the sky is known, in capitals. */
export const BODIES: ReadonlyMap<string, string> = new Map([
  ['SUN', 'Sun'],
  ['MOON', 'Moon'],
  ['MERCURY', 'Mercury'],
  ['SATURN', 'Saturn'],
  ...solarBodies.map((name) => [name.toUpperCase(), name] as const),
]);

/** Frames of each kind. */
export const FRAMES: Readonly<Record<MeasureKind, readonly string[]>> = {
  epoch: epochScales,
  direction: [...directionFrames, ...BODIES.keys()],
  position: ['ITRF', 'WGS84'],
  frequency: ['REST', ...VELOCITY_FRAMES],
  doppler: ['RADIO', 'Z', 'RATIO', 'BETA', 'GAMMA', 'OPTICAL', 'TRUE', 'RELATIVISTIC'],
  radialvelocity: VELOCITY_FRAMES,
  baseline: ['ITRF', 'J2000'],
  uvw: ['ITRF', 'J2000'],
};

/** casacore writes OPTICAL and TRUE for Z and BETA. */
const SHOWN_DOPPLERS: Readonly<Record<string, string>> = { Z: 'OPTICAL', BETA: 'TRUE' };

/** The first name of a frame. @throws usage for one that the kind does not know */
export function frameName(kind: MeasureKind, given: string): string {
  const upper = given.toUpperCase();
  if (kind === 'doppler') {
    const name = dopplerConvention(upper);
    return SHOWN_DOPPLERS[name] ?? name;
  }
  const name = kind === 'epoch' ? epochScale(upper) : upper;
  if (name !== undefined && FRAMES[kind].includes(name)) return name;
  return fail('usage', `'${given}' is no frame of a ${kind} here; there are ${FRAMES[kind].join(', ')}.`);
}

export function measureReply({ kind, refer, values }: Measure): TaskValue {
  const parts = UNITS[kind].map((unit, index) => [`m${index}`, quantityReply(values[index], unit)] as const);
  return { ...Object.fromEntries(parts), refer, type: kind };
}

/** A measure from a record. @throws usage for anything else, and for a kind that is not wanted */
export function readMeasure(given: TaskValue, ...kinds: MeasureKind[]): Measure {
  const record = typeof given === 'object' && given !== null && !Array.isArray(given) ? given : undefined;
  const kind = record && (String(record.type).toLowerCase() as MeasureKind);
  if (!record || !kind || !Object.hasOwn(UNITS, kind)) return fail('usage', 'This is no measure.');
  if (kinds.length > 0 && !kinds.includes(kind))
    fail('usage', `A measure of ${kinds.join(' or ')} is wanted, not one of ${kind}.`);
  const values = UNITS[kind].map((unit, index) => {
    const part = readQuantity(record[`m${index}`]);
    if (part.values.length !== 1) fail('unsupported', 'A measure here holds one value, not a list.');
    return convert(part, unit).values[0];
  });
  return { kind, refer: frameName(kind, String(record.refer)), values };
}

export function isMeasure(given: TaskValue): boolean {
  try {
    readMeasure(given);
    return true;
  } catch {
    return false;
  }
}

const isEmpty = (value: TaskValue) => value === '' || (Array.isArray(value) && value.length === 0);

/** A measure from what me.epoch(), me.direction() and so on are given; parts left out are CASA's. */
export function makeMeasure(kind: MeasureKind, frame: string, parts: readonly TaskValue[]): Measure {
  const refer = frameName(kind, frame);
  const [first, second, third] = parts;
  if (parts.some((part) => readList(part) > 1)) fail('unsupported', `me.${kind}() takes one value, not a list.`);
  switch (kind) {
    case 'epoch':
      return { kind, refer, values: [isEmpty(first) ? 0 : quantityIn(first, 'd')] };
    case 'direction': {
      const values = [
        isEmpty(first) ? 0 : quantityIn(first, 'rad'),
        isEmpty(second) ? Math.PI / 2 : quantityIn(second, 'rad'),
      ];
      return { kind, refer, values: [wrapped(values[0]), values[1]] };
    }
    case 'position':
    case 'baseline':
    case 'uvw':
      return { kind, refer, values: sphere(refer, [first, second, third]) };
    case 'frequency':
      return { kind, refer, values: [isEmpty(first) ? 0 : frequencyOf(first)] };
    case 'doppler':
    case 'radialvelocity':
      return { kind, refer, values: [isEmpty(first) ? 0 : speedOf(first)] };
  }
}

/** How many values a part holds. */
function readList(part: TaskValue): number {
  if (Array.isArray(part)) return part.length;
  const value = typeof part === 'object' && part !== null ? (part as Record<string, TaskValue>).value : undefined;
  return Array.isArray(value) ? value.length : 1;
}

/** An angle within -π…π. */
export function wrapped(angle: number): number {
  return angle - 2 * Math.PI * Math.ceil(angle / (2 * Math.PI) - 0.5);
}

/** Longitude, latitude and length from three lengths, or from two angles and a length. */
function sphere(refer: string, parts: readonly TaskValue[]): number[] {
  const quantities = parts.map((part) => (isEmpty(part) ? scalar(0, 'm') : readQuantity(part)));
  if (quantities.every(({ unit }) => unit !== '' && parseUnit(unit).dimensions[0] === 1)) {
    const [x, y, z] = quantities.map((quantity) => convert(quantity, 'm').values[0]);
    if (refer === 'WGS84') {
      const { longitude, latitude, height } = geodeticOf([x, y, z]);
      return [longitude, latitude, height];
    }
    return [Math.atan2(y, x), Math.atan2(z, Math.hypot(x, y)), Math.hypot(x, y, z)];
  }
  return [quantityIn(parts[0], 'rad'), quantityIn(parts[1], 'rad'), isEmpty(parts[2]) ? 0 : quantityIn(parts[2], 'm')];
}

/** Hz, from a frequency, a wavelength or a period. */
function frequencyOf(given: TaskValue): number {
  const quantity = readQuantity(given);
  const [metres, , seconds] = parseUnit(quantity.unit).dimensions;
  if (metres === 1 && seconds === 0) return SPEED_OF_LIGHT / convert(quantity, 'm').values[0];
  if (metres === 0 && seconds === 1) return 1 / convert(quantity, 's').values[0];
  return quantityIn(given, 'Hz');
}

/** m/s, from a velocity or a number of times that of light. */
function speedOf(given: TaskValue): number {
  const quantity = readQuantity(given);
  if (isDimensionless(parseUnit(quantity.unit))) return convert(quantity, '').values[0] * SPEED_OF_LIGHT;
  return convert(quantity, 'm/s').values[0];
}

/** ITRF, m, of a measured position. */
export function itrfOfPosition({ refer, values }: Measure): Float64Array {
  const [longitude, latitude, length] = values;
  if (refer === 'WGS84') return itrfOf(longitude, latitude, length);
  const across = length * Math.cos(latitude);
  return Float64Array.of(across * Math.cos(longitude), across * Math.sin(longitude), length * Math.sin(latitude));
}
