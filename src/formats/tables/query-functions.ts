import { fail } from '../../foundation/base/index.ts';
import { casacoreMedian } from '../../foundation/numeric/index.ts';
import * as complexNumbers from './query-complex.ts';
import type { QueryStyle } from './query-language.ts';
import { degreeText, hourText } from './query-texts.ts';
import {
  asBoolean,
  asInteger,
  asNumber,
  asPair,
  asText,
  compareValues,
  isArray,
  isPair,
  itemsOf,
  mapValue,
  OPERATORS,
  pairValues,
  type Value,
} from './query-values.ts';

/** What a function gives: the type of its result where that is not the type of its operand. */
export type ResultType = 'int' | 'float' | 'bool' | 'text' | 'same';

interface ValueFunction {
  readonly type: ResultType;
  /** For each element of an array. */
  readonly act: (value: Value) => Value;
}

function asReal(value: Value): number {
  if (isPair(value))
    fail('usage', 'This function takes real numbers; real(), imag(), abs() and arg() give those of complex ones.');
  return asNumber(value);
}

const number = (act: (value: number) => number): ValueFunction => ({
  type: 'float',
  act: (value) => act(asReal(value)),
});
const whole = (act: (value: number) => number): ValueFunction => ({
  type: 'int',
  act: (value) => act(asReal(value)),
});
const text = (act: (value: string) => string): ValueFunction => ({ type: 'text', act: (value) => act(asText(value)) });
const angleText = (act: (angle: number) => string): ValueFunction => ({
  type: 'text',
  act: (value) => act(asNumber(value)),
});
const amplitude: ValueFunction = {
  type: 'same',
  act: (value) => (isPair(value) ? Math.hypot(value[0], value[1]) : Math.abs(asNumber(value))),
};
const phase: ValueFunction = {
  type: 'float',
  act: (value) => (isPair(value) ? Math.atan2(value[1], value[0]) : Math.atan2(0, asNumber(value))),
};
const length: ValueFunction = { type: 'int', act: (value) => asText(value).length };

/** A function of real and of complex numbers. */
const complex = (
  act: (value: number) => number,
  ofPair: (value: complexNumbers.Pair) => complexNumbers.Pair,
): ValueFunction => ({
  type: 'float',
  act: (value) => (isPair(value) ? ofPair(value) : act(asNumber(value))),
});
const times = OPERATORS['*'];
const square: ValueFunction = { type: 'same', act: (value) => times(value, value) };

/** Functions of one value. */
export const VALUE_FUNCTIONS: Readonly<Record<string, ValueFunction>> = {
  sqrt: complex(Math.sqrt, complexNumbers.sqrt),
  exp: complex(Math.exp, complexNumbers.exp),
  log: complex(Math.log, complexNumbers.log),
  log10: complex(Math.log10, (value) => complexNumbers.product(complexNumbers.log(value), [Math.LOG10E, 0])),
  sin: complex(Math.sin, complexNumbers.sin),
  cos: complex(Math.cos, complexNumbers.cos),
  tan: complex(Math.tan, complexNumbers.tan),
  asin: complex(Math.asin, complexNumbers.asin),
  acos: complex(Math.acos, complexNumbers.acos),
  atan: complex(Math.atan, complexNumbers.atan),
  sinh: complex(Math.sinh, complexNumbers.sinh),
  cosh: complex(Math.cosh, complexNumbers.cosh),
  tanh: complex(Math.tanh, complexNumbers.tanh),
  floor: number(Math.floor),
  ceil: number(Math.ceil),
  round: number((value) => Math.sign(value) * Math.floor(Math.abs(value) + 0.5)),
  int: whole(Math.trunc),
  integer: whole(Math.trunc),
  sign: whole(Math.sign),
  square,
  sqr: square,
  cube: { type: 'same', act: (value) => times(times(value, value), value) },
  norm: { type: 'float', act: (value) => (isPair(value) ? value[0] ** 2 + value[1] ** 2 : asNumber(value) ** 2) },
  conj: { type: 'same', act: (value) => (isPair(value) ? complexNumbers.conjugate(value) : value) },
  abs: amplitude,
  amplitude,
  ampl: amplitude,
  arg: phase,
  phase,
  real: { type: 'float', act: (value) => (isPair(value) ? value[0] : asNumber(value)) },
  imag: { type: 'float', act: (value) => (isPair(value) ? value[1] : 0) },
  isnan: { type: 'bool', act: (value) => (isPair(value) ? value.some(Number.isNaN) : Number.isNaN(asNumber(value))) },
  isinf: { type: 'bool', act: (value) => Math.abs(asNumber(value)) === Number.POSITIVE_INFINITY },
  isfinite: { type: 'bool', act: (value) => (isPair(value) ? value : [asNumber(value)]).every(Number.isFinite) },
  bool: { type: 'bool', act: (value) => (typeof value === 'boolean' ? value : asNumber(value) !== 0) },
  boolean: { type: 'bool', act: (value) => (typeof value === 'boolean' ? value : asNumber(value) !== 0) },
  upper: text((value) => value.toUpperCase()),
  upcase: text((value) => value.toUpperCase()),
  toupper: text((value) => value.toUpperCase()),
  lower: text((value) => value.toLowerCase()),
  downcase: text((value) => value.toLowerCase()),
  tolower: text((value) => value.toLowerCase()),
  capitalize: text((value) =>
    value.toLowerCase().replace(/[a-z0-9]+/g, (word) => word[0].toUpperCase() + word.slice(1)),
  ),
  trim: text((value) => value.trim()),
  ltrim: text((value) => value.trimStart()),
  rtrim: text((value) => value.trimEnd()),
  reversestring: text((value) => [...value].reverse().join('')),
  sreverse: text((value) => [...value].reverse().join('')),
  hms: angleText(hourText),
  dms: angleText(degreeText),
  normangle: number((value) => value - 2 * Math.PI * Math.ceil(value / (2 * Math.PI) - 0.5)),
  strlength: length,
  len: length,
};

