import { checkArguments } from './arguments.ts';
import { allTasks } from './registry.ts';
import { allTools } from './tool-registry.ts';
import { parseSignature } from './tool-types.ts';
import type { TaskDeclaration, TaskValue } from './types.ts';

/** How often scripts call a task; data/script-calls.json. */
interface TaskCalls {
  /** Call sites in scripts that were delivered with data. */
  readonly saved: number;
  /** Call sites in further scripts. */
  readonly wider: number;
  /** Of the saved calls: how many give a parameter. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** Parameters that only further scripts give. */
  readonly widerParameters?: readonly string[];
  /** Of the saved calls: how many give a value, by parameter; only of parameters that choose a way. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

interface MethodCalls {
  readonly saved: number;
  readonly wider: number;
  readonly keywords?: readonly string[];
}

/** Call sites by task, by method of a tool, and by task of the pipeline. */
export interface CallCounts {
  readonly source: string;
  readonly tasks: Readonly<Record<string, TaskCalls>>;
  readonly tools: Readonly<Record<string, Readonly<Record<string, MethodCalls>>>>;
  readonly pipeline: Readonly<Record<string, { readonly saved: number; readonly wider: number }>>;
}

/** What of a task's or method's calls works, and what is in the way of the others. */
interface Coverage {
  readonly name: string;
  readonly saved: number;
  readonly covered: number;
  readonly wider: number;
  /** A sentence part for each gap. */
  readonly gaps: readonly string[];
}

interface Gap {
  readonly calls: number;
  readonly text: string;
}

/** Tasks of the pipeline that restore data; its heuristics are another program. */
const RESTORING = ['h_init', 'h_save', 'hifa_importdata', 'hifa_restoredata', 'hif_restoredata'];

/**
 * docs/coverage.md: how many of the counted calls have their effect here. A call counts as covered when each of its
 * parameters is declared, has an effect or has none in CASA either, and its value is taken. Where the counts do not say
 * which calls give two parameters that are in the way, each is taken as a call of its own: coverage is a lower bound.
 */
export function coverageText(counts: CallCounts): string {
  const tasks = Object.entries(counts.tasks).map(([name, calls]) => coverTask(name, calls));
  const restoring = Object.entries(counts.pipeline)
    .filter(([name]) => RESTORING.includes(name))
    .map(([name, calls]) => coverTask(name, calls));
  const tools = Object.entries(counts.tools).flatMap(([tool, methods]) =>
    Object.entries(methods).map(([name, calls]) => coverMethod(tool, name, calls)),
  );
  const used = (list: readonly Coverage[]) => list.filter(({ saved }) => saved > 0);
  const all = [...tasks, ...restoring, ...tools];
  const rest = all.filter(({ saved }) => saved === 0);
  const heuristics = Object.keys(counts.pipeline).filter((name) => !RESTORING.includes(name));
  return [
    '# Coverage: calls of delivered scripts that work here',
    '',
    '<!-- made by scripts/coverage.mjs from the task declarations and data/script-calls.json -->',
    '',
    counts.source,
    '',
    'A call is covered when all its parameters have their effect, or are documented as having none in CASA; one with a',
    'parameter or value that is refused, or that has no effect here alone, is not. `npm run coverage` makes this page.',
    '',
    `**${sentence(used(tasks), 'tasks')}; ${sentence(used(restoring), 'tasks that restore')}; ${sentence(used(tools), 'methods of tools')}.**`,
    '',
    '## Tasks',
    '',
    ...table('task', used([...tasks, ...restoring])),
    '',
    '## Tools',
    '',
    ...table('method', used(tools)),
    '',
    '## Only in further scripts',
    '',
    ...restTable(rest),
    '',
    '## Not in this program',
    '',
    `The heuristics of the ALMA pipeline are another program; each of its tasks says so: ${heuristics.join(', ')}.`,
    '',
  ].join('\n');
}

function sentence(list: readonly Coverage[], what: string): string {
  const saved = list.reduce((sum, one) => sum + one.saved, 0);
  const covered = list.reduce((sum, one) => sum + one.covered, 0);
  return `${covered} of ${saved} calls of ${list.length} ${what} (${((100 * covered) / saved).toFixed(1)} %)`;
}

function table(head: string, list: readonly Coverage[]): string[] {
  const lines = list.map(
    ({ name, saved, covered, wider, gaps }) =>
      `| ${name} | ${saved} | ${covered} | ${wider} | ${gaps.join('; ') || '–'} |`,
  );
  return [`| ${head} | calls | covered | in further scripts | in the way |`, '|---|---|---|---|---|', ...lines];
}

function restTable(list: readonly Coverage[]): string[] {
  const lines = list.map(({ name, wider, gaps }) => `| ${name} | ${wider} | ${gaps.join('; ') || '–'} |`);
  return ['| task or method | calls | in the way |', '|---|---|---|', ...lines];
}

function coverTask(name: string, calls: TaskCalls): Coverage {
  const task = allTasks().find((one) => one.name === name);
  const { saved, wider } = calls;
  if (!task) return { name, saved, covered: 0, wider, gaps: ['not in this program'] };
  const gaps = [...parameterGaps(task, calls), ...valueGaps(task, calls)];
  const blocked = gaps.reduce((sum, gap) => sum + gap.calls, 0);
  const further = (calls.widerParameters ?? []).flatMap((parameter) => {
    const reason = gapOf(task, parameter);
    return reason ? [`${reason} (further scripts)`] : [];
  });
  const texts = gaps.map((gap) => `${gap.text} (${gap.calls})`);
  return { name, saved, covered: Math.max(0, saved - blocked), wider, gaps: [...texts, ...further] };
}

function parameterGaps(task: TaskDeclaration, { parameters = {}, values = {} }: TaskCalls): Gap[] {
  return Object.entries(parameters).flatMap(([name, calls]) => {
    const text = gapOf(task, name);
    // Where values were counted, each is judged by itself.
    return text && !(name in values) ? [{ calls, text }] : [];
  });
}

function valueGaps(task: TaskDeclaration, { values = {} }: TaskCalls): Gap[] {
  return Object.entries(values).flatMap(([parameter, counted]) =>
    Object.entries(counted).flatMap(([value, calls]) => {
      const text = valueGapOf(task, parameter, value);
      return text ? [{ calls, text }] : [];
    }),
  );
}

/** Why giving a parameter keeps a call from being covered. */
function gapOf(task: TaskDeclaration, name: string): string | undefined {
  const parameter = task.parameters.find((one) => one.name === name || one.aliases?.includes(name));
  if (!parameter) return `${name} is not known`;
  if (parameter.inert && !parameter.inertInCasa) return `${name} has no effect: ${parameter.inert}`;
  return parameter.onlyDefault ? `${name} takes its default only` : undefined;
}

/** Why giving a parameter this value keeps a call from being covered. */
function valueGapOf(task: TaskDeclaration, name: string, value: string): string | undefined {
  if (!takes(task, name, literalOf(value))) return `${name}=${value} is refused`;
  const parameter = task.parameters.find((one) => one.name === name);
  const isInert = parameter?.inert !== undefined && !parameter.inertInCasa && parameter.alwaysAs !== literalOf(value);
  return isInert ? `${name}=${value} has no effect: ${parameter.inert}` : undefined;
}

const LITERALS: Readonly<Record<string, TaskValue>> = { True: true, False: false };

/** Counted values are Python literals; texts have no quotes. */
function literalOf(value: string): TaskValue {
  return LITERALS[value] ?? (/^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value);
}

function takes(task: TaskDeclaration, parameter: string, value: TaskValue): boolean {
  const others = task.parameters.filter((one) => one.default === undefined && one.name !== parameter);
  const named = Object.fromEntries(others.map(({ name, type }) => [name, type.endsWith('List') ? ['x'] : 'x']));
  try {
    checkArguments(task, [], { ...named, [parameter]: value });
    return true;
  } catch {
    return false;
  }
}

function coverMethod(tool: string, name: string, { saved, wider, keywords = [] }: MethodCalls): Coverage {
  const label = `${tool}.${name}`;
  const found = allTools().find((one) => one.name === tool)?.methods[name];
  if (!found) return { name: label, saved, covered: 0, wider, gaps: ['not in this program'] };
  const known = parseSignature(found.signature).map((parameter) => parameter.name);
  const unknown = keywords.filter((keyword) => !known.includes(keyword));
  const gaps = unknown.map((keyword) => `${keyword} is not known`);
  return { name: label, saved, covered: gaps.length > 0 ? 0 : saved, wider, gaps };
}
