import { fail } from '../../../foundation/base/index.ts';
import type { TaskValue } from '../types.ts';
import { type ArrayReply, type EngineValue, real } from '../values.ts';

/** Whole numbers as an array. */
export function intArray(values: ArrayLike<number>): ArrayReply {
  return { kind: 'array', type: 'int', shape: [values.length], values: Int32Array.from(values) };
}

/** The distinct numbers in ascending order, as CASA gives sets. */
export function intSet(values: Iterable<number>): ArrayReply {
  return intArray([...new Set(values)].sort((a, b) => a - b));
}

/** A table of whole numbers; in Python its first index counts the rows. */
export function intTable(rows: readonly (readonly number[])[]): ArrayReply {
  const columns = rows[0]?.length ?? 0;
  const values = Int32Array.from(
    { length: rows.length * columns },
    (_, k) => rows[k % rows.length][Math.floor(k / rows.length)],
  );
  return { kind: 'array', type: 'int', shape: [rows.length, columns], values };
}

/** Texts as an array. */
export function textArray(values: readonly string[]): ArrayReply {
  return { kind: 'array', type: 'string', shape: [values.length], values };
}

/** @param factor what each value is multiplied with */
export function floatArray(values: ArrayLike<number>, factor = 1): ArrayReply {
  const scaled = Float64Array.from(values, (value) => value * factor);
  return { kind: 'array', type: 'float', shape: [scaled.length], values: scaled };
}

/** Truth values as an array. */
export function boolArray(values: ArrayLike<number>, shape: readonly number[] = [values.length]): ArrayReply {
  return { kind: 'array', type: 'bool', shape, values: Uint8Array.from(values) };
}

/** A dictionary that may hold arrays. */
export function dictionary(entries: Iterable<readonly [string | number, EngineValue]>): EngineValue {
  return Object.fromEntries([...entries].map(([key, value]) => [String(key), value])) as EngineValue;
}

/** A number with a unit. */
export function quantityReply(value: number, unit: string): TaskValue {
  return { unit, value: real(value) };
}

/** A measure of two angles. */
export function directionReply(longitude: number, latitude: number, refer: string): TaskValue {
  return { m0: quantityReply(longitude, 'rad'), m1: quantityReply(latitude, 'rad'), refer, type: 'direction' };
}

/** A measure of longitude (rad), latitude (rad) and length (m). */
export function positionReply(longitude: number, latitude: number, length: number, refer: string): TaskValue {
  return {
    m0: quantityReply(longitude, 'rad'),
    m1: quantityReply(latitude, 'rad'),
    m2: quantityReply(length, 'm'),
    refer,
    type: 'position',
  };
}

/** A measure of one number, as a time or a frequency. */
export function scalarMeasure(type: string, value: number, unit: string, refer: string): TaskValue {
  return { m0: quantityReply(value, unit), refer, type };
}

/** @throws usage when there is no such element */
export function element<T>(list: readonly T[], index: number, what: string): T {
  return list[index] ?? fail('usage', `There is no ${what} ${index}; there are ${list.length}.`);
}

/** A list of numbers from one number or a list. */
export function numberList(value: TaskValue, what: string): number[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((one) =>
    typeof one === 'number'
      ? one
      : typeof one === 'string' && /^-?\d+$/.test(one.trim())
        ? Number(one)
        : fail('usage', `${what} must be a number or a list of numbers.`),
  );
}

/** A list of texts from one text or a list; '' and [] are empty. */
export function textList(value: TaskValue): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map(String).filter((text) => text !== '');
}
