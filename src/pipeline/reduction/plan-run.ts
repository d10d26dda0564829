import type { Context } from '../../foundation/base/index.ts';
import type { PlanRunner, PlanStep } from './plan-types.ts';

/** How long each numbered step takes, relative to the others. */
export interface ProgressPlan {
  readonly weights: readonly number[];
  readonly subject: string;
}

/**
 * Runs steps in order and tells how far the whole is.
 *
 * @returns what each task returned, by task name; the last call of a name wins
 */
export async function runSteps(
  context: Context,
  runner: PlanRunner,
  steps: readonly PlanStep[],
  progress: ProgressPlan,
): Promise<Map<string, unknown>> {
  const total = progress.weights.reduce((sum, weight) => sum + weight, 0);
  const before = (step: number) => progress.weights.slice(0, step).reduce((sum, weight) => sum + weight, 0);
  const results = new Map<string, unknown>();
  for (const step of steps) {
    const span = { from: before(step.number) / total, share: progress.weights[step.number] / total };
    const made = await runStep(context, runner, step, { ...span, note: `${progress.subject}: ${step.title}` });
    for (const [task, result] of made) results.set(task, result);
  }
  return results;
}

/** Where a step lies in the whole, as fractions of it, and how it is called. */
export interface ProgressSpan {
  readonly from: number;
  readonly share: number;
  readonly note: string;
}

/**
 * Runs one step; each of its calls counts alike in the progress.
 *
 * @returns what each task returned, by task name; the last call of a name wins
 */
export async function runStep(
  context: Context,
  runner: PlanRunner,
  step: PlanStep,
  { from, share, note }: ProgressSpan,
): Promise<Map<string, unknown>> {
  const results = new Map<string, unknown>();
  const ofCall = share / step.calls.length;
  for (const [index, call] of step.calls.entries()) {
    context.checkAbort();
    context.progress.update(from + index * ofCall, note, ofCall);
    const result = await runner.call(call);
    if (call.kind === 'task') results.set(call.task, result);
  }
  return results;
}
