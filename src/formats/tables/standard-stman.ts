import { fail } from '../../foundation/base/index.ts';
import { AipsReader, AipsWriter } from './aipsio.ts';
import { ArrayFile } from './array-file.ts';
import { BucketFile, readHeader } from './bucket-file.ts';
import { elementCount, typeInfo } from './data-types.ts';
import { FixedCells, IndirectArrays, type StandardCells } from './standard-columns.ts';
import { StandardIndex } from './standard-index.ts';
import { DirectTexts, FixedTexts, IndirectTexts, Texts } from './standard-texts.ts';
import {
  type ColumnLayout,
  registerStorageManager,
  type StorageColumn,
  type StorageContext,
  type StorageManager,
} from './storage.ts';
import { StringHeap } from './string-heap.ts';
import type { StorageManagerDescription } from './types.ts';

/** casacore's default number of rows in a bucket, and its limits of a bucket sized by rows. */
const DEFAULT_ROWS = 32;
const MIN_BUCKET = 128;
const MAX_BUCKET = 32_768;
/** An index bucket begins with its own and the next bucket's number. */
const INDEX_PREFIX = 8;

/** Bits of one cell in a bucket. */
function cellBits(layout: ColumnLayout): number {
  if (layout.type === 'String' && layout.maxLength > 0 && layout.isScalar) return 8 * layout.maxLength;
  if (layout.type === 'String') return 96;
  if (!layout.isDirect) return 64;
  const count = elementCount(layout.shape ?? []);
  return layout.type === 'Bool' ? count : 8 * count * typeInfo(layout.type).bytes;
}

function bytesOf(rows: number, bits: readonly number[]): number {
  return bits.reduce((sum, cell) => sum + Math.ceil((rows * cell) / 8), 0);
}

/** Rows and bytes of a bucket, as casacore chooses them. */
export function planBucket(bits: readonly number[], bucketBytes: number | undefined): { rows: number; bytes: number } {
  const fill = (bytes: number): { rows: number; bytes: number } => {
    let rows = 1;
    if (bytesOf(1, bits) > bytes) return { rows: 1, bytes: bytesOf(1, bits) };
    while (bytesOf(rows + 1, bits) <= bytes)
      rows += Math.max(1, Math.floor((bytes - bytesOf(rows, bits)) / bytesOf(8, bits)));
    return { rows, bytes };
  };
  if (bucketBytes !== undefined) return fill(Math.max(MIN_BUCKET, bucketBytes));
  const size = (rows: number) => {
    const wanted = bytesOf(rows, bits);
    const bytes = Math.min(MAX_BUCKET, Math.max(MIN_BUCKET, wanted));
    return bytes === wanted ? { rows, bytes } : fill(bytes);
  };
  const plan = size(DEFAULT_ROWS);
  if (plan.rows >= DEFAULT_ROWS) return plan;
  return size(Math.ceil(DEFAULT_ROWS / Math.ceil(DEFAULT_ROWS / plan.rows)));
}

/** casacore's StandardStMan: columns side by side in buckets of rows; texts in a heap; varying arrays in a file of their own. */
export class StandardStMan implements StorageManager {
  readonly name: string;
  readonly context: StorageContext;
  private readonly columns: StandardCells[];
  /** Offset of each column in its buckets, and the index of buckets it belongs to. */
  private readonly offsets: number[];
  private readonly indexOf: number[];
  private indices: StandardIndex[] = [];
  private openBuckets: BucketFile | undefined;
  private openHeap: StringHeap | undefined;
  private openArrays: ArrayFile | undefined;
  private firstIndexBucket = -1;
  private indexBuckets: number[] = [];
  private cacheSize = 2;
  private isChanged = false;

  private constructor(context: StorageContext, name: string, offsets: number[], indexOf: number[]) {
    this.context = context;
    this.name = name;
    this.offsets = offsets;
    this.indexOf = indexOf;
    this.columns = context.columns.map((layout, column) => makeCells(this, column, layout));
  }

  static open(context: StorageContext): StandardStMan {
    const reader = new AipsReader(context.blob, false, `${context.tablePath}/table.dat`);
    reader.start('SSM');
    const name = reader.string();
    const offsets = reader.block();
    const indexOf = reader.block();
    reader.end();
    const count = context.columns.length;
    if (offsets.length < count || indexOf.length < count)
      reader.bad('a StandardStMan does not say where its columns are.');
    return new StandardStMan(context, name, offsets, indexOf);
  }

