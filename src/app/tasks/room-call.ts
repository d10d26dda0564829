import type { Context } from '../../foundation/base/index.ts';
import type { TaskDeclaration, TaskValue } from './types.ts';

/** Hands a task's arguments to a room's function whose option names are CASA's; what it returns goes back as it is. */
export function runs<Options, Result>(work: (context: Context, options: Options) => Result): TaskDeclaration['run'] {
  return (context, args) => work(context, args as unknown as Options) as TaskValue | undefined | Promise<TaskValue>;
}

/** The same for work whose result is a matter of our own: the task returns nothing, as in CASA. */
export function performs<Options>(work: (context: Context, options: Options) => unknown): TaskDeclaration['run'] {
  return (context, args) => {
    work(context, args as unknown as Options);
    return undefined;
  };
}
