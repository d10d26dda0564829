import { fail } from '../../foundation/base/index.ts';
import { AipsReader, AipsWriter } from './aipsio.ts';
import { elementCount, typeInfo } from './data-types.ts';
import { type LinkNames, readRecord, writeRecord } from './records.ts';
import { type Cube, cubeBytes, tileLayout } from './tiled-cube.ts';
import type { DataType } from './types.ts';

/** Types of tiled storage managers. */
export type TiledType = 'TiledShapeStMan' | 'TiledColumnStMan' | 'TiledCellStMan' | 'TiledDataStMan';

/** The content of a tiled manager's header file table.fN. */
export interface TiledHeader {
  readonly number: number;
  readonly rowCount: number;
  /** Types of all columns, in the order of the table. */
  readonly types: readonly DataType[];
  /** Name of the hypercolumn. */
  readonly name: string;
  readonly maxCacheMiB: number;
  readonly axisCount: number;
  /** Length of each file of tiles; undefined where there is none. */
  readonly fileLengths: readonly (number | undefined)[];
  readonly cubes: readonly Cube[];
  /** Fast to slow, rows last. */
  readonly defaultTile: readonly number[];
  /** Last row, cube and position of the last row, for each run of rows (TiledShapeStMan); first row for TiledDataStMan. */
  readonly rowMap: readonly number[];
  readonly cubeMap: readonly number[];
  readonly positionMap: readonly number[];
}

const links: LinkNames = { resolve: (name) => name, store: (name) => name };

/** Reads a header file. @param dataColumns indices of the columns whose values lie in the tiles */
export function readTiledHeader(
  bytes: Uint8Array,
  file: string,
  type: TiledType,
  columns: { types: readonly DataType[]; dataColumns: readonly number[] },
): TiledHeader {
  const reader = new AipsReader(bytes, false, file);
  const version = reader.start(type);
  let defaultTile: number[] = [];
  if (type === 'TiledColumnStMan' || type === 'TiledCellStMan') defaultTile = reader.position();
  const base = readBase(reader, columns);
  let rowMap: number[] = [];
  let cubeMap: number[] = [];
  let positionMap: number[] = [];
  if (type === 'TiledShapeStMan') {
    defaultTile = reader.position();
    const used = reader.cursor.u32();
    rowMap = blockOfRows(reader).slice(0, used);
    cubeMap = reader.block().slice(0, used);
    positionMap = reader.block().slice(0, used);
    if (rowMap.length !== used || cubeMap.length !== used || positionMap.length !== used)
      reader.bad('the map of rows is incomplete.');
  } else if (type === 'TiledDataStMan') {
    if (version === 1 && base.version < 3) reader.cursor.u32();
    else reader.count64();
    if (version === 1) reader.cursor.u32();
    rowMap = reader.block(version === 1 ? 4 : 8);
    cubeMap = reader.block();
    positionMap = reader.block();
  }
  reader.end();
  return { ...base.header, defaultTile, rowMap, cubeMap, positionMap };
}

/** A block of row numbers; casacore writes 64 bits each in version 3 files, told by the block's own length. */
function blockOfRows(reader: AipsReader): number[] {
  const { cursor } = reader;
  const before = cursor.offset;
  const length = cursor.u32();
  reader.string();
  cursor.u32();
  const count = cursor.u32();
  const body = length - (cursor.offset - before);
  cursor.offset = before;
  return reader.block(count > 0 && body === 8 * count ? 8 : 4);
}

function readBase(reader: AipsReader, columns: { types: readonly DataType[]; dataColumns: readonly number[] }) {
  const { cursor } = reader;
  const version = reader.start('TiledStMan');
  if (version >= 2) reader.bool();
  const isWide = version >= 3;
  const count = () => (isWide ? reader.count64() : cursor.u32());
  const number = cursor.u32();
  const rowCount = count();
  const columnCount = cursor.u32();
  if (columnCount !== columns.types.length)
    reader.bad(`the manager has ${columnCount} columns, the table says ${columns.types.length}.`);
  for (let k = 0; k < columnCount; k++) cursor.i32();
  const name = reader.string();
  const maxCacheMiB = count();
  const axisCount = cursor.u32();
  const fileLengths: (number | undefined)[] = [];
  const fileCount = count();
  if (fileCount > cursor.remaining) reader.bad('more files of tiles are announced than there can be.');
  for (let k = 0; k < fileCount; k++) fileLengths.push(reader.bool() ? readFileLength(reader) : undefined);
  const cubeCount = count();
  if (cubeCount > cursor.remaining) reader.bad('more hypercubes are announced than there can be.');
  const types = columns.dataColumns.map((column) => columns.types[column]);
  const cubes: Cube[] = [];
  for (let k = 0; k < cubeCount; k++) cubes.push(readCube(reader, types, fileLengths));
  reader.end();
  return {
    version,
    header: { number, rowCount, types: columns.types, name, maxCacheMiB, axisCount, fileLengths, cubes },
  };
}

