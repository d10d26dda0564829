import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { quartilesOf } from '../../foundation/numeric/index.ts';
import type { CalRows, CalTable } from './caltable.ts';
import { readCalTable } from './caltable-read.ts';
import { calValue } from './caltable-selection.ts';

export interface CalstatOptions {
  readonly caltable: string;
  /** amp (amplitude), phase, real, imag; or a column such as SNR or TIME, whatever `datacolumn` says. */
  readonly axis?: string;
  /** Column, of which CPARAM and FPARAM are the parameters. 'gain': those of the table. */
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
  const column = axis.toUpperCase() in PLAIN_COLUMNS ? axis.toUpperCase() : asked === 'GAIN' ? own : asked;
  const values = columnValues(table, column, axis);
  const found = statisticsOf(values);
  context.log.post(`${column}: ${JSON.stringify(found)}`, 'INFO', 'calstat');
  return { [column]: found };
}

/** Columns whose values are taken as they are. */
const PLAIN_COLUMNS: Readonly<Record<string, (rows: CalRows) => ArrayLike<number>>> = {
  SNR: ({ snr }) => snr,
  PARAMERR: ({ paramErr }) => paramErr,
  FLAG: ({ flag }) => flag,
  TIME: ({ time }) => time,
  INTERVAL: ({ interval }) => interval,
  FIELD_ID: ({ fieldId }) => fieldId,
  SPECTRAL_WINDOW_ID: ({ spwId }) => spwId,
  ANTENNA1: ({ antenna1 }) => antenna1,
  ANTENNA2: ({ antenna2 }) => antenna2,
  SCAN_NUMBER: ({ scanNumber }) => scanNumber,
  OBSERVATION_ID: ({ observationId }) => observationId,
};

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
  if (column in PLAIN_COLUMNS) return Float64Array.from(PLAIN_COLUMNS[column](rows));
  if (!(axis in AXES) && axis.toUpperCase() !== column)
    fail('usage', `axis "${axis}" is none of amp, phase, real, imag.`);
  if (column === 'FPARAM' && table.parType === 'Float') return Float64Array.from(rows.params);
  if (column !== 'CPARAM' || table.parType !== 'Complex')
    fail(
      'usage',
      `The table has no column ${column} of numbers; it has ${Object.keys(PLAIN_COLUMNS).join(', ')} and its parameters.`,
    );
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
