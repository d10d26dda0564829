import {
  type ColumnDescription,
  createTable,
  type KeywordValue,
  openTable,
  type Table,
  type TableMode,
  type TableRecord,
} from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { joinPath } from '../../foundation/bytes/index.ts';
import { type ImageInfo, readImageInfo, writeImageInfo } from './beams.ts';
import { readCoordinates, writeCoordinates } from './coordinate-record.ts';
import type { CoordinateSystem } from './coordinates.ts';
import { type PlaneStore, planeStore } from './plane-store.ts';
import { bool, double, floats, int, ints, record, recordAt, text, textAt } from './records.ts';

/** An open CASA image. Planes are its two fastest axes, [sizeY, sizeX]; shapes are slow to fast. */
export interface Image {
  readonly path: string;
  /** e.g. [chan, stokes, y, x] */
  readonly shape: readonly number[];
  readonly sizeX: number;
  readonly sizeY: number;
  readonly planeCount: number;
  readonly chanCount: number;
  readonly stokesCount: number;
  readonly coordinates: CoordinateSystem;
  /** 'Jy/beam', '' when none */
  readonly unit: string;
  readonly info: ImageInfo;
  readonly miscInfo: TableRecord;
  readonly hasMask: boolean;
  /** Name of the mask; '' without one. */
  readonly maskName: string;
  /** Names of all masks that the image keeps. */
  readonly maskNames: readonly string[];
  /** Number of the plane of a channel and Stokes index, both from 0. */
  planeIndex(chan: number, stokes?: number): number;
  /** Channel and Stokes index of a plane. */
  planeAxes(plane: number): { chan: number; stokes: number };
  /** f32 [y, x] */
  readPlane(plane: number): Float32Array;
  writePlane(plane: number, values: Float32Array): void;
  /** 1 = good, [y, x]; undefined for an image without a mask. */
  readMask(plane: number): Uint8Array | undefined;
  /** Makes the mask (all good) under a name when there is none yet. */
  writeMask(plane: number, mask: Uint8Array, name?: string): void;
  setUnit(unit: string): void;
  /** Takes effect when the image is opened again; all its axes must be in the coordinates. */
  setCoordinates(coordinates: CoordinateSystem): void;
  setInfo(info: ImageInfo): void;
  setMiscInfo(misc: TableRecord): void;
  /** Messages of the log table. */
  history(): string[];
  addHistory(messages: readonly string[], origin: string): void;
  close(): void;
}

const MASK_NAME = 'mask0';
const TILE = 256;

/** Tile of about TILE x TILE pixels of one plane, slow to fast. */
function tileOf(shape: readonly number[]): number[] {
  return shape.map((length, axis) => (axis < shape.length - 2 ? 1 : Math.ceil(length / Math.ceil(length / TILE))));
}

function pixelTable(
  path: string,
  options: { column: string; type: 'Float' | 'Bool'; shape: readonly number[]; info: string },
): Table {
  const column: ColumnDescription = {
    name: options.column,
    type: options.type,
    kind: 'array',
    axisCount: options.shape.length,
    comment: 'version 4.0',
  };
  return createTable(
    path,
    {
      columns: [column],
      storageManagers: [
        { type: 'TiledCellStMan', name: options.column, columns: [options.column], tileShape: tileOf(options.shape) },
      ],
      info: { type: options.info, subType: '' },
    },
    1,
  );
}

/** The log table of an image, with CASA's columns. */
function createLogTable(path: string): void {
  const columns: ColumnDescription[] = [
    {
      name: 'TIME',
      type: 'Double',
      kind: 'scalar',
      comment: 'MJD in seconds',
      keywords: new Map([
        ['UNIT', text('s')],
        ['MEASURE_TYPE', text('EPOCH')],
        ['MEASURE_REFERENCE', text('UTC')],
      ]),
    },
    ...['PRIORITY', 'MESSAGE', 'LOCATION', 'OBJECT_ID'].map(
      (name): ColumnDescription => ({ name, type: 'String', kind: 'scalar' }),
    ),
  ];
  const storage = { type: 'StandardStMan' as const, name: 'SSM', columns: columns.map((column) => column.name) };
  const readme = 'Repository for software-generated logging messages\n';
  createTable(
    path,
    { columns, storageManagers: [storage], info: { type: 'Log message', subType: '', readme } },
    0,
  ).close();
}

