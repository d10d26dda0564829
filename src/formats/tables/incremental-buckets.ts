import { fail } from '../../foundation/base/index.ts';
import { type ByteSink, disk } from '../../foundation/bytes/index.ts';
import { AipsReader, AipsWriter } from './aipsio.ts';
import { BucketFile, HEADER_BYTES, readHeader } from './bucket-file.ts';
import { putFile } from './file-exchange.ts';
import type { IntervalCodec, IntervalValue } from './incremental-values.ts';
import { type IntervalList, intervalAt } from './interval-list.ts';
import { tableDisk } from './table-disk.ts';

/** Bytes that casacore counts for one interval in a bucket's index: its row (64 bits) and the offset of its value. */
const ENTRY_BYTES = 12;
const CACHED_BUCKETS = 32;

/** The intervals of one column inside a bucket; rows count from the bucket's first. */
export interface BucketIntervals {
  readonly starts: ArrayLike<number>;
  readonly values: readonly IntervalValue[];
}

interface ParsedBucket {
  readonly columns: (BucketIntervals | undefined)[];
  readonly data: Uint8Array;
  readonly starts: ArrayLike<number>[];
  readonly offsets: Uint32Array[];
}

/** A file of an IncrementalStMan as it lies on disk, to read. */
export class IncrementalBuckets {
  readonly bucketBytes: number;
  readonly cacheSize: number;
  readonly uniqueNumber: number;
  /** First row of each bucket, and the row count at the end. */
  readonly rows: number[];
  private readonly numbers: number[];
  private readonly buckets: BucketFile;
  private readonly codecs: readonly IntervalCodec[];
  private readonly isLittleEndian: boolean;
  private readonly file: string;
  private readonly parsed = new Map<number, ParsedBucket>();

  constructor(file: string, isLittleEndian: boolean, codecs: readonly IntervalCodec[]) {
    this.file = file;
    this.codecs = codecs;
    this.isLittleEndian = isLittleEndian;
    const reader = new AipsReader(readHeader(file), isLittleEndian, file);
    const { cursor } = reader;
    const version = reader.start('IncrementalStMan');
    if (version >= 5) reader.bool();
    this.bucketBytes = cursor.u32();
    const bucketCount = cursor.u32();
    this.cacheSize = cursor.u32();
    this.uniqueNumber = cursor.u32();
    const freeCount = version > 1 ? cursor.u32() : 0;
    const firstFree = version > 1 ? cursor.i32() : -1;
    reader.end();
    if (this.bucketBytes < 16 || this.bucketBytes >= 2 ** 28)
      reader.bad(`a bucket size of ${this.bucketBytes} bytes is impossible.`);
    this.buckets = new BucketFile(file, false, { bucketBytes: this.bucketBytes, bucketCount, freeCount, firstFree });
    const index = this.readIndex(HEADER_BYTES + bucketCount * this.bucketBytes);
    this.rows = index.rows;
    this.numbers = index.numbers;
  }

  get bucketCount(): number {
    return this.numbers.length;
  }

  /** Number of the bucket (in row order) with a row. */
  at(row: number): number {
    return Math.min(intervalAt(this.rows, row), this.numbers.length - 1);
  }

  intervals(bucket: number, column: number): BucketIntervals {
    const parsed = this.parse(bucket);
    const known = parsed.columns[column];
    if (known) return known;
    const codec = this.codecs[column];
    const values = Array.from(parsed.offsets[column], (offset) => codec.decode(parsed.data, offset));
    const intervals = { starts: parsed.starts[column], values };
    parsed.columns[column] = intervals;
    return intervals;
  }

  close(): void {
    this.buckets.close();
    this.parsed.clear();
  }

  private readIndex(offset: number): { rows: number[]; numbers: number[] } {
    const source = tableDisk.open(this.file);
    try {
      if (source.length <= offset)
        fail('bad-format', 'The file ends before its index.', { file: this.file, byte: offset });
      const bytes = new Uint8Array(source.length - offset);
      source.read(offset, bytes);
      const reader = new AipsReader(bytes, this.isLittleEndian, this.file);
      const version = reader.start('ISMIndex');
      const used = reader.cursor.u32();
      const rows = reader.block(version > 1 ? 8 : 4).slice(0, used + 1);
      const numbers = reader.block().slice(0, used);
      reader.end();
      if (rows.length !== used + 1 || numbers.length !== used || used === 0)
        reader.bad('the index of buckets is incomplete.');
      return { rows, numbers };
    } finally {
      source.close();
    }
  }

