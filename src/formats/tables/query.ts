import { fail } from '../../foundation/base/index.ts';
import { type Expression, parseQuery, type SetItem } from './query-parser.ts';
import type { ArrayValue, CellValue, Table } from './types.ts';

/** Values that expressions have; complex numbers are pairs. */
type Value = number | string | boolean | readonly [number, number] | ArrayCell | undefined;

/** An array cell; values without units of complex numbers. */
interface ArrayCell {
  readonly shape: readonly number[];
  readonly items: readonly Value[];
}

type Evaluate = (row: number) => Value;

/** Scalar columns are read this many rows at a time. */
const CHUNK_ROWS = 8192;

/**
 * Rows of a table that fulfil a condition in the table query language (the part after "where").
 *
 * Understood: comparisons, && || ! (and, or, not), in [..] with ranges, like, between, ~ m/…/ and p/…/, arithmetic, column names,
 * ROWNUMBER() (from 1 as in CASA), ISDEFINED, ANY, ALL, NTRUE, SUM, MEAN, MIN, MAX, ABS, SQRT, SIN, COS, REAL, IMAG, ARG, NELEMENTS, …
 * Elements of arrays count from 1, the fastest axis first, as in CASA: UVW[1] is u.
 *
 * @returns row numbers from 0, ascending
 * @throws usage for expressions that are not understood or have the wrong type; missing for unknown columns
 */
export function queryRows(table: Table, expression: string): Int32Array {
  const test = compile(parseQuery(expression), table);
  const rows: number[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const result = test(row);
    if (typeof result !== 'boolean')
      fail('usage', `The query "${expression}" is not a condition.`, { table: table.path });
    if (result) rows.push(row);
  }
  return Int32Array.from(rows);
}

function compile(expression: Expression, table: Table): Evaluate {
  switch (expression.kind) {
    case 'literal':
      return () => expression.value;
    case 'column':
      return columnReader(table, expression.name);
    case 'unary': {
      const operand = compile(expression.operand, table);
      if (expression.operator === '!') return (row) => mapValue(operand(row), (value) => !asBoolean(value));
      return (row) => mapValue(operand(row), (value) => -asNumber(value));
    }
    case 'binary':
      return compileBinary(expression.operator, compile(expression.left, table), compile(expression.right, table));
    case 'call':
      return compileCall(expression.name, expression.operands, table);
    case 'element':
      return compileElement(compile(expression.array, table), expression.indices, table);
    case 'in': {
      const value = compile(expression.value, table);
      const tests = expression.set.map((item) => compileItem(item, table));
      return (row) => mapValue(value(row), (one) => tests.some((test) => test(one, row)) !== expression.isNegated);
    }
    case 'like': {
      const value = compile(expression.value, table);
      return (row) => mapValue(value(row), (one) => expression.pattern.test(asText(one)) !== expression.isNegated);
    }
  }
}

function compileItem(item: SetItem, table: Table): (value: Value, row: number) => boolean {
  if (item.kind === 'value') {
    const member = compile(item.value, table);
    return (value, row) => isSame(value, member(row));
  }
  const low = item.low && compile(item.low, table);
  const high = item.high && compile(item.high, table);
  return (value, row) => {
    const lowSide = low === undefined ? 1 : compareValues(value, low(row));
    const highSide = high === undefined ? -1 : compareValues(value, high(row));
    return (item.isLowOpen ? lowSide > 0 : lowSide >= 0) && (item.isHighOpen ? highSide < 0 : highSide <= 0);
  };
}

function compileBinary(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  if (operator === '&&') return (row) => asBoolean(left(row)) && asBoolean(right(row));
  if (operator === '||') return (row) => asBoolean(left(row)) || asBoolean(right(row));
  const act = OPERATORS[operator];
  return (row) => pairValues(left(row), right(row), act);
}

