import { fail } from '../../foundation/base/index.ts';
import type { Expression } from './query-language.ts';
import { asNumber, isPair, mapValue, type Value } from './query-values.ts';
import type { Table } from './types.ts';

/** Units without prefix: dimension and factor. */
const BASE: Readonly<Record<string, readonly [dimension: string, factor: number]>> = {
  s: ['time', 1],
  min: ['time', 60],
  h: ['time', 3600],
  d: ['time', 86_400],
  a: ['time', 365.25 * 86_400],
  m: ['length', 1],
  pc: ['length', 3.085_677_581_491_367e16],
  AU: ['length', 149_597_870_700],
  Hz: ['frequency', 1],
  rad: ['angle', 1],
  deg: ['angle', Math.PI / 180],
  arcmin: ['angle', Math.PI / 10_800],
  arcsec: ['angle', Math.PI / 648_000],
  Jy: ['flux density', 1],
  K: ['temperature', 1],
  g: ['mass', 1],
  Pa: ['pressure', 1],
  bar: ['pressure', 1e5],
  'm/s': ['velocity', 1],
};
const PREFIXES: Readonly<Record<string, number>> = {
  f: 1e-15,
  p: 1e-12,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  c: 1e-2,
  d: 1e-1,
  da: 10,
  h: 100,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

function scaleOf(unit: string): readonly [dimension: string, factor: number] | undefined {
  if (Object.hasOwn(BASE, unit)) return BASE[unit];
  const match = /^(da|[fpnumcdhkMGT])(s|m|pc|Hz|rad|arcsec|Jy|K|g|Pa|bar|m\/s)$/.exec(unit);
  if (!match) return undefined;
  const [dimension, factor] = BASE[match[2]];
  return [dimension, factor * PREFIXES[match[1]]];
}

/** Whether a word is a unit that queries know. */
export function isUnit(word: string): boolean {
  return scaleOf(word) !== undefined;
}

/** The angle 12h30m10.5 or -30d15m in rad. */
export function angleOf(text: string): number {
  const [, whole, sign, minutes, seconds] = /^(\d+)([hd])(\d+)m([\d.]*)$/.exec(text) ?? [];
  const degrees = Number(whole) + Number(minutes) / 60 + Number(seconds || 0) / 3600;
  return (degrees * (sign === 'h' ? 15 : 1) * Math.PI) / 180;
}

/** Functions whose value has the unit of their first operand. */
const UNIT_KEEPERS = new Set([
  'abs',
  'amplitude',
  'ampl',
  'min',
  'max',
  'sum',
  'mean',
  'avg',
  'median',
  'stddev',
  'rms',
  'round',
  'floor',
  'ceil',
  'real',
  'imag',
]);
const DAYS = new Set(['datetime', 'mjdtodate', 'mjd', 'date']);
const ANGLES = new Set(['asin', 'acos', 'atan', 'atan2', 'arg', 'phase', 'time']);

/** The unit of an expression's values; undefined where they have none, or one that is not followed. */
export function unitOf(expression: Expression, table: Table | undefined): string | undefined {
  const inner = (part: Expression) => unitOf(part, table);
  switch (expression.kind) {
    case 'literal':
      return expression.unit;
    case 'column':
      return columnUnit(expression.name, table);
    case 'unary':
      return inner(expression.operand);
    case 'element':
      return inner(expression.array);
    case 'binary': {
      const [left, right] = [inner(expression.left), inner(expression.right)];
      if (expression.operator === '+' || expression.operator === '-') return left ?? right;
      if (expression.operator === '*' && (left === undefined || right === undefined)) return left ?? right;
      if (expression.operator !== '/' || right !== undefined) return undefined;
      // As casacore: seconds divided by the number 86400 are days.
      return left === 's' && isLiteral(expression.right, 86_400) ? 'd' : left;
    }
    case 'call':
      if (DAYS.has(expression.name)) return 'd';
      if (ANGLES.has(expression.name)) return 'rad';
      if (UNIT_KEEPERS.has(expression.name) && expression.operands.length > 0) return inner(expression.operands[0]);
      return expression.name === 'iif' && expression.operands.length === 3 ? inner(expression.operands[1]) : undefined;
    default:
      return undefined;
  }
}

function isLiteral(expression: Expression, value: number): boolean {
  return expression.kind === 'literal' && expression.value === value;
}

function columnUnit(name: string, table: Table | undefined): string | undefined {
  if (!table?.hasColumn(name)) return undefined;
  const { keywords } = table.column(name);
  const units = keywords.get('QuantumUnits') ?? keywords.get('UNIT');
  if (!units) return undefined;
  const word = 'array' in units ? (units.array.values as ArrayLike<unknown>)[0] : 'value' in units ? units.value : '';
  return typeof word === 'string' && isUnit(word) ? word : undefined;
}

/** Whether two units are of the same thing. */
export function areComparable(left: string, right: string): boolean {
  return scaleOf(left)?.[0] === scaleOf(right)?.[0];
}

/** Turns values of one unit into those of another. @throws usage when they are units of different things */
export function converter(from: string | undefined, to: string | undefined): ((value: Value) => Value) | undefined {
  if (from === undefined || to === undefined || from === to) return undefined;
  const [given, wanted] = [scaleOf(from), scaleOf(to)];
  if (!given || !wanted || given[0] !== wanted[0])
    fail('usage', `The query compares a value in ${from} with one in ${to}.`);
  const factor = given[1] / wanted[1];
  return (value) =>
    mapValue(value, (one) => (isPair(one) ? [one[0] * factor, one[1] * factor] : asNumber(one) * factor));
}
