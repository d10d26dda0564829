import {
  type ColumnLayout,
  type ColumnValues,
  registerStorageManager,
  type ShapeRun,
  type StorageColumn,
  type StorageContext,
  type StorageManager,
} from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import {
  type ByteSource,
  baseName,
  directoryName,
  disk,
  joinPath,
  swapBytesInPlace,
} from '../../foundation/bytes/index.ts';
import { AsdmIndex, type AsdmIndexEntry, readAsdmIndex, writeAsdmIndex } from './asdm-index.ts';

/** Name of the storage manager and of its only instance in a table. */
export const ASDM_STMAN = 'AsdmStMan';
/** Blocks up to this size are read at once and kept; of larger ones, or for longer cells, each cell is read alone. */
const BLOCK_BYTES = 8 * 1024 * 1024;
const LONG_CELL_BYTES = 4096;

type Numbers = Int16Array | Int32Array | Float32Array;

/**
 * A column whose cells lie in the BDFs of an ASDM: `table.fNasdmindex` says where. Nothing is ever written to a BDF.
 *
 * CASA's lazy importasdm keeps DATA (or FLOAT_DATA) there; earlier versions also FLAG, WEIGHT and SIGMA, which are constant.
 */
class AsdmStMan implements StorageManager {
  readonly name = ASDM_STMAN;
  private readonly context: StorageContext;
  private readonly indexFile: string;
  private readonly made: AsdmIndex | undefined;
  private read: AsdmIndex | undefined;
  private writtenCount = -1;
  private readonly blocks: BlockReader;

  /** @param made the index of a new column, which its maker goes on to fill */
  constructor(context: StorageContext, made?: AsdmIndex) {
    this.context = context;
    this.indexFile = `${context.file}asdmindex`;
    this.made = made;
    this.blocks = new BlockReader(this, context.tablePath);
  }

  get index(): AsdmIndex {
    if (this.made) return this.made;
    this.read ??= readAsdmIndex(disk().readFile(this.indexFile), this.indexFile);
    return this.read;
  }

  column(number: number): StorageColumn {
    const layout = this.context.columns[number];
    if (layout.name === 'DATA' || layout.name === 'FLOAT_DATA') return new VisibilityColumn(this, this.blocks, layout);
    const value = { FLAG: 0, WEIGHT: 1, SIGMA: 1 }[layout.name];
    if (value === undefined)
      fail('unsupported', 'An AsdmStMan holds only DATA, FLOAT_DATA, FLAG, WEIGHT and SIGMA.', {
        file: this.indexFile,
        column: layout.name,
      });
    return new ConstantColumn(this, layout, value);
  }

  addRows(): void {}

  flush(): Uint8Array {
    if (this.made && this.made.entries.length !== this.writtenCount) {
      const partial = `${this.indexFile}_tmp`;
      disk().writeFile(partial, writeAsdmIndex(this.made));
      disk().rename(partial, this.indexFile);
      this.writtenCount = this.made.entries.length;
    }
    return new Uint8Array(0);
  }

  close(): void {
    this.blocks.close();
  }

  /** Rows from `row` on whose cells have one shape; rows that the index does not know are undefined. */
  shapeRun(row: number, limit: number, shapeOf: (entry: AsdmIndexEntry) => readonly number[]): ShapeRun {
    const first = this.index.entryOf(row);
    if (!first) return { shape: undefined, count: 1 };
    const shape = shapeOf(first);
    let end = first.row + first.pairCount;
    while (end < row + limit) {
      const next = this.index.entryOf(end);
      if (!next || shapeOf(next).join() !== shape.join()) break;
      end = next.row + next.pairCount;
    }
    return { shape, count: Math.min(limit, end - row) };
  }

  refuseWriting(name: string): never {
    return fail(
      'unsupported',
      `${name} of this MeasurementSet lies in the binary data of its ASDM and cannot be changed; make a MeasurementSet with its own data: importasdm with lazy=False, or split.`,
      { table: this.context.tablePath, column: name },
    );
  }
}

/** Correlations of a row: three stored products of an autocorrelation make four. */
function corrCountOf({ kind, productCount }: AsdmIndexEntry): number {
  return kind === 'auto' && productCount === 3 ? 4 : productCount;
}

/** FLAG, WEIGHT and SIGMA of lazy MeasurementSets of early CASA versions. */
class ConstantColumn implements StorageColumn {
  private readonly owner: AsdmStMan;
  private readonly layout: ColumnLayout;
  private readonly value: number;

