import { fail } from '../../foundation/base/index.ts';
import type { ColumnValues, DataType, StorageManagerDescription, TableRecord, ValueRuns } from './types.ts';

/** Rows that follow each other and whose cells have one shape (undefined: undefined cells). */
export interface ShapeRun {
  readonly shape: readonly number[] | undefined;
  readonly count: number;
}

/**
 * The cells of one column inside a storage manager. Shapes are slow to fast, [] for scalars;
 * `at` counts elements of `values` (two a complex number).
 */
export interface StorageColumn {
  /** The run of equal shapes that begins at `row`, at most `limit` rows long. */
  shapeRun(row: number, limit: number): ShapeRun;
  /** Reads cells that are defined and of one shape. */
  read(row: number, count: number, values: ColumnValues, at: number): void;
  /** Writes cells; the shape must have been set. */
  write(row: number, count: number, values: ColumnValues, at: number): void;
  /** Gives array cells a shape; content is zero (or kept, where the shape was the same). */
  setShape(row: number, count: number, shape: readonly number[]): void;
  /** Reads a box [start, start + size) of each of some cells of one shape; without it whole cells are read. */
  readBox?(
    row: number,
    count: number,
    start: readonly number[],
    size: readonly number[],
    values: ColumnValues,
    at: number,
  ): void;
  writeBox?(
    row: number,
    count: number,
    start: readonly number[],
    size: readonly number[],
    values: ColumnValues,
    at: number,
  ): void;
  /** Scalar numbers as the runs that they are stored in; absent where each row has its own value. */
  runs?(row: number, count: number): ValueRuns;
}

/** A column as a storage manager gets to know it. */
export interface ColumnLayout {
  readonly name: string;
  readonly type: DataType;
  readonly isScalar: boolean;
  /** Stored inside the buckets: scalars and arrays with casacore's option Direct. */
  readonly isDirect: boolean;
  /** Fixed cell shape, slow to fast. */
  readonly shape: readonly number[] | undefined;
  /** Number of axes, when it is fixed. */
  readonly axisCount: number | undefined;
  /** Longest text of a fixed-length String column; 0 when free. */
  readonly maxLength: number;
  readonly keywords: TableRecord;
}

/** What a storage manager works with. */
export interface StorageContext {
  /** True when another program may have the table open: it would not see a file put in place of one that it holds. */
  keepsFiles(): boolean;
  /** Directory of the table. */
  readonly tablePath: string;
  /** Path of the manager's main file: table.fN. */
  readonly file: string;
  readonly number: number;
  readonly isLittleEndian: boolean;
  readonly isWritable: boolean;
  readonly columns: readonly ColumnLayout[];
  readonly rowCount: number;
  /** What the manager wrote into table.dat; empty for a new one. */
  readonly blob: Uint8Array;
  /** Keywords of the table that users do not see: definitions of hypercolumns. */
  readonly privateKeywords: TableRecord;
  /** Cells of another column of the same table, for engines that transform it. */
  storedColumn(name: string): StorageColumn;
  /** Description of any column of the same table. */
  layoutOf(name: string): ColumnLayout;
}

/** The keeper of the cells of some columns. */
export interface StorageManager {
  /** Name of the group. */
  readonly name: string;
  /** Cells of the column with this index in the context's list. */
  column(index: number): StorageColumn;
  addRows(count: number): void;
  /** Takes over the cells of another manager with as many rows by copying its files; false, and no change, where it cannot. */
  adopt?(other: StorageManager): boolean;
  /** Removes rows, given in ascending order; absent where the manager cannot. */
  removeRows?(rows: ArrayLike<number>): void;
  /** Writes everything to disk and returns what goes into table.dat. */
  flush(): Uint8Array;
  /** Gives the files back, without writing. */
  close(): void;
}

/** Makes storage managers of one type. */
export interface StorageManagerFactory {
  open(context: StorageContext): StorageManager;
  /** Makes an empty one, with no rows; absent for types that are only read. */
  create?(context: StorageContext, description: StorageManagerDescription): StorageManager;
}

const registry = new Map<string, StorageManagerFactory>();

/** Adds a type of storage manager; rooms outside use it for managers that need more than tables (AsdmStMan). */
export function registerStorageManager(type: string, factory: StorageManagerFactory): void {
  registry.set(type, factory);
}

/** The factory of a type; of several for different values, as ScaledArrayEngine<float,Short>, there is one. @throws unsupported */
export function storageManagerFactory(type: string, file: string): StorageManagerFactory {
  const factory = registry.get(type) ?? registry.get(type.replace(/<.*$/, ''));
  if (factory) return factory;
  return fail('unsupported', `The storage manager ${type} is not known; its columns are neither read nor written.`, {
    file,
  });
}
