import type { TaskValue } from './types.ts';
import { type ArrayReply, type EngineValue, real } from './values.ts';

/** What of a result are not floats and arrays. */
export interface ReplyTypes {
  /** Keys of whole numbers. */
  readonly integers?: readonly string[];
  /** Keys of lists of texts, which are such also when they are empty. */
  readonly texts?: readonly string[];
  /** Lists stay lists. */
  readonly keepsLists?: boolean;
}

/** A list of numbers or texts, or lists of as many numbers, as an array in CASA's order of axes; undefined for other lists. */
function arrayOf(list: readonly TaskValue[], isInteger: boolean): ArrayReply | undefined {
  const type = isInteger ? 'int' : 'float';
  const numbers = (values: readonly TaskValue[]) =>
    isInteger ? Int32Array.from(values as number[]) : Float64Array.from(values as number[]);
  if (list.length > 0 && list.every((item) => typeof item === 'string'))
    return { kind: 'array', type: 'string', shape: [list.length], values: list };
  if (list.every((item) => typeof item === 'number'))
    return { kind: 'array', type, shape: [list.length], values: numbers(list) };
  const rows = list.filter((item): item is TaskValue[] => Array.isArray(item));
  const width = rows[0]?.length ?? 0;
  const isMatrix =
    rows.length === list.length &&
    rows.every((row) => row.length === width && row.every((item) => typeof item === 'number'));
  if (!isMatrix) return undefined;
  const columns = Array.from({ length: width }, (_, column) => rows.map((row) => row[column])).flat();
  return { kind: 'array', type, shape: [rows.length, width], values: numbers(columns) };
}

/**
 * Gives a result the types that CASA's tasks answer with: numbers are floats, lists of numbers or texts are arrays, in
 * dictionaries however deep.
 */
export function typedReply({
  integers = [],
  texts = [],
  keepsLists = false,
}: ReplyTypes = {}): (result: TaskValue) => EngineValue {
  const whole = new Set(integers);
  const convert = (value: TaskValue, key: string): EngineValue => {
    if (typeof value === 'number') return whole.has(key) ? value : real(value);
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value) && value.length === 0 && texts.includes(key))
      return { kind: 'array', type: 'string', shape: [0], values: [] };
    if (Array.isArray(value))
      return (
        (keepsLists ? undefined : arrayOf(value, whole.has(key))) ??
        (value.map((item) => convert(item, key)) as TaskValue)
      );
    if ('$float' in value || '$complex' in value || '$keyed' in value || '$tuple' in value) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, convert(part, name)])) as TaskValue;
  };
  return (result) => convert(result, '');
}
