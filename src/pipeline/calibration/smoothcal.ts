import { parseNamedList } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { casacoreMedian, unwrapped } from '../../foundation/numeric/index.ts';
import type { CalTable } from './caltable.ts';
import { readCalTable } from './caltable-read.ts';
import { writeCalTable } from './caltable-write.ts';
import { splitTexts, type TextList } from './solve-options.ts';

/** CASA 6.7's parameters of smoothcal. */
export interface SmoothcalOptions {
  readonly vis: string;
  readonly tablein: string;
  /** Table to write; '' replaces tablein. */
  readonly caltable?: string;
  readonly field?: TextList;
  readonly smoothtype?: string;
  /** Full width of the window, s. */
  readonly smoothtime?: number;
}

/**
 * Smooths solutions in time: amplitude and phase apart (phase unwrapped in time), each solution replaced by the mean
 * or median of those within half of smoothtime (CASA 6.7, smoothCT). Flagged solutions with good neighbours are filled.
 *
 * @returns the table that was written
 * @throws usage for an unknown smoothtype or a smoothtime that is not above 0; missing
 */
export function smoothcal(context: Context, options: SmoothcalOptions): CalTable {
  const type = (options.smoothtype ?? 'median').toLowerCase();
  if (type !== 'mean' && type !== 'median') fail('usage', `smoothtype "${type}" is neither 'mean' nor 'median'.`);
  const width = options.smoothtime ?? 60;
  if (!(width > 0)) fail('usage', `smoothtime=${width}: a time above 0 s is needed, e.g. smoothtime=60.`);
  const source = joinPath(context.cwd, options.tablein);
  const table = readCalTable(source);
  const text = splitTexts(options.field).join(',');
  const names = table.fields.map(({ name, code }) => [name, code]);
  const fields = text === '' ? undefined : new Set(parseNamedList(text, names, 'field'));
  const smoothed = smoothTable(table, type, width, fields);
  const target = options.caltable ? joinPath(context.cwd, options.caltable) : source;
  context.log.post(`Storing result in ${target}`, 'INFO', 'smoothcal::Calibrater::smooth');
  writeCalTable(target, smoothed);
  return smoothed;
}

/** A copy of the table with smoothed parameters; see {@link smoothcal}. */
export function smoothTable(
  table: CalTable,
  type: 'mean' | 'median',
  widthSec: number,
  fields?: ReadonlySet<number>,
): CalTable {
  const { rows, parType } = table;
  const params = rows.params.slice();
  const flag = rows.flag.slice();
  const middle = type === 'mean' ? meanOf : casacoreMedian;
  for (const series of timeSeries(table, fields)) {
    const cells = rows.chanCount[series[0]] * rows.parCount;
    for (let cell = 0; cell < cells; cell++) {
      const at = series.map((row) => rows.offsets[row] + cell);
      const isGood = at.map((index) => rows.flag[index] === 0);
      const smooth = (values: readonly number[]) => slide(rows.time, series, isGood, values, widthSec / 2, middle);
      let found: (number | undefined)[];
      if (parType === 'Float') {
        found = smooth(at.map((index) => rows.params[index]));
        found.forEach((value, k) => {
          if (value !== undefined) params[at[k]] = value;
        });
      } else {
        found = smooth(at.map((index) => Math.hypot(rows.params[2 * index], rows.params[2 * index + 1])));
        const phases = smooth(unwrapped(at.map((i) => Math.atan2(rows.params[2 * i + 1], rows.params[2 * i]))));
        found.forEach((amp, k) => {
          const phase = phases[k];
          if (amp === undefined || phase === undefined) return;
          params[2 * at[k]] = amp * Math.cos(phase);
          params[2 * at[k] + 1] = amp * Math.sin(phase);
        });
      }
      found.forEach((value, k) => {
        flag[at[k]] = value === undefined ? 1 : 0;
      });
    }
  }
  return { ...table, rows: { ...rows, params, flag } };
}

/** Rows of one window, field and antenna pair in order of time; only where there are at least two. */
function timeSeries({ rows }: CalTable, fields: ReadonlySet<number> | undefined): number[][] {
  const series = new Map<string, number[]>();
  for (let row = 0; row < rows.count; row++) {
    if (fields && !fields.has(rows.fieldId[row])) continue;
    const key = `${rows.spwId[row]} ${rows.fieldId[row]} ${rows.antenna1[row]} ${rows.antenna2[row]}`;
    const list = series.get(key);
    if (list) list.push(row);
    else series.set(key, [row]);
  }
  const lists = [...series.values()].filter((list) => list.length > 1);
  for (const list of lists) list.sort((a, b) => rows.time[a] - rows.time[b]);
  return lists;
}

function slide(
  time: Float64Array,
  series: readonly number[],
  isGood: readonly boolean[],
  values: readonly number[],
  halfSec: number,
  middle: (values: readonly number[]) => number,
): (number | undefined)[] {
  let first = 0;
  return series.map((row) => {
    while (time[series[first]] <= time[row] - halfSec) first++;
    const inside: number[] = [];
    for (let k = first; k < series.length && time[series[k]] <= time[row] + halfSec; k++) {
      if (isGood[k]) inside.push(values[k]);
    }
    return inside.length > 0 ? middle(inside) : undefined;
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
