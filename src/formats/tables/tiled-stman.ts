import { fail } from '../../foundation/base/index.ts';
import { sameShape } from './data-types.ts';
import { registerStorageManager, type StorageColumn, type StorageContext, type StorageManager } from './storage.ts';
import { tableDisk } from './table-disk.ts';
import { TileCache, TileFile } from './tile-cache.ts';
import { TiledColumn } from './tiled-column.ts';
import { TiledCoordinate } from './tiled-coordinate.ts';
import { type Cube, cubeBytes, fitTile, tileLayout } from './tiled-cube.ts';
import { checkColumns, dataColumnsOf } from './tiled-description.ts';
import { readTiledHeader, type TiledHeader, type TiledType, writeTiledHeader } from './tiled-header.ts';
import { RowMap, type RowRun } from './tiled-rows.ts';
import type { StorageManagerDescription } from './types.ts';

/** Rows that follow each other in a hypercube (undefined: cells without shape). */
export interface CubeRun {
  readonly cube: Cube | undefined;
  readonly cubeNumber: number;
  /** Position on the row axis. */
  readonly position: number;
  readonly count: number;
}

/** The tiled storage managers of casacore: arrays in hypercubes that are cut into tiles. */
export class TiledStMan implements StorageManager {
  readonly type: TiledType;
  readonly context: StorageContext;
  readonly cache: TileCache;
  /** Indices of the columns whose values lie in the tiles. */
  readonly dataColumns: readonly number[];
  private readonly columns: StorageColumn[];
  private state: TiledHeader | undefined;
  private files: (TileFile | undefined)[] = [];
  private cubes: Cube[] = [];
  private rowMap = new RowMap();
  private rowCount: number;
  private isChanged = false;
  private newName: string;

  private constructor(type: TiledType, context: StorageContext, name: string, cacheBytes?: number) {
    this.cache = new TileCache(cacheBytes);
    this.type = type;
    this.context = context;
    this.newName = name;
    this.rowCount = context.rowCount;
    this.dataColumns = dataColumnsOf(context);
    this.columns = context.columns.map((layout, column) =>
      this.dataColumns.includes(column)
        ? new TiledColumn(this, this.dataColumns.indexOf(column), layout)
        : new TiledCoordinate(this, layout),
    );
  }

  static open(type: TiledType, context: StorageContext): TiledStMan {
    return new TiledStMan(type, context, '');
  }

  static create(type: TiledType, context: StorageContext, description: StorageManagerDescription): TiledStMan {
    const manager = new TiledStMan(type, context, description.name, description.cacheBytes);
    const axes = checkColumns(type, context.columns, description.name);
    const hasRowAxis = type !== 'TiledCellStMan';
    let tile = (description.tileShape ?? []).toReversed();
    if (!hasRowAxis && tile.length > axes) tile = tile.slice(0, axes);
    manager.state = {
      number: context.number,
      rowCount: 0,
      types: context.columns.map((layout) => layout.type),
      name: description.name,
      maxCacheMiB: 0,
      axisCount: axes + (hasRowAxis ? 1 : 0),
      fileLengths: [undefined],
      cubes: [],
      defaultTile: tile,
      rowMap: [],
      cubeMap: [],
      positionMap: [],
    };
    manager.files = [undefined];
    if (type === 'TiledShapeStMan') manager.cubes.push(emptyCube(-1));
    else manager.addFile(0);
    if (type === 'TiledColumnStMan') manager.addCube(manager.fixedShape ?? [], 0);
    manager.isChanged = true;
    return manager;
  }

  get name(): string {
    if (this.newName === '') this.newName = this.header.name;
    return this.newName;
  }

  column(index: number): StorageColumn {
    return this.columns[index];
  }

  /** Axes of a cell; the cube may have more. Fast to slow. */
  cellShape(cube: Cube): readonly number[] {
    return this.type === 'TiledCellStMan' ? cube.shape : cube.shape.slice(0, this.cellAxes(cube));
  }

  fileOf(cube: Cube): TileFile {
    if (!this.state) this.load();
    return (
      this.files[cube.fileNumber] ??
      fail('bad-format', `The file of tiles ${cube.fileNumber} is not there.`, { file: this.context.file })
    );
  }

  /** Where a row lies, and how many rows from it on lie next to each other. */
  locate(row: number, limit: number): CubeRun {
    if (!this.state) this.load();
    switch (this.type) {
      case 'TiledColumnStMan':
        return this.checked({ cube: this.cubes[0], cubeNumber: 0, position: row, count: limit }, row);
      case 'TiledCellStMan': {
        const cube = this.cubes[row];
        return { cube: cube.shape.length === 0 ? undefined : cube, cubeNumber: row, position: 0, count: 1 };
      }
      default: {
        const run = this.rowMap.find(row);
        if (!run) return { cube: undefined, cubeNumber: 0, position: 0, count: limit };
        const skip = row - run.first;
        const count = Math.min(limit, run.count - skip);
        const isUndefined = this.type === 'TiledShapeStMan' && run.cube === 0;
        const cube = isUndefined ? undefined : this.cubes[run.cube];
        if (!isUndefined && !cube)
          fail('bad-format', `Hypercube ${run.cube} does not exist.`, { file: this.context.file, row });
        return this.checked({ cube, cubeNumber: run.cube, position: run.position + skip, count }, row);
      }
    }
  }