function maskKeyword(path: string, shape: readonly number[]): KeywordValue {
  const lengths = shape.toReversed();
  const box = record({
    isRegion: int(1),
    name: text('LCBox'),
    comment: text(''),
    oneRel: bool(true),
    blc: floats(lengths.map(() => 1)),
    trc: floats(lengths),
    shape: ints(lengths),
  });
  return record({
    isRegion: int(1),
    name: text('LCPagedMask'),
    comment: text(''),
    mask: { type: 'Table', path },
    box,
  });
}

class CasaImage implements Image {
  readonly path: string;
  readonly shape: readonly number[];
  readonly coordinates: CoordinateSystem;
  readonly chanCount: number;
  readonly stokesCount: number;
  private readonly table: Table;
  private readonly isWritable: boolean;
  private readonly pixels: PlaneStore;
  private maskTable: Table | undefined;
  private masks: PlaneStore | undefined;
  private readonly outer: readonly number[];

  constructor(path: string, table: Table, isWritable: boolean) {
    const shape = table.hasColumn('map') && table.rowCount > 0 ? table.column('map').cellShape(0) : undefined;
    if (!shape || shape.length < 2)
      fail('bad-format', 'This table is not a CASA image: it has no column map with pixels.', { file: path });
    this.path = path;
    this.table = table;
    this.isWritable = isWritable;
    this.shape = shape;
    this.outer = shape.slice(0, -2);
    const coords = recordAt(table.keywords, 'coords');
    if (!coords) fail('bad-format', 'This image has no coordinates.', { file: path });
    this.coordinates = readCoordinates(coords);
    this.chanCount = this.lengthOf(this.coordinates.spectral?.pixelAxis);
    this.stokesCount = this.lengthOf(this.coordinates.stokes?.pixelAxis);
    this.pixels = planeStore(table.column('map'), shape);
    this.openMask();
  }

  private lengthOf(pixelAxis: number | undefined): number {
    return pixelAxis === undefined ? 1 : (this.shape[this.shape.length - 1 - pixelAxis] ?? 1);
  }

  private openMask(): void {
    const name = textAt(this.table.keywords, 'Image_defaultmask');
    const mask = recordAt(recordAt(this.table.keywords, 'masks'), name)?.get('mask');
    if (mask?.type !== 'Table') return;
    this.maskTable = openTable(joinPath(this.path, name), this.isWritable ? 'update' : 'read');
    this.masks = planeStore(this.maskTable.column(this.maskTable.columnNames[0]), this.shape);
  }

  get sizeX(): number {
    return this.shape[this.shape.length - 1];
  }
  get sizeY(): number {
    return this.shape[this.shape.length - 2];
  }
  get planeCount(): number {
    return this.outer.reduce((product, length) => product * length, 1);
  }
  get unit(): string {
    return textAt(this.table.keywords, 'units');
  }
  get info(): ImageInfo {
    return readImageInfo(recordAt(this.table.keywords, 'imageinfo'));
  }
  get miscInfo(): TableRecord {
    return recordAt(this.table.keywords, 'miscinfo') ?? new Map();
  }
  get hasMask(): boolean {
    return this.masks !== undefined;
  }

  get maskName(): string {
    return this.hasMask ? textAt(this.table.keywords, 'Image_defaultmask') : '';
  }

  get maskNames(): string[] {
    return [...(recordAt(this.table.keywords, 'masks') ?? new Map()).keys()];
  }

  planeIndex(chan: number, stokes = 0): number {
    const at = (pixelAxis: number | undefined, value: number) =>
      pixelAxis === undefined || pixelAxis < 2 ? undefined : { axis: this.shape.length - 1 - pixelAxis, value };
    const places = [at(this.coordinates.spectral?.pixelAxis, chan), at(this.coordinates.stokes?.pixelAxis, stokes)];
    return this.outer.reduce(
      (index, length, axis) => index * length + (places.find((place) => place?.axis === axis)?.value ?? 0),
      0,
    );
  }

  planeAxes(plane: number): { chan: number; stokes: number } {
    const position: number[] = [];
    let rest = plane;
    for (let axis = this.outer.length - 1; axis >= 0; axis--) {
      position[axis] = rest % this.outer[axis];
      rest = Math.floor(rest / this.outer[axis]);
    }
    const at = (pixelAxis: number | undefined) =>
      pixelAxis === undefined ? 0 : (position[this.shape.length - 1 - pixelAxis] ?? 0);
    return { chan: at(this.coordinates.spectral?.pixelAxis), stokes: at(this.coordinates.stokes?.pixelAxis) };
  }

