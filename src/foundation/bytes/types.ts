/** Random-access bytes to read: a length and one range read. Decoders know this, never a path. */
export interface ByteSource {
  /** For messages: usually the file's path. */
  readonly name: string;
  readonly length: number;
  /**
   * Fills `target` from `offset`.
   * @throws bad-format when fewer bytes are there
   */
  read(offset: number, target: Uint8Array): void;
  close(): void;
}

/** Bytes being written front to back, with patches of what is already written. */
export interface ByteSink {
  readonly name: string;
  readonly position: number;
  write(bytes: Uint8Array): void;
  /** Overwrites bytes at `offset`, which must lie within what is written. */
  patch(offset: number, bytes: Uint8Array): void;
  close(): void;
}

/** Bytes read and written in place; writing beyond the end extends. */
export interface ByteFile extends ByteSource {
  write(offset: number, bytes: Uint8Array): void;
  truncate(length: number): void;
  flush(): void;
}

/** A file held open to lock bytes of it against other programs, until it is closed. */
export interface LockFile {
  /** Tries once. @returns false when another program's lock is in the way */
  lock(offset: number, length: number, kind: 'read' | 'write'): boolean;
  /** The process whose lock is in the way of a write lock, 0 where that is not known; undefined when none is. */
  holder(offset: number, length: number): number | undefined;
  close(): void;
}

export interface FileInfo {
  readonly kind: 'file' | 'directory';
  readonly size: number;
  /** Modification time, ms since 1970. */
  readonly modifiedMs: number;
}

/** The file system as the engine sees it; synchronous, because the engine runs in its own thread. */
export interface Disk {
  open(path: string): ByteSource;
  create(path: string): ByteSink;
  openUpdate(path: string): ByteFile;
  /** undefined where the system does not lock the file: each open is tried out once for each file system. */
  openLock(path: string): LockFile | undefined;
  readFile(path: string): Uint8Array;
  readText(path: string): string;
  writeFile(path: string, content: Uint8Array | string): void;
  info(path: string): FileInfo | undefined;
  exists(path: string): boolean;
  /** Names in a directory, sorted. */
  list(path: string): string[];
  makeDirectory(path: string): void;
  /** Removes a file or a whole directory; no error when absent. */
  remove(path: string): void;
  rename(from: string, to: string): void;
  copy(from: string, to: string): void;
  /** Makes `path` a symbolic link to `target`, which may be relative to the link's directory. */
  link(target: string, path: string): void;
  freeBytes(path: string): number;
  /** Absolute, links resolved where the path exists. */
  resolve(path: string): string;
}