  /** A row's place must lie in its hypercube: a damaged map would show other rows' values, or none. */
  private checked(run: CubeRun, row: number): CubeRun {
    const { cube, position, count } = run;
    const rows = cube?.shape.at(-1);
    if (rows !== undefined && position >= 0 && position + count <= rows) return run;
    if (!cube) return run;
    const { file } = this.context;
    return fail('bad-format', `The row should lie at ${position} of a hypercube of ${rows ?? 0} rows.`, { file, row });
  }

  /** Must be called when tiles were written. */
  touch(): void {
    this.isChanged = true;
  }

  /** Gives cells a shape, slow to fast. */
  setShape(row: number, count: number, shape: readonly number[]): void {
    const axes = shape.toReversed();
    for (let done = 0; done < count; ) {
      const run = this.locate(row + done, count - done);
      if (run.cube === undefined || !sameShape(this.cellShape(run.cube), axes)) this.place(row + done, run.count, axes);
      done += run.count;
    }
  }

  addRows(count: number): void {
    if (!this.state) this.load();
    const before = this.rowCount;
    this.rowCount += count;
    this.isChanged = true;
    if (this.type === 'TiledDataStMan') fail('unsupported', 'Rows cannot be added to columns in a TiledDataStMan.');
    if (this.type === 'TiledColumnStMan') {
      this.extend(this.cubes[0], count);
      return;
    }
    if (this.type === 'TiledCellStMan') for (let k = 0; k < count; k++) this.cubes.push(emptyCube(0));
    const fixed = this.fixedShape;
    if (fixed && count > 0) this.setShape(before, count, fixed.toReversed());
  }

  adopt(other: StorageManager): boolean {
    if (!(other instanceof TiledStMan) || this.type !== 'TiledShapeStMan' || other.type !== this.type) return false;
    if (this.context.columns.length !== 1 || other.context.columns.length !== 1) return false;
    const [own, theirs] = [this.context.columns[0], other.context.columns[0]];
    if (own.type !== theirs.type || own.axisCount !== theirs.axisCount || own.shape || theirs.shape) return false;
    const { header } = this; // read before anything of it is replaced
    const { defaultTile, axisCount } = other.header;
    other.settle();
    const copies = other.files.map((file, number) => file?.copyTo(`${this.context.file}_TSM${number}_tmp`));
    this.close();
    const keepsFile = this.context.keepsFiles();
    for (const [number, file] of this.files.entries())
      if (file && !(keepsFile && copies[number])) tableDisk.remove(file.name);
    this.files = copies.map((copy, number) => copy?.moveTo(`${this.context.file}_TSM${number}`, keepsFile));
    this.cubes = other.cubes.map((cube) => ({ ...cube, shape: [...cube.shape] }));
    const { rowMap, cubeMap, positionMap } = other.rowMap.stored();
    this.rowMap = RowMap.from(rowMap, cubeMap, positionMap);
    this.state = { ...header, defaultTile, axisCount };
    this.isChanged = true;
    return true;
  }

  /** Brings all changed tiles to disk. */
  private settle(): void {
    if (!this.isChanged) return;
    this.cache.flush();
    for (const file of this.files) file?.flush();
  }

  flush(): Uint8Array {
    if (!this.isChanged || !this.state) return new Uint8Array(0);
    this.settle();
    const header: TiledHeader = {
      ...this.state,
      rowCount: this.rowCount,
      fileLengths: this.files.map((file) => file?.length),
      cubes: this.cubes,
      ...this.rowMap.stored(),
    };
    tableDisk.writeFile(this.context.file, writeTiledHeader(this.type, header, this.context.isLittleEndian));
    this.isChanged = false;
    return new Uint8Array(0);
  }

  close(): void {
    this.cache.clear();
    for (const file of this.files) file?.close();
  }

  private get header(): TiledHeader {
    return this.state ?? this.load();
  }

  /** Fixed shape of the columns, fast to slow. */
  private get fixedShape(): number[] | undefined {
    return this.context.columns.find((layout) => layout.shape !== undefined)?.shape?.toReversed();
  }

  private cellAxes(cube: Cube): number {
    const first = this.context.columns[this.dataColumns[0]];
    return first.shape?.length ?? first.axisCount ?? cube.shape.length - 1;
  }

