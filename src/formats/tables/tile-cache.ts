import { fail } from '../../foundation/base/index.ts';
import type { ByteFile, ByteSource } from '../../foundation/bytes/index.ts';
import { putFile } from './file-exchange.ts';
import { tableDisk } from './table-disk.ts';

/** Memory that the tiles of one storage manager may take, unless it is told otherwise. */
const BUDGET_BYTES = 16 * 1024 * 1024;
/** A tile of this size that is to be read is none. */
const LARGEST_READ = 1024 * 1024 * 1024;

/** One file of tiles. */
export class TileFile {
  readonly name: string;
  /** Bytes that tiles take, on disk or not yet. */
  length: number;
  private readonly isWritable: boolean;
  private open: ByteSource | ByteFile | undefined;
  private stored = 0;

  constructor(name: string, length: number, isWritable: boolean) {
    this.name = name;
    this.length = length;
    this.isWritable = isWritable;
  }

  /** Reads bytes; what was never written is zero, in a table that we write. */
  read(offset: number, target: Uint8Array): void {
    const file = this.file();
    const available = Math.max(0, Math.min(target.length, this.stored - offset));
    if (available < target.length) {
      if (!this.isWritable) {
        fail('bad-format', 'The file of tiles ends too early; it is truncated.', {
          file: this.name,
          byte: offset + available,
        });
      }
      target.fill(0, available);
    }
    if (available > 0) file.read(offset, available === target.length ? target : target.subarray(0, available));
  }

  write(offset: number, bytes: Uint8Array): void {
    (this.file() as ByteFile).write(offset, bytes);
    this.stored = Math.max(this.stored, offset + bytes.length);
  }

  /** A copy of the whole file, to be written on. */
  copyTo(name: string): TileFile {
    tableDisk.copy(this.name, name);
    return new TileFile(name, this.length, true);
  }

  /** Gives the file, not opened yet, another name; see {@link putFile}. */
  moveTo(name: string, keepsFile: boolean): TileFile {
    putFile(this.name, name, keepsFile);
    return new TileFile(name, this.length, true);
  }

  /** Gives the file its full length. */
  flush(): void {
    if (!this.isWritable) return;
    const file = this.file() as ByteFile;
    if (this.stored < this.length) {
      file.truncate(this.length);
      this.stored = this.length;
    }
    file.flush();
  }

  close(): void {
    this.open?.close();
    this.open = undefined;
  }

  private file(): ByteSource | ByteFile {
    if (!this.open) {
      this.open = this.isWritable ? tableDisk.openUpdate(this.name) : tableDisk.open(this.name);
      this.stored = this.open.length;
    }
    return this.open;
  }
}

interface Tile {
  readonly file: TileFile;
  readonly offset: number;
  readonly bytes: Uint8Array;
  isDirty: boolean;
  /** Values written since it came. */
  written: number;
}

/**
 * A bounded cache of tiles, the least recently used first to leave; changed ones are written as they leave. The memory of
 * those that left is used again, as that of short-lived arrays is given back late.
 */
export class TileCache {
  private readonly tiles = new Map<number, Tile>();
  private readonly budgetBytes: number;
  /** Memory of tiles, and memory without a tile. */
  private held = 0;
  private spare: ArrayBufferLike[] = [];
  private spareBytes = 0;

  constructor(budgetBytes = BUDGET_BYTES) {
    this.budgetBytes = budgetBytes;
  }

  /** The tile at an offset of a file; read from disk unless all of it will be written. */
  get(key: number, file: TileFile, offset: number, length: number, isOverwritten: boolean): Uint8Array {
    return this.tile(key, file, offset, length, isOverwritten).bytes;
  }

  /** The same, to change. */
  edit(key: number, file: TileFile, offset: number, length: number, isOverwritten: boolean): Uint8Array {
    const tile = this.tile(key, file, offset, length, isOverwritten);
    tile.isDirty = true;
    return tile.bytes;
  }

  has(key: number): boolean {
    return this.tiles.has(key);
  }

  /** Told that values of a tile were written: one that has got so many as it has is written, and leaves the cache to others. */
  wrote(key: number, values: number, capacity: number): void {
    const tile = this.tiles.get(key);
    if (!tile) return;
    tile.written += values;
    if (tile.written < capacity) return;
    this.store(tile);
    this.forget(key, tile);
  }

  /** Writes the changed tiles of a range of keys, and forgets them when asked. */
  settle(firstKey: number, lastKey: number, isForgotten: boolean): void {
    if (this.tiles.size === 0) return;
    const settleOne = (tile: Tile, key: number) => {
      this.store(tile);
      if (isForgotten) this.forget(key, tile);
    };
    if (lastKey - firstKey < this.tiles.size) {
      for (let key = firstKey; key <= lastKey; key++) {
        const tile = this.tiles.get(key);
        if (tile) settleOne(tile, key);
      }
      return;
    }
    this.tiles.forEach((tile, key) => {
      if (key >= firstKey && key <= lastKey) settleOne(tile, key);
    });
  }

  flush(): void {
    for (const tile of [...this.tiles.values()].sort((a, b) => a.offset - b.offset)) this.store(tile);
  }

  clear(): void {
    this.tiles.clear();
    this.held = 0;
    this.spare = [];
    this.spareBytes = 0;
  }

  private tile(key: number, file: TileFile, offset: number, length: number, isOverwritten: boolean): Tile {
    let tile = this.tiles.get(key);
    if (tile) {
      this.tiles.delete(key);
      this.tiles.set(key, tile);
      return tile;
    }
    if (!isOverwritten && length > LARGEST_READ) {
      fail('unsupported', `A tile of ${length} bytes is too large.`, { file: file.name });
    }
    while (this.held + length > this.budgetBytes && this.tiles.size > 0) {
      const [oldKey, old] = this.tiles.entries().next().value as [number, Tile];
      this.store(old);
      this.forget(oldKey, old);
    }
    const bytes = this.memory(length);
    if (isOverwritten) bytes.fill(0);
    else file.read(offset, bytes);
    tile = { file, offset, bytes, isDirty: false, written: 0 };
    this.tiles.set(key, tile);
    this.held += bytes.buffer.byteLength;
    return tile;
  }

  /** Memory of a tile that left, where one is large enough but not more than twice as large; else new. */
  private memory(length: number): Uint8Array {
    for (let k = this.spare.length - 1; k >= 0; k--) {
      const room = this.spare[k];
      if (room.byteLength < length || room.byteLength > 2 * length) continue;
      this.spare.splice(k, 1);
      this.spareBytes -= room.byteLength;
      return new Uint8Array(room, 0, length);
    }
    while (this.spare.length > 0 && this.held + this.spareBytes + length > this.budgetBytes) {
      this.spareBytes -= this.spare.shift()!.byteLength;
    }
    return new Uint8Array(length);
  }

  private forget(key: number, tile: Tile): void {
    const room = tile.bytes.buffer;
    this.tiles.delete(key);
    this.held -= room.byteLength;
    this.spare.push(room);
    this.spareBytes += room.byteLength;
  }

  private store(tile: Tile): void {
    if (!tile.isDirty) return;
    tile.file.write(tile.offset, tile.bytes);
    tile.isDirty = false;
  }
}
