import type { ArrayValue, KeywordValue, TableRecord } from '../../formats/tables/index.ts';

export const double = (value: number): KeywordValue => ({ type: 'Double', value });
export const int = (value: number): KeywordValue => ({ type: 'Int', value });
export const uint = (value: number): KeywordValue => ({ type: 'UInt', value });
export const bool = (value: boolean): KeywordValue => ({ type: 'Bool', value });
export const text = (value: string): KeywordValue => ({ type: 'String', value });

/** A Double array; the shape is slow to fast. */
export const doubles = (values: readonly number[], shape: readonly number[] = [values.length]): KeywordValue => ({
  type: 'Double',
  array: { shape, values: Float64Array.from(values) },
});
export const floats = (values: readonly number[]): KeywordValue => ({
  type: 'Float',
  array: { shape: [values.length], values: Float32Array.from(values) },
});
export const ints = (values: readonly number[]): KeywordValue => ({
  type: 'Int',
  array: { shape: [values.length], values: Int32Array.from(values) },
});
export const texts = (values: readonly string[]): KeywordValue => ({
  type: 'String',
  array: { shape: [values.length], values: [...values] },
});

/** A nested record from an object. */
export const record = (fields: Readonly<Record<string, KeywordValue>>): KeywordValue => ({
  type: 'Record',
  record: new Map(Object.entries(fields)),
});

/** A quantity as casacore stores it. */
export const quantity = (value: number, unit: string): KeywordValue =>
  record({ unit: text(unit), value: double(value) });

/** Nested record at a key, or undefined. */
export function recordAt(parent: TableRecord | undefined, key: string): TableRecord | undefined {
  const value = parent?.get(key);
  return value && 'record' in value ? value.record : undefined;
}

function arrayAt(parent: TableRecord | undefined, key: string): ArrayValue | undefined {
  const value = parent?.get(key);
  return value && 'array' in value ? value.array : undefined;
}

/** Numbers of an array (or one scalar) at a key; [] when absent. */
export function numbersAt(parent: TableRecord | undefined, key: string): number[] {
  const array = arrayAt(parent, key);
  if (array) return Array.from(array.values as ArrayLike<number>, Number);
  const value = numberAt(parent, key);
  return value === undefined ? [] : [value];
}

export function numberAt(parent: TableRecord | undefined, key: string): number | undefined {
  const value = parent?.get(key);
  return value && 'value' in value && (typeof value.value === 'number' || typeof value.value === 'bigint')
    ? Number(value.value)
    : undefined;
}

export function textAt(parent: TableRecord | undefined, key: string, otherwise = ''): string {
  const value = parent?.get(key);
  return value && 'value' in value && typeof value.value === 'string' ? value.value.replace(/\0+$/, '') : otherwise;
}

export function textsAt(parent: TableRecord | undefined, key: string): string[] {
  const array = arrayAt(parent, key);
  return array ? Array.from(array.values as string[]) : [];
}

/** Value and unit of a quantity record at a key. */
export function quantityAt(parent: TableRecord | undefined, key: string): { value: number; unit: string } | undefined {
  const inner = recordAt(parent, key);
  const value = numberAt(inner, 'value');
  return inner && value !== undefined ? { value, unit: textAt(inner, 'unit') } : undefined;
}
