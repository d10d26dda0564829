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
    context.progress.update(before(step.number) / total, `${progress.subject}: ${step.title}`);
    for (const call of step.calls) {
      context.checkAbort();
      const result = await runner.call(call);
      if (call.kind === 'task') results.set(call.task, result);
    }
  }
  return results;
}
