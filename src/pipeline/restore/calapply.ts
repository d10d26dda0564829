import { fail, type Place } from '../../foundation/base/index.ts';
import { baseName, disk } from '../../foundation/bytes/index.ts';
import { type Literal, parseCall } from './python-literal.ts';

/** One line of a `*.calapply.txt`: tables that the pipeline applied to a part of the data. */
export interface CalApplication {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly vis: string;
  readonly field: string;
  readonly spw: string;
  /** Intents in the pipeline's words, e.g. `TARGET,CHECK`. */
  readonly intent: string;
  readonly antenna: string;
  readonly tables: readonly AppliedTable[];
}

export interface AppliedTable {
  /** Without the directory that it had in the pipeline's run. */
  readonly name: string;
  readonly gainfield: string;
  readonly interp: string;
  readonly spwmap: readonly number[];
  readonly calwt: boolean;
}

const KNOWN = ['vis', 'field', 'intent', 'spw', 'antenna', 'gaintable', 'gainfield', 'spwmap', 'interp', 'calwt'];

/**
 * Reads the applycal calls of a `*.calapply.txt`; nothing is run.
 *
 * A single table may stand without a list around its values, as the pipeline writes it.
 *
 * @throws bad-format with the line
 */
export function readCalapply(path: string): CalApplication[] {
  const lines = disk().readText(path).split('\n');
  const found = lines.flatMap((text, index) => {
    if (text.trim() === '' || text.trim().startsWith('#')) return [];
    return [parseApplication(text, { file: path, line: index + 1 })];
  });
  if (found.length === 0) fail('bad-format', 'The file has no applycal call', { file: path });
  return found;
}

function parseApplication(text: string, place: Place): CalApplication {
  const { name, args } = parseCall(text.trim(), place);
  if (name !== 'applycal') fail('bad-format', `Expected a call of applycal and found ${name}`, place);
  const unknown = [...args.keys()].filter((parameter) => !KNOWN.includes(parameter));
  if (unknown.length > 0) fail('unsupported', `The parameter ${unknown[0]} is not known in a calapply file`, place);
  const string = (parameter: string) => {
    const value = args.get(parameter) ?? '';
    return typeof value === 'string' ? value : fail('bad-format', `${parameter} is not a string`, place);
  };
  return {
    line: place.line ?? 0,
    vis: baseName(string('vis')),
    field: string('field'),
    spw: string('spw'),
    intent: string('intent'),
    antenna: string('antenna'),
    tables: parseTables(args, place),
  };
}

function parseTables(args: ReadonlyMap<string, Literal>, place: Place): AppliedTable[] {
  const tables = listOf(args.get('gaintable') ?? []);
  const column = (parameter: string): readonly Literal[] => {
    const value = args.get(parameter);
    if (value === undefined) return tables.map(() => null);
    const isFlatMap = parameter === 'spwmap' && !(Array.isArray(value) && value.some((item) => Array.isArray(item)));
    const items = isFlatMap ? [value] : listOf(value);
    if (isFlatMap && listOf(value).length === 0) return tables.map(() => []);
    if (items.length !== tables.length)
      fail('bad-format', `gaintable has ${tables.length} tables and ${parameter} has ${items.length} values`, place);
    return items;
  };
  const [fields, interps, maps, weights] = ['gainfield', 'interp', 'spwmap', 'calwt'].map(column);
  return tables.map((table, index) => {
    if (typeof table !== 'string' || table === '') fail('bad-format', 'gaintable has an empty name', place);
    return {
      name: baseName(table),
      gainfield: textOf(fields[index]),
      interp: textOf(interps[index]),
      spwmap: listOf(maps[index] ?? []).map((id) =>
        typeof id === 'number' ? id : fail('bad-format', 'spwmap has something that is not a number', place),
      ),
      calwt: weights[index] !== false,
    };
  });
}

function listOf(value: Literal): readonly Literal[] {
  return Array.isArray(value) ? value : [value as Literal];
}

function textOf(value: Literal): string {
  return typeof value === 'string' ? value : '';
}
