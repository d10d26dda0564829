import { disk, joinPath } from '../../foundation/bytes/index.ts';
import { tableKeyword } from './keywords.ts';
import { createTable } from './open-table.ts';
import { copyTable } from './table-directory.ts';
import type { ColumnDescription, KeywordValue, StorageManagerDescription, Table } from './types.ts';

/** Rows of scalar columns are copied this many at a time, rows of arrays up to as many bytes. */
const ROWS = 16_384;
const BYTES = 4 * 1024 * 1024;

/** Columns of arrays of numbers lie in tiles of their own; all others share a StandardStMan. */
function storageOf(columns: readonly ColumnDescription[]): StorageManagerDescription[] {
  const isTiled = ({ kind, type, axisCount, shape }: ColumnDescription) =>
    kind === 'array' && type !== 'String' && (axisCount ?? shape?.length ?? 0) > 1;
  const plain = columns.filter((column) => !isTiled(column)).map(({ name }) => name);
  return [
    ...(plain.length > 0 ? [{ type: 'StandardStMan' as const, name: 'StandardStMan', columns: plain }] : []),
    ...columns
      .filter(isTiled)
      .map(({ name }) => ({ type: 'TiledShapeStMan' as const, name: `Tiled_${name}`, columns: [name] })),
  ];
}

function copyColumn(from: Table, to: Table, name: string): void {
  const [source, target] = [from.column(name), to.column(name)];
  for (let start = 0; start < from.rowCount; ) {
    const { shape, count } = source.shapeRun(start, Math.min(ROWS, from.rowCount - start));
    const cell = (shape ?? []).reduce((product, length) => product * length, 16);
    const rows = shape === undefined ? count : Math.min(count, Math.max(1, Math.floor(BYTES / cell)));
    if (shape !== undefined) {
      const values = source.getRange(start, rows);
      target.putRange(start, rows, values, source.description.kind === 'array' ? shape : undefined);
    }
    start += rows;
  }
}

/**
 * Writes the rows and columns of a table, of whatever kind it is, as a table of its own, with its subtables.
 *
 * @throws exists
 */
export function writePlain(path: string, table: Table): void {
  const columns = table.columnNames.map((name): ColumnDescription => {
    const { description, keywords } = table.column(name);
    return { ...description, name, keywords };
  });
  const subtables: [string, string][] = [];
  const keywords = new Map<string, KeywordValue>();
  for (const [name, value] of table.keywords) {
    if (value.type === 'Table' && 'path' in value) subtables.push([name, value.path]);
    else keywords.set(name, value);
  }
  const { type, subType } = table.info;
  const made = createTable(path, { columns, storageManagers: storageOf(columns), keywords, info: { type, subType } });
  try {
    made.addRows(table.rowCount);
    for (const name of table.columnNames) copyColumn(table, made, name);
    for (const [name, from] of subtables) {
      if (!disk().exists(from)) continue;
      copyTable(from, joinPath(path, name));
      made.setKeyword(name, tableKeyword(joinPath(path, name)));
    }
  } finally {
    made.close();
  }
}