interface WholeFunction {
  readonly type: ResultType;
  readonly act: (items: readonly Value[]) => Value;
}

const sum = (items: readonly Value[]): Value => {
  if (!items.some(isPair)) return items.reduce((total: number, item) => total + asNumber(item), 0);
  const parts = items.map((item) => (isPair(item) ? item : ([asNumber(item), 0] as const)));
  return [parts.reduce((total, part) => total + part[0], 0), parts.reduce((total, part) => total + part[1], 0)];
};
const mean = (items: readonly Value[]): Value => {
  if (items.length === 0) return 0;
  const total = sum(items);
  return isPair(total) ? [total[0] / items.length, total[1] / items.length] : asNumber(total) / items.length;
};
const scatter = (items: readonly Value[], freedom: number): number => {
  const centre = asNumber(mean(items));
  return items.reduce((total: number, item) => total + (asNumber(item) - centre) ** 2, 0) / (items.length - freedom);
};
/** The middle value; of an even number the lower of the two in the middle. */
export const fractile = (items: readonly Value[], fraction: number): Value => {
  const sorted = Float64Array.from(items, asNumber).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length - 1) * fraction + 0.001))];
};
const median = (items: readonly Value[]): Value => casacoreMedian(items.map(asNumber));
const least = (items: readonly Value[]): Value => items.reduce((a, b) => (compareValues(b, a) < 0 ? b : a));
const greatest = (items: readonly Value[]): Value => items.reduce((a, b) => (compareValues(b, a) > 0 ? b : a));

/** Functions of all elements of an array; with a g before the name, of all rows of a group. */
export const WHOLE_FUNCTIONS: Readonly<Record<string, WholeFunction>> = {
  any: { type: 'bool', act: (items) => items.some(asBoolean) },
  all: { type: 'bool', act: (items) => items.every(asBoolean) },
  ntrue: { type: 'int', act: (items) => items.filter(asBoolean).length },
  nfalse: { type: 'int', act: (items) => items.filter((item) => !asBoolean(item)).length },
  sum: { type: 'same', act: sum },
  product: { type: 'same', act: (items) => items.reduce((total: number, item) => total * asNumber(item), 1) },
  sumsqr: { type: 'same', act: (items) => items.reduce((total: number, item) => total + asNumber(item) ** 2, 0) },
  sumsquare: { type: 'same', act: (items) => items.reduce((total: number, item) => total + asNumber(item) ** 2, 0) },
  mean: { type: 'float', act: mean },
  avg: { type: 'float', act: mean },
  min: { type: 'same', act: least },
  max: { type: 'same', act: greatest },
  median: { type: 'float', act: median },
  variance: { type: 'float', act: (items) => scatter(items, 0) },
  samplevariance: { type: 'float', act: (items) => scatter(items, 1) },
  stddev: { type: 'float', act: (items) => Math.sqrt(scatter(items, 0)) },
  samplestddev: { type: 'float', act: (items) => Math.sqrt(scatter(items, 1)) },
  rms: { type: 'float', act: (items) => Math.sqrt(asNumber(mean(items.map((item) => asNumber(item) ** 2)))) },
  avdev: {
    type: 'float',
    act: (items) => {
      const centre = asNumber(mean(items));
      return asNumber(mean(items.map((item) => Math.abs(asNumber(item) - centre))));
    },
  },
  nelements: { type: 'int', act: (items) => items.length },
  count: { type: 'int', act: (items) => items.length },
};

