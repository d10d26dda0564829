import { SaxesParser } from 'saxes';
import { fail, isQa2Error } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { uidFileName } from './identifiers.ts';
import { tableSchema, tableSchemas } from './schema.ts';
import { AsdmTable, type TableFile } from './table.ts';
import { localName } from './xml-rows.ts';

/** An open ASDM directory. */
export interface Asdm {
  readonly path: string;
  /** e.g. `uid://A002/X6acbaf/X1` */
  readonly uid: string;
  /** 3 or 4 in practice; 0 when the container does not say. */
  readonly schemaVersion: number;
  /** Tables that have a file, or rows according to ASDM.xml. */
  readonly tableNames: readonly string[];
  /** True when the table has a file. */
  hasTable(name: string): boolean;
  /**
   * A table by name; one that the data model knows but this ASDM lacks has no rows.
   * @throws missing when the name is unknown
   */
  table(name: string): AsdmTable;
  /** Path of the BDF of a Main row, from its dataUID. */
  bdfPath(dataUid: string): string;
  /** False when the binary data of that Main row are not there. */
  hasBdf(dataUid: string): boolean;
}

const CONTAINER = 'ASDM.xml';
const BINARY_FOLDER = 'ASDMBinary';
const CONTAINER_LIMIT = 1 << 26;

/**
 * Opens an ASDM: reads its container file, and its tables when they are asked for.
 *
 * @param path directory, such as `uid___A002_X6acbaf_X1`
 * @throws missing when there is no such directory or it has no ASDM.xml; bad-format when that is broken
 */
export function openAsdm(path: string): Asdm {
  const files = disk();
  if (files.info(path)?.kind !== 'directory') fail('missing', 'There is no such ASDM directory.', { file: path });
  const containerPath = joinPath(path, CONTAINER);
  if (!files.exists(containerPath)) {
    fail('missing', `The directory is no ASDM: it has no ${CONTAINER}.`, { file: path });
  }
  const container = readContainer(containerPath);
  const present = new Set(files.list(path));
  const tables = new Map<string, AsdmTable>();
  const fileOf = (name: string) => tableFile(path, name, present);
  const names = [...new Set([...container.rowCounts.keys(), ...tableSchemas.keys(), ...namesOnDisk(present)])];
  const known = names.filter((name) => (container.rowCounts.get(name) ?? 0) > 0 || fileOf(name));
  return {
    path,
    uid: container.uid,
    schemaVersion: container.schemaVersion,
    tableNames: known.sort(),
    hasTable: (name) => fileOf(name) !== undefined,
    table(name) {
      let table = tables.get(name);
      if (!table) {
        const file = fileOf(name);
        if (!file && !tableSchemas.has(name) && !container.rowCounts.has(name)) {
          fail('missing', `The ASDM has no table ${name}.`, { file: path });
        }
        table = new AsdmTable(tableSchema(name), file, container.rowCounts.get(name));
        tables.set(name, table);
      }
      return table;
    },
    bdfPath: (uid) => joinPath(path, BINARY_FOLDER, uidFileName(uid)),
    hasBdf: (uid) => files.exists(joinPath(path, BINARY_FOLDER, uidFileName(uid))),
  };
}

/** A binary file wins over the XML file of the same name, which is then only its stub. */
function tableFile(path: string, name: string, present: ReadonlySet<string>): TableFile | undefined {
  if (present.has(`${name}.bin`)) return { kind: 'binary', path: joinPath(path, `${name}.bin`) };
  return present.has(`${name}.xml`) ? { kind: 'xml', path: joinPath(path, `${name}.xml`) } : undefined;
}

function namesOnDisk(present: ReadonlySet<string>): string[] {
  return [...present]
    .filter((file) => /^[A-Z]\w*\.(xml|bin)$/.test(file) && file !== CONTAINER)
    .map((file) => file.slice(0, -4));
}

interface Container {
  uid: string;
  schemaVersion: number;
  readonly rowCounts: Map<string, number>;
}

function readContainer(path: string): Container {
  const source = disk().info(path);
  if (!source || source.size > CONTAINER_LIMIT)
    fail('bad-format', 'The container file is implausibly large.', { file: path });
  const container: Container = { uid: '', schemaVersion: 0, rowCounts: new Map() };
  const parser = new SaxesParser({ xmlns: false, position: true });
  const stack: string[] = [];
  let name = '';
  let text = '';
  parser.on('error', (error) => {
    fail('bad-format', `The XML is broken: ${error.message.replace(/^\d+:\d+: /, '')}`, {
      file: path,
      byte: parser.position,
    });
  });
  parser.on('opentag', (tag) => {
    stack.push(localName(tag.name));
    text = '';
    if (stack.length === 1) container.schemaVersion = Number(tag.attributes.schemaVersion ?? 0) || 0;
    if (stack.join('/') === 'ASDM/Entity') {
      container.uid = (tag.attributes.entityId ?? '').trim();
      container.schemaVersion ||= Number(tag.attributes.schemaVersion ?? 0) || 0;
    }
  });
  parser.on('text', (piece) => {
    text += piece;
  });
  parser.on('closetag', () => {
    const where = stack.join('/');
    if (where === 'ASDM/Table/Name') name = text.trim();
    if (where === 'ASDM/Table/NumberRows') {
      const count = Number(text.trim());
      if (name === '' || !Number.isInteger(count)) {
        fail('bad-format', 'A table entry of the container has no name or no row count.', {
          file: path,
          byte: parser.position,
        });
      }
      container.rowCounts.set(name, count);
    }
    stack.pop();
    text = '';
  });
  try {
    parser.write(disk().readText(path)).close();
  } catch (error) {
    if (isQa2Error(error)) throw error;
    fail('bad-format', 'The XML of the container is broken.', { file: path }, error);
  }
  return container;
}
