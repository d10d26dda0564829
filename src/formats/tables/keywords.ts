import type { ColumnValues, DataType, KeywordValue, ScalarValue, TableRecord } from './types.ts';

/** A keyword with one value. */
export function scalarKeyword(type: DataType, value: ScalarValue): KeywordValue {
  return { type, value };
}

/** A keyword with an array; shape slow to fast. */
export function arrayKeyword(type: DataType, shape: readonly number[], values: ColumnValues): KeywordValue {
  return { type, array: { shape, values } };
}

/** A keyword with keywords inside. */
export function recordKeyword(record: TableRecord): KeywordValue {
  return { type: 'Record', record };
}

/** A link to a table; a bare name is a table inside the one that has the keyword. */
export function tableKeyword(path: string): KeywordValue {
  return { type: 'Table', path };
}

/** The keyword at a path of names through nested records, such as ['MEASINFO', 'Ref']; undefined when there is none. */
export function readRecordPath(record: TableRecord, path: readonly string[]): KeywordValue | undefined {
  let inner: TableRecord | undefined = record;
  for (let k = 0; k < path.length; k++) {
    const value: KeywordValue | undefined = inner?.get(path[k]);
    if (value === undefined || k === path.length - 1) return value;
    inner = value.type === 'Record' ? value.record : undefined;
  }
  return undefined;
}
