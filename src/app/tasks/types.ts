import type { Context } from '../../foundation/base/index.ts';
import type { EngineValue } from './values.ts';

/** A value that crosses between Python, the command line and the engine. */
export type TaskValue = null | boolean | number | string | TaskValue[] | { [key: string]: TaskValue };
export type TaskArguments = Record<string, TaskValue>;

export type ParameterType =
  | 'bool'
  | 'int'
  | 'float'
  | 'string'
  | 'quantity' // number or "3.5arcsec"
  | 'stringList' // a string, or a list of strings
  | 'intList'
  | 'floatList'
  | 'any'; // CASA's variant; the runner looks at what came

/** One parameter of a CASA task; the only place where it is described. */
export interface TaskParameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly default?: TaskValue; // none: required
  /** Closed list of values, as CASA has it. */
  readonly allowed?: readonly TaskValue[];
  /** Old names of CASA 3.4–5 that mean the same. */
  readonly aliases?: readonly string[];
  readonly unit?: string;
  /** The value names files that the task reads, or that it writes or changes; names are relative to the context's `cwd`. */
  readonly path?: 'read' | 'write';
  /** One line for help. */
  readonly doc: string;
  /** Set when CASA documents the parameter and it has no effect here, with the reason. */
  readonly inert?: string;
  /** Beside `inert`: CASA's documentation says that it has no effect there either. */
  readonly inertInCasa?: boolean;
  /** Beside `inert`: the value whose effect the task has, whatever is given. */
  readonly alwaysAs?: TaskValue;
  /** Set when only the default is available here; another value is refused, never ignored. */
  readonly onlyDefault?: boolean;
  /** Set for a selection that counts without `selectdata` too, though it comes after it. */
  readonly selectsAlways?: boolean;
}

/** One CASA task: checks, help, docs and coverage are projections of this. Parameters are in CASA's positional order. */
export interface TaskDeclaration {
  readonly name: string;
  /** What CASA called the task while it stood beside an older one. */
  readonly formerNames?: readonly string[];
  readonly summary: string;
  readonly parameters: readonly TaskParameter[];
  /** Calls that take or change the model of `vis`: what clean has kept there becomes MODEL_DATA first. */
  readonly wantsModel?: (args: TaskArguments) => boolean;
  /** Arguments are checked and complete (defaults filled in) when this is called; lists are always lists. */
  run(context: Context, args: TaskArguments): TaskValue | undefined | Promise<TaskValue | undefined>;
  /** The result with the types that Python expects (floats that are whole, arrays), where JSON alone would lose them. */
  readonly reply?: (result: TaskValue) => EngineValue;
}
