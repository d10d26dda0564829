import { AipsReader, AipsWriter } from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';

/**
 * How the numbers of a block are kept in a BDF: cross-correlations as pairs of int16, int32 or float32, or autocorrelations
 * and radiometer samples as float32.
 */
export const BLOCK_KINDS = { int16: 0, int32: 1, float32: 3, auto: 10 } as const;
export type BlockKind = keyof typeof BLOCK_KINDS;

/** Where rows of MAIN that follow one another, of one window and one integration, have their visibilities. */
export interface AsdmIndexEntry {
  readonly kind: BlockKind;
  /** Index of the BDF in the list of files. */
  readonly file: number;
  /** First row of MAIN; the entry is for `pairCount` rows. */
  readonly row: number;
  /** Baselines in the order (0,1) (0,2) … (1,2) …, or antennas. */
  readonly pairCount: number;
  readonly chanCount: number;
  /** Stored products; three for autocorrelations are XX, XY, YY and make four correlations. */
  readonly productCount: number;
  /** Windows side by side in the block, and which of them this is. */
  readonly windowCount: number;
  readonly window: number;
  /** Byte of the BDF where the numbers of the integration begin. */
  readonly byte: number;
  /** Of the first baseline or antenna within them, and from one to the next: complex values, or real ones for autocorrelations. */
  readonly first: number;
  readonly stride: number;
  /** Stored number / scale factor = visibility, for each window; autocorrelations are not divided. */
  readonly scaleFactors: readonly number[];
}

/** What `table.fNasdmindex` holds: which part of which BDF belongs to which rows. */
export class AsdmIndex {
  /** BDFs, as paths that can be opened. */
  readonly files: string[] = [];
  /** Ascending in their rows. */
  readonly entries: AsdmIndexEntry[] = [];
  private readonly numbers = new Map<string, number>();
  private order: boolean | undefined;

  /** Byte order of all binary data. */
  get isBigEndian(): boolean {
    return this.order ?? false;
  }

  /** @throws unsupported when binary data of the other byte order were met before */
  setByteOrder(isBigEndian: boolean, file: string): void {
    if (this.order !== undefined && this.order !== isBigEndian)
      fail('unsupported', 'The binary data have both byte orders, which lazy=True cannot tell apart; use lazy=False.', {
        file,
      });
    this.order = isBigEndian;
  }

  /** Index of a BDF, which is added when it is new. */
  fileNumber(path: string): number {
    const known = this.numbers.get(path);
    if (known !== undefined) return known;
    this.numbers.set(path, this.files.length);
    return this.files.push(path) - 1;
  }

  add(entry: AsdmIndexEntry): void {
    this.entries.push(entry);
  }

  /** The entry that a row lies in; undefined where there is none. */
  entryOf(row: number): AsdmIndexEntry | undefined {
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle].row <= row) low = middle + 1;
      else high = middle;
    }
    const entry = this.entries[low - 1];
    return entry && row < entry.row + entry.pairCount ? entry : undefined;
  }
}

/** Bytes of an entry without its scale factors. */
const ENTRY_BYTES = 60;

/**
 * Reads `table.fNasdmindex`: an AipsIO object AsdmStMan of version 1, big-endian, with the byte order of the BDFs, a Block of
 * their paths, and the entries: count, then each as int16 version and kind; uint32 file, pairs, windows, channels, products,
 * stride, window; int64 row and byte; uint32 first; uint32 count and float64 scale factors.
 *
 * @throws bad-format, with the byte
 */
export function readAsdmIndex(bytes: Uint8Array, name: string): AsdmIndex {
  const reader = new AipsReader(bytes, false, name);
  const { cursor } = reader;
  if (reader.start('AsdmStMan') > 1)
    fail('unsupported', 'The index of the binary data has a newer version than 1.', { file: name });
  const index = new AsdmIndex();
  index.setByteOrder(reader.bool(), name);
  reader.start('Block');
  const fileCount = reader.count(4);
  for (let k = 0; k < fileCount; k++) index.files.push(reader.string());
  reader.end();
  let nextRow = 0;
  for (let left = reader.count(ENTRY_BYTES); left > 0; left--) {
    const byte = cursor.offset;
    const entry = readEntry(reader);
    if (entry.row < nextRow || entry.file >= fileCount || entry.window >= Math.max(1, entry.scaleFactors.length))
      fail('bad-format', 'An entry of the index of the binary data contradicts the others.', { file: name, byte });
    nextRow = entry.row + entry.pairCount;
    index.entries.push(entry);
  }
  reader.end();
  return index;
}

function readEntry(reader: AipsReader): AsdmIndexEntry {
  const { cursor } = reader;
  const byte = cursor.offset;
  cursor.i16();
  const number = cursor.i16();
  const kind = (Object.keys(BLOCK_KINDS) as BlockKind[]).find((name) => BLOCK_KINDS[name] === number);
  if (!kind) fail('unsupported', `Binary data of kind ${number} are not known.`, { file: cursor.name, byte });
  const [file, pairCount, windowCount, chanCount, productCount, stride, window] = Array.from({ length: 7 }, () =>
    cursor.u32(),
  );
  const row = reader.count64();
  const at = reader.count64();
  const first = cursor.u32();
  const scaleFactors = Array.from({ length: reader.count(8) }, () => cursor.f64());
  return {
    kind,
    file,
    row,
    pairCount,
    chanCount,
    productCount,
    windowCount,
    window,
    byte: at,
    first,
    stride,
    scaleFactors,
  };
}

/** The bytes of `table.fNasdmindex`; see {@link readAsdmIndex}. */
export function writeAsdmIndex(index: AsdmIndex): Uint8Array {
  const writer = new AipsWriter(false);
  const { builder } = writer;
  writer.start('AsdmStMan', 1).bool(index.isBigEndian);
  writer.start('Block', 1).u32(index.files.length);
  for (const file of index.files) writer.string(file);
  writer.end().u32(index.entries.length);
  for (const entry of index.entries) {
    builder.i16(1).i16(BLOCK_KINDS[entry.kind]);
    const { file, pairCount, windowCount, chanCount, productCount, stride, window } = entry;
    for (const value of [file, pairCount, windowCount, chanCount, productCount, stride, window]) writer.u32(value);
    writer.u64(entry.row).u64(entry.byte).u32(entry.first).u32(entry.scaleFactors.length);
    for (const factor of entry.scaleFactors) builder.f64(factor);
  }
  return writer.end().bytes();
}
