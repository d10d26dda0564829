import { elementCount, typeInfo } from './data-types.ts';
import type { DataType, TableRecord } from './types.ts';

/** casacore's number of values in a tile whose shape is left to it. */
const DEFAULT_TILE_VALUES = 32_768;

/** Where the values of each data column begin in a tile, and the tile's bytes. */
export interface TileLayout {
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/** A hypercube of tiles: cells of one shape (all axes but the last) for rows (the last axis). Axes are fast to slow. */
export interface Cube {
  shape: number[];
  readonly tileShape: readonly number[];
  /** Grows with rows. */
  readonly isExtensible: boolean;
  /** Number of the file table.fN_TSMm; -1 for the cube of undefined cells. */
  readonly fileNumber: number;
  readonly fileOffset: number;
  readonly tile: TileLayout;
  readonly values: TableRecord;
}

/** Bytes of a column's part of a tile. */
function columnBytes(type: DataType, values: number): number {
  return type === 'Bool' ? Math.ceil(values / 8) : values * typeInfo(type).bytes;
}

/** Layout of tiles: the columns with the longest values come first, of those of one length the last. */
export function tileLayout(types: readonly DataType[], tileShape: readonly number[]): TileLayout {
  const values = elementCount(tileShape);
  const order = types
    .map((_, column) => column)
    .sort((a, b) => typeInfo(types[b]).bytes - typeInfo(types[a]).bytes || b - a);
  const offsets = new Array<number>(types.length).fill(0);
  let bytes = 0;
  for (const column of order) {
    offsets[column] = bytes;
    bytes += columnBytes(types[column], values);
  }
  return { offsets, bytes };
}

/** Fits a wanted tile (0: free) to a cube: no axis longer than the cube's, free axes filled up to casacore's default size. */
export function fitTile(cubeShape: readonly number[], wanted: readonly number[] | undefined): number[] {
  const tile = cubeShape.map((length, axis) => {
    const asked = wanted?.[axis] ?? 0;
    return length !== 0 ? Math.min(asked, length) : asked;
  });
  let values = 1;
  for (const length of tile) if (length > 0) values *= length;
  for (let axis = 0; axis < tile.length; axis++) {
    if (tile[axis] > 0) continue;
    const room = Math.max(1, Math.round(DEFAULT_TILE_VALUES / values));
    tile[axis] = cubeShape[axis] === 0 ? room : Math.max(1, Math.min(cubeShape[axis], room));
    values *= tile[axis];
  }
  return tile;
}

export function tilesPerAxis(cube: Cube): number[] {
  return cube.shape.map((length, axis) => Math.ceil(length / cube.tileShape[axis]));
}

/** Bytes of all tiles of a cube. */
export function cubeBytes(cube: Cube): number {
  return elementCount(tilesPerAxis(cube)) * cube.tile.bytes;
}

/** A part of a tile that lies in a box: `run` values at a time are contiguous in both. */
export interface TilePart {
  /** Tile number in the cube. */
  tile: number;
  /** All existing values of the tile are in the box. */
  isWhole: boolean;
  /** Values that the tile has, or will have when rows have filled it. */
  capacity: number;
  run: number;
  /** Values to skip to the first run, in the tile and in the box. */
  tileStart: number;
  boxStart: number;
  /** Outer loops: how many, and strides in values. */
  readonly counts: number[];
  readonly tileStrides: number[];
  readonly boxStrides: number[];
}

/** Visits the tiles that a box [start, start + size) touches, in the order of the file. */
export function eachTile(
  cube: Cube,
  start: readonly number[],
  size: readonly number[],
  act: (part: TilePart) => void,
): void {
  const axes = cube.shape.length;
  if (size.some((length) => length === 0)) return;
  const perAxis = tilesPerAxis(cube);
  const first = start.map((at, axis) => Math.floor(at / cube.tileShape[axis]));
  const last = start.map((at, axis) => Math.floor((at + size[axis] - 1) / cube.tileShape[axis]));
  const at = first.slice();
  const part: TilePart = {
    tile: 0,
    isWhole: true,
    capacity: 1,
    run: 1,
    tileStart: 0,
    boxStart: 0,
    counts: [],
    tileStrides: [],
    boxStrides: [],
  };
  for (;;) {
    describe(cube, start, size, at, perAxis, part);
    act(part);
    let axis = 0;
    while (axis < axes && at[axis] === last[axis]) {
      at[axis] = first[axis];
      axis++;
    }
    if (axis === axes) return;
    at[axis]++;
  }
}

function describe(
  cube: Cube,
  start: readonly number[],
  size: readonly number[],
  at: readonly number[],
  perAxis: readonly number[],
  part: TilePart,
): void {
  part.tile = 0;
  part.isWhole = true;
  part.capacity = 1;
  part.run = 1;
  part.tileStart = 0;
  part.boxStart = 0;
  part.counts.length = 0;
  part.tileStrides.length = 0;
  part.boxStrides.length = 0;
  let tileFactor = 1;
  let tileStride = 1;
  let boxStride = 1;
  let isRun = true;
  for (let axis = 0; axis < at.length; axis++) {
    const length = cube.tileShape[axis];
    const tileLow = at[axis] * length;
    const tileHigh = Math.min(tileLow + length, cube.shape[axis]);
    const low = Math.max(start[axis], tileLow);
    const high = Math.min(start[axis] + size[axis], tileHigh);
    const count = high - low;
    if (low !== tileLow || high !== tileHigh) part.isWhole = false;
    part.capacity *= axis < at.length - 1 ? tileHigh - tileLow : length;
    part.tile += at[axis] * tileFactor;
    tileFactor *= perAxis[axis];
    part.tileStart += (low - tileLow) * tileStride;
    part.boxStart += (low - start[axis]) * boxStride;
    if (isRun) part.run *= count;
    else if (count > 1) {
      part.counts.push(count);
      part.tileStrides.push(tileStride);
      part.boxStrides.push(boxStride);
    }
    if (count !== length || count !== size[axis]) isRun = false;
    tileStride *= length;
    boxStride *= size[axis];
  }
}

/** Visits the runs of a part: offsets in values, in the tile and in the box. */
export function eachRun(part: TilePart, act: (tileAt: number, boxAt: number) => void): void {
  const { counts, tileStrides, boxStrides } = part;
  const axes = counts.length;
  let tileAt = part.tileStart;
  let boxAt = part.boxStart;
  if (axes === 0) {
    act(tileAt, boxAt);
    return;
  }
  const index = new Array<number>(axes).fill(0);
  for (;;) {
    for (let k = 0; k < counts[0]; k++) act(tileAt + k * tileStrides[0], boxAt + k * boxStrides[0]);
    let axis = 1;
    while (axis < axes && index[axis] === counts[axis] - 1) {
      tileAt -= index[axis] * tileStrides[axis];
      boxAt -= index[axis] * boxStrides[axis];
      index[axis] = 0;
      axis++;
    }
    if (axis >= axes) return;
    index[axis]++;
    tileAt += tileStrides[axis];
    boxAt += boxStrides[axis];
  }
}

/** From this many bytes on, a run is copied as a block. */
const BLOCK_BYTES = 192;

/**
 * Copies the values of a part between a tile and a box.
 *
 * @param width bytes of a value
 * @param toBox true: tile to box; false: box to tile
 */
export function copyRuns(part: TilePart, tile: Uint8Array, box: Uint8Array, width: number, toBox: boolean): void {
  const bytes = part.run * width;
  if (part.counts.length === 0 || bytes >= BLOCK_BYTES) {
    eachRun(part, (tileAt, boxAt) => {
      if (toBox) box.set(tile.subarray(tileAt * width, tileAt * width + bytes), boxAt * width);
      else tile.set(box.subarray(boxAt * width, boxAt * width + bytes), tileAt * width);
    });
    return;
  }
  const offsets = [part.run, part.tileStart, part.boxStart, ...part.tileStrides, ...part.boxStrides];
  const isByWords =
    ((tile.byteOffset | box.byteOffset) & 3) === 0 && offsets.every((offset) => ((offset * width) & 3) === 0);
  const unit = isByWords ? 4 : 1;
  const tileUnits = isByWords ? words(tile) : tile;
  const boxUnits = isByWords ? words(box) : box;
  const factor = width / unit;
  const count = part.counts[0];
  const tileStep = part.tileStrides[0] * factor;
  const boxStep = part.boxStrides[0] * factor;
  const run = part.run * factor;
  eachRun({ ...part, counts: [1, ...part.counts.slice(1)] }, (tileAt, boxAt) => {
    if (toBox) copyLines(tileUnits, tileAt * factor, tileStep, boxUnits, boxAt * factor, boxStep, run, count);
    else copyLines(boxUnits, boxAt * factor, boxStep, tileUnits, tileAt * factor, tileStep, run, count);
  });
}

function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
}

