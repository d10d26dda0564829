import './aipsio-stman.ts';
import './incremental-stman.ts';
import './memory-stman.ts';
import './scaled-engines.ts';
import './standard-stman.ts';
import './tiled-stman.ts';

export { AipsReader, AipsWriter } from './aipsio.ts';
export { arrayKeyword, readRecordPath, recordKeyword, scalarKeyword, tableKeyword } from './keywords.ts';
export { writeConcatenation, writeReference } from './linked-table-writer.ts';
export { createTable, isTable, mayHaveKeyword, openTable } from './open-table.ts';
export { queryRows } from './query.ts';
export { decodeRecord, encodeRecord } from './record-cell.ts';
export {
  type ColumnLayout,
  registerStorageManager,
  type ShapeRun,
  type StorageColumn,
  type StorageContext,
  type StorageManager,
  type StorageManagerFactory,
} from './storage.ts';
export { copyTable, deleteTable, outlineTable, removeRows, renameTable, type TableOutline } from './table-directory.ts';
export { runTaql, type TaqlResult, type TaqlTables } from './taql.ts';
export type * from './types.ts';
