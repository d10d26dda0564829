import { fail } from '../../foundation/base/index.ts';
import { disk } from '../../foundation/bytes/index.ts';
import { AipsReader } from './aipsio.ts';
import { ArrayFile } from './array-file.ts';
import { elementCount, makeValues, sameShape, typeInfo } from './data-types.ts';
import { readScalar, readValues, setScalar } from './records.ts';
import {
  type ColumnLayout,
  registerStorageManager,
  type ShapeRun,
  type StorageColumn,
  type StorageContext,
  type StorageManager,
} from './storage.ts';
import type { ColumnValues } from './types.ts';
import { unpackBits } from './value-codec.ts';

/** Stands for an offset that does not fit in 31 bits; the offset follows in 64. */
const LONG_OFFSET = 2 ** 31 + 1;

/** casacore's first storage manager: all columns in one AipsIO object, big-endian always; only read here. */
class AipsIoStMan implements StorageManager {
  private readonly context: StorageContext;
  private readonly columns: AipsIoColumn[];
  private groupName: string | undefined;
  private openArrays: ArrayFile | undefined;

  constructor(context: StorageContext) {
    this.context = context;
    this.columns = context.columns.map((layout) => new AipsIoColumn(this, layout));
  }

  get name(): string {
    this.load();
    return this.groupName ?? '';
  }

  get arrays(): ArrayFile {
    this.openArrays ??= new ArrayFile(`${this.context.file}i`, false, false, 0);
    return this.openArrays;
  }

  column(index: number): StorageColumn {
    return this.columns[index];
  }

  /** Reads the whole file, once: it cannot be read in parts. */
  load(): void {
    if (this.groupName !== undefined) return;
    const { file, columns, rowCount } = this.context;
    const reader = new AipsReader(disk().readFile(file), false, file);
    const version = reader.start('StManAipsIO');
    this.groupName = version > 1 ? reader.string() : '';
    reader.cursor.u32();
    reader.cursor.u32();
    const rows = reader.cursor.u32();
    const columnCount = reader.cursor.u32();
    if (rows < rowCount || columnCount !== columns.length) {
      reader.bad(`it has ${rows} rows and ${columnCount} columns, the table ${rowCount} and ${columns.length}.`);
    }
    for (let k = 0; k < columnCount; k++) reader.cursor.i32();
    for (const column of this.columns) column.load(reader, rows);
    reader.end();
  }

  addRows(): void {
    this.refuse();
  }

  refuse(): never {
    return fail('unsupported', 'Columns in a StManAipsIO can be read but not changed; copy the table with casacore.', {
      file: this.context.file,
    });
  }

  flush(): Uint8Array {
    return this.context.blob;
  }

  close(): void {
    this.openArrays?.close();
    this.openArrays = undefined;
  }
}

class AipsIoColumn implements StorageColumn {
  private readonly host: AipsIoStMan;
  private readonly layout: ColumnLayout;
  private readonly isIndirect: boolean;
  /** Values of all cells, or the offsets of their arrays. */
  private values: ColumnValues = [];
  private offsets: number[] = [];

  constructor(host: AipsIoStMan, layout: ColumnLayout) {
    this.host = host;
    this.layout = layout;
    this.isIndirect = !layout.isScalar && !layout.isDirect;
  }

  load(reader: AipsReader, rows: number): void {
    if (this.isIndirect) {
      const version = reader.start('StManColumnIndArrayAipsIO');
      if (version < 2) reader.bad('its arrays are in the form used before 1998.');
      reader.cursor.i32();
      reader.cursor.u32();
      this.loadChunks(reader, rows, (count) => this.loadOffsets(reader, count));
      reader.end();
      return;
    }
    const each = elementCount(this.layout.shape ?? []);
    if (rows * each > 8 * reader.cursor.remaining) reader.bad('a column announces more values than there are bytes.');
    this.values = makeValues(this.layout.type, rows * each);
    let done = 0;
    if (this.layout.isScalar) {
      this.loadChunks(reader, rows, (count) => {
        const chunk = readValues(reader, this.layout.type);
        this.copy(chunk, done);
        done += count;
      });
      return;
    }
    const version = reader.start('StManColumnArrayAipsIO');
    if (version < 2) reader.bad('its arrays are in the form used before 1996.');
    this.loadChunks(reader, rows, (count) => {
      reader.cursor.u32();
      for (let row = 0; row < count; row++) this.loadArray(reader, each, (done + row) * each);
      done += count;
    });
    reader.end();
  }

  shapeRun(row: number, limit: number): ShapeRun {
    this.host.load();
    if (!this.isIndirect) return { shape: this.layout.shape ?? [], count: limit };
    const shape = this.shapeOf(row);
    let count = 1;
    while (count < limit && sameShape(this.shapeOf(row + count), shape)) count++;
    return { shape, count };
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    this.host.load();
    const { units, type } = typeInfo(this.layout.type);
    if (!this.isIndirect) {
      const step = elementCount(this.layout.shape ?? []) * units;
      for (let k = 0; k < count * step; k++) values[at + k] = this.values[row * step + k];
      return;
    }
    for (let k = 0, target = at; k < count; k++) {
      const array = this.host.arrays.find(this.offsets[row + k], this.layout.type);
      const each = elementCount(array.shape);
      this.host.arrays.read(array, type, 0, each, values, target);
      target += each * units;
    }
  }

  write(): void {
    this.host.refuse();
  }

  setShape(): void {
    this.host.refuse();
  }

  private shapeOf(row: number): readonly number[] | undefined {
    const offset = this.offsets[row];
    return offset === 0 ? undefined : this.host.arrays.find(offset, this.layout.type).shape;
  }

  /** The values of a column come in pieces: a count of rows, then that many. */
  private loadChunks(reader: AipsReader, rows: number, act: (count: number) => void): void {
    reader.start('StManColumnAipsIO');
    const total = reader.cursor.u32();
    if (total !== rows) reader.bad('a column has not as many values as the manager has rows.');
    for (let done = 0; done < rows; ) {
      let count = reader.cursor.u32();
      if (count === 0) count = rows - done;
      if (done + count > rows) reader.bad('a column has more values than the manager has rows.');
      act(count);
      done += count;
    }
    reader.end();
  }

  private loadOffsets(reader: AipsReader, count: number): void {
    for (let k = 0; k < count; k++) {
      const offset = reader.cursor.u32();
      this.offsets.push(offset === LONG_OFFSET ? reader.count64() : offset);
    }
  }

  private loadArray(reader: AipsReader, count: number, at: number): void {
    if (this.layout.type === 'Bool') {
      unpackBits(reader.cursor.raw(Math.ceil(count / 8)), 0, this.values as Uint8Array, at, count);
      return;
    }
    for (let k = 0; k < count; k++) setScalar(this.values, at + k, readScalar(reader, this.layout.type));
  }

  private copy(chunk: ColumnValues, at: number): void {
    const { units } = typeInfo(this.layout.type);
    for (let k = 0; k < chunk.length; k++) this.values[at * units + k] = chunk[k];
  }
}

registerStorageManager('StManAipsIO', { open: (context) => new AipsIoStMan(context) });