const OPERATORS: Readonly<Record<string, (left: Value, right: Value) => Value>> = {
  '==': isSame,
  '!=': (left, right) => !isSame(left, right),
  '<': (left, right) => compareValues(left, right) < 0,
  '<=': (left, right) => compareValues(left, right) <= 0,
  '>': (left, right) => compareValues(left, right) > 0,
  '>=': (left, right) => compareValues(left, right) >= 0,
  '+': (left, right) => (typeof left === 'string' ? left + asText(right) : asNumber(left) + asNumber(right)),
  '-': (left, right) => asNumber(left) - asNumber(right),
  '*': (left, right) => asNumber(left) * asNumber(right),
  '/': (left, right) => asNumber(left) / asNumber(right),
  '//': (left, right) => Math.floor(asNumber(left) / asNumber(right)),
  '%': (left, right) => asNumber(left) - Math.floor(asNumber(left) / asNumber(right)) * asNumber(right),
  '**': (left, right) => asNumber(left) ** asNumber(right),
};

const NUMBER_FUNCTIONS: Readonly<Record<string, (value: number) => number>> = {
  sqrt: Math.sqrt,
  square: (value) => value * value,
  sqr: (value) => value * value,
  exp: Math.exp,
  log: Math.log,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  int: Math.trunc,
  integer: Math.trunc,
  sign: Math.sign,
};

const VALUE_FUNCTIONS: Readonly<Record<string, (value: Value) => Value>> = {
  abs: (value) => (isPair(value) ? Math.hypot(value[0], value[1]) : Math.abs(asNumber(value))),
  amplitude: (value) => (isPair(value) ? Math.hypot(value[0], value[1]) : Math.abs(asNumber(value))),
  arg: (value) => (isPair(value) ? Math.atan2(value[1], value[0]) : Math.atan2(0, asNumber(value))),
  phase: (value) => (isPair(value) ? Math.atan2(value[1], value[0]) : Math.atan2(0, asNumber(value))),
  real: (value) => (isPair(value) ? value[0] : asNumber(value)),
  imag: (value) => (isPair(value) ? value[1] : 0),
  isnan: (value) => Number.isNaN(asNumber(value)),
  upper: (value) => asText(value).toUpperCase(),
  upcase: (value) => asText(value).toUpperCase(),
  lower: (value) => asText(value).toLowerCase(),
  downcase: (value) => asText(value).toLowerCase(),
  trim: (value) => asText(value).trim(),
  strlength: (value) => asText(value).length,
  len: (value) => asText(value).length,
};

const ARRAY_FUNCTIONS: Readonly<Record<string, (items: readonly Value[]) => Value>> = {
  any: (items) => items.some(asBoolean),
  all: (items) => items.every(asBoolean),
  ntrue: (items) => items.filter(asBoolean).length,
  nfalse: (items) => items.filter((item) => !asBoolean(item)).length,
  sum: (items) => items.reduce((sum: number, item) => sum + asNumber(item), 0),
  mean: (items) => items.reduce((sum: number, item) => sum + asNumber(item), 0) / items.length,
  nelements: (items) => items.length,
  count: (items) => items.length,
};

function compileCall(name: string, operands: readonly Expression[], table: Table): Evaluate {
  const inner = operands.map((operand) => compile(operand, table));
  if (name === 'rownumber' || name === 'rownr') return (row) => row + 1;
  if (name === 'rowid') return (row) => row;
  if (name === 'rand') return fail('usage', 'RAND() gives other rows each time and is not offered.');
  if (name === 'pi') return () => Math.PI;
  if (name === 'isdefined') {
    const column = operands[0];
    if (column?.kind !== 'column') fail('usage', 'ISDEFINED takes the name of a column.');
    const cells = table.column(column.name);
    return (row) => cells.isDefined(row);
  }
  if (inner.length === 0) fail('usage', `The function ${name} needs a value.`);
  const [first, second] = inner;
  if (name === 'iif' && inner.length === 3) return (row) => (asBoolean(first(row)) ? second(row) : inner[2](row));
  if ((name === 'min' || name === 'max') && second) {
    const pick = name === 'min' ? Math.min : Math.max;
    return (row) => pairValues(first(row), second(row), (a, b) => pick(asNumber(a), asNumber(b)));
  }
  if (name === 'min' || name === 'max') {
    return (row) => itemsOf(first(row)).reduce((a, b) => (compareValues(b, a) < 0 === (name === 'min') ? b : a));
  }
  if (name === 'ndim') {
    return (row) => {
      const value = first(row);
      return isArray(value) ? value.shape.length : 0;
    };
  }
  const wholes = ARRAY_FUNCTIONS[name];
  if (wholes) return (row) => wholes(itemsOf(first(row)));
  const numbers = NUMBER_FUNCTIONS[name];
  if (numbers) return (row) => mapValue(first(row), (value) => numbers(asNumber(value)));
  const values = VALUE_FUNCTIONS[name];
  if (values) return (row) => mapValue(first(row), values);
  return fail('usage', `The function ${name} is not offered in queries.`, { table: table.path });
}

