import { COMPLEX_PARTS } from '../../../astronomy/visibility/index.ts';
import type { Table } from '../../../formats/tables/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { quartilesOf } from '../../../foundation/numeric/index.ts';
import { type EngineValue, real } from '../values.ts';
import { dictionary } from './reply-values.ts';

/** Values that one column may have for its statistics. */
const LARGEST = 2e8;

/** All numbers of a column; of complex ones the part that is asked for. */
function numbersOf(table: Table, name: string, part: string, rows: readonly number[]): Float64Array {
  const column = table.column(name);
  const isComplex = /Complex/.test(column.description.type);
  const of = isComplex ? COMPLEX_PARTS[part.toLowerCase()] : undefined;
  if (isComplex && !of)
    fail(
      'usage',
      `complex_value="${part}" must be one of ${Object.keys(COMPLEX_PARTS).join(', ')} for the column ${name}.`,
    );
  if (column.description.type === 'String') fail('usage', `The column ${name} holds texts.`);
  // Shapes tell how many values there are before any is read: a column may be larger than memory.
  const count = rows.reduce(
    (total, row) => total + (column.cellShape(row) ?? [0]).reduce((product, length) => product * length, 1),
    0,
  );
  if (count === 0) fail('usage', `The column ${name} has no values.`);
  if (count > LARGEST) fail('usage', `The column ${name} has too many values; choose rows with query first.`);
  const values = new Float64Array(count);
  let at = 0;
  for (const row of rows) {
    const found = column.getRange(row, 1) as ArrayLike<number>;
    if (of) for (let k = 0; k < found.length; k += 2) values[at++] = of(found[k], found[k + 1]);
    else for (let k = 0; k < found.length; k++) values[at++] = Number(found[k]);
  }
  return values;
}

/** tb.statistics(): what is known of all numbers of a column, whatever is flagged. */
export function columnNumbers(table: Table, name: string, part: string, rows: readonly number[]): EngineValue {
  const values = numbersOf(table, name, part, rows);
  const count = values.length;
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / count;
  const spread = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  const variance = count > 1 ? spread / (count - 1) : 0;
  const sorted = values.sort();
  const { first, median, third } = quartilesOf(sorted);
  const deviations = sorted.map((value) => Math.abs(value - median)).sort();
  const entries = {
    ...{ max: sorted[count - 1], mean, medabsdevmed: quartilesOf(deviations).median, median, min: sorted[0] },
    ...{ npts: count, quartile: third - first, rms: Math.sqrt(squares / count), stddev: Math.sqrt(variance) },
    ...{ sum, sumsq: squares, var: variance },
  };
  return dictionary([[name, dictionary(Object.entries(entries).map(([key, value]) => [key, real(value)] as const))]]);
}
