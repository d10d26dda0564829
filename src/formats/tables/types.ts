/** casacore data types that columns and keywords have. */
export type DataType =
  | 'Bool'
  | 'UChar'
  | 'Short'
  | 'UShort'
  | 'Int'
  | 'UInt'
  | 'Int64'
  | 'Float'
  | 'Double'
  | 'Complex'
  | 'DComplex'
  | 'String';

/**
 * Values of many cells or of one array cell, flat, slowest axis first.
 * Bool is 0/1 in a Uint8Array; complex numbers are interleaved re, im in a Float32Array or Float64Array of twice the length.
 */
export type ColumnValues =
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | string[];

/** One number, text, truth value or complex pair. */
export type ScalarValue = number | bigint | string | boolean | readonly [re: number, im: number];

/** An array with its shape. Axes are slow to fast everywhere in this room's interface: a DATA cell is [chan, corr]. */
export interface ArrayValue {
  readonly shape: readonly number[];
  readonly values: ColumnValues;
}

export type CellValue = ScalarValue | ArrayValue;

/** A keyword: a typed scalar, a typed array, a nested record, or a link to a table. */
export type KeywordValue =
  | { readonly type: DataType; readonly value: ScalarValue }
  | { readonly type: DataType; readonly array: ArrayValue }
  | { readonly type: 'Record'; readonly record: TableRecord }
  | { readonly type: 'Table'; readonly path: string };

/** Keywords in their stored order. */
export type TableRecord = Map<string, KeywordValue>;

export interface ColumnDescription {
  readonly name: string;
  readonly type: DataType;
  /** 'scalar', or an array of a fixed or free number of axes. */
  readonly kind: 'scalar' | 'array';
  /** Fixed cell shape, slow to fast; undefined when it may differ from row to row. */
  readonly shape?: readonly number[];
  /** Number of axes; undefined when free. */
  readonly axisCount?: number;
  /** A column of records: its cells are UChar arrays that decodeRecord and encodeRecord translate. */
  readonly isRecord?: boolean;
  readonly comment?: string;
  readonly keywords?: TableRecord;
}

/** casacore storage managers that we write. */
export type StorageManagerType =
  | 'StandardStMan'
  | 'IncrementalStMan'
  | 'TiledShapeStMan'
  | 'TiledColumnStMan'
  | 'TiledCellStMan';

export interface StorageManagerDescription {
  /** One of ours, or one that another room registered. */
  readonly type: StorageManagerType | (string & {});
  /** Data manager group name, unique in the table (CASA: the hypercolumn's name for tiled managers). */
  readonly name: string;
  readonly columns: readonly string[];
  /** For tiled managers: default tile, slow to fast, row axis first, e.g. [rows, chan, corr]. */
  readonly tileShape?: readonly number[];
  readonly bucketBytes?: number;
  /** Memory that the tiles (default 16 MiB) or buckets (StandardStMan, 4 MiB) of a new table may take while it is open. */
  readonly cacheBytes?: number;
  /** What the factory of a registered type needs besides; ours need nothing. */
  readonly content?: object;
}

export interface TableDescription {
  readonly columns: readonly ColumnDescription[];
  readonly storageManagers: readonly StorageManagerDescription[];
  readonly keywords?: TableRecord;
  /** table.info: e.g. type 'Measurement Set', subType ''. */
  readonly info?: { readonly type: string; readonly subType: string; readonly readme?: string };
}

/** Cells with numbers in runs: run k has `values[k]` in the rows from `starts[k]` up to the next start. */
export interface ValueRuns {
  readonly starts: readonly number[];
  /** Neighbours may be equal. */
  readonly values: readonly number[];
}

