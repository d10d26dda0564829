import { parseSpw } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import type { CalTable } from './caltable.ts';
import { readCalTable } from './caltable-read.ts';
import { type CalSelection, selectCalRows, windowInfos } from './caltable-selection.ts';
import { writeCalTable } from './caltable-write.ts';

/** Parameters of CASA's flagdata that mean something for a calibration table. */
export interface FlagCalTableOptions extends CalSelection {
  readonly vis: string;
  readonly mode?: 'manual' | 'unflag' | (string & {});
  /** 'calculate' and '' write nothing. */
  readonly action?: string;
}

/**
 * Flags solutions of a calibration table: flagdata with modes manual and unflag on a table instead of a MeasurementSet.
 * Channels of the selection's windows are channels of the solutions.
 *
 * @returns solutions whose flags changed
 * @throws usage for a selection that names nothing in the table; unsupported for other modes
 */
export function flagCalTable(context: Context, options: FlagCalTableOptions): { changed: number } {
  const { mode = 'manual', action = 'apply' } = options;
  if (mode !== 'manual' && mode !== 'unflag') {
    fail('unsupported', `Calibration tables are flagged with modes manual and unflag, not with ${mode}.`);
  }
  if (action === '') return { changed: 0 };
  const path = joinPath(context.cwd, options.vis);
  const table = readCalTable(path);
  const changed = setFlags(table, options, mode === 'manual' ? 1 : 0);
  if (action === 'apply' && changed > 0) writeCalTable(path, table);
  context.log.post(`${changed} flags of solutions changed.`, 'INFO', 'flagdata');
  return { changed };
}

function setFlags(table: CalTable, options: FlagCalTableOptions, value: 0 | 1): number {
  const { rows } = table;
  const { antenna, spw, field, scan, timerange } = options;
  const channels = spw ? parseSpw(spw, windowInfos(table)) : undefined;
  let changed = 0;
  for (const row of selectCalRows(table, { antenna, spw, field, scan, timerange })) {
    const last = rows.chanCount[row] - 1;
    for (const [from, to] of channels?.get(rows.spwId[row]) ?? [[0, last]]) {
      const begin = rows.offsets[row] + from * rows.parCount;
      const end = rows.offsets[row] + (Math.min(to, last) + 1) * rows.parCount;
      for (let cell = begin; cell < end; cell++) {
        if (rows.flag[cell] !== value) changed++;
        rows.flag[cell] = value;
      }
    }
  }
  return changed;
}
