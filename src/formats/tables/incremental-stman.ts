import { fail } from '../../foundation/base/index.ts';
import { AipsReader, AipsWriter } from './aipsio.ts';
import { ArrayFile } from './array-file.ts';
import { elementCount, typeInfo } from './data-types.ts';
import { IncrementalBuckets, type IncrementalFile, IncrementalWriter } from './incremental-buckets.ts';
import {
  DirectColumn,
  type IncrementalColumn,
  type IncrementalHost,
  IndirectColumn,
  isIndirect,
} from './incremental-columns.ts';
import { directCodec, type IntervalCodec, type IntervalValue, offsetCodec } from './incremental-values.ts';
import { IntervalList } from './interval-list.ts';
import {
  type ColumnLayout,
  registerStorageManager,
  type StorageColumn,
  type StorageContext,
  type StorageManager,
} from './storage.ts';
import type { StorageManagerDescription } from './types.ts';

const MIN_BUCKET = 32_768;
const MAX_BUCKET = 327_680;
/** A new table's intervals of full buckets go to the file when a column has so many bytes of a bucket for each: a bucket and a half. */
const SPILL_BYTES = 8;

/** Bucket size as casacore chooses it: 100 rows, within limits. */
function defaultBucket(layouts: readonly ColumnLayout[]): number {
  let fixed = 0;
  let free = 0;
  for (const layout of layouts) {
    const count = elementCount(layout.shape ?? []);
    fixed += 8;
    if (isIndirect(layout)) fixed += 8;
    else if (layout.type === 'String') {
      fixed += 4 * (count + 1);
      free += 32 * count;
    } else fixed += layout.type === 'Bool' ? Math.ceil(count / 8) : count * typeInfo(layout.type).bytes;
  }
  const head = 4 * (layouts.length + 1);
  const size = head + 100 * (fixed + free);
  if (size < MIN_BUCKET) return MIN_BUCKET;
  if (size <= MAX_BUCKET) return size;
  const less = head + 10 * (fixed + free);
  return less <= MAX_BUCKET ? less : Math.max(MAX_BUCKET, head + 2 * (fixed + free));
}

/** The managers of this thread that hold what they read of a file; it is written anew in place. */
const readers = new Set<IncrementalStMan>();

function forgetStored(file: string): void {
  for (const reader of [...readers]) reader.forget(file);
}

/** casacore's IncrementalStMan: a value is stored only where it differs from the row before. */
export class IncrementalStMan implements StorageManager, IncrementalHost {
  readonly name: string;
  readonly context: StorageContext;
  readonly codecs: readonly IntervalCodec[];
  private readonly version: number;
  private readonly columns: IncrementalColumn[];
  private rowCount: number;
  private bucketBytes = MIN_BUCKET;
  private cacheSize = 1;
  private uniqueNumber = 0;
  private stored: IncrementalBuckets | undefined;
  private loaded: IntervalList[] | undefined;
  private openArrays: ArrayFile | undefined;
  private isChanged = false;
  /** Of a table that grows: the new file, which has the rows before `spilledRows` already. */
  private spill: IncrementalWriter | undefined;
  /** Nobody asked for rows that had gone to the file. */
  private isAppended = true;
  private spilledRows = 0;

  private constructor(context: StorageContext, name: string, version: number) {
    this.context = context;
    this.name = name;
    this.version = version;
    this.rowCount = context.rowCount;
    const { isLittleEndian, file } = context;
    this.codecs = context.columns.map((layout) =>
      isIndirect(layout) ? offsetCodec(isLittleEndian, file) : directCodec(layout, isLittleEndian, file),
    );
    this.columns = context.columns.map((layout, column) =>
      isIndirect(layout) ? new IndirectColumn(this, column, layout) : new DirectColumn(this, column, layout),
    );
  }

  static open(context: StorageContext): IncrementalStMan {
    const reader = new AipsReader(context.blob, false, `${context.tablePath}/table.dat`);
    const version = reader.start('ISM');
    const name = reader.string();
    reader.end();
    return new IncrementalStMan(context, name, version);
  }

  static create(context: StorageContext, description: StorageManagerDescription): IncrementalStMan {
    const manager = new IncrementalStMan(context, description.name, 3);
    manager.bucketBytes = description.bucketBytes ?? defaultBucket(context.columns);
    manager.uniqueNumber = context.columns.filter(isIndirect).length;
    manager.loaded = manager.emptyLists();
    manager.columns.forEach((column) => {
      column.written = 0;
    });
    if (manager.uniqueNumber > 0) manager.arrays.flush();
    manager.isChanged = true;
    return manager;
  }

  column(index: number): StorageColumn {
    return this.columns[index];
  }

  /** Bytes of a bucket. */
  get largestBucket(): number {
    if (!this.loaded) this.buckets();
    return this.bucketBytes;
  }

  get rows(): number {
    return this.rowCount;
  }

  get arrays(): ArrayFile {
    const { file, isLittleEndian, isWritable } = this.context;
    if (this.version < 3) {
      fail(
        'unsupported',
        'The IncrementalStMan is of the form used before 1998; open the table once with casacore to renew it.',
        { file },
      );
    }
    this.openArrays ??= new ArrayFile(`${file}i`, isLittleEndian, isWritable, 1);
    return this.openArrays;
  }

