/** A literal in a plan; `variable` prints as the name that an earlier tool call assigned. */
export type PlanValue =
  | null
  | boolean
  | number
  | string
  | readonly PlanValue[]
  | { readonly [key: string]: PlanValue }
  | { readonly variable: string };

/** A call of a public CASA task, e.g. applycal(vis=…). */
export interface TaskCall {
  readonly kind: 'task';
  readonly task: string;
  readonly args: Readonly<Record<string, PlanValue>>;
  /** Why this call, and why these values: becomes a comment in the script and a line in the QA2 text file. */
  readonly reason?: string;
}

/** A call of a CASA tool method, e.g. casalog.setlogfile(…); `assign` names the Python variable that keeps the result. */
export interface ToolCall {
  readonly kind: 'tool';
  readonly target: string;
  readonly method: string;
  readonly args: readonly PlanValue[];
  readonly assign?: string;
  readonly reason?: string;
}

/** Removal of earlier output, printed as os.system('rm -rf …') as delivered scripts do. */
export interface RemoveCall {
  readonly kind: 'remove';
  readonly paths: readonly string[];
}

export type PlanCall = TaskCall | ToolCall | RemoveCall;

/** One numbered step of a script (`mysteps`). */
export interface PlanStep {
  readonly number: number;
  readonly title: string;
  readonly calls: readonly PlanCall[];
  readonly comments?: readonly string[];
}

/** What one script does, in order; the run executes it, the script writer prints it. */
export interface ScriptPlan {
  readonly kind: 'calibration' | 'flux-calibration' | 'imaging';
  /** e.g. uid___A002_X1_X2.ms */
  readonly subject: string;
  readonly header: readonly string[];
  readonly steps: readonly PlanStep[];
}

/** Runs the calls of a plan; the app floor implements it on the task registry, so that run and script mean the same. */
export interface PlanRunner {
  call(call: PlanCall): Promise<unknown>;
}
