import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { quartilesOf } from '../../foundation/numeric/index.ts';
import type { CalTable } from './caltable.ts';
import { readCalTable } from './caltable-read.ts';
import { calValue } from './caltable-selection.ts';

export interface CalstatOptions {
  readonly caltable: string;
  /** amp (amplitude), phase, real, imag; for real columns the values themselves. */
  readonly axis?: string;
  /** Column: CPARAM or FPARAM; or an axis such as SNR, PARAMERR. 'gain': the parameters of the table. */
  readonly datacolumn?: string;
}

/** CASA's statistics of one column. */
export interface ColumnStatistics {
  readonly max: number;
  readonly mean: number;
  readonly medabsdevmed: number;
  readonly median: number;
  readonly min: number;
  readonly npts: number;
  readonly quartile: number;
  readonly rms: number;
  readonly stddev: number;
  readonly sum: number;
  readonly sumsq: number;
  readonly var: number;
}

/**
 * Statistics over all cells of a column of a calibration table, flagged or not: CASA 6.7's calstat. Phases are in radians.
 *
 * @returns the statistics under the name of the column
 * @throws usage for an axis or column that the table does not have
 */
export function calstat(context: Context, options: CalstatOptions): Record<string, ColumnStatistics> {
  const table = readCalTable(joinPath(context.cwd, options.caltable));
  const axis = (options.axis ?? 'amplitude').toLowerCase();
  const asked = (options.datacolumn ?? 'gain').toUpperCase();
  const own = table.parType === 'Complex' ? 'CPARAM' : 'FPARAM';
  const column = ['SNR', 'PARAMERR'].find((name) => name === axis.toUpperCase()) ?? (asked === 'GAIN' ? own : asked);
  const values = columnValues(table, column, axis);
  const found = statisticsOf(values);
  context.log.post(`${column}: ${JSON.stringify(found)}`, 'INFO', 'calstat');
  return { [column]: found };
}

const AXES: Readonly<Record<string, 'amp' | 'phase' | 'real' | 'imag'>> = {
  amp: 'amp',
  amplitude: 'amp',
  phase: 'phase',
  real: 'real',
  imag: 'imag',
  imaginary: 'imag',
};

function columnValues(table: CalTable, column: string, axis: string): Float64Array {
  const { rows } = table;
  if (column === 'SNR') return Float64Array.from(rows.snr);
  if (column === 'PARAMERR') return Float64Array.from(rows.paramErr);
  if (column === 'FPARAM' && table.parType === 'Float') return Float64Array.from(rows.params);
  if (column !== 'CPARAM' || table.parType !== 'Complex')
    fail('usage', `The table has no column ${column}; it has SNR, PARAMERR and its parameters.`);
  const what = AXES[axis] ?? fail('usage', `axis "${axis}" is none of amp, phase, real, imag.`);
  const scale = what === 'phase' ? Math.PI / 180 : 1;
  return Float64Array.from(rows.flag, (_, cell) => scale * calValue(table, cell, what));
}

/** Statistics of some values; quantiles as casacore takes them. @throws bad-data for none */
export function statisticsOf(values: Float64Array): ColumnStatistics {
  const npts = values.length;
  if (npts === 0) fail('bad-data', 'There are no values to make statistics of.');
  const sorted = values.slice().sort();
  let [sum, sumsq] = [0, 0];
  for (const value of sorted) {
    sum += value;
    sumsq += value * value;
  }
  const mean = sum / npts;
  let power = 0;
  for (const value of sorted) power += (value - mean) ** 2;
  const variance = npts > 1 ? power / (npts - 1) : 0;
  const { first, median, third } = quartilesOf(sorted);
  const medabsdevmed = quartilesOf(sorted.map((value) => Math.abs(value - median)).sort()).median;
  return {
    ...{ max: sorted[npts - 1], mean, medabsdevmed },
    ...{ median, min: sorted[0], npts, quartile: third - first, rms: Math.sqrt(sumsq / npts) },
    ...{ stddev: Math.sqrt(variance), sum, sumsq, var: variance },
  };
}
