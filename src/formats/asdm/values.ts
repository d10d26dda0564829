import { fail, type Place } from '../../foundation/base/index.ts';
import { formatTag, parseTag, type Tag } from './identifiers.ts';
import type { ColumnSchema, ColumnType } from './schema.ts';

/** A stretch of time by its middle and its length, as the data model stores it (not start and end). */
export interface ArrayTimeInterval {
  readonly midNs: bigint;
  readonly durationNs: bigint;
}

/** Values of an array cell, flat, first axis slowest. */
export type AsdmArrayValues = Int32Array | Float32Array | Float64Array | BigInt64Array | Uint8Array | string[];

/**
 * An array cell. Tags are their row numbers in an Int32Array (all of `tagTable`), truth values 0/1 in a Uint8Array,
 * complex numbers interleaved re, im and timespans interleaved midpoint, duration: twice as many values as the shape says.
 */
export interface AsdmArray {
  readonly shape: readonly number[];
  readonly values: AsdmArrayValues;
  readonly tagTable?: string;
}

/** A scalar or array cell; 64-bit integers and times are bigint. */
export type AsdmValue =
  | number
  | bigint
  | string
  | boolean
  | Tag
  | ArrayTimeInterval
  | readonly [number, number]
  | AsdmArray;

const LONGEST_AXIS_LIST = 8;

/**
 * Reads a value from its XML text.
 *
 * @param text content of the column's element
 * @param column what the column should hold
 * @throws bad-format when the text is no such value
 */
export function parseValue(text: string, column: ColumnSchema, place: Place): AsdmValue {
  if (column.type === 'text') return text;
  return column.axisCount === 0 ? parseScalar(text, column.type, place) : parseArray(text, column.type, place);
}

/** The XML text of a value of a column of `type`; arrays get their axes first, texts in a list quotes. */
export function formatValue(value: AsdmValue, type: ColumnType): string {
  if (typeof value === 'object') {
    if ('shape' in value) return formatArray(value, type);
    if ('midNs' in value) return `${value.midNs} ${value.durationNs}`;
    if ('table' in value) return formatTag(value.table, value.id);
    return `${value[0]} ${value[1]}`;
  }
  return String(value);
}