function copyLines(
  source: Uint8Array | Uint32Array,
  sourceAt: number,
  sourceStep: number,
  target: Uint8Array | Uint32Array,
  targetAt: number,
  targetStep: number,
  run: number,
  count: number,
): void {
  if (source instanceof Uint32Array && target instanceof Uint32Array) {
    copyWords(source, sourceAt, sourceStep, target, targetAt, targetStep, run, count);
  } else if (source instanceof Uint8Array && target instanceof Uint8Array) {
    copyBytes(source, sourceAt, sourceStep, target, targetAt, targetStep, run, count);
  }
}

function copyWords(
  source: Uint32Array,
  sourceAt: number,
  sourceStep: number,
  target: Uint32Array,
  targetAt: number,
  targetStep: number,
  run: number,
  count: number,
): void {
  let from = sourceAt;
  let to = targetAt;
  if (run === 2) {
    for (let k = 0; k < count; k++, from += sourceStep, to += targetStep) {
      target[to] = source[from];
      target[to + 1] = source[from + 1];
    }
    return;
  }
  for (let k = 0; k < count; k++, from += sourceStep, to += targetStep) {
    for (let word = 0; word < run; word++) target[to + word] = source[from + word];
  }
}

function copyBytes(
  source: Uint8Array,
  sourceAt: number,
  sourceStep: number,
  target: Uint8Array,
  targetAt: number,
  targetStep: number,
  run: number,
  count: number,
): void {
  for (let k = 0, from = sourceAt, to = targetAt; k < count; k++, from += sourceStep, to += targetStep) {
    for (let byte = 0; byte < run; byte++) target[to + byte] = source[from + byte];
  }
}