  constructor(owner: AsdmStMan, layout: ColumnLayout, value: number) {
    this.owner = owner;
    this.layout = layout;
    this.value = value;
  }

  shapeRun(row: number, limit: number): ShapeRun {
    const isCube = this.layout.name === 'FLAG';
    return this.owner.shapeRun(row, limit, (entry) =>
      isCube ? [entry.chanCount, corrCountOf(entry)] : [corrCountOf(entry)],
    );
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    const { shape } = this.shapeRun(row, count);
    const size = (shape ?? [0]).reduce((product, length) => product * length, count);
    (values as Float32Array).fill(this.value, at, at + size);
  }

  write(): void {
    this.owner.refuseWriting(this.layout.name);
  }

  setShape(): void {
    this.owner.refuseWriting(this.layout.name);
  }
}

/** DATA or FLOAT_DATA. */
class VisibilityColumn implements StorageColumn {
  private readonly owner: AsdmStMan;
  private readonly blocks: BlockReader;
  private readonly layout: ColumnLayout;

  constructor(owner: AsdmStMan, blocks: BlockReader, layout: ColumnLayout) {
    this.owner = owner;
    this.blocks = blocks;
    this.layout = layout;
  }

  shapeRun(row: number, limit: number): ShapeRun {
    return this.owner.shapeRun(row, limit, (entry) => [entry.chanCount, corrCountOf(entry)]);
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    const isComplex = this.layout.type === 'Complex';
    const target = values as Float32Array;
    for (let done = 0; done < count; ) {
      const entry = this.owner.index.entryOf(row + done);
      if (!entry)
        fail('bad-format', 'The index of the binary data does not know this row.', { column: this.layout.name, row });
      const size = entry.chanCount * corrCountOf(entry) * (isComplex ? 2 : 1);
      if (!isComplex && (entry.kind !== 'auto' || entry.productCount > 2))
        fail('bad-format', 'FLOAT_DATA refers to complex binary data.', { column: this.layout.name, row });
      const end = Math.min(count, entry.row + entry.pairCount - row);
      for (; done < end; done++) {
        this.blocks.seek(entry, row + done - entry.row);
        convert(entry, this.blocks, target.subarray(at + done * size, at + (done + 1) * size), isComplex);
      }
    }
  }

  write(): void {
    this.owner.refuseWriting(this.layout.name);
  }

  setShape(): void {
    this.owner.refuseWriting(this.layout.name);
  }
}

/** Stored numbers, and where those of one cell begin. */
interface StoredCell {
  readonly numbers: Numbers;
  readonly first: number;
}

/** Fills a cell of the table from stored numbers, with casacore's rounding: a division in double precision. */
function convert(
  entry: AsdmIndexEntry,
  { numbers, first }: StoredCell,
  target: Float32Array,
  isComplex: boolean,
): void {
  if (entry.kind !== 'auto') {
    const scale = entry.scaleFactors[entry.window];
    for (let k = 0; k < target.length; k++) target[k] = numbers[first + k] / scale;
    return;
  }
  if (!isComplex) {
    for (let k = 0; k < target.length; k++) target[k] = numbers[first + k];
    return;
  }
  if (entry.productCount <= 2) {
    for (let k = 0; 2 * k < target.length; k++) {
      target[2 * k] = numbers[first + k];
      target[2 * k + 1] = 0;
    }
    return;
  }
  // XX, Re XY, Im XY, YY; with four products Re YX, Im YX stand before YY.
  const perChannel = entry.productCount === 3 ? 4 : 6;
  for (let chan = 0; chan < entry.chanCount; chan++) {
    const from = first + chan * perChannel;
    const to = 8 * chan;
    target[to] = numbers[from];
    target[to + 1] = 0;
    target[to + 2] = numbers[from + 1];
    target[to + 3] = numbers[from + 2];
    target[to + 4] = numbers[perChannel === 4 ? from + 1 : from + 3];
    target[to + 5] = perChannel === 4 ? -numbers[from + 2] : numbers[from + 4];
    target[to + 6] = numbers[from + perChannel - 1];
    target[to + 7] = 0;
  }
}

/** Reads stored numbers from BDFs; one file is open at a time and one block is kept. */
class BlockReader implements StoredCell {
  numbers: Numbers = new Float32Array(0);
  first = 0;
  private readonly owner: AsdmStMan;
  private readonly tablePath: string;
  private file = -1;
  private source: ByteSource | undefined;
  /** Entry whose block is in `numbers`. */
  private held: AsdmIndexEntry | undefined;
  private bytes = new Uint8Array(LONG_CELL_BYTES);
  private pairCount = -1;
  private places: Uint32Array = new Uint32Array(0);

