import { fail } from '../../foundation/base/index.ts';
import { elementCount, sameShape, typeInfo } from './data-types.ts';
import type { ColumnLayout, ShapeRun, StorageColumn } from './storage.ts';
import type { TileCache, TileFile } from './tile-cache.ts';
import { type Cube, copyRuns, eachRun, eachTile, type TilePart } from './tiled-cube.ts';
import type { ColumnValues } from './types.ts';
import { bytesUnder, packBits, packStrided, toHostOrder, unpackBits, unpackStrided } from './value-codec.ts';

/** What a column needs of its tiled storage manager. */
export interface TiledHost {
  readonly context: { readonly isLittleEndian: boolean; readonly file: string };
  readonly cache: TileCache;
  readonly dataColumns: readonly number[];
  fileOf(cube: Cube): TileFile;
  cellShape(cube: Cube): readonly number[];
  locate(
    row: number,
    limit: number,
  ): {
    readonly cube: Cube | undefined;
    readonly cubeNumber: number;
    readonly position: number;
    readonly count: number;
  };
  setShape(row: number, count: number, shape: readonly number[]): void;
  touch(): void;
}

/** From this size on, or so many tiles, rows whose tiles hold whole cells are moved between file and memory directly. */
const DIRECT_BYTES = 65_536;
const DIRECT_TILES = 4;
/** Cubes are at least this far apart in the keys of the cache. */
const KEY_STEP = 2 ** 28;

interface Box {
  readonly cube: Cube;
  readonly cubeNumber: number;
  /** Fast to slow, as the cube. */
  readonly start: readonly number[];
  readonly size: readonly number[];
}

/** The cells of one column in hypercubes. */
export class TiledColumn implements StorageColumn {
  private readonly host: TiledHost;
  private readonly layout: ColumnLayout;
  /** Index among the columns in the tiles. */
  private readonly part: number;

  constructor(host: TiledHost, part: number, layout: ColumnLayout) {
    this.host = host;
    this.part = part;
    this.layout = layout;
  }

  shapeRun(row: number, limit: number): ShapeRun {
    const first = this.host.locate(row, limit);
    if (this.layout.isScalar) return { shape: [], count: limit };
    const { shape: fixed } = this.layout;
    if (fixed && first.cube && !sameShape(this.host.cellShape(first.cube), fixed.toReversed())) {
      fail('bad-format', `Cells should have the shape [${fixed.join(', ')}], the hypercube has another.`, {
        file: this.host.context.file,
      });
    }
    const shape = first.cube && this.host.cellShape(first.cube).toReversed();
    let { count } = first;
    while (count < limit) {
      const next = this.host.locate(row + count, limit - count);
      if (!sameShape(next.cube && this.host.cellShape(next.cube).toReversed(), shape)) break;
      count += next.count;
    }
    return { shape, count };
  }

  read(row: number, count: number, values: ColumnValues, at: number): void {
    this.eachBox(row, count, undefined, undefined, at, (box, start) => this.readBoxOf(box, values, start));
  }

  write(row: number, count: number, values: ColumnValues, at: number): void {
    this.eachBox(row, count, undefined, undefined, at, (box, start) => this.writeBoxOf(box, values, start));
    this.host.touch();
  }

  readBox(
    row: number,
    count: number,
    start: readonly number[],
    size: readonly number[],
    values: ColumnValues,
    at: number,
  ): void {
    this.eachBox(row, count, start, size, at, (box, from) => this.readBoxOf(box, values, from));
  }

  writeBox(
    row: number,
    count: number,
    start: readonly number[],
    size: readonly number[],
    values: ColumnValues,
    at: number,
  ): void {
    this.eachBox(row, count, start, size, at, (box, from) => this.writeBoxOf(box, values, from));
    this.host.touch();
  }

  setShape(row: number, count: number, shape: readonly number[]): void {
    this.host.setShape(row, count, shape);
  }

  /** Splits rows into boxes of hypercubes; `at` goes on in elements. */
  private eachBox(
    row: number,
    count: number,
    start: readonly number[] | undefined,
    size: readonly number[] | undefined,
    at: number,
    act: (box: Box, at: number) => void,
  ): void {
    const { units } = typeInfo(this.layout.type);
    for (let done = 0, target = at; done < count; ) {
      const { cube, cubeNumber, position, count: rows } = this.host.locate(row + done, count - done);
      if (!cube) {
        fail('internal', 'An undefined cell was asked for.', { row: row + done });
        return;
      }
      const cell = this.host.cellShape(cube);
      const boxStart = start?.toReversed() ?? cell.map(() => 0);
      const boxSize = size?.toReversed() ?? [...cell];
      const values = elementCount(boxSize) * units;
      const outer = cube.shape.length - cell.length;
      if (outer === 1) act({ cube, cubeNumber, start: [...boxStart, position], size: [...boxSize, rows] }, target);
      else if (outer === 0) act({ cube, cubeNumber, start: boxStart, size: boxSize }, target);
      else
        this.eachInner(cube, cubeNumber, cell.length, position, rows, boxStart, boxSize, (box, k) =>
          act(box, target + k * values),
        );
      target += rows * values;
      done += rows;
    }
  }