  private parse(bucket: number): ParsedBucket {
    const known = this.parsed.get(bucket);
    if (known) return known;
    if (this.parsed.size >= CACHED_BUCKETS) this.parsed.delete(this.parsed.keys().next().value as number);
    const bytes = this.buckets.view(this.numbers[bucket]).slice();
    const view = new DataView(bytes.buffer);
    const isLittle = this.isLittleEndian;
    const word = view.getUint32(0, isLittle);
    const isWide = (word & 0xf0000000) !== 0;
    let at = word & 0x0fffffff;
    const data = bytes.subarray(4, Math.max(4, at));
    const take = (width: number) => {
      if (at + width > bytes.length)
        fail('bad-format', `Bucket ${this.numbers[bucket]} is damaged.`, { file: this.file });
      at += width;
      return at - width;
    };
    const starts: ArrayLike<number>[] = [];
    const offsets: Uint32Array[] = [];
    for (let column = 0; column < this.codecs.length; column++) {
      const count = view.getUint32(take(4), isLittle);
      if (count === 0 || count * 8 > bytes.length) take(bytes.length);
      const rows = isWide ? new Float64Array(count) : new Uint32Array(count);
      const places = new Uint32Array(count);
      for (let k = 0; k < count; k++) {
        rows[k] = isWide ? Number(view.getBigUint64(take(8), isLittle)) : view.getUint32(take(4), isLittle);
      }
      for (let k = 0; k < count; k++) places[k] = view.getUint32(take(4), isLittle);
      starts.push(rows);
      offsets.push(places);
    }
    const parsed: ParsedBucket = { columns: [], data, starts, offsets };
    this.parsed.set(bucket, parsed);
    return parsed;
  }
}

export interface IncrementalFile {
  readonly isLittleEndian: boolean;
  readonly bucketBytes: number;
  readonly cacheSize: number;
  readonly uniqueNumber: number;
  readonly rowCount: number;
  readonly lists: readonly IntervalList[];
  readonly codecs: readonly IntervalCodec[];
  /** Another program may hold the file open and would not see one in its place. */
  readonly keepsFile: boolean;
  /** Told once for each value stored: in how many buckets it stands decides the reference count of arrays. */
  readonly onStored?: (column: number, value: IntervalValue) => void;
}

/** A new file of buckets beside the old one; it takes the old one's place when it is whole. */
export class IncrementalWriter {
  private readonly path: string;
  private readonly sink: ByteSink;
  /** First row of each bucket written. */
  private readonly rows: number[] = [];
  private draft: BucketDraft | undefined;

  constructor(path: string) {
    this.path = path;
    this.sink = disk().create(`${path}.tmp`);
    this.sink.write(new Uint8Array(HEADER_BYTES));
  }

  /**
   * Writes the buckets that are full: what later rows hold cannot change them.
   *
   * @returns the first row of the bucket that is not written
   */
  writeFull(content: IncrementalFile): number {
    let held: PlannedBucket | undefined;
    for (const bucket of this.plan(content)) {
      if (held) this.put(held);
      held = bucket;
    }
    return held?.firstRow ?? firstRowOf(content);
  }

  /** Writes the rest, and puts the file in its place. */
  finish(content: IncrementalFile): void {
    try {
      for (const bucket of this.plan(content)) this.put(bucket);
      this.sink.write(indexBytes(content, this.rows));
      this.sink.patch(0, headerBytes(content, this.rows.length));
    } finally {
      this.sink.close();
    }
    putFile(`${this.path}.tmp`, this.path, content.keepsFile);
  }

  private plan(content: IncrementalFile): Iterable<PlannedBucket> {
    this.draft ??= new BucketDraft(content);
    return planBuckets(content, this.draft);
  }

  /** Removes the unfinished file. */
  discard(): void {
    this.sink.close();
    disk().remove(`${this.path}.tmp`);
  }

  private put(bucket: PlannedBucket): void {
    this.rows.push(bucket.firstRow);
    this.sink.write(bucket.bytes);
  }
}

function headerBytes(content: IncrementalFile, bucketCount: number): Uint8Array {
  const writer = new AipsWriter(content.isLittleEndian);
  writer.start('IncrementalStMan', content.isLittleEndian ? 5 : 4);
  if (content.isLittleEndian) writer.bool(false);
  writer.u32(content.bucketBytes).u32(bucketCount).u32(content.cacheSize).u32(content.uniqueNumber).u32(0).i32(-1);
  return writer.end().bytes();
}

function indexBytes(content: IncrementalFile, firstRows: readonly number[]): Uint8Array {
  const writer = new AipsWriter(content.isLittleEndian);
  const isWide = content.rowCount > 0xffffffff;
  writer.start('ISMIndex', isWide ? 2 : 1).u32(firstRows.length);
  writer.block([...firstRows, content.rowCount], isWide ? 8 : 4);
  return writer
    .block(firstRows.map((_, bucket) => bucket))
    .end()
    .bytes();
}

interface PlannedBucket {
  readonly firstRow: number;
  readonly bytes: Uint8Array;
}

/** The row that the intervals begin with; the columns begin together. */
function firstRowOf({ lists }: IncrementalFile): number {
  return lists[0]?.starts[0] ?? 0;
}

