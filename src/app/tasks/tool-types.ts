import { type Context, fail } from '../../foundation/base/index.ts';
import type { CasaLog } from './casa-log.ts';
import type { TaskValue } from './types.ts';
import type { EngineValue, ToolReply } from './values.ts';

export type ToolArguments = Record<string, TaskValue>;

/** What a tool's method may use besides its own state. */
export interface ToolHost {
  readonly context: Context;
  readonly log: CasaLog;
  /** The CASA version that scripts are told. */
  readonly casaVersion: string;
  /** Gives a new object of tool `tool` a handle, so that Python can hold it. */
  adopt(tool: string, state: unknown): ToolReply;
}

/** One method: its Python signature and what it does. */
export interface ToolMethod<State> {
  /** As in Python: `columnname, startrow=0, nrow=-1`. Defaults are Python literals of simple kind. */
  readonly signature: string;
  readonly run: (state: State, args: ToolArguments, host: ToolHost) => EngineValue;
}

/** A CASA tool such as tb: how its state begins and ends, and its methods. */
export interface ToolDeclaration<State = unknown> {
  readonly name: string;
  readonly summary: string;
  create(host: ToolHost): State;
  /** Called when the object is dropped or the session ends. */
  close(state: State): void;
  readonly methods: Readonly<Record<string, ToolMethod<State>>>;
}

/** Short constructor for the methods of a tool. */
export function method<State>(signature: string, run: ToolMethod<State>['run']): ToolMethod<State> {
  return { signature, run };
}

const LITERALS: Readonly<Record<string, TaskValue>> = { True: true, False: false, None: null };

const parseLiteral = (literal: string) =>
  JSON.parse(literal.replaceAll("'", '"').replace(/\b(?:True|False)\b/g, (word) => word.toLowerCase())) as TaskValue;

/** Names and defaults of a signature; `undefined` default: required. */
export function parseSignature(signature: string): { name: string; value: TaskValue | undefined }[] {
  return signature
    .split(/,(?![^[]*\])/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [name, literal] = part.split('=').map((piece) => piece.trim());
      if (literal === undefined) return { name, value: undefined };
      return {
        name,
        value: literal in LITERALS ? LITERALS[literal] : parseLiteral(literal),
      };
    });
}

/** Binds a call's arguments to a method's signature. */
export function bindArguments(
  label: string,
  signature: string,
  positional: readonly TaskValue[],
  named: Readonly<ToolArguments>,
): ToolArguments {
  const parameters = parseSignature(signature);
  if (positional.length > parameters.length) {
    fail('usage', `${label}() takes at most ${parameters.length} arguments; ${positional.length} were given.`);
  }
  const bound: ToolArguments = {};
  for (const name of Object.keys(named)) {
    if (!parameters.some((parameter) => parameter.name === name)) {
      fail(
        'usage',
        `${label}() got an unexpected keyword argument '${name}'. Its parameters are: ${signature || 'none'}.`,
      );
    }
  }
  parameters.forEach(({ name, value }, index) => {
    const chosen = index < positional.length ? positional[index] : (named[name] ?? value);
    if (chosen === undefined) fail('usage', `${label}() needs the parameter '${name}'.`);
    bound[name] = chosen;
  });
  return bound;
}

/** An argument as text; @throws usage otherwise */
export function textArgument(args: ToolArguments, name: string): string {
  const value = args[name];
  return typeof value === 'string' ? value : fail('usage', `The parameter '${name}' must be a string.`);
}

/** An argument as a number, or a list of one; @throws usage otherwise */
export function numberArgument(args: ToolArguments, name: string): number {
  const given = args[name];
  const value = Array.isArray(given) && given.length === 1 ? given[0] : given;
  return typeof value === 'number' ? value : fail('usage', `The parameter '${name}' must be a number.`);
}

/** The declaration as the registry keeps it, the type of its state forgotten. */
export function eraseState<State>(declaration: ToolDeclaration<State>): ToolDeclaration {
  return declaration as unknown as ToolDeclaration;
}
