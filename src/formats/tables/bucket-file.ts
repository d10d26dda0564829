import { fail } from '../../foundation/base/index.ts';
import { PagedFile } from './paged-file.ts';
import { tableDisk } from './table-disk.ts';

/** Bytes of a manager's file before its first bucket. */
export const HEADER_BYTES = 512;
const PAGE_BYTES = 65_536;

/** The first bytes of a manager's file. */
export function readHeader(path: string): Uint8Array {
  const source = tableDisk.open(path);
  try {
    const bytes = new Uint8Array(Math.min(HEADER_BYTES, source.length));
    source.read(0, bytes);
    return bytes;
  } finally {
    source.close();
  }
}

/** The buckets of a storage manager: fixed-size blocks after a header, with a list of free ones. */
export class BucketFile {
  readonly bucketBytes: number;
  bucketCount: number;
  freeCount: number;
  /** First free bucket; each free one holds the number of the next in its first four bytes, big-endian. */
  firstFree: number;
  private readonly file: PagedFile;

  constructor(
    path: string,
    isWritable: boolean,
    layout: { bucketBytes: number; bucketCount: number; freeCount: number; firstFree: number },
    budgetBytes?: number,
  ) {
    this.bucketBytes = layout.bucketBytes;
    this.bucketCount = layout.bucketCount;
    this.freeCount = layout.freeCount;
    this.firstFree = layout.firstFree;
    const perPage = Math.max(1, Math.floor(PAGE_BYTES / layout.bucketBytes));
    const pageBytes = perPage * layout.bucketBytes;
    this.file = new PagedFile(path, { isWritable, origin: HEADER_BYTES, pageBytes, budgetBytes });
    if (!isWritable && this.file.length < HEADER_BYTES + layout.bucketCount * layout.bucketBytes) {
      this.file.close();
      fail(
        'bad-format',
        `The file should hold ${layout.bucketCount} buckets of ${layout.bucketBytes} bytes but is shorter.`,
        {
          file: path,
        },
      );
    }
    this.file.extend(HEADER_BYTES + layout.bucketCount * layout.bucketBytes);
  }

  /** A bucket to read; good until the next call. */
  view(bucket: number): Uint8Array {
    return this.file.view(this.offset(bucket), this.bucketBytes);
  }

  /** A bucket to change; good until the next call. */
  edit(bucket: number): Uint8Array {
    return this.file.edit(this.offset(bucket), this.bucketBytes);
  }

  /** A new bucket of zeros: a free one, or one more at the end. */
  add(): number {
    if (this.firstFree < 0) {
      this.bucketCount++;
      this.edit(this.bucketCount - 1);
      return this.bucketCount - 1;
    }
    const bucket = this.firstFree;
    const bytes = this.edit(bucket);
    this.firstFree = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0);
    this.freeCount--;
    bytes.fill(0);
    return bucket;
  }

  free(bucket: number): void {
    const bytes = this.edit(bucket);
    bytes.fill(0);
    new DataView(bytes.buffer, bytes.byteOffset).setInt32(0, this.firstFree);
    this.firstFree = bucket;
    this.freeCount++;
  }

  /** Writes the header, after all else was flushed. */
  writeHeader(bytes: Uint8Array): void {
    if (bytes.length > HEADER_BYTES) fail('internal', 'The header of a storage manager is too long.');
    const header = new Uint8Array(HEADER_BYTES);
    header.set(bytes);
    this.file.writeHead(header);
  }

  flush(): void {
    this.file.flush();
  }

  close(): void {
    this.file.close();
  }

  private offset(bucket: number): number {
    if (bucket < 0 || bucket >= this.bucketCount) {
      fail('bad-format', `Bucket ${bucket} is referred to, but there are only ${this.bucketCount}.`, {
        file: this.file.name,
      });
    }
    return HEADER_BYTES + bucket * this.bucketBytes;
  }
}
