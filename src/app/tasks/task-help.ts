import { showValue } from './arguments.ts';
import type { ToolDeclaration } from './tool-types.ts';
import type { TaskDeclaration, TaskParameter, TaskValue } from './types.ts';

/** A task's description as plain text: summary, call, one line per parameter. */
export function formatHelp(declaration: TaskDeclaration): string {
  const names = declaration.parameters.map(({ name }) => name).join(', ');
  const width = Math.max(...declaration.parameters.map(({ name }) => name.length));
  const lines = declaration.parameters.map((parameter) => `  ${parameter.name.padEnd(width)}  ${describe(parameter)}`);
  return `${declaration.name}: ${declaration.summary}\n\n${declaration.name}(${names})\n\n${lines.join('\n')}\n`;
}

function describe({ doc, unit, default: value, allowed, inert }: TaskParameter): string {
  const parts = [unit === undefined ? doc : `${doc} [${unit}]`];
  if (value !== undefined) parts.push(`default ${showValue(value)}`);
  if (allowed) parts.push(`one of ${allowed.map(showValue).join(', ')}`);
  if (inert !== undefined) parts.push(`no effect: ${inert}`);
  return parts.join('; ');
}

/** A tool's description as plain text: summary and how each method is called; with a method, that call alone. */
export function formatToolHelp({ name, summary, methods }: ToolDeclaration, method?: string): string {
  const call = (one: string) => `${name}.${one}(${methods[one]?.signature ?? ''})`;
  if (method !== undefined) return `${call(method)}\n\n${name}: ${summary}\n`;
  const lines = Object.keys(methods).map((one) => `  ${call(one)}`);
  return `${name}: ${summary}\n\n${lines.join('\n')}\n`;
}

/** A task's parameters as data. */
export function describeTask(declaration: TaskDeclaration): TaskValue {
  const parameters = declaration.parameters.map((parameter) => ({
    name: parameter.name,
    type: parameter.type,
    default: parameter.default ?? null,
    doc: parameter.doc,
    inert: parameter.inert ?? '',
  }));
  return { name: declaration.name, summary: declaration.summary, parameters };
}
