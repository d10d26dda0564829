import { arrayResultType } from './query-arrays.ts';
import { DATE_FUNCTIONS } from './query-dates.ts';
import { isGroupFunction, OPERAND_FUNCTIONS, VALUE_FUNCTIONS, WHOLE_FUNCTIONS } from './query-functions.ts';
import type { Expression, SetItem } from './query-language.ts';
import type { TextKind } from './query-texts.ts';
import type { DataType, Table } from './types.ts';

/** What the text of an expression's values is made as. */
export function textKind(expression: Expression, table: Table | undefined): TextKind {
  if (isInteger(expression, table)) return 'int';
  const isDate =
    (expression.kind === 'literal' && expression.isDate) ||
    (expression.kind === 'call' && ['datetime', 'mjdtodate', 'date'].includes(expression.name));
  return isDate ? 'date' : 'float';
}

const INTEGERS: readonly DataType[] = ['UChar', 'Short', 'UShort', 'Int', 'UInt', 'Int64'];

/** Whether an expression has whole numbers: what 1 + 1 is, and 1 / 2 and 1 // 2 are not. */
export function isInteger(expression: Expression, table: Table | undefined): boolean {
  const inner = (part: Expression) => isInteger(part, table);
  switch (expression.kind) {
    case 'literal':
      return expression.isInteger === true;
    case 'column':
      // Of a table inside the query nothing is known here.
      return table !== undefined && INTEGERS.includes(table.column(expression.name).description.type);
    case 'unary':
      return expression.operator !== '!' && inner(expression.operand);
    case 'binary':
      return (
        ['+', '-', '*', '%', '&', '|', '^'].includes(expression.operator) &&
        inner(expression.left) &&
        inner(expression.right)
      );
    case 'element':
      return inner(expression.array);
    case 'call':
      return isIntegerCall(expression.name, expression.operands, inner);
    case 'array':
      return isIntegerSet(expression.items, table);
    case 'subquery': {
      const { items, giving } = expression.statement;
      if (Array.isArray(giving)) return isIntegerSet(giving, undefined);
      return items.every((item) => isInteger(item.expression, undefined));
    }
    default:
      return false;
  }
}

function isIntegerSet(items: readonly SetItem[], table: Table | undefined): boolean {
  return items.every((item) => item.kind === 'range' || isInteger(item.value, table));
}

const INTEGER_CALLS = ['rownumber', 'rownr', 'rowid', 'gcount', 'ndim', 'shape'];

function isIntegerCall(name: string, operands: readonly Expression[], inner: (part: Expression) => boolean): boolean {
  if (INTEGER_CALLS.includes(name)) return true;
  const base = isGroupFunction(name) ? name.slice(1) : name;
  if (['first', 'last', 'aggr'].includes(base)) return operands.every(inner);
  if (base === 'iif') return operands.slice(1).every(inner);
  if (base === 'array') return operands.slice(0, 1).every(inner);
  const several = OPERAND_FUNCTIONS.find((entry) => entry.name === base && entry.count === operands.length);
  const type = (several ?? WHOLE_FUNCTIONS[base] ?? VALUE_FUNCTIONS[base] ?? DATE_FUNCTIONS[base])?.type;
  if (type === undefined) {
    const shaped = arrayResultType(base);
    return shaped === 'int' || (shaped === 'same' && operands.slice(0, 1).every(inner));
  }
  return type === 'int' || (type === 'same' && operands.every(inner));
}
