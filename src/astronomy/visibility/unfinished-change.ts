import { mayHaveKeyword, openTable, scalarKeyword, type Table } from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import type { MeasurementSet } from '../ms/index.ts';

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
export function changeColumns(ms: MeasurementSet, task: string, columns: readonly string[], change: () => void): void {
  requireFinished(ms, [...columns, 'FLAG']);
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

/**
 * Refuses columns of which an unknown part of the rows is changed.
 *
 * @param columns those that are read; all, where none are named
 * @throws bad-data when a change of one of them was interrupted
 */
export function requireFinished(ms: MeasurementSet, columns: readonly string[] = ms.main.columnNames): void {
  if (changing.has(ms)) return;
  const name = columns.find((column) => interruptedTask(ms.main, column) !== undefined);
  if (name === undefined) return;
  fail('bad-data', String(describe(ms.main)), { file: ms.path, column: name });
}

/**
 * What was interrupted, and what to do; undefined when nothing was.
 *
 * @param path directory of a MeasurementSet, or of any table
 */
export function describeUnfinished(path: string): string | undefined {
  if (!mayHaveKeyword(path, KEYWORD)) return undefined;
  const table = openTable(path);
  try {
    return describe(table);
  } finally {
    table.close();
  }
}

function describe(main: Table): string | undefined {
  const changed = main.columnNames.filter((column) => interruptedTask(main, column) !== undefined);
  if (changed.length === 0) return undefined;
  const isCorrectedAlone = changed.length === 1 && changed[0] === 'CORRECTED_DATA';
  return `${interruptedTask(main, changed[0])} was interrupted while it changed ${changed.join(', ')}, so a part of the rows is changed; ${
    isCorrectedAlone ? 'make the column anew with clearcal' : 'make the MeasurementSet anew'
  }.`;
}

function interruptedTask(main: Table, name: string): string | undefined {
  const mark = main.hasColumn(name) ? main.column(name).keywords.get(KEYWORD) : undefined;
  return mark && ('value' in mark ? String(mark.value) : 'A task');
}

/** The values of a column were made anew, all of them. */
export function declareFinished(ms: MeasurementSet, name: string): void {
  if (ms.main.hasColumn(name) && ms.main.column(name).keywords.has(KEYWORD)) ms.main.removeColumnKeyword(name, KEYWORD);
}
