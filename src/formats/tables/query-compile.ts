import { fail, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { arrayFunction, filledArray } from './query-arrays.ts';
import { DATE_FUNCTIONS } from './query-dates.ts';
import {
  fractile,
  groupFunction,
  OPERAND_FUNCTIONS,
  refuseFunction,
  shapeOf,
  VALUE_FUNCTIONS,
  WHOLE_FUNCTIONS,
} from './query-functions.ts';
import type { Expression, QueryStyle, SetItem, Statement } from './query-language.ts';
import { patternSource, regularExpression } from './query-patterns.ts';
import { degreeText, hourText, valueText } from './query-texts.ts';
import { textKind } from './query-types.ts';
import { areComparable, converter, unitOf } from './query-units.ts';
import {
  type ArrayCell,
  arrayCell,
  asBoolean,
  asInteger,
  asNumber,
  asText,
  compareValues,
  EMPTY,
  isArray,
  isPair,
  isSame,
  itemsOf,
  mapValue,
  OPERATORS,
  pairValues,
  type Value,
} from './query-values.ts';
import type { ArrayValue, CellValue, Table } from './types.ts';

export type Evaluate = (row: number) => Value;

/** What an expression is seen in. */
export interface Scope {
  /** Absent for expressions without columns. */
  readonly table: Table | undefined;
  readonly style: QueryStyle;
  /** The rows that functions such as gmax are taken over; changed from group to group. */
  readonly group: { rows: ArrayLike<number> };
  /** Values that a query inside the expression gives. */
  readonly subquery: (statement: Statement) => readonly Value[];
}

/** Scalar columns are read this many rows at a time. */
const CHUNK_ROWS = 8192;

/** Makes a function of the row out of an expression. @throws usage, unsupported, missing */
export function compile(expression: Expression, scope: Scope): Evaluate {
  switch (expression.kind) {
    case 'literal':
      return () => expression.value;
    case 'column':
      return columnReader(scope.table, expression.name);
    case 'unary': {
      const operand = compile(expression.operand, scope);
      if (expression.operator === '!') return (row) => mapValue(operand(row), (value) => !asBoolean(value));
      if (expression.operator === '~') return (row) => mapValue(operand(row), (value) => OPERATORS['^'](value, -1));
      return (row) => mapValue(operand(row), (value) => (isPair(value) ? [-value[0], -value[1]] : -asNumber(value)));
    }
    case 'binary':
      return compileBinary(
        expression.operator,
        compile(expression.left, scope),
        compileIn(expression.right, scope, rightUnit(expression, scope)),
      );
    case 'call':
      return compileCall(expression.name, expression.operands, scope);
    case 'element':
      return compileElement(compile(expression.array, scope), expression.indices, scope);
    case 'array': {
      const items = expression.items.map((item) => arrayItem(item, scope));
      return (row) => {
        const values = items.flatMap((item) => item(row));
        return { shape: [values.length], items: values };
      };
    }
    case 'subquery': {
      const values = scope.subquery(expression.statement);
      return () => ({ shape: [values.length], items: values });
    }
    case 'in':
      return compileMembership(expression, scope);
    case 'like': {
      const value = compile(expression.value, scope);
      const { pattern, isNegated } = expression;
      return (row) => mapValue(value(row), (one) => pattern.test(asText(one)) !== isNegated);
    }
  }
}

/** The same in another unit, where the expression has one. */
function compileIn(expression: Expression, scope: Scope, unit: string | undefined): Evaluate {
  const evaluate = compile(expression, scope);
  const convert = converter(unitOf(expression, scope.table), unit);
  return convert ? (row) => convert(evaluate(row)) : evaluate;
}

const UNITED = new Set(['+', '-', '==', '!=', '<', '<=', '>', '>=']);

/** The unit that the right side must have: the left's, but for products and quotients of different things. */
function rightUnit(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  { table }: Scope,
): string | undefined {
  const [own, other] = [unitOf(left, table), unitOf(right, table)];
  if (own === undefined || other === undefined) return undefined;
  return UNITED.has(operator) || (operator === '/' && areComparable(own, other)) ? own : undefined;
}

function compileMembership(expression: Extract<Expression, { kind: 'in' }>, scope: Scope): Evaluate {
  const { set, isNegated } = expression;
  const value = compile(expression.value, scope);
  if (!Array.isArray(set)) {
    const list = set as Expression;
    const members = compile(list, scope);
    const fixed = list.kind === 'subquery' ? new Set(itemsOf(members(0))) : undefined;
    return (row) => {
      const known = fixed ?? new Set(itemsOf(members(row)));
      return mapValue(value(row), (one) => known.has(one) !== isNegated);
    };
  }
  const unit = unitOf(expression.value, scope.table);
  const tests = (set as readonly SetItem[]).map((item) => compileItem(item, scope, unit));
  return (row) => mapValue(value(row), (one) => tests.some((test) => test(one, row)) !== isNegated);
}

function compileItem(item: SetItem, scope: Scope, unit: string | undefined): (value: Value, row: number) => boolean {
  if (item.kind === 'value') {
    const member = compileIn(item.value, scope, unit);
    return (value, row) => itemsOf(member(row)).some((one) => isSame(value, one));
  }
  const low = item.low && compileIn(item.low, scope, unit);
  const high = item.high && compileIn(item.high, scope, unit);
  const step = item.step && compile(item.step, scope);
  const isHighOpen = item.isHighOpen || (item.isDiscrete === true && scope.style.isEndExcluded);
  return (value, row) => {
    const first = low?.(row);
    const lowSide = low === undefined ? 1 : compareValues(value, first);
    const highSide = high === undefined ? -1 : compareValues(value, high(row));
    const isInside = (item.isLowOpen ? lowSide > 0 : lowSide >= 0) && (isHighOpen ? highSide < 0 : highSide <= 0);
    if (!isInside || !item.isDiscrete) return isInside;
    return (asNumber(value) - asNumber(first ?? 0)) % (step ? asNumber(step(row)) : 1) === 0;
  };
}

/** The values that a member of an array literal stands for. */
function arrayItem(item: SetItem, scope: Scope): (row: number) => readonly Value[] {
  if (item.kind === 'value') {
    const value = compile(item.value, scope);
    return (row) => itemsOf(value(row));
  }
  if (!item.isDiscrete || !item.low || !item.high)
    fail('usage', 'An array in a query takes values and start:end:step.');
  const [low, high] = [compile(item.low, scope), compile(item.high, scope)];
  const step = item.step && compile(item.step, scope);
  return (row) => {
    const [first, each] = [asInteger(low(row)), step ? asInteger(step(row)) : 1];
    const last = asInteger(high(row)) - Number(scope.style.isEndExcluded);
    return Array.from({ length: Math.max(0, Math.floor((last - first) / each) + 1) }, (_, k) => first + k * each);
  };
}

function compileBinary(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  const whole = operator === '&&' ? false : operator === '||' ? true : undefined;
  if (whole === undefined) {
    const act = OPERATORS[operator];
    return (row) => pairValues(left(row), right(row), act);
  }
  return (row) => {
    const first = left(row);
    if (first === whole) return whole;
    const join = (a: Value, b: Value) => (whole ? asBoolean(a) || asBoolean(b) : asBoolean(a) && asBoolean(b));
    return pairValues(first, right(row), join);
  };
}

function compileCall(name: string, operands: readonly Expression[], scope: Scope): Evaluate {
  if (name === 'rownumber' || name === 'rownr') return (row) => row + scope.style.origin;
  if (name === 'rowid') return (row) => row;
  if (name === 'rand') return fail('unsupported', 'RAND() gives other rows each time and is not offered.');
  if (name === 'pi') return () => Math.PI;
  if (name === 'e') return () => Math.E;
  if (name === 'c') return () => SPEED_OF_LIGHT;
  if (name === 'gcount' && operands[0]?.kind === 'column') {
    const isDefined = definedTest(operands[0], scope);
    return () => Array.from(scope.group.rows).filter((row) => isDefined(row)).length;
  }
  if (name === 'gcount') return () => scope.group.rows.length;
  if (name === 'isdefined') return definedTest(operands[0], scope);
  if (name === 'isnull' && operands[0]?.kind === 'column') {
    const isDefined = definedTest(operands[0], scope);
    return (row) => !isDefined(row);
  }
  if (name === 'iscolumn') return columnTest(operands[0], scope);
  if (name === 'datetime' && operands.length === 0)
    return fail('unsupported', 'DATETIME() without a date is the time of the query and is not offered.');
  const pattern = name === 'replace' && operands[1] ? patternSource(operands[1]) : undefined;
  if (pattern !== undefined) return replacement(regularExpression(pattern, 'gs', pattern), operands, scope);
  const shaping = operands.length > 0 ? compileArrayCall(name, operands, scope) : undefined;
  if (shaping) return shaping;
  const wanted = operandUnit(name, operands, scope);
  const inner = operands.map((operand) => compileIn(operand, scope, wanted));
  if (inner.length === 0) {
    const isKnown = VALUE_FUNCTIONS[name] ?? WHOLE_FUNCTIONS[name] ?? DATE_FUNCTIONS[name];
    return isKnown ? fail('usage', `The function ${name} needs a value.`) : refuseFunction(name);
  }
  const [first, second] = inner;
  const grouped = name[0] === 'g' ? groupFunction(name.slice(1)) : undefined;
  if (grouped) return overGroup(first, grouped, scope);
  if (name === 'iif' && inner.length === 3) {
    return (row) => {
      const test = first(row);
      const [yes, no] = [second(row), inner[2](row)];
      if (!isArray(test)) return asBoolean(test) ? inShape(yes, no) : inShape(no, yes);
      const at = (value: Value, k: number) => (isArray(value) ? value.items[k] : value);
      return { shape: test.shape, items: test.items.map((one, k) => at(asBoolean(one) ? yes : no, k)) };
    };
  }
  if (name === 'gfractile' && inner.length === 2)
    return overGroup(first, (items) => fractile(items, asNumber(second(0))), scope);
  if (name === 'ndim') return (row) => shapeLength(first(row));
  if (name === 'shape') return (row) => shapeOf(first(row), scope.style);
  if ((name === 'string' || name === 'str') && inner.length <= 2) {
    const kind = textKind(operands[0], scope.table);
    return (row) => {
      const format = second?.(row);
      return mapValue(first(row), (one) => valueText(one, kind, format));
    };
  }
  if (name === 'hdms' && inner.length === 1) return (row) => skyTexts(first(row));
  const several = OPERAND_FUNCTIONS.find((entry) => entry.name === name && entry.count === inner.length);
  if (several) return (row) => several.act(...inner.map((operand) => operand(row)));
  const isOfRow = inner.length === 1;
  const wholes = isOfRow ? WHOLE_FUNCTIONS[name] : undefined;
  if (wholes) return (row) => wholes.act(itemsOf(first(row)));
  const values = isOfRow ? (VALUE_FUNCTIONS[name] ?? DATE_FUNCTIONS[name]) : undefined;
  if (values) return (row) => mapValue(first(row), values.act);
  return refuseFunction(name);
}

/** A value in the shape of another that stands in its place in other rows. */
function inShape(value: Value, other: Value): Value {
  return isArray(other) ? pairValues(value, other, (one) => one) : value;
}

/** Functions that make arrays of other shapes; undefined for others. */
function compileArrayCall(name: string, operands: readonly Expression[], scope: Scope): Evaluate | undefined {
  const act = arrayFunction(name);
  if (!act && name !== 'array') return undefined;
  const [array, ...others] = operands.map((operand) => compile(operand, scope));
  if (!act)
    return (row) =>
      filledArray(
        array(row),
        others.map((other) => other(row)),
        scope.style,
      );
  return (row) => {
    const value = array(row);
    if (value === undefined) return EMPTY;
    if (!isArray(value) && name !== 'flatten' && name !== 'arrayflatten')
      return fail('usage', `The function ${name} takes an array.`);
    const whole = isArray(value) ? value : { shape: [1], items: [value] };
    return act(
      whole,
      others.map((other) => other(row)),
      scope.style,
    );
  };
}

/** Right ascensions and declinations in turn, as texts. */
function skyTexts(value: Value): Value {
  if (!isArray(value) || value.items.length % 2 !== 0) return fail('usage', 'HDMS takes an array of pairs of angles.');
  const items = value.items.map((one, k) => (k % 2 === 0 ? hourText : degreeText)(asNumber(one)));
  return { shape: value.shape, items };
}

/** replace(text, regex('…'), by) */
function replacement(pattern: RegExp, [text, , by]: readonly Expression[], scope: Scope): Evaluate {
  const [from, to] = [compile(text, scope), by && compile(by, scope)];
  return (row) => mapValue(from(row), (one) => asText(one).replace(pattern, () => (to ? asText(to(row)) : '')));
}

/** The unit that a function's operands are turned into. */
function operandUnit(name: string, operands: readonly Expression[], { table }: Scope): string | undefined {
  if (name in DATE_FUNCTIONS) return 'd';
  if (['sin', 'cos', 'tan', 'hms', 'dms', 'hdms', 'normangle'].includes(name)) return 'rad';
  const isCommon = ['min', 'max', 'atan2', 'near'].includes(name) && operands.length > 1;
  return isCommon ? unitOf(operands[0], table) : undefined;
}

function shapeLength(value: Value): number {
  return isArray(value) ? value.shape.length : 0;
}

function overGroup(operand: Evaluate, act: (items: readonly Value[]) => Value, scope: Scope): Evaluate {
  return () => act(Array.from(scope.group.rows).flatMap((row) => itemsOf(operand(row))));
}

function definedTest(operand: Expression | undefined, { table }: Scope): Evaluate {
  if (operand?.kind !== 'column' || !table) fail('usage', 'ISDEFINED takes the name of a column.');
  const cells = table.column(operand.name);
  return (row) => cells.isDefined(row);
}

function columnTest(operand: Expression | undefined, { table }: Scope): Evaluate {
  if (operand?.kind !== 'column') fail('usage', 'ISCOLUMN takes the name of a column.');
  const isThere = table?.hasColumn(operand.name) ?? false;
  return () => isThere;
}

/** One index, or a range with its step, of one axis. */
type AxisIndex = (row: number, length: number) => { first: number; count: number; step: number; isSingle: boolean };

function axisIndex(item: SetItem, scope: Scope): AxisIndex {
  const { origin, isEndExcluded } = scope.style;
  const position = (value: number, length: number) => (value < 0 ? value + length : value - origin);
  if (item.kind === 'value') {
    const at = compile(item.value, scope);
    return (row, length) => ({ first: position(asInteger(at(row)), length), count: 1, step: 1, isSingle: true });
  }
  if (!item.isDiscrete) fail('usage', 'Elements of arrays are chosen by start:end:step.');
  const [low, high, each] = [item.low, item.high, item.step].map((part) => part && compile(part, scope));
  return (row, length) => {
    const first = low ? position(asInteger(low(row)), length) : 0;
    const step = each ? asInteger(each(row)) : 1;
    const end = high ? position(asInteger(high(row)), length) + Number(!isEndExcluded) : length;
    return { first, count: Math.max(0, Math.ceil((end - first) / step)), step, isSingle: false };
  };
}

function compileElement(array: Evaluate, items: readonly SetItem[], scope: Scope): Evaluate {
  const indices = items.map((item) => axisIndex(item, scope));
  return (row) => {
    const value = array(row);
    if (!isArray(value)) return fail('usage', 'Only arrays have elements.', { table: scope.table?.path, row });
    return elements(value, indices, row, scope);
  };
}

/** The chosen elements of an array: one value, or an array of what the ranges leave. */
function elements(value: ArrayCell, indices: readonly AxisIndex[], row: number, scope: Scope): Value {
  const { isSlowestFirst, origin } = scope.style;
  const place = { table: scope.table?.path, row };
  const axes = value.shape; // slow to fast
  if (axes.length !== indices.length) fail('usage', `The array has ${axes.length} axes, not ${indices.length}.`, place);
  const chosen = (isSlowestFirst ? indices : indices.toReversed()).map((index, axis) => index(row, axes[axis]));
  chosen.forEach(({ first, count, step }, axis) => {
    const last = first + (count - 1) * step;
    if (first < 0 || (count > 0 && last >= axes[axis])) {
      const wrong = first < 0 || first >= axes[axis] ? first : last;
      fail(
        'usage',
        `Element ${wrong + origin} is not in an axis of ${axes[axis]} (elements count from ${origin}).`,
        place,
      );
    }
  });
  let places = [0];
  chosen.forEach(({ first, count, step }, axis) => {
    places = places.flatMap((at) => Array.from({ length: count }, (_, k) => at * axes[axis] + first + k * step));
  });
  if (chosen.every(({ isSingle }) => isSingle)) return value.items[places[0]];
  return { shape: chosen.map(({ count }) => count), items: places.map((at) => value.items[at]) };
}

function columnReader(table: Table | undefined, name: string): Evaluate {
  if (!table) return fail('usage', `There is no table with a column ${name}; say from which.`);
  const column = table.column(name);
  const { kind, type } = column.description;
  if (kind === 'array') {
    return (row) => (column.isDefined(row) ? arrayCell(column.get(row) as ArrayValue, type) : undefined);
  }
  if (type === 'Complex' || type === 'DComplex') return (row) => column.get(row) as readonly [number, number];
  let first = 0;
  let values: ReturnType<typeof column.getRange> | undefined;
  return (row) => {
    if (!values || row < first || row >= first + values.length) {
      first = row;
      values = column.getRange(row, Math.min(CHUNK_ROWS, table.rowCount - row));
    }
    const value: CellValue = values[row - first];
    if (type === 'Bool') return value !== 0;
    return typeof value === 'bigint' ? Number(value) : (value as number | string);
  };
}
