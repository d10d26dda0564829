import { formatMjd } from '../../astronomy/measures/index.ts';
import { readNumbers } from '../../astronomy/ms/index.ts';
import { isTable, openTable } from '../../formats/tables/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';

export interface FixsyscaltimesOptions {
  readonly vis: string;
  /** Interval of the rows that are changed, s; default 2. */
  readonly newinterval?: number;
}

/**
 * Gives all antennas of one Tsys measurement the same TIME and INTERVAL in the SYSCAL table, as gencal needs it: rows of a window
 * whose beginnings (TIME - INTERVAL / 2) fall into the same second belong together and take the mean of their beginnings plus half
 * the new interval. Windows with one TIME a measurement are left alone. (recipes.almahelpers of CASA 6)
 *
 * @returns true when rows were changed
 * @throws missing when there is no SYSCAL table
 */
export function fixsyscaltimes(context: Context, options: FixsyscaltimesOptions): boolean {
  const vis = joinPath(context.cwd, options.vis);
  const newInterval = options.newinterval ?? 2;
  // The table alone: opening a whole MeasurementSet takes longer than the work.
  const path = joinPath(vis, 'SYSCAL');
  if (!isTable(path)) fail('missing', 'There is no MeasurementSet with a SYSCAL table here.', { file: vis });
  const table = openTable(path, 'update');
  try {
    const [time, interval, spw] = ['TIME', 'INTERVAL', 'SPECTRAL_WINDOW_ID'].map((name) => readNumbers(table, name));
    let isChanged = false;
    for (const spwId of [...new Set(spw)].sort((a, b) => a - b)) {
      const rows = Array.from(spw.keys()).filter((row) => spw[row] === spwId);
      const bySecond = new Map<number, number[]>();
      for (const row of rows) {
        const second = Math.floor(time[row] - interval[row] / 2);
        const group = bySecond.get(second);
        if (group) group.push(row);
        else bySecond.set(second, [row]);
      }
      const timeCount = new Set(rows.map((row) => time[row])).size;
      const isFine = timeCount === bySecond.size;
      const verdict = isFine ? 'OK.' : 'which is too many, so fixing it:';
      const found = `In spw=${spwId} found ${bySecond.size} Tsys measurements with ${timeCount} TIMEs...`;
      context.log.post(`${found} ${verdict}`, 'INFO', 'fixsyscaltimes');
      if (isFine) continue;
      for (const group of bySecond.values()) isChanged = alignGroup(group) || isChanged;
    }
    if (isChanged) {
      table.column('TIME').putRange(0, time.length, Float64Array.from(time));
      table.column('INTERVAL').putRange(0, time.length, Float64Array.from(interval));
    }
    return isChanged;

    function alignGroup(group: readonly number[]): boolean {
      if (new Set(group.map((row) => time[row])).size === 1) return false;
      const begin = group.reduce((sum, row) => sum + (time[row] - interval[row] / 2), 0) / group.length;
      const middle = begin + newInterval / 2;
      const text = `${group.length} rows --> ${formatMjd(middle, 3)} with INTERVAL=${newInterval}`;
      context.log.post(`  ${text}`, 'INFO', 'fixsyscaltimes');
      for (const row of group) {
        time[row] = middle;
        interval[row] = newInterval;
      }
      return true;
    }
  } finally {
    table.close();
  }
}