/** What a function of a group, named without its g, makes of the values of its rows. */
export function groupFunction(name: string): ((items: readonly Value[]) => Value) | undefined {
  if (name === 'first') return (items) => items[0];
  if (name === 'median') return (items) => fractile(items, 0.5);
  if (name === 'last') return (items) => items[items.length - 1];
  if (name === 'aggr') return (items) => ({ shape: [items.length], items });
  return WHOLE_FUNCTIONS[name]?.act;
}

/** True for functions over the rows of a group. */
export function isGroupFunction(name: string): boolean {
  return name === 'gcount' || name === 'gfractile' || (name[0] === 'g' && groupFunction(name.slice(1)) !== undefined);
}

interface OperandFunction {
  readonly count: number;
  readonly type: ResultType;
  readonly act: (...values: Value[]) => Value;
}

const numbers = (act: (a: number, b: number) => number) => (a: Value, b: Value) =>
  pairValues(a, b, (left, right) => act(asNumber(left), asNumber(right)));

/** Functions of two or more values. */
export const OPERAND_FUNCTIONS: readonly (OperandFunction & { readonly name: string })[] = [
  { name: 'min', count: 2, type: 'same', act: numbers(Math.min) },
  { name: 'max', count: 2, type: 'same', act: numbers(Math.max) },
  { name: 'pow', count: 2, type: 'float', act: (a, b) => pairValues(a, b, OPERATORS['**']) },
  { name: 'atan2', count: 2, type: 'float', act: numbers(Math.atan2) },
  { name: 'fmod', count: 2, type: 'float', act: numbers((a, b) => a % b) },
  { name: 'complex', count: 2, type: 'same', act: (a, b) => pairValues(a, b, (x, y) => [asNumber(x), asNumber(y)]) },
  { name: 'near', count: 2, type: 'bool', act: (a, b) => pairValues(a, b, (x, y) => isNear(x, y, 1e-13)) },
  { name: 'near', count: 3, type: 'bool', act: (a, b, eps) => pairValues(a, b, (x, y) => isNear(x, y, asNumber(eps))) },
  { name: 'nearabs', count: 2, type: 'bool', act: (a, b) => pairValues(a, b, (x, y) => isClose(x, y, 1e-13)) },
  {
    name: 'nearabs',
    count: 3,
    type: 'bool',
    act: (a, b, eps) => pairValues(a, b, (x, y) => isClose(x, y, asNumber(eps))),
  },
  { name: 'fractile', count: 2, type: 'float', act: (array, part) => fractile(itemsOf(array), asNumber(part)) },
  { name: 'replace', count: 2, type: 'text', act: (a, old) => replaced(a, old, '') },
  { name: 'replace', count: 3, type: 'text', act: replaced },
  {
    name: 'substr',
    count: 2,
    type: 'text',
    act: (a, from) => mapValue(a, (one) => part(asText(one), asInteger(from))),
  },
  {
    name: 'substr',
    count: 3,
    type: 'text',
    act: (a, from, count) => mapValue(a, (one) => part(asText(one), asInteger(from), asInteger(count))),
  },
];

function replaced(texts: Value, old: Value, by: Value): Value {
  return mapValue(texts, (one) => asText(one).replaceAll(asText(old), () => asText(by)));
}

/** Texts count from 0 in every style. */
function part(value: string, from: number, count = value.length): string {
  const start = from < 0 ? Math.max(0, from + value.length) : from;
  return value.slice(start, start + Math.max(0, count));
}

/** casacore's near: relative to the larger one. */
function isNear(left: Value, right: Value, tolerance: number): boolean {
  if (isPair(left) || isPair(right)) {
    const [a, b] = [asPair(left), asPair(right)];
    return [0, 1].every((part) => isNear(a[part], b[part], tolerance));
  }
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a === b) return true;
  if (a === 0 || b === 0) return Math.abs(a - b) <= tolerance;
  return a * b > 0 && Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}

function isClose(left: Value, right: Value, tolerance: number): boolean {
  return Math.abs(asNumber(left) - asNumber(right)) <= tolerance;
}

/** Lengths of the axes in the order of the style: fastest first as CASA counts. */
export function shapeOf(value: Value, { isSlowestFirst }: QueryStyle): Value {
  const lengths = isArray(value) ? value.shape : [];
  const shape = isSlowestFirst ? lengths : lengths.toReversed();
  return { shape: [shape.length], items: shape };
}

export function refuseFunction(name: string): never {
  return fail('unsupported', `The function ${name} is not offered in queries.`);
}
