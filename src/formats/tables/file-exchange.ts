import { disk } from '../../foundation/bytes/index.ts';
import { tableDisk } from './table-disk.ts';

const PIECE_BYTES = 1 << 20;

/**
 * Puts a whole new file in the place of another.
 *
 * @param keepsFile the old file gets the new content, piece by piece, instead of being replaced: for programs that hold it open
 */
export function putFile(from: string, path: string, keepsFile: boolean): void {
  if (!keepsFile || !tableDisk.exists(path)) {
    tableDisk.rename(from, path);
    return;
  }
  const source = disk().open(from);
  const target = tableDisk.openUpdate(path);
  const piece = new Uint8Array(Math.min(source.length, PIECE_BYTES));
  for (let at = 0; at < source.length; at += piece.length) {
    const bytes = piece.subarray(0, Math.min(piece.length, source.length - at));
    source.read(at, bytes);
    target.write(at, bytes);
  }
  target.truncate(source.length);
  target.close();
  source.close();
  disk().remove(from);
}
