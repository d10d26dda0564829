import { fail } from '../../foundation/base/index.ts';
import { ComputedTable } from './computed-table.ts';
import { writeReference } from './linked-table-writer.ts';
import { writePlain } from './plain-copy.ts';
import { compile, type Evaluate, type Scope } from './query-compile.ts';
import type { Expression, SelectItem, SortKey, Statement } from './query-language.ts';
import { describeResult, isGrouped, resultCells } from './query-results.ts';
import { asBoolean, compareValues, isArray, itemsOf, type Value } from './query-values.ts';
import { RowMappedTable, SelectedRows } from './row-mapped-table.ts';
import { writeAssignments } from './taql-assignment.ts';
import { parseStatement } from './taql-parser.ts';
import type { CellValue, DataType, Table, TableMode } from './types.ts';

/** What a statement gives. */
export type TaqlResult =
  | { readonly kind: 'table'; readonly table: Table }
  /** calc: a value for each row, or one; all are of the type. */
  | { readonly kind: 'values'; readonly type: DataType; readonly values: readonly CellValue[] };

export interface TaqlTables {
  /** Opens a table by the path in the statement. */
  open(path: string, mode: TableMode): Table;
  /** Where a table of that name is written. */
  target(path: string): string;
}

/**
 * Runs a statement of the table query language: select, update, delete, count or calc (casacore note 199, the subset that the
 * README names).
 *
 * @returns a table to be closed (update: the changed rows; delete: no rows), or values
 * @throws usage, unsupported, missing
 */
export function runTaql(command: string, tables: TaqlTables): TaqlResult {
  const statement = parseStatement(command);
  const run = new StatementRun(tables);
  switch (statement.kind) {
    case 'select':
      return { kind: 'table', table: run.select(statement) };
    case 'count':
      return { kind: 'table', table: run.count(statement) };
    case 'calc':
      return { kind: 'values', ...calculate(statement, tables) };
    default:
      return { kind: 'table', table: run.change(statement) };
  }
}

/** Values of a calc statement; all tables that it opens are closed again. */
function calculate(statement: Statement, tables: TaqlTables): ReturnType<StatementRun['calc']> {
  const opened: Table[] = [];
  const open: TaqlTables['open'] = (path, mode) => {
    const table = tables.open(path, mode);
    opened.push(table);
    return table;
  };
  try {
    return new StatementRun({ ...tables, open }).calc(statement);
  } finally {
    for (const table of opened) table.close();
  }
}

/**
 * Rows of a table that a condition chooses, in the order that it asks for; `among` are the rows that it chooses from, all by default.
 *
 * @throws usage, unsupported, missing
 */
export function rowsOfCondition(
  table: Table,
  statement: Statement,
  tables: TaqlTables,
  among?: ArrayLike<number>,
): number[] {
  return new StatementRun(tables).rowsIn(table, statement, among);
}

class StatementRun {
  private readonly tables: TaqlTables;
  /** Tables of the queries around the one at work, the innermost last: "::NAME" is a subtable of it. */
  private readonly around: Table[] = [];

  constructor(tables: TaqlTables) {
    this.tables = tables;
  }

  select(statement: Statement): Table {
    const table = this.open(statement, 'read');
    const scope = this.scope(table, statement);
    const hasGroups = statement.groupBy.length > 0 || statement.items.some((item) => isGrouped(item.expression));
    const rows = this.rows(statement, scope, !hasGroups);
    const plainNames = hasGroups ? undefined : columnsOf(statement.items, table);
    const result = plainNames
      ? this.chosen(table, statement, scope, rows, plainNames)
      : this.computed(statement, scope, rows, hasGroups);
    return this.give(statement, result);
  }

  rowsIn(table: Table, statement: Statement, among?: ArrayLike<number>): number[] {
    return this.rows(statement, this.scope(table, statement), true, among);
  }

  count(statement: Statement): Table {
    const table = this.open(statement, 'read');
    const scope = this.scope(table, statement);
    const count: SelectItem = { expression: { kind: 'call', name: 'gcount', operands: [] }, name: '_COUNT_' };
    const groupBy = statement.items.map((item) => item.expression);
    const orderBy = groupBy.map((expression) => ({ expression, isDescending: false }));
    const grouped = { ...statement, items: [...statement.items, count], groupBy, orderBy };
    return this.computed(grouped, scope, this.rows(statement, scope, true), true);
  }

  calc(statement: Statement): { readonly type: DataType; readonly values: CellValue[] } {
    const [item] = statement.items;
    const table = statement.from ? this.open(statement, 'read') : undefined;
    const values = table
      ? this.valuesOf(item.expression, statement, table)
      : [compile(item.expression, this.scope(undefined, statement))(0)];
    const isWhole = describeResult(item, 0, table).type === 'Int';
    const type = isWhole ? 'Int64' : resultCells({ name: '', type: undefined }, values).type;
    return { type, values: values.map((value) => cellOf(value, type)) };
  }