  constructor(owner: AsdmStMan, tablePath: string) {
    this.owner = owner;
    this.tablePath = tablePath;
  }

  /** Brings the numbers of one row of an entry to `numbers`, from `first` on. */
  seek(entry: AsdmIndexEntry, row: number): void {
    const factor = entry.kind === 'auto' ? 1 : 2;
    const place = entry.kind === 'auto' ? row : this.placeOf(entry.pairCount, row);
    const first = factor * (entry.first + place * entry.stride);
    const count = entry.chanCount * (entry.kind === 'auto' ? autoNumbers(entry.productCount) : 2 * entry.productCount);
    const width = entry.kind === 'int16' ? 2 : 4;
    const blockCount = factor * entry.pairCount * entry.stride;
    if (count * width >= LONG_CELL_BYTES || blockCount * width > BLOCK_BYTES) {
      this.held = undefined;
      this.first = 0;
      this.read(entry, entry.byte + first * width, count);
      return;
    }
    if (first + count > blockCount)
      fail('bad-format', 'An entry of the index of the binary data reaches beyond its block.', { row: entry.row });
    this.first = first;
    if (this.held === entry) return;
    if (this.held?.byte !== entry.byte || this.held.file !== entry.file) this.read(entry, entry.byte, blockCount);
    this.held = entry;
  }

  close(): void {
    this.source?.close();
    this.source = undefined;
    this.file = -1;
    this.held = undefined;
  }

  /** Index in the BDF, (0,1) (0,2) (1,2) (0,3) …, of the row-th baseline of MAIN, (0,1) (0,2) (0,3) … */
  private placeOf(pairCount: number, row: number): number {
    if (this.pairCount !== pairCount) {
      this.pairCount = pairCount;
      this.places = new Uint32Array(pairCount);
      const antennaCount = Math.round((1 + Math.sqrt(1 + 8 * pairCount)) / 2);
      let k = 0;
      for (let a = 0; a < antennaCount; a++) {
        for (let b = a + 1; b < antennaCount; b++) this.places[k++] = (b * (b - 1)) / 2 + a;
      }
    }
    return this.places[row];
  }

  private read(entry: AsdmIndexEntry, byte: number, count: number): void {
    const source = this.open(entry.file);
    const width = entry.kind === 'int16' ? 2 : 4;
    if (byte + count * width > source.length)
      fail('bad-format', 'The index refers to binary data beyond the end of the file.', { file: source.name, byte });
    if (this.bytes.length < count * width) this.bytes = new Uint8Array(count * width);
    const bytes = this.bytes.subarray(0, count * width);
    source.read(byte, bytes);
    if (this.owner.index.isBigEndian) swapBytesInPlace(bytes, width);
    const { buffer } = bytes;
    if (entry.kind === 'int16') this.numbers = new Int16Array(buffer, 0, count);
    else this.numbers = entry.kind === 'int32' ? new Int32Array(buffer, 0, count) : new Float32Array(buffer, 0, count);
  }

  private open(file: number): ByteSource {
    if (this.source && this.file === file) return this.source;
    this.close();
    this.source = disk().open(this.pathOf(this.owner.index.files[file]));
    this.file = file;
    return this.source;
  }

  /** Where the BDF is: as the index says or, after both were moved together, in an ASDM of that name beside the MeasurementSet. */
  private pathOf(path: string): string {
    if (disk().info(path)?.kind === 'file') return path;
    const folder = directoryName(path);
    const asdm = baseName(directoryName(folder));
    const beside = joinPath(directoryName(this.tablePath), asdm, baseName(folder), baseName(path));
    if (disk().info(beside)?.kind === 'file') return beside;
    return fail(
      'missing',
      `The visibilities of this MeasurementSet are in the ASDM ${asdm}, which is neither where it was nor beside the MeasurementSet; put it back, or import it with lazy=False.`,
      { file: path },
    );
  }
}

/** Real numbers that an autocorrelation stores for a channel. */
function autoNumbers(productCount: number): number {
  return productCount <= 2 ? productCount : productCount === 3 ? 4 : 6;
}

registerStorageManager(ASDM_STMAN, {
  open: (context) => new AsdmStMan(context),
  create: (context, { content }) => {
    if (content instanceof AsdmIndex) return new AsdmStMan(context, content);
    return fail('unsupported', `A ${ASDM_STMAN} is made by importasdm only.`, { table: context.tablePath });
  },
});
