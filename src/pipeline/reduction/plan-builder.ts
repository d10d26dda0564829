import type { PlanCall, PlanValue, ScriptPlan, TaskCall, ToolCall } from './plan-types.ts';

/** A choice that the reducer made, and why: a comment in the script and a line in the QA2 text file. */
export interface Decision {
  /** e.g. "Reference antenna" */
  readonly topic: string;
  readonly choice: string;
  readonly reason: string;
}

/** A task call for a plan. */
export function task(name: string, args: Record<string, PlanValue>, reason?: string): TaskCall {
  return { kind: 'task', task: name, args, reason };
}

/** A tool call for a plan. */
export function tool(target: string, method: string, args: PlanValue[] = [], rest: Partial<ToolCall> = {}): ToolCall {
  return { kind: 'tool', target, method, args, ...rest };
}

/** Removal of earlier outputs, so that a step can be run again. */
export function remove(...paths: string[]): PlanCall {
  return { kind: 'remove', paths };
}

/** All task calls of a plan, in order, for questions such as "which table did gaincal write". */
export function taskCalls(plan: ScriptPlan): TaskCall[] {
  return plan.steps.flatMap((step) => step.calls).filter((call): call is TaskCall => call.kind === 'task');
}

/** One comment line for a decision. */
export function decisionLine(decision: Decision): string {
  return `${decision.topic}: ${decision.choice}. ${decision.reason}`;
}
