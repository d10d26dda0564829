import { fail } from '../../foundation/base/index.ts';
import {
  type ByteFile,
  type ByteSource,
  baseName,
  type Disk,
  directoryName,
  disk,
  joinPath,
} from '../../foundation/bytes/index.ts';
import { sameBytes } from './data-types.ts';

// Where a table cannot be locked, its files are not changed: what is written goes to copies beside them, which are renamed over
// them when the change is whole. The files of tables are therefore reached through `tableDisk`, which knows the copies.

/** Ending of this thread's copies; those of others are left alone. */
const COPY = `.changed-${Math.random().toString(36).slice(2, 10)}`;
/** Programs that can wait for a lock at once. */
export const REQUEST_COUNT = 32;
/** The head of table.lock, which changes without a change of the table: a count and pairs of 32-bit numbers, one for each program. */
export const REQUEST_BYTES = 4 * (1 + 2 * REQUEST_COUNT);

/** A table of this thread that is being changed by copies. */
interface CopiedTable {
  readonly directory: string;
  /** By name: whether the copy takes the place of the file, or the file goes. */
  readonly files: Map<string, 'copy' | 'gone'>;
  readonly lockBefore: Uint8Array;
}

const copiedTables = new Map<string, CopiedTable>();
/** Grows when a name begins to mean another file, which those who hold one open must see. */
let generation = 0;

function copiedTableOf(path: string): CopiedTable | undefined {
  return copiedTables.size === 0 ? undefined : copiedTables.get(disk().resolve(directoryName(path)));
}

/** The file that has the content of `path` for this thread. */
function currentPath(path: string): string {
  return copiedTableOf(path)?.files.get(baseName(path)) === 'copy' ? path + COPY : path;
}

/** The path to write to: a copy where the table is changed by copies. */
function changedPath(path: string, keepsContent: boolean): string {
  const table = copiedTableOf(path);
  if (!table) return path;
  const name = baseName(path);
  const before = table.files.get(name);
  if (before === 'copy') return path + COPY;
  if (keepsContent && before === undefined && disk().exists(path)) disk().copy(disk().resolve(path), path + COPY);
  else disk().writeFile(path + COPY, new Uint8Array(0));
  table.files.set(name, 'copy');
  generation++;
  return path + COPY;
}

class TableFile implements ByteFile {
  readonly name: string;
  private readonly isWritable: boolean;
  private file: ByteSource | ByteFile;
  private seen: number;

  constructor(path: string, isWritable: boolean) {
    this.name = path;
    this.isWritable = isWritable;
    const isNew = isWritable && copiedTables.size > 0 && !tableDisk.exists(path);
    this.file = this.open(isNew ? changedPath(path, false) : currentPath(path));
    this.seen = generation;
  }

  get length(): number {
    return this.current().length;
  }

  read(offset: number, target: Uint8Array): void {
    this.current().read(offset, target);
  }

  write(offset: number, bytes: Uint8Array): void {
    this.changed().write(offset, bytes);
  }

  truncate(length: number): void {
    this.changed().truncate(length);
  }

  flush(): void {
    if (this.isWritable) (this.file as ByteFile).flush();
  }

  close(): void {
    this.file.close();
  }

  private current(): ByteSource | ByteFile {
    if (this.seen === generation) return this.file;
    this.file.close();
    this.file = this.open(currentPath(this.name));
    this.seen = generation;
    return this.file;
  }

  private changed(): ByteFile {
    changedPath(this.name, true);
    return this.current() as ByteFile;
  }

  private open(path: string): ByteSource | ByteFile {
    return this.isWritable ? disk().openUpdate(path) : disk().open(path);
  }
}

/** The disk as the files of tables are reached on it. */
export const tableDisk: Pick<
  Disk,
  'open' | 'openUpdate' | 'readFile' | 'writeFile' | 'exists' | 'list' | 'copy' | 'remove' | 'rename'
> = {
  open: (path) => new TableFile(path, false),
  openUpdate: (path) => new TableFile(path, true),
  readFile: (path) => disk().readFile(currentPath(path)),
  writeFile: (path, content) => disk().writeFile(changedPath(path, false), content),
  exists(path) {
    const state = copiedTableOf(path)?.files.get(baseName(path));
    return state === undefined ? disk().exists(path) : state === 'copy';
  },
  list(directory) {
    const own = [...(copiedTables.get(disk().resolve(directory))?.files ?? [])];
    const others = disk()
      .list(directory)
      .filter((name) => !name.endsWith(COPY) && !own.some(([known]) => known === name));
    return [...others, ...own.filter(([, state]) => state === 'copy').map(([name]) => name)];
  },
  copy: (from, to) => disk().copy(currentPath(from), to),
  remove(path) {
    const table = copiedTableOf(path);
    if (!table) {
      disk().remove(path);
      return;
    }
    disk().remove(path + COPY);
    table.files.set(baseName(path), 'gone');
    generation++;
  },
  /** Puts a whole new file, which lies in the table under another name, in the place of one. */
  rename(from, to) {
    const table = copiedTableOf(to);
    disk().rename(currentPath(from), changedPath(to, false));
    if (!table) return;
    table.files.delete(baseName(from));
    generation++;
  },
};

/** From now on this thread changes a table by copies. */
export function beginCopies(table: string): void {
  const directory = disk().resolve(table);
  copiedTables.set(directory, { directory, files: new Map(), lockBefore: lockContent(directory) });
}

/**
 * Ends what {@link beginCopies} began.
 *
 * @param isWhole the copies take the place of their files: data first, table.lock last; otherwise they are removed
 * @throws io when another program has changed the table meanwhile
 */
export function endCopies(table: string, isWhole: boolean): void {
  const copied = copiedTables.get(disk().resolve(table));
  if (!copied) return;
  const { directory, files, lockBefore } = copied;
  copiedTables.delete(directory);
  generation++;
  const isAlone = sameBytes(lockContent(directory), lockBefore);
  if (!isWhole || !isAlone) for (const name of files.keys()) disk().remove(joinPath(directory, name + COPY));
  if (!isWhole || files.size === 0) return;
  if (!isAlone)
    fail('io', 'Another program has changed the table meanwhile; nothing was written. Run again.', { table });
  for (const name of [...files.keys()].sort((left, right) => rank(left) - rank(right))) {
    const path = joinPath(directory, name);
    if (files.get(name) === 'copy') disk().rename(path + COPY, path);
    else disk().remove(path);
  }
}

/** A reader that meets the new table.lock finds all that it counts. */
function rank(name: string): number {
  return ['table.info', 'table.dat', 'table.lock'].indexOf(name);
}

function lockContent(directory: string): Uint8Array {
  const file = joinPath(directory, 'table.lock');
  return disk().exists(file) ? disk().readFile(file).subarray(REQUEST_BYTES) : new Uint8Array(0);
}
