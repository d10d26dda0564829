import { fail } from '../../foundation/base/index.ts';
import { ENUMERATION_WORDS } from './enumeration-data.ts';
import { TABLE_COLUMNS } from './schema-data.ts';

/**
 * What a column holds.
 *
 * `double` covers every physical quantity (m, Hz, rad, K, Pa …), `time` is nanoseconds since MJD 0 (UTC), `interval`
 * nanoseconds, `timespan` a midpoint with a duration, `tag` a row of another table (`Antenna_3`), `enum` one of a list
 * of words, `entity` the UID of an archive entity, `text` an unknown column kept as it stands.
 */
export type ColumnType =
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'bool'
  | 'string'
  | 'enum'
  | 'tag'
  | 'time'
  | 'interval'
  | 'timespan'
  | 'complex'
  | 'entity'
  | 'text';

/** One column of a table as the data model defines it. */
export interface ColumnSchema {
  readonly name: string;
  readonly type: ColumnType;
  /** Number of array axes; 0 for a scalar. */
  readonly axisCount: number;
  readonly isOptional: boolean;
  /** Words that an `enum` column takes. */
  readonly words?: ReadonlySet<string>;
}

export interface TableSchema {
  readonly name: string;
  /** In the order of the binary form. */
  readonly columns: ReadonlyMap<string, ColumnSchema>;
}

/** Words of each enumeration of the data model. */
export const enumerations: ReadonlyMap<string, ReadonlySet<string>> = parseEnumerations(ENUMERATION_WORDS);

/** Every table of the data model by name. */
export const tableSchemas: ReadonlyMap<string, TableSchema> = parseSchemas(TABLE_COLUMNS);

/** Schema of a table; a table that the model does not know has no columns, so all of its columns are kept as text. */
export function tableSchema(name: string): TableSchema {
  return tableSchemas.get(name) ?? { name, columns: new Map() };
}

/** A column that the model does not know: kept as text. */
export function unknownColumn(name: string): ColumnSchema {
  return { name, type: 'text', axisCount: 0, isOptional: true };
}

function parseSchemas(text: string): Map<string, TableSchema> {
  const schemas = new Map<string, TableSchema>();
  let columns = new Map<string, ColumnSchema>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    if (!line.startsWith(' ')) {
      columns = new Map();
      schemas.set(line.trim(), { name: line.trim(), columns });
    } else {
      for (const word of line.trim().split(/\s+/)) {
        const column = parseColumn(word);
        columns.set(column.name, column);
      }
    }
  }
  return schemas;
}

function parseEnumerations(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  let words = new Set<string>();
  for (const line of text.split('\n')) {
    if (line.startsWith(' ')) for (const word of line.trim().split(/\s+/)) words.add(word);
    else if (line !== '') {
      words = new Set();
      found.set(line, words);
    }
  }
  return found;
}

function parseColumn(word: string): ColumnSchema {
  const match = /^(\w+)(\??):(\w+)((?:\[\])*)$/.exec(word);
  if (!match) fail('internal', `"${word}" is no column of the schema.`);
  const column = { name: match[1], axisCount: match[4].length / 2, isOptional: match[2] === '?' };
  if (!/^[A-Z]/.test(match[3])) return { ...column, type: match[3] as ColumnType };
  const words = enumerations.get(match[3]) ?? fail('internal', `There is no enumeration ${match[3]}.`);
  return { ...column, type: 'enum', words };
}