  /** Values of an expression in the rows that the statement chooses, or the one of all of them. */
  private valuesOf(expression: Expression, statement: Statement, table: Table): Value[] {
    const scope = this.scope(table, statement);
    const rows = this.rows(statement, scope, true);
    const value = compile(expression, scope);
    if (!isGrouped(expression)) return rows.map((row) => value(row));
    scope.group.rows = rows;
    return [value(rows.at(-1) ?? 0)];
  }

  change(statement: Statement): Table {
    const table = this.open(statement, 'update');
    try {
      const scope = this.scope(table, statement);
      const rows = this.rows(statement, scope, true);
      if (statement.kind === 'delete') table.removeRows(rows);
      else writeAssignments(table, rows, statement.assignments, scope);
      table.flush();
      return rowsOf(table, statement.kind === 'delete' ? [] : rows);
    } catch (error) {
      table.close();
      throw error;
    }
  }

  /** The table that a statement is about; one row of nothing when it names none. */
  private open(statement: Statement, mode: TableMode): Table {
    const { from } = statement;
    if (from === undefined) return new ComputedTable('', 1, []);
    if (typeof from !== 'string') return this.select(from);
    const [path, ...subtables] = from.split('::');
    let table = path === '' ? this.around.at(-1) : this.tables.open(path, mode);
    for (const name of subtables) table = table?.subtable(name);
    return table ?? fail('usage', `There is no table around the query that ${from} belongs to.`);
  }

  private scope(table: Table | undefined, statement: Statement): Scope {
    return {
      table,
      style: statement.style,
      group: { rows: [] },
      subquery: (inner) => {
        if (table) this.around.push(table);
        try {
          return this.setOf(inner);
        } finally {
          if (table) this.around.pop();
        }
      },
    };
  }

  /** The values that a query inside an expression stands for: those of its one column, or what it gives. */
  private setOf(statement: Statement): readonly Value[] {
    if (statement.kind !== 'select') fail('unsupported', 'Only a select can stand inside an expression.');
    const { giving } = statement;
    if (Array.isArray(giving)) {
      const table = this.open(statement, 'read');
      const scope = this.scope(table, statement);
      const set = compile({ kind: 'array', items: giving }, scope);
      return this.rows(statement, scope, true).flatMap((row) => itemsOf(set(row)));
    }
    const table = this.select(statement);
    if (table.columnNames.length !== 1) fail('usage', 'A query inside an expression must give one column.');
    const scope = this.scope(table, statement);
    const value = compile({ kind: 'column', name: table.columnNames[0] }, scope);
    return Array.from({ length: table.rowCount }, (_, row) => value(row)).flatMap(itemsOf);
  }

  /** Row numbers that a statement chooses, in its order. */
  private rows(statement: Statement, scope: Scope, isFinal: boolean, among?: ArrayLike<number>): number[] {
    const { where } = statement;
    const count = among?.length ?? scope.table?.rowCount ?? 0;
    if (where && isGrouped(where)) fail('usage', 'Functions of groups, such as gmax, stand in having, not in where.');
    const test = where && compile(where, scope);
    let rows: number[] = [];
    for (let at = 0; at < count; at++) {
      const row = among ? among[at] : at;
      const value = test ? test(row) : true;
      if (isArray(value)) fail('usage', 'The condition is an array; say ANY or ALL of it.', { row });
      if (typeof value !== 'boolean')
        fail('usage', 'What stands as the condition of the query is not a condition.', { file: scope.table?.path });
      if (value) rows.push(row);
    }
    if (!isFinal) return rows;
    rows = sortRows(rows, statement.orderBy, scope);
    if (statement.isOrderDistinct)
      rows = distinct(
        rows,
        statement.orderBy.map(({ expression }) => compile(expression, scope)),
      );
    return statement.isDistinct ? rows : limited(rows, statement);
  }

  private chosen(
    table: Table,
    statement: Statement,
    scope: Scope,
    found: readonly number[],
    names: ReadonlyMap<string, string>,
  ): RowMappedTable {
    const keys = [...names.values()].map((name) => compile({ kind: 'column', name }, scope));
    const rows = statement.isDistinct ? limited(distinct([...found], keys), statement) : found;
    return rowsOf(table, rows, names);
  }

  private computed(statement: Statement, scope: Scope, rows: readonly number[], hasGroups: boolean): ComputedTable {
    const values = statement.items.map((item) => compile(item.expression, scope));
    const having = statement.having && compile(statement.having, scope);
    const groups = hasGroups
      ? groupRows(
          rows,
          statement.groupBy.map((key) => compile(key, scope)),
        )
      : rows.map((row) => [row]);
    const table: { group: readonly number[]; cells: Value[] }[] = [];
    for (const group of groups) {
      scope.group.rows = group;
      const row = group.at(-1) ?? 0;
      if (having && !asBoolean(having(row))) continue;
      table.push({ group, cells: values.map((value) => value(row)) });
    }
    let chosen = table;
    if (hasGroups) {
      const order = sortGroups(table, statement, scope);
      chosen = limited(order, statement);
    }
    if (statement.isDistinct) chosen = limited(distinctCells(chosen), statement);
    const columns = statement.items.map((item, k) =>
      resultCells(
        describeResult(item, k, scope.table),
        chosen.map(({ cells }) => cells[k]),
      ),
    );
    return new ComputedTable('the result of the query', chosen.length, columns);
  }