  /** Hypercubes with axes between the cell and the last one (TiledDataStMan): rows run along them. */
  private eachInner(
    cube: Cube,
    cubeNumber: number,
    cellAxes: number,
    position: number,
    rows: number,
    start: readonly number[],
    size: readonly number[],
    act: (box: Box, row: number) => void,
  ): void {
    const lengths = cube.shape.slice(cellAxes, -1);
    for (let k = 0; k < rows; k++) {
      let left = k;
      const inner = lengths.map((length) => {
        const index = left % length;
        left = Math.floor(left / length);
        return index;
      });
      const ones = lengths.map(() => 1);
      act({ cube, cubeNumber, start: [...start, ...inner, position + left], size: [...size, ...ones, 1] }, k);
    }
  }

  private readBoxOf(box: Box, values: ColumnValues, at: number): void {
    const info = typeInfo(this.layout.type);
    const { cache, context } = this.host;
    const file = this.host.fileOf(box.cube);
    const offset = box.cube.tile.offsets[this.part];
    if (this.layout.type === 'Bool') {
      eachTile(box.cube, box.start, box.size, (part) => {
        const tile = this.tile(cache.get.bind(cache), box, part, file, false);
        readFlags(part, tile, 8 * offset, (values as Uint8Array).subarray(at));
      });
      return;
    }
    const width = info.bytes;
    const all = bytesUnder(values);
    const first = (at / info.units) * width;
    const target = all.subarray(first, first + elementCount(box.size) * width);
    const direct = this.directOffset(box, target.length);
    if (direct !== undefined) {
      const [low, high] = this.directKeys(box);
      cache.settle(low, high, false);
      file.read(direct, target);
    } else {
      eachTile(box.cube, box.start, box.size, (part) => {
        const tile = this.tile(cache.get.bind(cache), box, part, file, false);
        copyRuns(part, tile.subarray(offset), target, width, true);
      });
    }
    toHostOrder(target, info.swapBytes, context.isLittleEndian);
  }

  private writeBoxOf(box: Box, values: ColumnValues, at: number): void {
    const info = typeInfo(this.layout.type);
    const { context } = this.host;
    const file = this.host.fileOf(box.cube);
    const offset = box.cube.tile.offsets[this.part];
    if (this.layout.type === 'Bool') {
      const flags = (values as Uint8Array).subarray(at);
      this.editTiles(box, file, (part, tile) => writeFlags(part, tile, 8 * offset, flags));
      return;
    }
    const width = info.bytes;
    const first = (at / info.units) * width;
    let source = bytesUnder(values).subarray(first, first + elementCount(box.size) * width);
    if (!context.isLittleEndian && info.swapBytes > 1) {
      source = source.slice();
      toHostOrder(source, info.swapBytes, false);
    }
    if (this.directOffset(box, source.length) !== undefined) this.writeDirectly(box, file, source);
    else this.editTiles(box, file, (part, tile) => copyRuns(part, tile.subarray(offset), source, width, false));
  }

  /** Rows that follow each other in the file; those of a tile at either end that is in memory, and not full yet, go there. */
  private writeDirectly(box: Box, file: TileFile, source: Uint8Array): void {
    const { cache } = this.host;
    const { bytes: width } = typeInfo(this.layout.type);
    const last = box.size.length - 1;
    const [start, count] = [box.start[last], box.size[last]];
    const tileRows = box.cube.tileShape[last];
    const [low, high] = this.directKeys(box);
    const head = cache.has(low) ? Math.min(count, tileRows - (start % tileRows)) : 0;
    const tail = high > low && cache.has(high) ? ((start + count - 1) % tileRows) + 1 : 0;
    const rowBytes = source.length / count;
    const edit = (from: number, rows: number) => {
      if (rows === 0) return;
      const end = { ...box, start: box.start.with(last, start + from), size: box.size.with(last, rows) };
      const bytes = source.subarray(from * rowBytes, (from + rows) * rowBytes);
      this.editTiles(end, file, (part, tile) => copyRuns(part, tile, bytes, width, false));
    };
    edit(0, head);
    const rest = count - head - tail;
    if (rest > 0) {
      cache.settle(low + 1, high - 1, true);
      file.write(
        box.cube.fileOffset + (start + head) * rowBytes,
        source.subarray(head * rowBytes, (head + rest) * rowBytes),
      );
    }
    edit(count - tail, tail);
  }

