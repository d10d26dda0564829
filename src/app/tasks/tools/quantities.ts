import { parseAngle, parseCasaTime } from '../../../astronomy/measures/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import type { TaskValue } from '../types.ts';
import { type EngineValue, real } from '../values.ts';
import { floatArray } from './reply-values.ts';
import { findUnit, hasSameDimensions, isAngle, isTime, parseUnit } from './unit-algebra.ts';

/** Numbers with a unit; `isList` when they came as a list. */
export interface Quantity {
  readonly values: readonly number[];
  readonly isList: boolean;
  readonly unit: string;
}

export const scalar = (value: number, unit: string): Quantity => ({ values: [value], isList: false, unit });

const NUMBER = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*/;

function readText(given: string): Quantity {
  const text = given.trim();
  // Else '19h24m52s' would be a power of units.
  if (/^[-+]?\d+[hd]\d+m\d/i.test(text)) return scalar((parseAngle(text) * 180) / Math.PI, 'deg');
  const number = NUMBER.exec(text);
  const rest = number ? text.slice(number[0].length) : text;
  if (number && (rest === '' || (findUnit(rest) && !/^[:']/.test(rest.slice(0, 1) + (rest[1] ?? 'x')))))
    return scalar(Number(number[1]), rest);
  if (number && (rest === "'" || rest === '"')) return scalar(Number(number[1]), rest);
  if (text === 'today' || text === 'now') return scalar(Date.now() / 86_400_000 + 40_587, 'd');
  if (/\d\/\d|\d[-T]\w/.test(text) && !/^[-+]?\d+[dh]/i.test(text)) return scalar(parseCasaTime(text) / 86_400, 'd');
  try {
    return scalar((parseAngle(text) * 180) / Math.PI, 'deg');
  } catch {
    return fail('usage', `'${given}' is no quantity; write a number with a unit, as in '3arcsec'.`);
  }
}

/** A quantity from a number, a list, text such as `3.5arcsec`, `12:30:00.0`, `-30.10.20`, `2013/06/15/03:00:00`, or a record. */
export function readQuantity(given: TaskValue): Quantity {
  if (typeof given === 'number') return scalar(given, '');
  if (typeof given === 'string') return readText(given);
  if (Array.isArray(given)) {
    const parts = given.map(readQuantity);
    const unit = parts[0]?.unit ?? '';
    return { values: parts.map((part) => convert(part, unit).values[0]), isList: true, unit };
  }
  if (typeof given === 'object' && given !== null && given.value !== undefined) {
    const { values, isList } = readQuantity(given.value);
    return { values, isList, unit: String(given.unit ?? '') };
  }
  return fail('usage', "A quantity is a number, text such as '3arcsec', or a record with value and unit.");
}

/** One number of a quantity in a unit. @throws usage when the unit is of another kind */
export function quantityIn(given: TaskValue, unit: string): number {
  const quantity = readQuantity(given);
  return convert(quantity.unit === '' ? { ...quantity, unit } : quantity, unit).values[0];
}

/** Converts to another unit of the same kind; a day is also a turn, as in CASA. */
export function convert({ values, isList, unit }: Quantity, wanted: string): Quantity {
  if (wanted === unit) return { values, isList, unit };
  const [from, to] = [parseUnit(unit), parseUnit(wanted)];
  const turn = (2 * Math.PI) / 86_400;
  let factor = from.factor / to.factor;
  if (isAngle(from) && isTime(to)) factor /= turn;
  else if (isTime(from) && isAngle(to)) factor *= turn;
  else if (!hasSameDimensions(from, to)) fail('usage', `A quantity in '${unit}' cannot be converted to '${wanted}'.`);
  return { values: values.map((value) => scaled(value, from.factor, to.factor, factor)), isList, unit: wanted };
}

/** Multiplies or divides so that round numbers stay round. */
function scaled(value: number, from: number, to: number, factor: number): number {
  return factor === from / to ? (value * from) / to : value * factor;
}

export function quantityValue({ values, isList, unit }: Quantity): EngineValue {
  return { unit, value: isList ? floatArray(values) : real(values[0]) } as unknown as EngineValue;
}