function readFileLength(reader: AipsReader): number {
  const version = reader.cursor.u32();
  reader.cursor.u32();
  return version === 1 ? reader.cursor.u32() : reader.count64();
}

function readCube(reader: AipsReader, types: readonly DataType[], fileLengths: readonly (number | undefined)[]): Cube {
  const version = reader.cursor.u32();
  const values = readRecord(reader, links);
  const isExtensible = reader.bool();
  reader.cursor.u32();
  const shape = reader.position();
  const tileShape = reader.position();
  const fileNumber = reader.cursor.i32();
  const fileOffset = version === 1 ? reader.cursor.u32() : reader.count64();
  if (
    shape.length !== tileShape.length ||
    tileShape.some((length) => length < 1) ||
    shape.some((length) => length < 0)
  ) {
    reader.bad('the shape of a hypercube or of its tiles is impossible.');
  }
  const cube = { shape, tileShape, isExtensible, fileNumber, fileOffset, tile: tileLayout(types, tileShape), values };
  if (shape.length > 0 && elementCount(shape) > 0) {
    const length = fileLengths[fileNumber];
    if (length === undefined || !Number.isSafeInteger(cubeBytes(cube)) || fileOffset + cubeBytes(cube) > length) {
      reader.bad('a hypercube is larger than its file.');
    }
  }
  return cube;
}

export function writeTiledHeader(type: TiledType, header: TiledHeader, isLittleEndian: boolean): Uint8Array {
  if (type === 'TiledDataStMan') fail('unsupported', 'Columns in a TiledDataStMan can be read but not extended.');
  const writer = new AipsWriter(false);
  writer.start(type, 1);
  if (type !== 'TiledShapeStMan') writer.position(header.defaultTile);
  writeBase(writer, header, isLittleEndian);
  if (type === 'TiledShapeStMan') {
    const isWide = header.rowCount > 0xffffffff;
    writer.position(header.defaultTile).u32(header.rowMap.length);
    writer
      .block(header.rowMap, isWide ? 8 : 4)
      .block(header.cubeMap)
      .block(header.positionMap);
  }
  return writer.end().bytes();
}

function writeBase(writer: AipsWriter, header: TiledHeader, isLittleEndian: boolean): void {
  const isWide = header.rowCount > 0xffffffff;
  const count = (value: number) => (isWide ? writer.u64(value) : writer.u32(value));
  writer.start('TiledStMan', isWide ? 3 : isLittleEndian ? 2 : 1);
  if (isWide || isLittleEndian) writer.bool(!isLittleEndian);
  writer.u32(header.number);
  count(header.rowCount);
  writer.u32(header.types.length);
  for (const type of header.types) writer.i32(typeInfo(type).code);
  writer.string(header.name);
  count(header.maxCacheMiB);
  writer.u32(header.axisCount);
  count(header.fileLengths.length);
  header.fileLengths.forEach((length, number) => {
    writer.bool(length !== undefined);
    if (length === undefined) return;
    const isLong = length >= 2 ** 31;
    writer.u32(isLong ? 2 : 1).u32(number);
    if (isLong) writer.u64(length);
    else writer.u32(length);
  });
  count(header.cubes.length);
  for (const cube of header.cubes) {
    const isLong = cube.fileOffset >= 2 ** 31;
    writer.u32(isLong ? 2 : 1);
    writeRecord(writer, cube.values, links, 'Record');
    writer
      .bool(cube.isExtensible)
      .u32(cube.shape.length)
      .position(cube.shape)
      .position(cube.tileShape)
      .i32(cube.fileNumber);
    if (isLong) writer.u64(cube.fileOffset);
    else writer.u32(cube.fileOffset);
  }
  writer.end();
}