function compileElement(array: Evaluate, indices: readonly Expression[], table: Table): Evaluate {
  const inner = indices.map((index) => compile(index, table));
  return (row) => {
    const value = array(row);
    if (!isArray(value)) return fail('usage', 'Only arrays have elements.', { table: table.path, row });
    const axes = value.shape.toReversed();
    if (axes.length !== inner.length)
      fail('usage', `The array has ${axes.length} axes, not ${inner.length}.`, { table: table.path, row });
    let at = 0;
    let stride = 1;
    for (let axis = 0; axis < axes.length; axis++) {
      const index = asNumber(inner[axis](row)) - 1;
      if (!(index >= 0 && index < axes[axis])) {
        fail('usage', `Element ${index + 1} is not in an axis of ${axes[axis]} (elements count from 1).`, {
          table: table.path,
          row,
        });
      }
      at += index * stride;
      stride *= axes[axis];
    }
    return value.items[at];
  };
}

function columnReader(table: Table, name: string): Evaluate {
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

function arrayCell(array: ArrayValue, type: string): ArrayCell {
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

function isArray(value: Value): value is ArrayCell {
  return typeof value === 'object' && 'items' in value;
}

function isPair(value: Value): value is readonly [number, number] {
  return Array.isArray(value);
}

function itemsOf(value: Value): readonly Value[] {
  return isArray(value) ? value.items : [value];
}

function mapValue(value: Value, act: (value: Value) => Value): Value {
  return isArray(value) ? { shape: value.shape, items: value.items.map(act) } : act(value);
}

function pairValues(left: Value, right: Value, act: (left: Value, right: Value) => Value): Value {
  if (isArray(left) && isArray(right)) {
    if (left.items.length !== right.items.length) fail('usage', 'The arrays in the query differ in shape.');
    return { shape: left.shape, items: left.items.map((item, k) => act(item, right.items[k])) };
  }
  if (isArray(left)) return { shape: left.shape, items: left.items.map((item) => act(item, right)) };
  if (isArray(right)) return { shape: right.shape, items: right.items.map((item) => act(left, item)) };
  return act(left, right);
}

function isSame(left: Value, right: Value): boolean {
  if (isPair(left) || isPair(right)) {
    const [a, b] = [asPair(left), asPair(right)];
    return a[0] === b[0] && a[1] === b[1];
  }
  if (typeof left !== typeof right) wrongType();
  return left === right;
}

function compareValues(left: Value, right: Value): number {
  if (typeof left === 'string' || typeof right === 'string') {
    const [a, b] = [asText(left), asText(right)];
    return a < b ? -1 : Number(a > b);
  }
  const [a, b] = [asNumber(left), asNumber(right)];
  return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
}

function asPair(value: Value): readonly [number, number] {
  return isPair(value) ? value : [asNumber(value), 0];
}

function asNumber(value: Value): number {
  return typeof value === 'number' ? value : wrongType();
}

function asText(value: Value): string {
  return typeof value === 'string' ? value : wrongType();
}

function asBoolean(value: Value): boolean {
  return typeof value === 'boolean' ? value : wrongType();
}

function wrongType(): never {
  return fail('usage', 'The query mixes types: texts, numbers and truth values do not compare with each other.');
}