  private give(statement: Statement, result: Table): Table {
    const { giving } = statement;
    if (!giving || Array.isArray(giving)) return result;
    const { path, isPlain } = giving as { path: string; isPlain: boolean };
    const target = this.tables.target(path);
    // A table of computed values has nothing that it could refer to.
    if (isPlain || !(result instanceof RowMappedTable)) {
      writePlain(target, result);
      return result;
    }
    const rows = Array.from({ length: result.rowCount }, (_, row) => row);
    writeReference(target, result, rows);
    return result;
  }
}

/** Some rows and columns of a table, closed with it. */
function rowsOf(
  table: Table,
  rows: readonly number[],
  names: ReadonlyMap<string, string> = new Map(table.columnNames.map((name) => [name, name])),
): RowMappedTable {
  const { path, keywords, info } = table;
  return new RowMappedTable({
    path,
    source: new SelectedRows(table, Float64Array.from(rows)),
    names,
    keywords,
    info,
    tables: [table],
  });
}

/** Columns by their new names when nothing is computed. */
function columnsOf(items: readonly SelectItem[], table: Table): Map<string, string> | undefined {
  if (items.length === 0) return new Map(table.columnNames.map((name) => [name, name]));
  const names = new Map<string, string>();
  for (const { expression, name } of items) {
    if (expression.kind !== 'column') return undefined;
    table.column(expression.name);
    names.set(name ?? expression.name, expression.name);
  }
  return names;
}

function sortRows(rows: readonly number[], keys: readonly SortKey[], scope: Scope): number[] {
  if (keys.length === 0) return [...rows];
  const columns = keys.map(({ expression }) => {
    const value = compile(expression, scope);
    return new Map(rows.map((row) => [row, value(row)]));
  });
  return rows.toSorted((a, b) => {
    for (let k = 0; k < keys.length; k++) {
      const order = compareValues(columns[k].get(a), columns[k].get(b));
      if (order !== 0) return keys[k].isDescending ? -order : order;
    }
    return isFalling(keys) ? b - a : a - b;
  });
}

/** As in casacore rows of equal keys come in falling order where all keys do. */
const isFalling = (keys: readonly SortKey[]) => keys.every(({ isDescending }) => isDescending);

type Group = { group: readonly number[]; cells: Value[] };

function sortGroups(table: readonly Group[], statement: Statement, scope: Scope): Group[] {
  const keys = statement.orderBy.map(({ expression, isDescending }) => {
    const named = statement.items.findIndex((item) => expression.kind === 'column' && item.name === expression.name);
    const value = named >= 0 ? undefined : compile(expression, scope);
    return {
      isDescending,
      of(entry: Group): Value {
        scope.group.rows = entry.group;
        return value ? value(entry.group.at(-1) ?? 0) : entry.cells[named];
      },
    };
  });
  const rows = keys.length > 0 && isFalling(statement.orderBy) ? table.toReversed() : table;
  return rows.toSorted((a, b) => {
    for (const key of keys) {
      const order = compareValues(key.of(a), key.of(b));
      if (order !== 0) return key.isDescending ? -order : order;
    }
    return 0;
  });
}

const keyText = (values: readonly Value[]) =>
  JSON.stringify(values.map((value) => (value === undefined ? null : value)));

/** The first row of each combination of values. */
function distinct(rows: readonly number[], keys: readonly Evaluate[]): number[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = keyText(keys.map((value) => value(row)));
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function distinctCells(table: readonly Group[]): Group[] {
  const seen = new Set<string>();
  return table.filter(({ cells }) => {
    const key = keyText(cells);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Rows of equal keys, in the order in which they first come; without keys all rows are one group. */
function groupRows(rows: readonly number[], keys: readonly Evaluate[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const key = keyText(keys.map((value) => value(row)));
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

function limited<T>(rows: readonly T[], { limit }: Statement): T[] {
  if (!limit) return [...rows];
  const place = (at: number) => (at < 0 ? Math.max(0, rows.length + at) : Math.min(rows.length, at));
  const end = limit.end === undefined ? rows.length : place(limit.end);
  return rows.slice(place(limit.start), end).filter((_, k) => k % limit.step === 0);
}

function cellOf(value: Value, type: DataType): CellValue {
  if (value === undefined) return fail('missing', 'A cell without a value was asked for.');
  if (!isArray(value)) return value;
  const [values] = resultCells({ name: '', type }, [value]).cells;
  return {
    shape: value.shape,
    values: type === 'Int64' ? BigInt64Array.from(values as Float64Array, BigInt) : values,
  };
}
