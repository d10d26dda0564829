import { type Context, errorSentence } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { writeKeptModels } from '../../pipeline/imaging/index.ts';
import { checkArguments, prepareArguments, showValue } from './arguments.ts';
import { warnOfInterruptedChanges } from './interrupted-changes.ts';
import type { TaskArguments, TaskDeclaration, TaskValue } from './types.ts';

const RULE = '##########################################';

/**
 * Runs a declared task: checks the arguments, writes CASA's log block around the work.
 *
 * @param positional values in the declared order
 * @param named values by name
 * @throws usage for a wrong call, and whatever the task throws
 */
export async function runDeclaration(
  declaration: TaskDeclaration,
  positional: readonly TaskValue[],
  named: Readonly<TaskArguments>,
  context: Context,
): Promise<TaskValue | undefined> {
  const { name } = declaration;
  const args = checkArguments(declaration, positional, named);
  const origin = `${name}::::casa`;
  const started = new Date();
  for (const line of [RULE, blockLine('Begin', name), formatCall(declaration, args)]) {
    context.log.post(line, 'INFO', origin);
  }
  try {
    const own: Context = { ...context, log: taskLog(context, name) };
    const prepared = prepareArguments(declaration, args);
    const paths = declaration.parameters.filter(({ path }) => path !== undefined);
    warnOfInterruptedChanges(
      own,
      paths.map(({ name: parameter }) => args[parameter]),
    );
    if (declaration.wantsModel?.(prepared)) writeKeptModels(own, joinPath(context.cwd, String(prepared.vis)));
    const result = await declaration.run(own, prepared);
    context.log.post(
      `Task ${name} complete. Start time: ${clock(started)} End time: ${clock(new Date())}`,
      'INFO',
      origin,
    );
    return result;
  } catch (error) {
    context.log.post(`Task ${name} failed: ${errorSentence(error)}`, 'SEVERE', origin);
    throw error;
  } finally {
    for (const line of [blockLine('End', name), RULE]) context.log.post(line, 'INFO', origin);
  }
}

/** Messages of a task that name no origin carry the task's. */
function taskLog(context: Context, name: string): Context['log'] {
  return { post: (message, priority, origin) => context.log.post(message, priority, origin ?? `${name}::::casa`) };
}

function blockLine(word: 'Begin' | 'End', name: string): string {
  return `##### ${word} Task: ${name}`.padEnd(37).concat('#####');
}

function clock(time: Date): string {
  return time.toISOString().replace('T', ' ').replace('Z', '000');
}

/** The call as Python would write it, every parameter named: `gaincal( vis='x.ms', … )`. */
export function formatCall(declaration: TaskDeclaration, args: TaskArguments): string {
  const shown = declaration.parameters.map(({ name }) => `${name}=${showValue(args[name])}`);
  return `${declaration.name}( ${shown.join(', ')} )`;
}
