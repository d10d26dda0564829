import { fail } from '../../../foundation/base/index.ts';
import { method, type ToolArguments, type ToolMethod } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import type { EngineValue } from '../values.ts';
import type { TableView } from './table-view.ts';

/** What a tb object holds: nothing, a table, or rows of one. */
export interface TableState {
  view?: TableView;
}

export function opened(state: TableState): TableView {
  return state.view ?? fail('usage', 'No table is open; call open first.');
}

/** A method that needs an open table. */
export const onTable = (
  signature: string,
  run: (view: TableView, args: ToolArguments) => EngineValue,
): ToolMethod<TableState> => method<TableState>(signature, (state, args) => run(opened(state), args));

/** Row numbers of an argument. @throws usage */
export function intList(value: TaskValue): Int32Array {
  if (typeof value === 'number') return Int32Array.of(value);
  if (Array.isArray(value)) return Int32Array.from(value as number[]);
  return fail('usage', 'Row numbers must be integers.');
}
