import { fail } from '../../foundation/base/index.ts';
import { disk, joinPath, type LockFile } from '../../foundation/bytes/index.ts';
import { beginCopies, endCopies, REQUEST_BYTES, REQUEST_COUNT } from './table-disk.ts';

// casacore's protocol (casa/IO/LockFile): byte 0 of table.lock is locked for reading or writing the table (byte 1
// tells who has it open). A program that waits puts its process number into the list at the head of the file, so that one
// which keeps its lock until asked gives it up.
const LOCK_BYTE = 0;

/** casacore programs that keep a lock look at the list every five seconds while they read. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 20;
/** The list is written without a lock, so a request may be lost: it is made again every second. */
const REQUEST_EVERY = 50;

/** The right to change one table, shared by those that change it in this thread. */
interface Held {
  /** Undefined where the table cannot be locked: its files are changed as copies. */
  readonly file: LockFile | undefined;
  users: number;
  isWhole: boolean;
}

const heldByPath = new Map<string, Held>();

/** A right to change a table's files while programs that use casacore wait. */
export interface TableLock {
  /** Others may hold the files open, and shall see them change. */
  readonly keepsFiles: boolean;
  /** @param isWhole what was changed is written whole; without a lock it is dropped otherwise */
  release(isWhole: boolean): void;
}

/**
 * Waits until no other program reads or writes the table, and keeps them away until released. Where the system has no locks
 * the files of the table are changed as copies until then.
 *
 * @returns undefined for a table that is being made: it has no table.lock yet
 * @throws io after a minute
 */
export function lockTable(table: string): TableLock | undefined {
  const path = joinPath(table, 'table.lock');
  if (!disk().exists(path)) return undefined;
  const key = disk().resolve(path);
  const held = heldByPath.get(key) ?? { file: acquire(path, table), users: 0, isWhole: false };
  if (held.users === 0 && !held.file) beginCopies(table);
  heldByPath.set(key, held);
  held.users++;
  let isReleased = false;
  return {
    keepsFiles: held.file !== undefined,
    release(isWhole) {
      if (isReleased) return;
      isReleased = true;
      held.isWhole ||= isWhole;
      if (--held.users > 0) return;
      heldByPath.delete(key);
      if (held.file) held.file.close();
      else endCopies(table, held.isWhole);
    },
  };
}

function acquire(path: string, table: string): LockFile | undefined {
  const file = disk().openLock(path);
  if (!file || file.lock(LOCK_BYTE, 1, 'write')) return file;
  try {
    for (let attempt = 0; attempt * PAUSE_MS < PATIENCE_MS; attempt++, pause()) {
      if (file.lock(LOCK_BYTE, 1, 'write')) return file;
      if (attempt % REQUEST_EVERY === 0) requestLock(path);
    }
    const process = file.holder(LOCK_BYTE, 1);
    const who = process ? `process ${process}` : 'another program';
    file.close();
    return fail('io', `The table is in use by ${who}; close it there and run again.`, { table });
  } finally {
    withdrawRequest(path);
  }
}

const neverChanged = new Int32Array(new SharedArrayBuffer(4));
function pause(): void {
  Atomics.wait(neverChanged, 0, 0, PAUSE_MS);
}

/** Anyone may stand in the list: it is only looked at for whether it is empty. */
const OWN_ID = 0x7fff_0000;

function requestLock(path: string): void {
  editRequests(path, (ids) => (ids.includes(OWN_ID) ? ids : [...ids.slice(-(REQUEST_COUNT - 1)), OWN_ID]));
}

function withdrawRequest(path: string): void {
  editRequests(path, (ids) => ids.slice(ids.indexOf(OWN_ID) + 1)); // those before it are of programs that died, as in casacore
}

function editRequests(path: string, edit: (ids: readonly number[]) => readonly number[]): void {
  const file = disk().openUpdate(path);
  try {
    const bytes = new Uint8Array(REQUEST_BYTES);
    file.read(0, bytes.subarray(0, Math.min(REQUEST_BYTES, file.length)));
    const view = new DataView(bytes.buffer);
    const count = Math.min(REQUEST_COUNT, Math.max(0, view.getInt32(0)));
    const ids = edit(Array.from({ length: count }, (_, k) => view.getInt32(4 + 8 * k)));
    bytes.fill(0);
    view.setInt32(0, ids.length);
    ids.forEach((id, k) => {
      view.setInt32(4 + 8 * k, id);
    });
    file.write(0, bytes);
  } finally {
    file.close();
  }
}