/** A column of an open table. Row numbers count from 0. */
export interface Column {
  readonly description: ColumnDescription;
  readonly name: string;
  readonly keywords: TableRecord;
  isDefined(row: number): boolean;
  /** Cell shape of an array cell, slow to fast; undefined for an undefined cell; [] for scalars. */
  cellShape(row: number): readonly number[] | undefined;
  /** Shape of a cell and how many cells from it on, at most `limit`, share it. */
  shapeRun(start: number, limit: number): { readonly shape: readonly number[] | undefined; readonly count: number };
  /** @throws missing for an undefined array cell */
  get(row: number): CellValue;
  /**
   * Values of `count` cells from `start`, flat [row, ...cell shape].
   * @param into filled and returned when given (must have the right type and length); else a new array is made
   * @throws bad-data when array cells in the range differ in shape
   */
  getRange(start: number, count: number, into?: ColumnValues): ColumnValues;
  /**
   * Numbers of a scalar column as the runs of equal rows that they are stored in, much faster than row by row;
   * undefined where they are not stored so. Starts are rows of the table, the first is `start`; neighbours may be equal.
   */
  getRuns?(start: number, count: number): ValueRuns | undefined;
  put(row: number, value: CellValue): void;
  /**
   * Writes `count` cells from `start`; the values are flat [row, ...shape].
   * @param shape cell shape for arrays; may be left out when the column's shape is fixed or the cells are defined already
   */
  putRange(start: number, count: number, values: ColumnValues, shape?: readonly number[]): void;
  /**
   * A box of each of some array cells of one shape, flat [row, ...size].
   * @param from first index on each axis of the cell, slow to fast; @param size lengths
   * @param into as for getRange
   */
  getSlice(
    start: number,
    count: number,
    from: readonly number[],
    size: readonly number[],
    into?: ColumnValues,
  ): ColumnValues;
  /** Writes a box of each of some defined array cells. */
  putSlice(start: number, count: number, from: readonly number[], size: readonly number[], values: ColumnValues): void;
  /** Gives array cells a shape, so that slices can be written; they hold zeros. */
  setShape(start: number, count: number, shape: readonly number[]): void;
}

/** An open casacore table. */
export interface Table {
  /** Directory of the table. */
  readonly path: string;
  readonly rowCount: number;
  /** Names in stored order. */
  readonly columnNames: readonly string[];
  readonly keywords: TableRecord;
  readonly info: { readonly type: string; readonly subType: string; readonly readme?: string };
  /** Byte order of the data files. */
  readonly isLittleEndian: boolean;
  hasColumn(name: string): boolean;
  /** @throws missing */
  column(name: string): Column;
  /** Storage manager type and group of every column, as stored. */
  storageOf(name: string): { readonly type: string; readonly group: string };
  /** Opens the table that a keyword links to, in the same mode; @throws missing */
  subtable(keyword: string): Table;
  /** Changes below need a table opened for update. */
  addRows(count: number): void;
  /** @param rows in any order; @throws unsupported for tables with tiled columns */
  removeRows(rows: ArrayLike<number>): void;
  /**
   * Takes over all cells of a column of a table (another, or the same) by copying its files, where both columns are alone
   * in a TiledShapeStMan of the same byte order and have the same type and as many rows.
   *
   * @param source name of the column in `from`; default `name`
   * @returns false where that cannot be done; nothing is changed then
   */
  adoptColumn(name: string, from: Table, source?: string): boolean;
  addColumns(columns: readonly ColumnDescription[], storage: StorageManagerDescription): void;
  /** Takes out columns that make up whole storage managers. */
  removeColumns(names: readonly string[]): void;
  /** Throws what removeColumns would, and changes nothing. */
  checkRemoval(names: readonly string[]): void;
  /** Gives a column another name; @throws exists, missing */
  renameColumn(name: string, to: string): void;
  setInfo(info: { readonly type: string; readonly subType: string; readonly readme?: string }): void;
  setKeyword(name: string, value: KeywordValue): void;
  removeKeyword(name: string): void;
  setColumnKeyword(column: string, name: string, value: KeywordValue): void;
  removeColumnKeyword(column: string, name: string): void;
  flush(): void;
  close(): void;
}

export type TableMode = 'read' | 'update';