  /** Calls `act` for each interval that touches a range of rows: its value and the rows of the range in it. */
  eachInterval(
    column: number,
    row: number,
    count: number,
    act: (value: IntervalValue, row: number, rows: number) => void,
  ): void {
    const end = row + count;
    this.recall(row);
    if (this.loaded) {
      walk(this.loaded[column].starts, this.loaded[column].values, this.loaded[column].at(row), row, end, 0, act);
      return;
    }
    const stored = this.buckets();
    for (let at = row; at < end; ) {
      const bucket = stored.at(at);
      const first = stored.rows[bucket];
      const last = bucket + 1 < stored.bucketCount ? Math.min(end, stored.rows[bucket + 1]) : end;
      const { starts, values } = stored.intervals(bucket, column);
      let interval = 0;
      if (at > first) while (interval + 1 < starts.length && starts[interval + 1] + first <= at) interval++;
      walk(starts, values, interval, at, last, first, act);
      if (last <= at) fail('bad-format', 'The index of buckets is not in order.', { file: this.context.file });
      at = last;
    }
  }

  /** Intervals of a column from a row on, to change. */
  list(column: number, firstRow: number): IntervalList {
    this.recall(firstRow);
    this.isChanged = true;
    return this.load()[column];
  }

  addRows(count: number): void {
    this.load();
    this.spillFull();
    const wasEmpty = this.rowCount === 0;
    this.rowCount += count;
    this.isChanged = true;
    if (!wasEmpty) return;
    this.context.columns.forEach((layout, column) => {
      if (isIndirect(layout) && layout.shape && count > 0) this.columns[column].setShape(0, count, layout.shape);
    });
  }

  removeRows(rows: ArrayLike<number>): void {
    this.recall(0);
    for (const list of this.load()) list.removeRows(rows, this.rowCount);
    this.rowCount -= rows.length;
    if (this.rowCount === 0) this.loaded = this.emptyLists();
    for (const column of this.columns) column.rowsRemoved();
    this.isChanged = true;
  }

  flush(): Uint8Array {
    if (this.isChanged) this.write();
    this.openArrays?.flush();
    return new AipsWriter(false).start('ISM', this.version).string(this.name).end().bytes().slice();
  }

  /** Lets go of what was read from a file that another manager writes anew. */
  forget(file: string): void {
    if (this.context.file === file) this.forgetStored();
  }

  private forgetStored(): void {
    this.stored?.close();
    this.stored = undefined;
    readers.delete(this);
  }

  close(): void {
    this.spill?.discard();
    this.spill = undefined;
    this.forgetStored();
    this.openArrays?.close();
    this.openArrays = undefined;
  }

  private write(): void {
    const lists = this.load();
    forgetStored(this.context.file);
    const counts = new Map<number, number>();
    const { columns } = this.context;
    const writer = this.spill ?? new IncrementalWriter(this.context.file);
    this.spill = undefined;
    writer.finish({
      ...this.content(lists),
      onStored: (column, value) => {
        if (isIndirect(columns[column]) && value !== 0)
          counts.set(value as number, (counts.get(value as number) ?? 0) + 1);
      },
    });
    for (const [offset, count] of counts) this.arrays.setReferences(offset, count);
    this.isChanged = false;
    if (this.spilledRows === 0) return;
    // The lists have the last rows only.
    this.loaded = undefined;
    this.spilledRows = 0;
  }

  private content(lists: readonly IntervalList[]): IncrementalFile {
    const { isLittleEndian } = this.context;
    const { bucketBytes, cacheSize, uniqueNumber, rowCount, codecs } = this;
    const keepsFile = this.context.keepsFiles();
    return { isLittleEndian, bucketBytes, cacheSize, uniqueNumber, rowCount, lists, codecs, keepsFile };
  }

  /** Before rows are added: memory must not grow with the rows of a table that is written in their order. */
  private spillFull(): void {
    const lists = this.loaded;
    if (!lists || !this.isAppended || lists.every((list) => SPILL_BYTES * list.starts.length < this.bucketBytes))
      return;
    if (this.context.columns.some(isIndirect)) return;
    this.spill ??= new IncrementalWriter(this.context.file);
    this.spilledRows = this.spill.writeFull(this.content(lists));
    for (const list of lists) list.dropBefore(this.spilledRows);
  }

  /** Brings back what went to the file when rows before that are asked for. */
  private recall(row: number): void {
    if (row >= this.spilledRows) return;
    this.write();
    this.isAppended = false;
  }

  private emptyLists(): IntervalList[] {
    return this.codecs.map((codec) => new IntervalList([0], [codec.initial], codec.isEqual));
  }

  private buckets(): IncrementalBuckets {
    if (!this.stored) {
      const { file, isLittleEndian } = this.context;
      this.stored = new IncrementalBuckets(file, isLittleEndian, this.codecs);
      readers.add(this);
      this.bucketBytes = this.stored.bucketBytes;
      this.cacheSize = this.stored.cacheSize;
      this.uniqueNumber = this.stored.uniqueNumber;
    }
    return this.stored;
  }

  private load(): IntervalList[] {
    if (this.loaded) return this.loaded;
    const stored = this.buckets();
    const lists = this.codecs.map((codec, column) => {
      const list = new IntervalList([], [], codec.isEqual);
      for (let bucket = 0; bucket < stored.bucketCount; bucket++) {
        const { starts, values } = stored.intervals(bucket, column);
        for (let k = 0; k < starts.length; k++) list.append(starts[k] + stored.rows[bucket], values[k]);
      }
      return list;
    });
    this.forgetStored();
    this.loaded = lists;
    return lists;
  }
}

function walk(
  starts: ArrayLike<number>,
  values: readonly IntervalValue[],
  first: number,
  row: number,
  end: number,
  origin: number,
  act: (value: IntervalValue, row: number, rows: number) => void,
): void {
  for (let interval = first, at = row; at < end; interval++) {
    const next = interval + 1 < starts.length ? Math.min(end, starts[interval + 1] + origin) : end;
    if (next > at) act(values[interval], at, next - at);
    at = Math.max(at, next);
  }
}

registerStorageManager('IncrementalStMan', { open: IncrementalStMan.open, create: IncrementalStMan.create });
