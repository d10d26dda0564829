import { fail } from '../../foundation/base/index.ts';
import { type Pair, power, product } from './query-complex.ts';
import type { ArrayValue } from './types.ts';

/** Values that expressions have; complex numbers are pairs. */
export type Value = number | string | boolean | Pair | ArrayCell | undefined;

/** An array; shape from slow to fast. */
export interface ArrayCell {
  readonly shape: readonly number[];
  readonly items: readonly Value[];
}

export function arrayCell(array: ArrayValue, type: string): ArrayCell {
  const { shape, values } = array;
  if (type === 'Complex' || type === 'DComplex') {
    const numbers = values as Float32Array;
    return {
      shape,
      items: Array.from({ length: numbers.length / 2 }, (_, k) => [numbers[2 * k], numbers[2 * k + 1]] as const),
    };
  }
  if (type === 'Bool') return { shape, items: Array.from(values as Uint8Array, (value) => value !== 0) };
  if (type === 'Int64') return { shape, items: Array.from(values as BigInt64Array, Number) };
  return { shape, items: Array.from(values as ArrayLike<number | string>) };
}

export function isArray(value: Value): value is ArrayCell {
  return typeof value === 'object' && 'items' in value;
}

export function isPair(value: Value): value is Pair {
  return Array.isArray(value);
}

export function itemsOf(value: Value): readonly Value[] {
  if (value === undefined) return [];
  return isArray(value) ? value.items : [value];
}

/** What an undefined cell counts as in a computation. */
export const EMPTY: ArrayCell = { shape: [0], items: [] };

export function mapValue(value: Value, act: (value: Value) => Value): Value {
  if (value === undefined) return EMPTY;
  return isArray(value) ? { shape: value.shape, items: value.items.map(act) } : act(value);
}

export function pairValues(left: Value, right: Value, act: (left: Value, right: Value) => Value): Value {
  if (left === undefined || right === undefined) return EMPTY;
  if (isArray(left) && isArray(right)) {
    if (left.items.length !== right.items.length) fail('usage', 'The arrays in the query differ in shape.');
    return { shape: left.shape, items: left.items.map((item, k) => act(item, right.items[k])) };
  }
  if (isArray(left)) return { shape: left.shape, items: left.items.map((item) => act(item, right)) };
  if (isArray(right)) return { shape: right.shape, items: right.items.map((item) => act(left, item)) };
  return act(left, right);
}

export function isSame(left: Value, right: Value): boolean {
  if (isPair(left) || isPair(right)) {
    const [a, b] = [asPair(left), asPair(right)];
    return a[0] === b[0] && a[1] === b[1];
  }
  if (typeof left !== typeof right) wrongType();
  return left === right;
}

export function compareValues(left: Value, right: Value): number {
  if (typeof left === 'string' || typeof right === 'string') {
    const [a, b] = [asText(left), asText(right)];
    return a < b ? -1 : Number(a > b);
  }
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  const [a, b] = [asNumber(left), asNumber(right)];
  return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
}

export function asPair(value: Value): Pair {
  return isPair(value) ? value : [asNumber(value), 0];
}

export function asNumber(value: Value): number {
  return typeof value === 'number' ? value : wrongType();
}

export function asInteger(value: Value): number {
  return Math.trunc(asNumber(value));
}

export function asText(value: Value): string {
  return typeof value === 'string' ? value : wrongType();
}

export function asBoolean(value: Value): boolean {
  return typeof value === 'boolean' ? value : wrongType();
}

function wrongType(): never {
  return fail('usage', 'The query mixes types: texts, numbers and truth values do not compare with each other.');
}

const PAIRS: Readonly<Record<string, (a: Pair, b: Pair) => Pair>> = {
  '+': (a, b) => [a[0] + b[0], a[1] + b[1]],
  '-': (a, b) => [a[0] - b[0], a[1] - b[1]],
  '*': product,
  '/': (a, b) => {
    const norm = b[0] ** 2 + b[1] ** 2;
    return [(a[0] * b[0] + a[1] * b[1]) / norm, (a[1] * b[0] - a[0] * b[1]) / norm];
  },
  '**': power,
};

function arithmetic(sign: string, act: (a: number, b: number) => number): (left: Value, right: Value) => Value {
  return (left, right) =>
    isPair(left) || isPair(right)
      ? (PAIRS[sign] ?? wrongType)(asPair(left), asPair(right))
      : act(asNumber(left), asNumber(right));
}

/** Of whole numbers of 64 bits. */
export function bits(act: (left: bigint, right: bigint) => bigint): (left: Value, right: Value) => Value {
  const whole = (value: Value) => {
    const number = asNumber(value);
    if (!Number.isInteger(number))
      fail('usage', `${number} is no whole number; & | ^ ~ take the bits of whole numbers.`);
    return BigInt(number);
  };
  return (left, right) => Number(BigInt.asIntN(64, act(whole(left), whole(right))));
}

export const OPERATORS: Readonly<Record<string, (left: Value, right: Value) => Value>> = {
  '==': isSame,
  '!=': (left, right) => !isSame(left, right),
  '<': (left, right) => compareValues(left, right) < 0,
  '<=': (left, right) => compareValues(left, right) <= 0,
  '>': (left, right) => compareValues(left, right) > 0,
  '>=': (left, right) => compareValues(left, right) >= 0,
  '+': (left, right) => (typeof left === 'string' ? left + asText(right) : plus(left, right)),
  '-': arithmetic('-', (a, b) => a - b),
  '*': arithmetic('*', (a, b) => a * b),
  '/': arithmetic('/', (a, b) => a / b),
  '//': arithmetic('//', (a, b) => Math.floor(a / b)),
  '%': arithmetic('%', (a, b) => a - Math.floor(a / b) * b),
  '**': arithmetic('**', (a, b) => a ** b),
  '&': bits((a, b) => a & b),
  '|': bits((a, b) => a | b),
  '^': bits((a, b) => a ^ b),
};
const plus = arithmetic('+', (a, b) => a + b);
