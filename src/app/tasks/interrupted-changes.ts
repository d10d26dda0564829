import { describeUnfinished } from '../../astronomy/visibility/index.ts';
import { isTable } from '../../formats/tables/index.ts';
import { type Context, isQa2Error } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import type { TaskValue } from './types.ts';

/**
 * Warns of MeasurementSets in which a task was interrupted while it changed columns in place, whatever is done with them: tasks that
 * need the values refuse them, others (listings, tables, copies) show them as they are.
 *
 * @param values arguments of a task or tool, those that name tables among them
 */
export function warnOfInterruptedChanges(context: Context, values: readonly TaskValue[]): void {
  for (const value of values.flat()) {
    const path = typeof value === 'string' && value !== '' ? joinPath(context.cwd, value) : undefined;
    const sentence = path === undefined ? undefined : sentenceOf(path);
    if (sentence !== undefined) context.log.post(`${path}: ${sentence}`, 'WARN');
  }
}

function sentenceOf(path: string): string | undefined {
  try {
    return isTable(path) ? describeUnfinished(path) : undefined;
  } catch (error) {
    if (isQa2Error(error)) return undefined; // whoever needs the table says so
    throw error;
  }
}
