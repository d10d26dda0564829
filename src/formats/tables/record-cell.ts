import { AipsReader, AipsWriter } from './aipsio.ts';
import { readRecord, writeRecord } from './records.ts';
import type { TableRecord } from './types.ts';

const LINKS = { resolve: (name: string) => name, store: (path: string) => path };

/**
 * Reads a cell of a record column, which casacore stores as the bytes of an AipsIO object in canonical (big-endian) form.
 *
 * @param bytes the cell; an empty one is an empty record
 * @throws bad-format
 */
export function decodeRecord(bytes: Uint8Array): TableRecord {
  if (bytes.length === 0) return new Map();
  return readRecord(new AipsReader(bytes, false, 'record cell'), LINKS);
}

/** The cell of a record column that holds a record; see {@link decodeRecord}. */
export function encodeRecord(record: TableRecord): Uint8Array {
  const writer = new AipsWriter(false);
  writeRecord(writer, record, LINKS);
  return writer.bytes();
}
