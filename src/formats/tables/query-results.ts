import { fail } from '../../foundation/base/index.ts';
import { type ComputedCells, emptyValues } from './computed-table.ts';
import { isGroupFunction } from './query-functions.ts';
import type { Expression, SelectItem } from './query-language.ts';
import { isInteger } from './query-types.ts';
import { asBoolean, asNumber, asText, isArray, isPair, itemsOf, type Value } from './query-values.ts';
import type { ColumnValues, DataType, Table } from './types.ts';

/** True when an expression is about all rows of a group. */
export function isGrouped(expression: Expression): boolean {
  switch (expression.kind) {
    case 'call':
      return isGroupFunction(expression.name) || expression.operands.some(isGrouped);
    case 'unary':
      return isGrouped(expression.operand);
    case 'binary':
      return isGrouped(expression.left) || isGrouped(expression.right);
    case 'element':
      return isGrouped(expression.array);
    case 'in':
    case 'like':
      return isGrouped(expression.value);
    default:
      return false;
  }
}

/** Name and type of a result's column; the type is left open where only the values tell it. */
export interface ResultColumn {
  readonly name: string;
  readonly type: DataType | undefined;
}

/** casacore's names: the column's own, else Col_1, Col_2 … */
export function describeResult(item: SelectItem, index: number, table: Table | undefined): ResultColumn {
  const own = item.expression.kind === 'column' ? item.expression.name : `Col_${index + 1}`;
  const isWhole = isInteger(item.expression, table);
  return { name: item.name ?? own, type: isWhole ? 'Int' : undefined };
}

const LARGEST_INT = 2 ** 31 - 1;

/** The cells of a result's column out of the values of its rows. */
export function resultCells({ name, type }: ResultColumn, values: readonly Value[]): ComputedCells {
  if (values.includes(undefined)) fail('missing', 'The query asks for cells that have no value.');
  const sample = values.flatMap(itemsOf).find((value) => value !== undefined);
  const isLong = type === 'Int' && values.flatMap(itemsOf).some((value) => Math.abs(asNumber(value)) > LARGEST_INT);
  const known = isLong ? 'Int64' : (type ?? typeOf(sample));
  return {
    name,
    type: known,
    isScalar: !values.some(isArray),
    shapes: values.map((value) => (isArray(value) ? value.shape : [])),
    cells: values.map((value) => valuesOf(itemsOf(value), known)),
  };
}

function typeOf(value: Value): DataType {
  if (typeof value === 'string') return 'String';
  if (typeof value === 'boolean') return 'Bool';
  return isPair(value) ? 'DComplex' : 'Double';
}

function valuesOf(items: readonly Value[], type: DataType): ColumnValues {
  if (type === 'String') return items.map(asText);
  if (type === 'Bool') return Uint8Array.from(items, (item) => Number(asBoolean(item)));
  if (type === 'DComplex')
    return Float64Array.from(items.flatMap((item) => (isPair(item) ? item : [asNumber(item), 0])));
  if (type === 'Int64') return BigInt64Array.from(items, (item) => BigInt(asNumber(item)));
  const numbers = emptyValues(type, items.length);
  items.forEach((item, k) => {
    numbers[k] = asNumber(item);
  });
  return numbers;
}