  /** Changes the tiles of a box; those that have got all their values, in one box or in several, leave the cache to others. */
  private editTiles(box: Box, file: TileFile, act: (part: TilePart, tile: Uint8Array) => void): void {
    const { cache, dataColumns } = this.host;
    const take = cache.edit.bind(cache);
    eachTile(box.cube, box.start, box.size, (part) => {
      const isReplaced = dataColumns.length === 1 && part.isWhole;
      act(part, this.tile(take, box, part, file, isReplaced));
      const values = elementCount(part.counts) * part.run;
      cache.wrote(tileKey(box, part), values, part.capacity * dataColumns.length);
    });
  }

  private tile(
    take: (key: number, file: TileFile, offset: number, length: number, isOverwritten: boolean) => Uint8Array,
    box: Box,
    part: TilePart,
    file: TileFile,
    isOverwritten: boolean,
  ): Uint8Array {
    const { bytes } = box.cube.tile;
    return take(tileKey(box, part), file, box.cube.fileOffset + part.tile * bytes, bytes, isOverwritten);
  }

  /** Place in the file when tiles hold whole cells of this column alone, so that rows follow each other there. */
  private directOffset(box: Box, bytes: number): number | undefined {
    const { cube, start, size } = box;
    if (bytes < Math.min(DIRECT_BYTES, DIRECT_TILES * cube.tile.bytes)) return undefined;
    if (this.host.dataColumns.length !== 1) return undefined;
    const last = cube.shape.length - 1;
    for (let axis = 0; axis < last; axis++) {
      if (start[axis] !== 0 || size[axis] !== cube.shape[axis] || cube.tileShape[axis] !== cube.shape[axis])
        return undefined;
    }
    return cube.fileOffset + (bytes / size[last]) * start[last];
  }

  private directKeys(box: Box): [number, number] {
    const last = box.cube.shape.length - 1;
    const rows = box.cube.tileShape[last];
    const base = box.cubeNumber * KEY_STEP;
    return [
      base + Math.floor(box.start[last] / rows),
      base + Math.floor((box.start[last] + box.size[last] - 1) / rows),
    ];
  }
}

const tileKey = (box: Box, part: TilePart) => box.cubeNumber * KEY_STEP + part.tile;

/** Up to this many truth values a run is taken through a scratch of bytes. */
const SHORT_FLAGS = 1024;

/** Values of a tile between the first and the last that a part touches. */
function spanOf(part: TilePart): number {
  return part.counts.reduce((sum, count, axis) => sum + (count - 1) * part.tileStrides[axis], part.run);
}

function readFlags(part: TilePart, tile: Uint8Array, firstBit: number, flags: Uint8Array): void {
  if (part.counts.length === 0 || part.run > SHORT_FLAGS) {
    eachRun(part, (from, to) => unpackBits(tile, firstBit + from, flags, to, part.run));
    return;
  }
  if (moveLines(part, tile, firstBit, flags, true)) return;
  const scratch = new Uint8Array(spanOf(part));
  unpackBits(tile, firstBit + part.tileStart, scratch, 0, scratch.length);
  copyRuns({ ...part, tileStart: 0 }, scratch, flags, 1, true);
}

/** Whether all lines of a part begin and end at whole bytes of eight, in the tile and in memory. */
function isByBytes(part: TilePart, firstBit: number, flags: Uint8Array): boolean {
  const { run, tileStrides, boxStrides } = part;
  const places = [run, firstBit + part.tileStart, flags.byteOffset + part.boxStart, ...tileStrides, ...boxStrides];
  return places.every((place) => (place & 7) === 0);
}

/** Moves short runs straight between a tile and flags; false where they do not begin and end at whole bytes. */
function moveLines(part: TilePart, tile: Uint8Array, firstBit: number, flags: Uint8Array, toFlags: boolean): boolean {
  if (!isByBytes(part, firstBit, flags)) return false;
  const { run, counts, tileStrides, boxStrides } = part;
  const step = tileStrides[0] / 8;
  const stride = boxStrides[0];
  eachRun({ ...part, counts: [1, ...counts.slice(1)] }, (tileAt, boxAt) => {
    const byte = (firstBit + tileAt) / 8;
    if (toFlags) unpackStrided(tile, byte, step, flags, boxAt, stride, run / 8, counts[0]);
    else packStrided(flags, boxAt, stride, tile, byte, step, run / 8, counts[0]);
  });
  return true;
}

function writeFlags(part: TilePart, tile: Uint8Array, firstBit: number, flags: Uint8Array): void {
  if (part.counts.length === 0 || part.run > SHORT_FLAGS) {
    eachRun(part, (to, from) => packBits(flags, from, tile, firstBit + to, part.run));
    return;
  }
  if (moveLines(part, tile, firstBit, flags, false)) return;
  const scratch = new Uint8Array(spanOf(part));
  unpackBits(tile, firstBit + part.tileStart, scratch, 0, scratch.length);
  copyRuns({ ...part, tileStart: 0 }, scratch, flags, 1, false);
  packBits(scratch, 0, tile, firstBit + part.tileStart, scratch.length);
}