  static create(context: StorageContext, description: StorageManagerDescription): StandardStMan {
    const bits = context.columns.map(cellBits);
    const plan = planBucket(bits, description.bucketBytes);
    const offsets: number[] = [];
    let used = 0;
    for (const cell of bits) {
      offsets.push(used);
      used += Math.ceil((plan.rows * cell) / 8);
    }
    const free = new Map<number, number>();
    if (plan.bytes > used) free.set(used, plan.bytes - used);
    const manager = new StandardStMan(
      context,
      description.name,
      offsets,
      bits.map(() => 0),
    );
    manager.indices = [new StandardIndex(plan.rows, bits.length, free)];
    const layout = { bucketBytes: plan.bytes, bucketCount: 0, freeCount: 0, firstFree: -1 };
    manager.openBuckets = new BucketFile(context.file, true, layout, description.cacheBytes);
    manager.openHeap = new StringHeap(manager.openBuckets, -1, context.file);
    if (context.columns.some((layout) => !layout.isDirect && layout.type !== 'String')) manager.arrays.flush();
    manager.isChanged = true;
    return manager;
  }

  column(index: number): StorageColumn {
    return this.columns[index];
  }

  get buckets(): BucketFile {
    if (!this.openBuckets) this.load();
    return this.openBuckets as BucketFile;
  }

  get heap(): StringHeap {
    if (!this.openHeap) this.load();
    return this.openHeap as StringHeap;
  }

  get arrays(): ArrayFile {
    const { file, isLittleEndian, isWritable } = this.context;
    this.openArrays ??= new ArrayFile(`${file}i`, isLittleEndian, isWritable, 0);
    return this.openArrays;
  }

  /** Index of buckets of a column. */
  index(column: number): StandardIndex {
    if (!this.openBuckets) this.load();
    const index = this.indices[this.indexOf[column]];
    return index ?? fail('bad-format', `Column ${column} has no index of buckets.`, { file: this.context.file });
  }

  offset(column: number): number {
    return this.offsets[column];
  }

  /** Must be called when anything was written. */
  touch(): void {
    this.isChanged = true;
  }

  addRows(count: number): void {
    const buckets = this.buckets;
    const before = this.indices[0]?.rowCount ?? 0;
    for (const index of this.indices) index.addRows(count, () => buckets.add());
    this.isChanged = true;
    this.context.columns.forEach((layout, column) => {
      if (layout.shape && !layout.isDirect && layout.type !== 'String')
        this.columns[column].setShape(before, count, layout.shape);
    });
  }

  removeRows(rows: ArrayLike<number>): void {
    const buckets = this.buckets;
    for (let column = 0; column < this.columns.length; column++) this.columns[column].removeRows(rows);
    for (const index of this.indices) {
      const counts = new Array<number>(index.entryCount).fill(0);
      for (let k = 0; k < rows.length; k++) counts[index.entryOf(rows[k])]++;
      for (const bucket of index.removeRows(counts)) buckets.free(bucket);
    }
    this.isChanged = true;
  }

  flush(): Uint8Array {
    if (this.isChanged) {
      this.writeIndex();
      this.buckets.flush();
      this.buckets.writeHeader(this.header());
      this.isChanged = false;
    }
    this.openArrays?.flush();
    const writer = new AipsWriter(false);
    return writer.start('SSM', 2).string(this.name).block(this.offsets).block(this.indexOf).end().bytes().slice();
  }

  close(): void {
    this.openBuckets?.close();
    this.openArrays?.close();
    this.openBuckets = undefined;
    this.openArrays = undefined;
    this.openHeap = undefined;
  }

