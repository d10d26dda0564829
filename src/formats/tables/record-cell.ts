import { AipsReader } from './aipsio.ts';
import { readRecord } from './records.ts';
import type { TableRecord } from './types.ts';

/**
 * Reads a cell of a record column, which casacore stores as the bytes of an AipsIO object in canonical (big-endian) form.
 *
 * @param bytes the cell; an empty one is an empty record
 * @throws bad-format
 */
export function decodeRecord(bytes: Uint8Array): TableRecord {
  if (bytes.length === 0) return new Map();
  return readRecord(new AipsReader(bytes, false, 'record cell'), { resolve: (name) => name, store: (path) => path });
}
