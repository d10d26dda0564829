import { fail } from '../../foundation/base/index.ts';
import { compile } from './query-compile.ts';
import { CASA_STYLE } from './query-language.ts';
import { parseQuery } from './query-parser.ts';
import type { Table } from './types.ts';

/**
 * Rows of a table that fulfil a condition in the table query language (the part after "where").
 *
 * Understood: comparisons, && || ! (and, or, not), in [..] with ranges, like, between, ~ m/…/ and p/…/, arithmetic, column names,
 * parts of arrays, and functions such as ROWNUMBER() (from 1 as in CASA), ISDEFINED, ANY, ALL, NTRUE, SUM, MEAN, ABS, IIF.
 * Elements of arrays count from 1, the fastest axis first, as in CASA: UVW[1] is u.
 *
 * @returns row numbers from 0, ascending
 * @throws usage for expressions that are not understood or have the wrong type; missing for unknown columns
 */
export function queryRows(table: Table, expression: string): Int32Array {
  const test = compile(parseQuery(expression), {
    table,
    style: CASA_STYLE,
    group: { rows: [] },
    subquery: () => fail('usage', 'A query inside a condition is understood in whole statements only.'),
  });
  const rows: number[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const result = test(row);
    if (typeof result !== 'boolean')
      fail('usage', `The query "${expression}" is not a condition.`, { table: table.path });
    if (result) rows.push(row);
  }
  return Int32Array.from(rows);
}
