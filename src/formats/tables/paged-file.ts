import { fail } from '../../foundation/base/index.ts';
import type { ByteFile, ByteSource } from '../../foundation/bytes/index.ts';
import { tableDisk } from './table-disk.ts';

interface Page {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  isDirty: boolean;
}

export interface PagedFileOptions {
  readonly isWritable: boolean;
  /** Where page 0 begins. */
  readonly origin?: number;
  readonly pageBytes?: number;
  /** Memory for pages; at least four are kept. */
  readonly budgetBytes?: number;
}

/** Up to this many bytes a loop is quicker than a view and its copy. */
const SHORT_BYTES = 64;

/** A file seen through a bounded cache of pages that are written back when they leave it. */
export class PagedFile {
  readonly name: string;
  /** What {@link locate} found. */
  window: DataView = new DataView(new ArrayBuffer(0));
  private readonly file: ByteSource | ByteFile;
  private readonly isWritable: boolean;
  private readonly origin: number;
  private readonly pageBytes: number;
  private readonly maxPages: number;
  /** Least recently used first. */
  private readonly pages = new Map<number, Page>();
  private lastIndex = -1;
  private lastPage: Page | undefined;
  /** Memory of the page that left last. */
  private spare: Uint8Array | undefined;
  private storedLength: number;
  private logicalLength: number;

  constructor(path: string, options: PagedFileOptions) {
    this.name = path;
    this.isWritable = options.isWritable;
    this.file = options.isWritable ? tableDisk.openUpdate(path) : tableDisk.open(path);
    this.origin = options.origin ?? 0;
    this.pageBytes = options.pageBytes ?? 65_536;
    this.maxPages = Math.max(4, Math.floor((options.budgetBytes ?? 4 * 1024 * 1024) / this.pageBytes));
    this.storedLength = this.file.length;
    this.logicalLength = this.storedLength;
  }

  get length(): number {
    return this.logicalLength;
  }

  /** Makes the file at least this long; new bytes are zero. */
  extend(length: number): void {
    this.logicalLength = Math.max(this.logicalLength, length);
  }

  /** Bytes to read: a view where they lie in one page, else a copy. It is good until the next call. */
  view(offset: number, length: number): Uint8Array {
    const relative = offset - this.origin;
    const index = Math.floor(relative / this.pageBytes);
    const inside = relative - index * this.pageBytes;
    if (relative >= 0 && inside + length <= this.pageBytes) {
      this.check(offset, length);
      return this.page(index).bytes.subarray(inside, inside + length);
    }
    this.check(offset, length);
    const copy = new Uint8Array(length);
    this.read(offset, copy);
    return copy;
  }

  /** Position of some bytes in {@link window}, which is good until the next call: as `view`, but nothing is made. */
  locate(offset: number, length: number): number {
    const relative = offset - this.origin;
    const index = Math.floor(relative / this.pageBytes);
    const inside = relative - index * this.pageBytes;
    if (relative >= 0 && inside + length <= this.pageBytes) {
      this.check(offset, length);
      this.window = this.page(index).view;
      return inside;
    }
    const copy = this.view(offset, length);
    this.window = new DataView(copy.buffer, copy.byteOffset, copy.length);
    return 0;
  }

  /** Copies bytes to target[at …]; for many short pieces. */
  copy(offset: number, length: number, target: Uint8Array, at: number): void {
    const relative = offset - this.origin;
    const index = Math.floor(relative / this.pageBytes);
    const inside = relative - index * this.pageBytes;
    if (relative < 0 || inside + length > this.pageBytes) {
      this.read(offset, target.subarray(at, at + length));
      return;
    }
    this.check(offset, length);
    const { bytes } = this.page(index);
    if (length > SHORT_BYTES) target.set(bytes.subarray(inside, inside + length), at);
    else for (let byte = 0; byte < length; byte++) target[at + byte] = bytes[inside + byte];
  }

  /** Bytes to change in place; they must lie in one page. Good until the next call. */
  edit(offset: number, length: number): Uint8Array {
    const relative = offset - this.origin;
    const index = Math.floor(relative / this.pageBytes);
    const inside = relative - index * this.pageBytes;
    if (relative < 0 || inside + length > this.pageBytes)
      fail('internal', 'PagedFile.edit across pages.', { file: this.name });
    this.extend(offset + length);
    const page = this.page(index);
    page.isDirty = true;
    return page.bytes.subarray(inside, inside + length);
  }

  read(offset: number, target: Uint8Array): void {
    this.check(offset, target.length);
    if (target.length >= 4 * this.pageBytes && offset + target.length <= this.storedLength) {
      this.writeBack(offset, target.length);
      this.file.read(offset, target);
      return;
    }
    this.walk(offset, target.length, (page, inside, done, count) => {
      target.set(page.bytes.subarray(inside, inside + count), done);
    });
  }

