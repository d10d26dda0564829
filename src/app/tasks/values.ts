import { fail } from '../../foundation/base/index.ts';
import type { TaskValue } from './types.ts';

/** An array on its way to Python; axes as CASA has them there: fastest first, rows last. */
export interface ArrayReply {
  readonly kind: 'array';
  readonly type: 'bool' | 'int' | 'float' | 'complex' | 'string';
  /** Fast to slow, e.g. [corr, chan, row]. */
  readonly shape: readonly number[];
  /** Flat, fastest axis first; bool as bytes, complex interleaved. */
  readonly values:
    | Uint8Array
    | Int16Array
    | Uint16Array
    | Int32Array
    | Uint32Array
    | BigInt64Array
    | Float32Array
    | Float64Array
    | readonly string[];
}

/** A new tool object that the caller may go on talking to. */
export interface ToolReply {
  readonly kind: 'tool';
  readonly tool: string;
  readonly handle: number;
}

/** What a tool method answers. */
export type EngineValue = TaskValue | ArrayReply | ToolReply | undefined;

/** A number that must arrive in Python as a float even when it is whole. */
export function real(value: number): TaskValue {
  return { $float: Number.isFinite(value) ? value : String(value) };
}

/** A dictionary with keys that are whole numbers in Python. */
export function keyed(entries: Iterable<readonly [string | number, EngineValue]>): EngineValue {
  return { $keyed: [...entries].map(([key, value]) => [key, value]) as TaskValue };
}

/** A tuple. */
export function tuple(values: readonly EngineValue[]): EngineValue {
  return { $tuple: values as TaskValue };
}

/** A complex number. */
export function complex(re: number, im: number): TaskValue {
  return { $complex: [re, im] };
}

/** A reply in transit: JSON with tags ($float, $complex, $keyed, $tuple, $array, $tool) and the bytes of its arrays. */
export interface PackedReply {
  readonly text: string;
  readonly buffers: readonly Uint8Array[];
}

/** Encodes a value for Python. */
export function packReply(value: EngineValue): PackedReply {
  const buffers: Uint8Array[] = [];
  const encode = (part: EngineValue): unknown => {
    if (part === undefined || part === null) return null;
    if (typeof part === 'number') {
      return Number.isFinite(part) ? part : { $float: String(part) };
    }
    if (Array.isArray(part)) return part.map(encode);
    if (typeof part !== 'object') return part;
    if (isArrayReply(part)) return { $array: encodeArray(part, buffers) };
    if (isToolReply(part)) return { $tool: { name: part.tool, handle: part.handle } };
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, encode(inner)]));
  };
  return { text: JSON.stringify(encode(value)), buffers };
}

function encodeArray({ type, shape, values }: ArrayReply, buffers: Uint8Array[]): unknown {
  if (!ArrayBuffer.isView(values)) return { type, shape, values };
  const view = values as Exclude<ArrayReply['values'], readonly string[]>;
  buffers.push(new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice());
  return { type, shape, code: typeCode(view), buffer: buffers.length - 1 };
}

/** Type codes of Python's array module. */
function typeCode(values: Exclude<ArrayReply['values'], readonly string[]>): string {
  if (values instanceof Uint8Array) return 'B';
  if (values instanceof Int16Array) return 'h';
  if (values instanceof Uint16Array) return 'H';
  if (values instanceof Int32Array) return 'i';
  if (values instanceof Uint32Array) return 'I';
  if (values instanceof BigInt64Array) return 'q';
  return values instanceof Float32Array ? 'f' : 'd';
}

export function isArrayReply(value: EngineValue): value is ArrayReply {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'array' && 'values' in value;
}

export function isToolReply(value: EngineValue): value is ToolReply {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'tool' && 'handle' in value;
}

/**
 * Decodes what Python sent: plain values, `$float` for numbers that JSON lacks, `$packed` for arrays of many numbers, `$complex` kept as
 * it is.
 */
export function unpackRequest(text: string): TaskValue {
  return JSON.parse(text, (_key, value: TaskValue) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    if ('$float' in value) return Number(value.$float);
    if ('$packed' in value) return unpackArray(value.$packed as unknown as PackedArray);
    return value;
  });
}

/** Numbers of an array, the last axis fastest, as bytes in base64. */
interface PackedArray {
  readonly kind: 'bool' | 'int' | 'float' | 'complex';
  readonly shape: readonly number[];
  readonly bytes: string;
}

function unpackArray({ kind, shape, bytes }: PackedArray): TaskValue {
  const { buffer, byteOffset, byteLength } = Buffer.from(bytes, 'base64');
  const memory = buffer.slice(byteOffset, byteOffset + byteLength);
  const values: TaskValue[] = [];
  if (kind === 'bool') for (const value of new Uint8Array(memory)) values.push(value !== 0);
  else if (kind === 'int') for (const value of new BigInt64Array(memory)) values.push(Number(value));
  else if (kind === 'float') for (const value of new Float64Array(memory)) values.push(value);
  else {
    const parts = new Float64Array(memory);
    for (let at = 0; at < parts.length; at += 2) values.push(complex(parts[at] as number, parts[at + 1] as number));
  }
  return nest(values, shape);
}

function nest(values: TaskValue[], shape: readonly number[]): TaskValue {
  const [count = 0, ...inner] = shape;
  if (inner.length === 0) return values;
  const step = inner.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, at) => nest(values.slice(at * step, (at + 1) * step), inner));
}

/** The complex number behind a value: a tagged pair or a plain number. */
export function toComplex(value: TaskValue): readonly [number, number] {
  if (typeof value === 'number') return [value, 0];
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && Array.isArray(value.$complex)) {
    return value.$complex as [number, number];
  }
  return fail('usage', `${JSON.stringify(value)} is not a complex number.`);
}