/** Cuts the intervals of all columns into buckets; each begins with a value of every column. One stays good until the next but one. */
function* planBuckets(content: IncrementalFile, draft: BucketDraft): Iterable<PlannedBucket> {
  const { lists, codecs, bucketBytes } = content;
  const cursors = lists.map(() => 0);
  draft.content = content;
  const begin = (row: number) => {
    draft.begin(row);
    lists.forEach(({ values }, column) => {
      const value = values[cursors[column]];
      content.onStored?.(column, value);
      draft.add(column, row, codecs[column].encode(value));
    });
    if (draft.size > bucketBytes) {
      fail(
        'usage',
        `One row of an IncrementalStMan needs ${draft.size} bytes, more than a bucket of ${bucketBytes}; ask for larger buckets.`,
        {
          row,
        },
      );
    }
  };
  begin(firstRowOf(content));
  const changed: number[] = [];
  const added: Uint8Array[] = [];
  for (;;) {
    const row = nextRow(lists, cursors);
    if (row > content.rowCount) break;
    changed.length = 0;
    let more = 0;
    for (let column = 0; column < lists.length; column++) {
      if (lists[column].starts[cursors[column] + 1] !== row) continue;
      cursors[column]++;
      added[changed.length] = codecs[column].encode(lists[column].values[cursors[column]]);
      more += ENTRY_BYTES + added[changed.length].length;
      changed.push(column);
    }
    if (draft.size + more > bucketBytes) {
      if (row === content.rowCount) break;
      yield { firstRow: draft.firstRow, bytes: draft.bytes() };
      begin(row);
      continue;
    }
    for (let k = 0; k < changed.length; k++) {
      content.onStored?.(changed[k], lists[changed[k]].values[cursors[changed[k]]]);
      draft.add(changed[k], row, added[k]);
    }
  }
  yield { firstRow: draft.firstRow, bytes: draft.bytes() };
}

function nextRow(lists: readonly IntervalList[], cursors: readonly number[]): number {
  let row = Number.POSITIVE_INFINITY;
  for (let column = 0; column < lists.length; column++) {
    const start = lists[column].starts[cursors[column] + 1];
    if (start !== undefined && start < row) row = start;
  }
  return row;
}

/** Rows, ends of values and values of one column of a bucket that is made. */
interface DraftColumn {
  rows: Uint32Array;
  ends: Uint32Array;
  bytes: Uint8Array;
  count: number;
}

/** A bucket that is made; its room is used again for the next, since a table has as many values as rows. */
class BucketDraft {
  firstRow = 0;
  /** Bytes that the bucket needs so far. */
  size = 0;
  content: IncrementalFile;
  private readonly columns: DraftColumn[];
  /** Memory of this bucket and of the one before. */
  private readonly rooms: [Uint8Array, Uint8Array];

  constructor(content: IncrementalFile) {
    this.content = content;
    this.rooms = [new Uint8Array(content.bucketBytes), new Uint8Array(content.bucketBytes)];
    this.columns = content.lists.map(() => ({
      rows: new Uint32Array(64),
      ends: new Uint32Array(64),
      bytes: new Uint8Array(512),
      count: 0,
    }));
  }

  begin(firstRow: number): void {
    this.firstRow = firstRow;
    this.size = 4 + 4 * this.columns.length;
    for (const column of this.columns) column.count = 0;
  }

  add(index: number, row: number, value: Uint8Array): void {
    const column = this.columns[index];
    const { count } = column;
    const start = count > 0 ? column.ends[count - 1] : 0;
    const end = start + value.length;
    if (count === column.rows.length) {
      column.rows = grown(column.rows, 2 * count);
      column.ends = grown(column.ends, 2 * count);
    }
    if (end > column.bytes.length) column.bytes = grown(column.bytes, 2 * end);
    column.bytes.set(value, start);
    column.rows[count] = row - this.firstRow;
    column.ends[count] = end;
    column.count++;
    this.size += ENTRY_BYTES + value.length;
  }

  /** The bucket as it is stored: where its index begins, the values column by column, the index. */
  bytes(): Uint8Array {
    const { isLittleEndian } = this.content;
    this.rooms.reverse();
    const bytes = this.rooms[0].fill(0);
    const view = new DataView(bytes.buffer);
    let at = 4;
    const origins = this.columns.map(({ bytes: values, ends, count }) => {
      bytes.set(values.subarray(0, ends[count - 1]), at);
      at += ends[count - 1];
      return at - ends[count - 1] - 4;
    });
    view.setUint32(0, at, isLittleEndian);
    const put = (value: number) => {
      view.setUint32(at, value, isLittleEndian);
      at += 4;
    };
    this.columns.forEach(({ rows, ends, count }, index) => {
      put(count);
      for (let k = 0; k < count; k++) put(rows[k]);
      for (let k = 0; k < count; k++) put(origins[index] + (k > 0 ? ends[k - 1] : 0));
    });
    return bytes;
  }
}

function grown<T extends Uint8Array | Uint32Array>(values: T, length: number): T {
  const larger = new (values.constructor as new (length: number) => T)(length);
  larger.set(values);
  return larger;
}