  private load(): void {
    const { file, isLittleEndian, isWritable } = this.context;
    const reader = new AipsReader(readHeader(file), isLittleEndian, file);
    const { cursor } = reader;
    const version = reader.start('StandardStMan');
    if (version >= 3) reader.bool();
    const bucketBytes = cursor.u32();
    const bucketCount = cursor.u32();
    this.cacheSize = cursor.u32();
    const freeCount = cursor.u32();
    const firstFree = cursor.i32();
    const indexBucketCount = cursor.u32();
    this.firstIndexBucket = cursor.i32();
    const indexOffset = version >= 2 ? cursor.u32() : 0;
    const lastTextBucket = cursor.i32();
    const indexLength = cursor.u32();
    const indexCount = cursor.u32();
    reader.end();
    if (bucketBytes < 32 || bucketBytes > 0x40000000)
      reader.bad(`a bucket size of ${bucketBytes} bytes is impossible.`);
    const buckets = new BucketFile(file, isWritable, { bucketBytes, bucketCount, freeCount, firstFree });
    this.openBuckets = buckets;
    this.openHeap = new StringHeap(buckets, lastTextBucket, file);
    const bytes = this.readIndexBytes(indexBucketCount, indexOffset, indexLength);
    const indexReader = new AipsReader(bytes, isLittleEndian, file);
    this.indices = [];
    for (let k = 0; k < indexCount; k++) this.indices.push(StandardIndex.read(indexReader));
  }

  private readIndexBytes(bucketCount: number, offset: number, length: number): Uint8Array {
    const buckets = this.buckets;
    if (bucketCount > buckets.bucketCount || length > bucketCount * buckets.bucketBytes) {
      fail('bad-format', 'The index of buckets is longer than the file.', { file: this.context.file });
    }
    const bytes = new Uint8Array(length);
    let bucket = this.firstIndexBucket;
    this.indexBuckets = [];
    for (let done = 0, k = 0; k < bucketCount; k++) {
      const view = buckets.view(bucket);
      const start = offset > 0 ? offset : INDEX_PREFIX;
      const part = view.subarray(start, Math.min(view.length, start + length - done));
      bytes.set(part, done);
      done += part.length;
      this.indexBuckets.push(bucket);
      bucket = new DataView(view.buffer, view.byteOffset).getInt32(4);
    }
    return bytes;
  }

  /** Writes the index into new buckets, then frees the old ones: a reader never sees half an index. */
  private writeIndex(): void {
    const buckets = this.buckets;
    const writer = new AipsWriter(this.context.isLittleEndian);
    for (const index of this.indices) index.write(writer);
    const bytes = writer.bytes();
    this.indexLength = bytes.length;
    const room = buckets.bucketBytes - INDEX_PREFIX;
    const count = Math.ceil(bytes.length / room);
    const chain = Array.from({ length: count }, () => buckets.add());
    for (let k = 0; k < count; k++) {
      const bucket = buckets.edit(chain[k]);
      const view = new DataView(bucket.buffer, bucket.byteOffset);
      const next = k + 1 < count ? chain[k + 1] : -1;
      view.setInt32(0, next);
      view.setInt32(4, next);
      bucket.set(bytes.subarray(k * room, (k + 1) * room), INDEX_PREFIX);
    }
    for (const bucket of this.indexBuckets) buckets.free(bucket);
    this.indexBuckets = chain;
    this.firstIndexBucket = chain[0];
  }

  private indexLength = 0;

  private header(): Uint8Array {
    const { isLittleEndian } = this.context;
    const buckets = this.buckets;
    const writer = new AipsWriter(isLittleEndian);
    writer.start('StandardStMan', isLittleEndian ? 3 : 2);
    if (isLittleEndian) writer.bool(false);
    writer.u32(buckets.bucketBytes).u32(buckets.bucketCount).u32(this.cacheSize);
    writer.u32(buckets.freeCount).i32(buckets.firstFree);
    writer.u32(this.indexBuckets.length).i32(this.firstIndexBucket).u32(0);
    writer.i32(this.heap.lastBucket).u32(this.indexLength).u32(this.indices.length);
    return writer.end().bytes();
  }
}

function makeCells(manager: StandardStMan, column: number, layout: ColumnLayout): StandardCells {
  if (layout.type === 'String') {
    if (layout.isScalar)
      return layout.maxLength > 0 ? new FixedTexts(manager, column, layout) : new Texts(manager, column, layout);
    return layout.shape ? new DirectTexts(manager, column, layout) : new IndirectTexts(manager, column, layout);
  }
  return layout.isDirect ? new FixedCells(manager, column, layout) : new IndirectArrays(manager, column, layout);
}

registerStorageManager('StandardStMan', { open: StandardStMan.open, create: StandardStMan.create });
