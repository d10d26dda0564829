import { fail } from '../../foundation/base/index.ts';
import { makeValues } from './data-types.ts';
import { compile, type Evaluate, type Scope } from './query-compile.ts';
import type { SetItem, Statement } from './query-language.ts';
import {
  arrayCell,
  asBoolean,
  asInteger,
  asNumber,
  asPair,
  asText,
  isArray,
  itemsOf,
  type Value,
} from './query-values.ts';
import { setScalar } from './records.ts';
import type { ArrayValue, CellValue, Column, DataType, Table } from './types.ts';

/** Writes the values of "set column = …" into rows; all are computed before the first is written. */
export function writeAssignments(
  table: Table,
  rows: readonly number[],
  assignments: Statement['assignments'],
  scope: Scope,
): void {
  const changes = assignments.map(({ column, indices, value }) => {
    const cells = table.column(column);
    const evaluate = compile(value, scope);
    const part = indices.length > 0 ? chosenElements(cells, indices, scope) : undefined;
    return { cells, values: rows.map((row) => newCell(cells, row, evaluate(row), part)) };
  });
  for (const { cells, values } of changes) values.forEach((value, k) => void cells.put(rows[k], value));
}

/** Numbers of the elements that indices choose, in a cell. */
function chosenElements(cells: Column, indices: readonly SetItem[], scope: Scope): Evaluate {
  // The same indexing as of an expression, of an array that holds its elements' own numbers.
  const { name } = cells;
  const numbered: Table = Object.create(scope.table as Table) as Table;
  const counting = {
    ...cells,
    name,
    description: { name, type: 'Int', kind: 'array' } as const,
    isDefined: (row: number) => cells.isDefined(row),
    get(row: number): ArrayValue {
      const shape = cells.cellShape(row) ?? [];
      const count = shape.reduce((product, length) => product * length, 1);
      return { shape, values: Int32Array.from({ length: count }, (_, k) => k) };
    },
  };
  numbered.column = () => counting as unknown as Column;
  return compile({ kind: 'element', array: { kind: 'column', name }, indices }, { ...scope, table: numbered });
}

function newCell(cells: Column, row: number, value: Value, part: Evaluate | undefined): CellValue {
  const { kind, type } = cells.description;
  if (kind === 'scalar') {
    if (isArray(value) || part) fail('usage', `Column ${cells.name} holds single values.`, { column: cells.name, row });
    return scalarOf(value, type);
  }
  if (!part && isArray(value)) return { shape: value.shape, values: packed(itemsOf(value), type) };
  if (!cells.isDefined(row))
    fail('missing', 'The cell has no shape yet; give it an array.', { column: cells.name, row });
  const old = cells.get(row) as ArrayValue;
  const items = [...arrayCell(old, type).items];
  const places = part ? itemsOf(part(row)).map(asInteger) : items.map((_, k) => k);
  const given = itemsOf(value);
  if (isArray(value) && given.length !== places.length)
    fail('usage', `${given.length} values are given for ${places.length} elements.`, { column: cells.name, row });
  places.forEach((place, k) => {
    items[place] = isArray(value) ? given[k] : value;
  });
  return { shape: old.shape, values: packed(items, type) };
}

function packed(items: readonly Value[], type: DataType) {
  const values = makeValues(type, items.length);
  items.forEach((item, k) => void setScalar(values, k, scalarOf(item, type)));
  return values;
}

function scalarOf(value: Value, type: DataType) {
  if (type === 'String') return asText(value);
  if (type === 'Bool') return asBoolean(value);
  if (type === 'Complex' || type === 'DComplex') return asPair(value);
  if (type === 'Float' || type === 'Double') return asNumber(value);
  return type === 'Int64' ? BigInt(asInteger(value)) : asInteger(value);
}
