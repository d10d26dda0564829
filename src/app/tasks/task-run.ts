import type { Context } from '../../foundation/base/index.ts';
import { runDeclaration } from './declared-run.ts';
import { findTask } from './registry.ts';
import type { TaskArguments, TaskValue } from './types.ts';

/**
 * Runs a CASA task by name.
 *
 * @param positional values in the declared order
 * @param named values by name
 * @throws usage for a wrong call, and whatever the task throws
 */
export async function runTask(
  name: string,
  positional: readonly TaskValue[],
  named: Readonly<TaskArguments>,
  context: Context,
): Promise<TaskValue | undefined> {
  return runDeclaration(findTask(name), positional, named, context);
}
