import { scalarKeyword } from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { MeasurementSet } from '../ms/index.ts';
import type { DataColumn } from './types.ts';

/** Keyword of a column: the task that is changing its values. It stays when the task does not come to its end. */
const KEYWORD = 'ALMA_QA2_UNFINISHED';
/** MeasurementSets whose columns are being changed through this very table. */
const changing = new WeakSet<MeasurementSet>();

/**
 * Runs what makes new values of columns from their old ones, where they are. Should it be interrupted, by Ctrl-C, an error or the
 * end of the process, a part of the rows has new values: the columns say so then, and {@link requireFinished} refuses them, since
 * nobody could tell which. A second copy of the column, to be renamed, would need its room on disk.
 *
 * @throws bad-data when a change of one of the columns was interrupted before
 */
export function changeColumns(
  ms: MeasurementSet,
  task: string,
  columns: readonly DataColumn[],
  change: () => void,
): void {
  for (const name of columns) requireFinished(ms, name);
  for (const name of columns) ms.main.setColumnKeyword(name, KEYWORD, scalarKeyword('String', task));
  ms.main.flush();
  changing.add(ms);
  try {
    change();
  } finally {
    changing.delete(ms);
  }
  ms.main.flush(); // all values are there before the columns stop saying so
  for (const name of columns) declareFinished(ms, name);
}

/** @throws bad-data when a change of a column was interrupted */
export function requireFinished(ms: MeasurementSet, name: DataColumn): void {
  if (changing.has(ms) || !ms.main.hasColumn(name)) return;
  const mark = ms.main.column(name).keywords.get(KEYWORD);
  if (!mark) return;
  const task = 'value' in mark ? mark.value : 'A task';
  fail(
    'bad-data',
    `${task} was interrupted while it changed ${name}, so a part of the rows is changed; ${
      name === 'DATA' ? 'make the MeasurementSet anew' : 'make the column anew with clearcal'
    }.`,
    { file: ms.path, column: name },
  );
}

/** The values of a column were made anew, all of them. */
export function declareFinished(ms: MeasurementSet, name: DataColumn): void {
  if (ms.main.hasColumn(name) && ms.main.column(name).keywords.has(KEYWORD)) ms.main.removeColumnKeyword(name, KEYWORD);
}
