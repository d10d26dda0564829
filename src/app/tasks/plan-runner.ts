import { type Context, fail, type ProgressPort } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import type { PlanCall, PlanRunner, PlanValue, ToolCall } from '../../pipeline/reduction/index.ts';
import type { EngineSession } from './engine-session.ts';
import type { TaskArguments, TaskValue } from './types.ts';
import type { EngineValue } from './values.ts';

/** A sequence of calls that depends on no other: e.g. all calibration steps of one Execution Block. */
export interface PlanJob {
  readonly calls: readonly PlanCall[];
  /** Absolute directory that the calls' names are relative to. */
  readonly cwd: string;
  /** Log file of its own; none: the session's. */
  readonly logfile?: string;
}

/** A literal of a plan as plain value. */
export function plainValue(value: PlanValue): TaskValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(plainValue);
  return plainArguments(value as Readonly<Record<string, PlanValue>>);
}

function isVariable(value: PlanValue): value is { readonly variable: string } {
  return value !== null && typeof value === 'object' && 'variable' in value && Object.keys(value).length === 1;
}

function plainArguments(values: Readonly<Record<string, PlanValue>>): TaskArguments {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plainValue(value)]));
}

/**
 * Runs plan calls on a session, so that a run does exactly what the written script says.
 *
 * @param traits defersColumns: CORRECTED_DATA is made when it is read; what is read then has the same bits
 */
export function createPlanRunner(
  session: EngineSession,
  cwd: string,
  traits: Pick<Context, 'defersColumns'> = {},
): PlanRunner {
  const variables = new Map<string, EngineValue>();

  const valueOfArgument = (value: PlanValue): TaskValue => {
    if (!isVariable(value)) return plainValue(value);
    return (variables.get(value.variable) ?? null) as TaskValue;
  };

  const callTool = async (call: ToolCall) => {
    const positional = call.args.map(valueOfArgument);
    const result = await session.answer(
      { kind: 'tool', tool: call.target, handle: 0, method: call.method, positional, named: {} },
      cwd,
    );
    if (call.assign !== undefined) variables.set(call.assign, result);
    return result;
  };

  return {
    async call(call) {
      if (call.kind === 'task') {
        const named = plainArguments(call.args);
        return session.answer({ kind: 'task', name: call.task, positional: [], named }, cwd, traits);
      }
      if (call.kind === 'tool') return callTool(call);
      for (const path of call.paths) removeInside(cwd, path);
      return undefined;
    },
  };
}

/** Removes a file or directory below `cwd`, with CASA-style `*` in the last part of the name. */
function removeInside(cwd: string, name: string): void {
  const path = joinPath(cwd, name);
  if (!path.startsWith(`${cwd.replace(/\/$/, '')}/`))
    fail('denied', 'A plan may only remove what lies in its own directory.', { file: path });
  if (!name.includes('*')) {
    disk().remove(path);
    return;
  }
  const folder = path.slice(0, path.lastIndexOf('/'));
  const parts = path
    .slice(folder.length + 1)
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`^${parts.join('.*')}$`);
  if (!disk().exists(folder)) return;
  for (const entry of disk().list(folder)) if (pattern.test(entry)) disk().remove(joinPath(folder, entry));
}

/** Runs one job's calls in order. */
export async function runPlanJob(session: EngineSession, job: PlanJob, progress: ProgressPort): Promise<void> {
  const runner = createPlanRunner(session, job.cwd);
  for (const [index, call] of job.calls.entries()) {
    progress.update(index / job.calls.length, call.kind === 'task' ? call.task : undefined);
    await runner.call(call);
  }
  progress.update(1);
}