/** Element count of a shape. */
export function shapeSize(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** How many stored values make one element: 2 for complex numbers and timespans. */
export function valuesPerElement(type: ColumnType): 1 | 2 {
  return type === 'complex' || type === 'timespan' ? 2 : 1;
}

/** A flat array of the kind in which values of `type` are kept. */
export function allocateValues(type: ColumnType, count: number): AsdmArrayValues {
  switch (type) {
    case 'int':
    case 'tag':
      return new Int32Array(count);
    case 'float':
      return new Float32Array(count);
    case 'double':
    case 'complex':
      return new Float64Array(count);
    case 'bool':
      return new Uint8Array(count);
    case 'long':
    case 'time':
    case 'interval':
    case 'timespan':
      return new BigInt64Array(count);
    default:
      return new Array<string>(count).fill('');
  }
}

function parseScalar(text: string, type: ColumnType, place: Place): AsdmValue {
  switch (type) {
    case 'string':
    case 'entity':
      return text;
    case 'enum':
      return text.trim();
    case 'tag':
      return parseTag(text, place);
    case 'bool':
      return parseBool(text, place);
    case 'int':
      return parseInteger(text, place);
    case 'long':
    case 'time':
    case 'interval':
      return parseLong(text, place);
    case 'timespan': {
      const [mid, duration] = words(text, 2, place);
      return { midNs: parseLong(mid, place), durationNs: parseLong(duration, place) };
    }
    case 'complex': {
      const [re, im] = words(text, 2, place);
      return [parseNumber(re, place), parseNumber(im, place)];
    }
    default:
      return parseNumber(text, place);
  }
}

function parseArray(text: string, type: ColumnType, place: Place): AsdmArray {
  const { shape, rest } = parseShape(text, place);
  const count = shapeSize(shape);
  if (type === 'string' || type === 'entity' || type === 'enum') {
    return { shape, values: parseStrings(rest, count, place) };
  }
  const expected = count * valuesPerElement(type);
  const tokens = rest === '' ? [] : rest.split(/\s+/);
  if (tokens.length < expected) {
    fail(
      'bad-format',
      `An array of ${shape.join(' x ')} announces ${expected} values but has ${tokens.length}.`,
      place,
    );
  }
  const values = allocateValues(type, expected);
  if (type === 'tag') {
    const table = fillTags(tokens, values as Int32Array, place);
    return { shape, values, tagTable: table };
  }
  fillNumbers(tokens, values, type, place);
  return { shape, values };
}

/** Axes in front of the values: their number, then their lengths. */
function parseShape(text: string, place: Place): { shape: number[]; rest: string } {
  const pattern = /\s*(\S+)/y;
  const next = () => parseInteger(pattern.exec(text)?.[1] ?? '', place);
  const axisCount = next();
  if (axisCount < 0 || axisCount > LONGEST_AXIS_LIST) {
    fail('bad-format', `An array announces ${axisCount} axes; at most ${LONGEST_AXIS_LIST} are possible.`, place);
  }
  if (axisCount === 0) return { shape: [0], rest: '' };
  const shape = Array.from({ length: axisCount }, next);
  if (shape.some((length) => length < 0)) fail('bad-format', 'An array announces a negative length.', place);
  // Each element needs at least one character, so an impossible shape is refused before anything is allocated.
  if (shapeSize(shape) > text.length) {
    fail('bad-format', `An array of ${shape.join(' x ')} cannot stand in ${text.length} characters.`, place);
  }
  return { shape, rest: text.slice(pattern.lastIndex).trim() };
}

/** Quoted texts, or bare words where the writer left the quotes out. */
function parseStrings(rest: string, count: number, place: Place): string[] {
  if (count === 0) return [];
  const found = rest.includes('"') ? quotedStrings(rest) : rest.split(/\s+/);
  if (!rest.includes('"') && count === 1) return [rest];
  if (found.length < count) {
    fail('bad-format', `A list announces ${count} texts but has ${found.length}.`, place);
  }
  return found.slice(0, count);
}

function quotedStrings(rest: string): string[] {
  return Array.from(rest.matchAll(/"([^"]*)"|(\S+)/g), (match) => match[1] ?? match[2]);
}

function fillTags(tokens: readonly string[], into: Int32Array, place: Place): string | undefined {
  let table: string | undefined;
  for (let at = 0; at < into.length; at++) {
    const tag = parseTag(tokens[at], place);
    table ??= tag.table;
    into[at] = tag.id;
  }
  return table;
}

function fillNumbers(tokens: readonly string[], into: AsdmArrayValues, type: ColumnType, place: Place): void {
  for (let at = 0; at < into.length; at++) {
    const token = tokens[at];
    if (into instanceof BigInt64Array) into[at] = parseLong(token, place);
    else if (into instanceof Uint8Array) into[at] = parseBool(token, place) ? 1 : 0;
    else (into as Float64Array)[at] = type === 'int' ? parseInteger(token, place) : parseNumber(token, place);
  }
}

function words(text: string, count: number, place: Place): string[] {
  const found = text.trim().split(/\s+/);
  if (found.length !== count) fail('bad-format', `"${text.trim()}" should be ${count} numbers.`, place);
  return found;
}

function parseBool(text: string, place: Place): boolean {
  const word = text.trim().toLowerCase();
  if (word === 'true' || word === '1') return true;
  if (word === 'false' || word === '0') return false;
  return fail('bad-format', `"${text.trim()}" is neither true nor false.`, place);
}

function parseInteger(text: string, place: Place): number {
  const value = parseNumber(text, place);
  if (!Number.isInteger(value)) fail('bad-format', `"${text.trim()}" is no integer.`, place);
  return value;
}

function parseLong(text: string, place: Place): bigint {
  const trimmed = text.trim();
  const isPlain = /^[-+]?\d+$/.test(trimmed);
  const number = isPlain ? 0 : parseNumber(trimmed, place);
  if (!Number.isFinite(number)) fail('bad-format', `"${trimmed}" is no integer.`, place);
  const value = isPlain ? BigInt(trimmed) : BigInt(Math.round(number));
  if (BigInt.asIntN(64, value) !== value) fail('bad-format', `${trimmed} does not fit into 64 bits.`, place);
  return value;
}

/** Words for values that are no number, as other writers print them. */
const NON_FINITE: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  '-nan': Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
};

function parseNumber(text: string, place: Place): number {
  const trimmed = text.trim();
  if (/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(trimmed)) return Number(trimmed);
  return NON_FINITE[trimmed.toLowerCase()] ?? fail('bad-format', `"${trimmed}" is no number.`, place);
}

function formatArray(array: AsdmArray, type: ColumnType): string {
  const head = [array.shape.length, ...array.shape].join(' ');
  const { values } = array;
  if (values instanceof Uint8Array)
    return joinWords(
      head,
      Array.from(values, (value) => (value ? 'true' : 'false')),
    );
  if (array.tagTable !== undefined) {
    return joinWords(
      head,
      Array.from(values as Int32Array, (id) => formatTag(array.tagTable!, id)),
    );
  }
  if (values instanceof Float32Array) return joinWords(head, Array.from(values, formatFloat32));
  const quote = type === 'string' ? '"' : '';
  return joinWords(
    head,
    Array.from(values as ArrayLike<unknown>, (value) => `${quote}${String(value)}${quote}`),
  );
}

function joinWords(head: string, parts: string[]): string {
  return parts.length === 0 ? head : `${head} ${parts.join(' ')}`;
}

/** Shortest text that gives the same float32 again. */
function formatFloat32(value: number): string {
  for (let digits = 6; digits <= 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}
