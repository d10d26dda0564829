import { fail } from '../../foundation/base/index.ts';
import type { PlanCall, PlanValue, TaskCall, ToolCall } from '../reduction/index.ts';

/** A value as Python source that Python 2 and 3 read alike. */
export function pythonLiteral(value: PlanValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return pythonNumber(value);
  if (typeof value === 'string') return `'${value.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\n/g, '\\n')}'`;
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(', ')}]`;
  if (isVariable(value)) return value.variable;
  const entries = Object.entries(value as Record<string, PlanValue>);
  return `{${entries.map(([key, entry]) => `${pythonLiteral(key)}: ${pythonLiteral(entry)}`).join(', ')}}`;
}

/** Task calls one parameter a line, tool calls on one line, removals as the shell command of delivered scripts. */
export function pythonCall(call: PlanCall, indent: string): string[] {
  if (call.kind === 'remove') return call.paths.map((path) => `${indent}os.system('rm -rf ${path}')`);
  const reason = call.reason ? [`${indent}# ${call.reason}`] : [];
  return [...reason, ...(call.kind === 'task' ? taskLines(call, indent) : toolLine(call, indent))];
}

function taskLines(call: TaskCall, indent: string): string[] {
  const args = Object.entries(call.args);
  const head = `${indent}${call.task}(`;
  const inner = ' '.repeat(head.length);
  return args.map(([name, value], index) => {
    const start = index === 0 ? head : inner;
    const end = index === args.length - 1 ? ')' : ',';
    return `${start}${name} = ${pythonLiteral(value)}${end}`;
  });
}

function toolLine(call: ToolCall, indent: string): string[] {
  const args = call.args.map(pythonLiteral);
  const assign = call.assign ? `${call.assign} = ` : '';
  return [`${indent}${assign}${call.target}.${call.method}(${args.join(', ')})`];
}

/** Whole numbers beyond 32 bits become floats: CASA's tools wrap them around in lists of integers. */
function pythonNumber(value: number): string {
  if (!Number.isFinite(value)) fail('internal', 'A plan holds a number that is not finite.');
  if (Number.isInteger(value) && Math.abs(value) < 1e15)
    return Math.abs(value) < 2 ** 31 ? String(value) : `${value}.0`;
  return String(value).replace(/e\+?(-?)(\d+)$/, 'e$1$2');
}

function isVariable(value: object): value is { variable: string } {
  return 'variable' in value && Object.keys(value).length === 1;
}
