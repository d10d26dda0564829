import { fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import type { BdfHeader } from './bdf-header.ts';
import { type BdfWriter, createBdf } from './bdf-writer.ts';
import { uidFileName } from './identifiers.ts';
import { tableSchema, tableSchemas } from './schema.ts';
import {
  createBinaryTable,
  createXmlTable,
  entityXml,
  type RowInput,
  rootXml,
  type TableWriter,
  XML_HEAD,
} from './table-writer.ts';
import type { AsdmArray, AsdmArrayValues } from './values.ts';

/** How an ASDM is to be written. */
export interface AsdmWriterOptions {
  /** 3 (Cycle 1) when left out. */
  readonly schemaVersion?: 3 | 4;
  /** Tables whose rows go into a binary file. */
  readonly binaryTables?: readonly string[];
  /** Text for the container's TimeOfCreation, e.g. `2013-06-15T12:00:00.000000000`. */
  readonly timeOfCreation: string;
}

/** An ASDM being written: rows go to their files at once, the container file comes last. */
export interface AsdmWriter {
  readonly path: string;
  readonly uid: string;
  append(table: string, row: RowInput): void;
  rowCount(table: string): number;
  /** Begins a BDF with a fresh UID; use its `dataOid` as dataUID of the Main row. */
  createBdf(header: Omit<BdfHeader, 'dataOid' | 'execBlockUid'>): BdfWriter & { readonly dataOid: string };
  /** Ends all tables and writes ASDM.xml. */
  close(): void;
}

/**
 * Begins an ASDM.
 *
 * @param path directory to make
 * @param uid e.g. `uid://A002/X6acbaf/X1`; other entities get the numbers that follow its last one
 * @throws exists when the directory is there
 */
export function createAsdm(path: string, uid: string, options: AsdmWriterOptions): AsdmWriter {
  if (disk().exists(path)) fail('exists', 'The ASDM exists already; remove it or choose another name.', { file: path });
  disk().makeDirectory(joinPath(path, 'ASDMBinary'));
  const schemaVersion = options.schemaVersion ?? 3;
  const tables = new Map<string, TableWriter>();
  const nextUid = uidCounter(uid);
  const tableOf = (name: string) => {
    let table = tables.get(name);
    if (!table) {
      if (!tableSchemas.has(name)) fail('internal', `The data model has no table ${name}.`);
      const create = options.binaryTables?.includes(name) ? createBinaryTable : createXmlTable;
      table = create(path, tableSchema(name), { entityId: nextUid(), containerUid: uid, schemaVersion });
      tables.set(name, table);
    }
    return table;
  };
  return {
    path,
    uid,
    append: (name, row) => tableOf(name).append(row),
    rowCount: (name) => tables.get(name)?.rowCount ?? 0,
    createBdf(header) {
      const dataOid = nextUid();
      const file = joinPath(path, 'ASDMBinary', uidFileName(dataOid));
      return { ...createBdf(file, { ...header, dataOid, execBlockUid: uid }), dataOid };
    },
    close() {
      for (const table of tables.values()) table.close();
      disk().writeFile(joinPath(path, 'ASDM.xml'), containerXml(uid, schemaVersion, options.timeOfCreation, tables));
    },
  };
}

/** An array cell. */
export function arrayCell(shape: readonly number[], values: AsdmArrayValues): AsdmArray {
  return { shape, values };
}

/** A list of row identifiers. */
export function tagList(table: string, ids: ArrayLike<number>): AsdmArray {
  return { shape: [ids.length], values: Int32Array.from(ids), tagTable: table };
}

/** A list of texts or enumeration words. */
export function textList(texts: readonly string[]): AsdmArray {
  return { shape: [texts.length], values: [...texts] };
}

/** A list of doubles. */
export function numberList(numbers: ArrayLike<number>): AsdmArray {
  return { shape: [numbers.length], values: Float64Array.from(numbers) };
}

/** A list of integers. */
export function integerList(numbers: ArrayLike<number>): AsdmArray {
  return { shape: [numbers.length], values: Int32Array.from(numbers) };
}

function uidCounter(uid: string): () => string {
  const match = /^(.*\/X)([0-9a-fA-F]+)$/.exec(uid);
  if (!match) fail('internal', `"${uid}" is no UID such as uid://A002/X1/X1.`);
  let next = Number.parseInt(match[2], 16);
  return () => {
    next++;
    return match[1] + next.toString(16);
  };
}

function containerXml(
  uid: string,
  schemaVersion: number,
  timeOfCreation: string,
  tables: ReadonlyMap<string, TableWriter>,
): string {
  const entries = [...tableSchemas.keys()].map((name) => {
    const table = tables.get(name);
    const entity = table && table.rowCount > 0 ? entityXml('Entity', table.entityId, `${name}Table`) : '';
    return `<Table>\n<Name> ${name} </Name>\n<NumberRows> ${table?.rowCount ?? 0} </NumberRows>\n${entity}</Table>\n`;
  });
  return (
    XML_HEAD +
    rootXml('ASDM', 'cntnr', schemaVersion) +
    entityXml('Entity', uid, 'ASDM') +
    `<TimeOfCreation> ${timeOfCreation} </TimeOfCreation>\n${entries.join('')}</ASDM>\n`
  );
}