  /** Writes source[at … at + length]; for many short pieces. */
  put(offset: number, source: Uint8Array, at: number, length: number): void {
    const relative = offset - this.origin;
    const index = Math.floor(relative / this.pageBytes);
    const inside = relative - index * this.pageBytes;
    if (relative < 0 || inside + length > this.pageBytes) {
      this.write(offset, source.subarray(at, at + length));
      return;
    }
    this.extend(offset + length);
    const page = this.page(index);
    page.isDirty = true;
    const { bytes } = page;
    if (length > SHORT_BYTES) bytes.set(source.subarray(at, at + length), inside);
    else for (let byte = 0; byte < length; byte++) bytes[inside + byte] = source[at + byte];
  }

  write(offset: number, bytes: Uint8Array): void {
    if (bytes.length >= 4 * this.pageBytes) {
      this.drop(offset, bytes.length);
      (this.file as ByteFile).write(offset, bytes);
      this.storedLength = Math.max(this.storedLength, offset + bytes.length);
      this.extend(offset + bytes.length);
      return;
    }
    this.extend(offset + bytes.length);
    this.walk(offset, bytes.length, (page, inside, done, count) => {
      page.bytes.set(bytes.subarray(done, done + count), inside);
      page.isDirty = true;
    });
  }

  /** Writes bytes before the origin, past the cache. */
  writeHead(bytes: Uint8Array): void {
    if (bytes.length > this.origin)
      fail('internal', 'PagedFile.writeHead reaches into the pages.', { file: this.name });
    (this.file as ByteFile).write(0, bytes);
    this.storedLength = Math.max(this.storedLength, bytes.length);
    this.extend(bytes.length);
  }

  /** Writes all changed pages and gives the file its full length. */
  flush(): void {
    if (!this.isWritable) return;
    for (const [index, page] of [...this.pages].sort((a, b) => a[0] - b[0])) this.store(index, page);
    const file = this.file as ByteFile;
    if (this.storedLength < this.logicalLength) {
      file.truncate(this.logicalLength);
      this.storedLength = this.logicalLength;
    }
    file.flush();
  }

  /** Cuts the file; pages beyond are forgotten. */
  truncate(length: number): void {
    this.pages.clear();
    this.lastPage = undefined;
    (this.file as ByteFile).truncate(length);
    this.storedLength = length;
    this.logicalLength = length;
  }

  close(): void {
    this.pages.clear();
    this.lastPage = undefined;
    this.file.close();
  }

  private check(offset: number, length: number): void {
    if (offset < 0 || offset + length > this.logicalLength) {
      fail(
        'bad-format',
        `${length} bytes are referred to at a place beyond the end of the file; it is truncated or damaged.`,
        {
          file: this.name,
          byte: offset,
        },
      );
    }
  }

  private walk(
    offset: number,
    length: number,
    act: (page: Page, inside: number, done: number, count: number) => void,
  ): void {
    let done = 0;
    while (done < length) {
      const relative = offset + done - this.origin;
      const index = Math.floor(relative / this.pageBytes);
      const inside = relative - index * this.pageBytes;
      const count = Math.min(length - done, this.pageBytes - inside);
      act(this.page(index), inside, done, count);
      done += count;
    }
  }

  private page(index: number): Page {
    if (index === this.lastIndex && this.lastPage) return this.lastPage;
    let page = this.pages.get(index);
    if (page) {
      this.pages.delete(index);
    } else {
      if (this.pages.size >= this.maxPages) this.evict();
      const bytes = this.spare ?? new Uint8Array(this.pageBytes);
      this.spare = undefined;
      const offset = this.origin + index * this.pageBytes;
      const available = Math.max(0, Math.min(this.pageBytes, this.storedLength - offset));
      bytes.fill(0, available);
      if (available > 0) this.file.read(offset, available === bytes.length ? bytes : bytes.subarray(0, available));
      page = { bytes, view: new DataView(bytes.buffer), isDirty: false };
    }
    this.pages.set(index, page);
    this.lastIndex = index;
    this.lastPage = page;
    return page;
  }

  private evict(): void {
    for (const [index, page] of this.pages) {
      this.store(index, page);
      this.pages.delete(index);
      this.spare = page.bytes;
      if (page === this.lastPage) this.lastPage = undefined;
      return;
    }
  }

  private store(index: number, page: Page): void {
    if (!page.isDirty) return;
    const offset = this.origin + index * this.pageBytes;
    const count = Math.min(this.pageBytes, this.logicalLength - offset);
    if (count > 0) {
      (this.file as ByteFile).write(offset, page.bytes.subarray(0, count));
      this.storedLength = Math.max(this.storedLength, offset + count);
    }
    page.isDirty = false;
  }

  /** Writes back the changed pages that touch a range. */
  private writeBack(offset: number, length: number): void {
    this.overlapping(offset, length, (index, page) => this.store(index, page));
  }

  private drop(offset: number, length: number): void {
    this.overlapping(offset, length, (index, page) => {
      this.store(index, page);
      this.pages.delete(index);
      if (page === this.lastPage) this.lastPage = undefined;
    });
  }

  private overlapping(offset: number, length: number, act: (index: number, page: Page) => void): void {
    const first = Math.floor((offset - this.origin) / this.pageBytes);
    const last = Math.floor((offset + length - 1 - this.origin) / this.pageBytes);
    for (const [index, page] of [...this.pages]) if (index >= first && index <= last) act(index, page);
  }
}