  readPlane(plane: number): Float32Array {
    return this.pixels.read(plane) as Float32Array;
  }
  writePlane(plane: number, values: Float32Array): void {
    this.pixels.write(plane, values);
  }
  readMask(plane: number): Uint8Array | undefined {
    return this.masks?.read(plane) as Uint8Array | undefined;
  }

  writeMask(plane: number, mask: Uint8Array, name?: string): void {
    if (!this.masks || (name !== undefined && name !== this.maskName)) this.makeMask(name ?? MASK_NAME);
    this.masks?.write(plane, mask);
  }

  private makeMask(name: string): void {
    this.maskTable?.close();
    const path = joinPath(this.path, name);
    this.maskTable = pixelTable(path, { column: 'PagedArray', type: 'Bool', shape: this.shape, info: 'Paged Array' });
    this.masks = planeStore(this.maskTable.column('PagedArray'), this.shape);
    this.masks.define();
    const all = new Uint8Array(this.sizeX * this.sizeY).fill(1);
    for (let plane = 0; plane < this.planeCount; plane++) this.masks.write(plane, all);
    const others = recordAt(this.table.keywords, 'masks') ?? new Map<string, KeywordValue>();
    const masks = new Map([...others, [name, maskKeyword(path, this.shape)]]);
    this.table.setKeyword('masks', { type: 'Record', record: masks });
    this.table.setKeyword('Image_defaultmask', text(name));
  }

  setUnit(unit: string): void {
    this.table.setKeyword('units', text(unit));
  }
  setCoordinates(coordinates: CoordinateSystem): void {
    this.table.setKeyword('coords', writeCoordinates(coordinates));
  }
  setInfo(info: ImageInfo): void {
    this.table.setKeyword('imageinfo', writeImageInfo(info, this.chanCount, this.stokesCount));
  }
  setMiscInfo(misc: TableRecord): void {
    this.table.setKeyword('miscinfo', { type: 'Record', record: misc });
  }

  history(): string[] {
    if (!this.table.keywords.has('logtable')) return [];
    const log = this.table.subtable('logtable');
    const messages = log.rowCount === 0 ? [] : (log.column('MESSAGE').getRange(0, log.rowCount) as string[]);
    log.close();
    return Array.from(messages);
  }

  addHistory(messages: readonly string[], origin: string): void {
    const log = openTable(joinPath(this.path, 'logtable'), 'update');
    const start = log.rowCount;
    log.addRows(messages.length);
    const time = this.coordinates.observedMjdSec;
    messages.forEach((message, k) => {
      log.column('TIME').put(start + k, time);
      log.column('PRIORITY').put(start + k, 'INFO');
      log.column('MESSAGE').put(start + k, message);
      log.column('LOCATION').put(start + k, origin);
      log.column('OBJECT_ID').put(start + k, '');
    });
    log.close();
  }

  close(): void {
    this.maskTable?.close();
    this.table.close();
  }
}

/**
 * Opens a CASA image.
 *
 * @throws missing, bad-format, unsupported
 */
export function openImage(path: string, mode: TableMode = 'read'): Image {
  return new CasaImage(path, openTable(path, mode), mode === 'update');
}

/**
 * Makes a CASA image full of zeros, as CASA 6.7 lays it out: column map, keywords coords, imageinfo, miscinfo, units, log table.
 * The caller stages the path or removes what is in the way.
 *
 * @param shape slow to fast; must fit the coordinates' pixel axes
 */
export function createImage(
  path: string,
  options: {
    readonly shape: readonly number[];
    readonly coordinates: CoordinateSystem;
    readonly unit?: string;
    readonly info?: ImageInfo;
    readonly miscInfo?: TableRecord;
  },
): Image {
  const table = pixelTable(path, { column: 'map', type: 'Float', shape: options.shape, info: 'Image' });
  planeStore(table.column('map'), options.shape).define();
  const logPath = joinPath(path, 'logtable');
  createLogTable(logPath);
  table.setKeyword('logtable', { type: 'Table', path: logPath });
  table.setKeyword('coords', writeCoordinates(options.coordinates));
  const image = new CasaImage(path, table, true);
  image.setMiscInfo(options.miscInfo ?? new Map([['distance', double(0)]]));
  image.setInfo(options.info ?? { imageType: 'Intensity', objectName: '', beams: [] });
  if (options.unit) image.setUnit(options.unit);
  return image;
}
