import type { AipsReader, AipsWriter } from './aipsio.ts';

/** Which rows lie in which bucket, for the columns of a StandardStMan that share buckets. */
export class StandardIndex {
  readonly rowsPerBucket: number;
  private columnCount: number;
  /** Unused bytes inside each bucket: offset to length. */
  private readonly freeSpace: Map<number, number>;
  /** Last row of each bucket. */
  private lastRows: number[];
  private buckets: number[];
  private recent = 0;

  constructor(rowsPerBucket: number, columnCount: number, freeSpace: Map<number, number>) {
    this.rowsPerBucket = rowsPerBucket;
    this.columnCount = columnCount;
    this.freeSpace = freeSpace;
    this.lastRows = [];
    this.buckets = [];
  }

  static read(reader: AipsReader): StandardIndex {
    const version = reader.start('SSMIndex');
    const used = reader.cursor.u32();
    const rowsPerBucket = reader.cursor.u32();
    const columnCount = reader.cursor.i32();
    reader.start('SimpleOrderedMap');
    reader.cursor.i32();
    const freeCount = reader.count(8);
    reader.cursor.u32();
    const freeSpace = new Map<number, number>();
    for (let k = 0; k < freeCount; k++) freeSpace.set(reader.cursor.i32(), reader.cursor.i32());
    reader.end();
    const index = new StandardIndex(rowsPerBucket, columnCount, freeSpace);
    index.lastRows = reader.block(version === 1 ? 4 : 8).slice(0, used);
    index.buckets = reader.block().slice(0, used);
    reader.end();
    if (index.lastRows.length !== used || index.buckets.length !== used)
      reader.bad('the index of buckets is incomplete.');
    for (let k = 1; k < used; k++) {
      if (index.lastRows[k] <= index.lastRows[k - 1]) reader.bad('the index of buckets is not in order.');
    }
    return index;
  }

  write(writer: AipsWriter): void {
    const isLong = this.rowCount > 0xffffffff;
    writer
      .start('SSMIndex', isLong ? 2 : 1)
      .u32(this.buckets.length)
      .u32(this.rowsPerBucket)
      .i32(this.columnCount);
    writer.start('SimpleOrderedMap', 1).i32(0).u32(this.freeSpace.size).u32(1);
    for (const [offset, length] of [...this.freeSpace].sort((a, b) => a[0] - b[0])) writer.i32(offset).i32(length);
    writer
      .end()
      .block(this.lastRows, isLong ? 8 : 4)
      .block(this.buckets)
      .end();
  }

  get rowCount(): number {
    return this.lastRows.length === 0 ? 0 : this.lastRows[this.lastRows.length - 1] + 1;
  }

  /** Index of the entry with a row; -1 when there is none. */
  entryOf(row: number): number {
    const { lastRows } = this;
    let entry = this.recent;
    if (entry < lastRows.length && row <= lastRows[entry] && (entry === 0 || row > lastRows[entry - 1])) return entry;
    let low = 0;
    let high = lastRows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (lastRows[middle] < row) low = middle + 1;
      else high = middle;
    }
    entry = low < lastRows.length ? low : -1;
    this.recent = Math.max(0, entry);
    return entry;
  }

  bucketOf(entry: number): number {
    return this.buckets[entry];
  }

  firstRow(entry: number): number {
    return entry === 0 ? 0 : this.lastRows[entry - 1] + 1;
  }

  lastRow(entry: number): number {
    return this.lastRows[entry];
  }

  get entryCount(): number {
    return this.buckets.length;
  }

  addRows(count: number, newBucket: () => number): void {
    let left = count;
    const last = this.buckets.length - 1;
    if (last >= 0) {
      const fits = Math.min(left, this.rowsPerBucket - (this.lastRows[last] + 1 - this.firstRow(last)));
      this.lastRows[last] += fits;
      left -= fits;
    }
    while (left > 0) {
      const rows = Math.min(left, this.rowsPerBucket);
      const before = this.rowCount;
      this.buckets.push(newBucket());
      this.lastRows.push(before + rows - 1);
      left -= rows;
    }
  }

  /** Takes `counts[entry]` rows out of each entry; returns the buckets that became empty. */
  removeRows(counts: readonly number[]): number[] {
    const emptied: number[] = [];
    const lastRows: number[] = [];
    const buckets: number[] = [];
    let total = 0;
    for (let entry = 0; entry < this.buckets.length; entry++) {
      const rows = this.lastRows[entry] + 1 - this.firstRow(entry) - counts[entry];
      if (rows === 0) emptied.push(this.buckets[entry]);
      else {
        total += rows;
        lastRows.push(total - 1);
        buckets.push(this.buckets[entry]);
      }
    }
    this.lastRows = lastRows;
    this.buckets = buckets;
    this.recent = 0;
    return emptied;
  }
}