  private load(): TiledHeader {
    const { file, columns, isWritable } = this.context;
    const header = readTiledHeader(tableDisk.readFile(file), file, this.type, {
      types: columns.map((layout) => layout.type),
      dataColumns: this.dataColumns,
    });
    if (this.type === 'TiledCellStMan' && header.cubes.length < this.rowCount) {
      fail('bad-format', `There are ${header.cubes.length} hypercubes for ${this.rowCount} rows.`, { file });
    }
    if (this.type === 'TiledColumnStMan') this.checkColumnCube(header, file);
    this.state = header;
    this.files = header.fileLengths.map((length, number) =>
      length === undefined ? undefined : new TileFile(`${file}_TSM${number}`, length, isWritable),
    );
    this.cubes = [...header.cubes];
    const runs = this.type === 'TiledDataStMan' ? dataRuns(header, this.rowCount) : undefined;
    this.rowMap = runs ?? RowMap.from(header.rowMap, header.cubeMap, header.positionMap);
    this.checkPositions(file);
    return header;
  }

  private checkColumnCube(header: TiledHeader, file: string): void {
    const rows = header.cubes[0]?.shape.at(-1) ?? -1;
    if (rows < this.rowCount)
      fail('bad-format', `The hypercube has ${rows} rows, the table ${this.rowCount}.`, { file });
  }

  private checkPositions(file: string): void {
    if (this.type !== 'TiledShapeStMan') return;
    for (const run of this.rowMap.runs) {
      if (run.cube === 0) continue;
      const rows = this.cubes[run.cube]?.shape.at(-1) ?? 0;
      if (run.count < 1 || run.position < 0 || run.position + run.count > rows) {
        fail('bad-format', 'The map of rows refers to places outside the hypercubes.', { file, row: run.first });
      }
    }
  }

  /** Puts rows into the cube of a shape, at its end. */
  private place(row: number, count: number, axes: readonly number[]): void {
    if (this.type === 'TiledCellStMan') {
      for (let k = 0; k < count; k++) this.replaceCell(row + k, axes);
      return;
    }
    if (this.type !== 'TiledShapeStMan') fail('usage', `Cells in a ${this.type} cannot change their shape.`);
    let number = this.cubes.findIndex((cube, index) => index > 0 && sameShape(cube.shape.slice(0, -1), axes));
    if (number < 0) {
      this.addFile(this.files.length);
      this.addCube(axes, this.files.length - 1);
      number = this.cubes.length - 1;
    }
    const cube = this.cubes[number];
    const run: RowRun = { first: row, count, cube: number, position: cube.shape[cube.shape.length - 1] };
    this.extend(cube, count);
    this.rowMap.assign(run);
  }

  private replaceCell(row: number, axes: readonly number[]): void {
    this.cache.settle(tileKey(row, 0), tileKey(row + 1, 0) - 1, true);
    const file = this.fileOf({ fileNumber: 0 } as Cube);
    const tileShape = fitTile(axes, this.header.defaultTile);
    const tile = tileLayout(this.dataTypes(), tileShape);
    const cube: Cube = {
      shape: [...axes],
      tileShape,
      isExtensible: false,
      fileNumber: 0,
      fileOffset: file.length,
      tile,
      values: new Map(),
    };
    this.cubes[row] = cube;
    file.length += cubeBytes(cube);
    this.isChanged = true;
  }

  private addFile(number: number): void {
    const file = new TileFile(`${this.context.file}_TSM${number}`, 0, true);
    tableDisk.writeFile(file.name, new Uint8Array(0));
    this.files[number] = file;
  }

  /** A new cube of no rows at the beginning of a file. */
  private addCube(axes: readonly number[], fileNumber: number): void {
    const shape = [...axes, 0];
    const tileShape = fitTile(shape, this.header.defaultTile);
    const tile = tileLayout(this.dataTypes(), tileShape);
    this.cubes.push({ shape, tileShape, isExtensible: true, fileNumber, fileOffset: 0, tile, values: new Map() });
  }

  private dataTypes() {
    return this.dataColumns.map((column) => this.context.columns[column].type);
  }

  private extend(cube: Cube, count: number): void {
    const file = this.fileOf(cube);
    const before = cubeBytes(cube);
    cube.shape[cube.shape.length - 1] += count;
    file.length += cubeBytes(cube) - before;
    this.isChanged = true;
  }
}

/** Key of a tile in the cache: ascending with the cube, then with the tile. */
function tileKey(cubeNumber: number, tile: number): number {
  return cubeNumber * 2 ** 28 + tile;
}

function emptyCube(fileNumber: number): Cube {
  const tile = { offsets: [], bytes: 0 };
  return { shape: [], tileShape: [], isExtensible: false, fileNumber, fileOffset: 0, tile, values: new Map() };
}

/** TiledDataStMan: runs are given by their first row. */
function dataRuns(header: TiledHeader, rowCount: number): RowMap {
  const map = new RowMap();
  header.rowMap.forEach((first, k) => {
    const next = k + 1 < header.rowMap.length ? header.rowMap[k + 1] : rowCount;
    if (next > first)
      map.assign({ first, count: next - first, cube: header.cubeMap[k], position: header.positionMap[k] });
  });
  return map;
}

for (const type of ['TiledShapeStMan', 'TiledColumnStMan', 'TiledCellStMan', 'TiledDataStMan'] as const) {
  registerStorageManager(type, {
    open: (context) => TiledStMan.open(type, context),
    create: (context, description) => TiledStMan.create(type, context, description),
  });
}
