import { fail } from '../../foundation/base/index.ts';
import type { ParameterType, TaskArguments, TaskDeclaration, TaskParameter, TaskValue } from './types.ts';

/**
 * Brings a call's arguments to the declaration's names, types and order, defaults filled in.
 *
 * @param positional values in the declared order
 * @param named values by name; CASA 3.4–5 names are translated
 * @throws usage for an unknown, doubled or missing parameter and for a value of a wrong type or outside the allowed list
 */
export function checkArguments(
  declaration: TaskDeclaration,
  positional: readonly TaskValue[],
  named: Readonly<TaskArguments>,
): TaskArguments {
  const { name: task, parameters } = declaration;
  if (positional.length > parameters.length) {
    fail('usage', `${task}() takes at most ${parameters.length} arguments; ${positional.length} were given.`);
  }
  const given = new Map<string, TaskValue>();
  for (const [index, value] of positional.entries()) given.set(parameters[index].name, value);
  for (const [name, value] of Object.entries(named)) {
    const parameter = findParameter(declaration, name);
    if (given.has(parameter.name)) fail('usage', `${task}() got two values for the parameter '${parameter.name}'.`);
    given.set(parameter.name, value);
  }
  const complete: TaskArguments = {};
  for (const parameter of parameters) {
    const value = given.get(parameter.name) ?? parameter.default;
    if (value === undefined || (value === null && parameter.default === undefined)) {
      fail('usage', `${task}() needs the parameter '${parameter.name}': ${parameter.doc}.`);
    }
    complete[parameter.name] = checkValue(task, parameter, value);
  }
  return complete;
}

function findParameter(declaration: TaskDeclaration, name: string): TaskParameter {
  const { name: task, parameters } = declaration;
  const found = parameters.find((parameter) => parameter.name === name || parameter.aliases?.includes(name));
  if (found) return found;
  const known = parameters.map((parameter) => parameter.name);
  const near = known.filter((other) => editDistance(other, name) <= Math.max(1, name.length >> 2));
  const hint = near.length > 0 ? ` Did you mean '${near[0]}'?` : ` Its parameters are ${known.join(', ')}.`;
  return fail('usage', `${task}() got an unexpected keyword argument '${name}'.${hint}`);
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      current.push(Math.min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost));
    }
    previous = current;
  }
  return previous[b.length];
}

const DESCRIPTIONS: Readonly<Record<ParameterType, string>> = {
  bool: 'True or False',
  int: 'an integer',
  float: 'a number',
  string: 'a string',
  quantity: 'a number or a string such as "3.5arcsec"',
  stringList: 'a string or a list of strings',
  intList: 'an integer or a list of integers',
  floatList: 'a number or a list of numbers',
  any: 'any value',
};

function checkValue(task: string, parameter: TaskParameter, value: TaskValue): TaskValue {
  const { name, type, allowed } = parameter;
  const converted = parameter.path && typeof value === 'number' ? undefined : convert(type, value);
  if (converted === undefined) {
    fail('usage', `${task}(): the parameter '${name}' must be ${DESCRIPTIONS[type]}, not ${showValue(value)}.`);
  }
  if (allowed && converted !== parameter.default && !isAllowed(allowed, converted)) {
    const list = allowed.map(showValue).join(', ');
    fail('usage', `${task}(): the parameter '${name}' cannot be ${showValue(value)}; allowed are ${list}.`);
  }
  if (parameter.onlyDefault && !isSame(converted, parameter.default)) {
    const kept = showValue(parameter.default ?? null);
    fail('unsupported', `${task}(): only ${name}=${kept} is available, not ${showValue(value)}.`);
  }
  return converted;
}

/** True for equal values; an empty string, an empty list and a list of one empty string are the same selection. */
function isSame(a: TaskValue, b: TaskValue | undefined): boolean {
  const plain = (value: TaskValue | undefined) => {
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0))
      return '[]';
    return JSON.stringify(Array.isArray(value) ? value : [value]);
  };
  return plain(a) === plain(b);
}

/** Names are compared without regard to case, as CASA 4 tasks did. */
function isAllowed(allowed: readonly TaskValue[], value: TaskValue): boolean {
  const fold = (one: TaskValue) => (typeof one === 'string' ? one.toLowerCase() : one);
  return allowed.some((one) => fold(one) === fold(value));
}

/** The value as the type wants it, or undefined when it does not fit. */
function convert(type: ParameterType, value: TaskValue): TaskValue | undefined {
  switch (type) {
    case 'any':
      return value;
    case 'bool':
      return value === 0 ? false : value === 1 ? true : typeof value === 'boolean' ? value : undefined;
    case 'int':
      return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
    case 'float':
      return typeof value === 'number' ? value : undefined;
    case 'string':
      return joinTexts(value);
    case 'quantity':
      return typeof value === 'number' || typeof value === 'string' ? value : undefined;
    case 'stringList':
      return typeof value === 'string' || isListOf(value, 'string') ? value : undefined;
    case 'intList':
      return isListOf(value, 'number') || typeof value === 'number'
        ? value
        : Number.isNaN(toNumber(value))
          ? undefined
          : toNumber(value);
    case 'floatList':
      return typeof value === 'number' || isListOf(value, 'number') ? value : undefined;
  }
}

/** CASA takes a list of names or numbers for its selection strings and joins it with commas. */
function joinTexts(value: TaskValue): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (!Array.isArray(value)) return undefined;
  const parts = value.map((part) => (typeof part === 'string' || typeof part === 'number' ? String(part) : undefined));
  return parts.includes(undefined) ? undefined : parts.join(',');
}

function toNumber(value: TaskValue): number {
  return typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
}

function isListOf(value: TaskValue, type: 'string' | 'number'): boolean {
  return Array.isArray(value) && value.every((part) => typeof part === type);
}

/** A value as Python writes it. */
export function showValue(value: TaskValue): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return showText(value);
  if (Array.isArray(value)) return `[${value.map(showValue).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, part]) => `${showText(key)}: ${showValue(part)}`)
    .join(', ')}}`;
}

function showText(value: string): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return escaped.includes("'") && !escaped.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}

/** Selections; those declared after `selectdata` are switched off by `selectdata=False`, unless that is inert. */
const SELECTIONS = new Set(
  'spw field timerange uvrange antenna scan observation msselect intent array feed correlation'.split(' '),
);

/** Checked arguments as rooms take them: lists always lists, selections empty when `selectdata` is False. */
export function prepareArguments(declaration: TaskDeclaration, args: TaskArguments): TaskArguments {
  const prepared = { ...args };
  let isSelecting = true;
  for (const { name, type, inert, selectsAlways } of declaration.parameters) {
    if (name === 'selectdata' && !inert) isSelecting = args.selectdata !== false;
    if (!isSelecting && SELECTIONS.has(name) && !selectsAlways) prepared[name] = '';
    if (type.endsWith('List')) prepared[name] = asList(prepared[name]);
  }
  return prepared;
}

function asList(value: TaskValue): TaskValue {
  if (Array.isArray(value)) return value;
  return value === '' ? [] : [value];
}
