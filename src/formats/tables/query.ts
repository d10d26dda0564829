import { fail } from '../../foundation/base/index.ts';
import { rowsOfCondition, type TaqlTables } from './taql.ts';
import { parseCondition } from './taql-parser.ts';
import type { Table } from './types.ts';

/** What a condition may be about beside all rows of a table. */
export interface QueryOptions {
  /** The rows to choose from, in their order; default all. */
  readonly among?: ArrayLike<number>;
  /** Opens the tables of queries inside the condition; without it they can be about subtables ("::ANTENNA") only. */
  readonly open?: TaqlTables['open'];
}

/**
 * Rows of a table that fulfil a condition in the table query language (the part after "where", with orderby and limit).
 *
 * Understood: comparisons, && || ! (and, or, not), in [..] with ranges and queries, like, between, ~ m/…/ and p/…/, arithmetic, column
 * names, parts of arrays, and functions such as ROWNUMBER() (from 1 as in CASA), ISDEFINED, ANY, ALL, NTRUE, SUM, MEAN, ABS, IIF.
 * Elements of arrays count from 1, the fastest axis first, as in CASA: UVW[1] is u.
 *
 * @returns row numbers from 0, ascending (or as `among`, or as orderby says)
 * @throws usage for expressions that are not understood or have the wrong type; missing for unknown columns
 */
export function queryRows(table: Table, expression: string, { among, open }: QueryOptions = {}): Int32Array {
  const refuse = (path: string) =>
    fail('usage', `The query inside the condition cannot be about another table, ${path}.`);
  const tables = { open: open ?? refuse, target: refuse };
  return Int32Array.from(rowsOfCondition(table, parseCondition(expression), tables, among));
}
