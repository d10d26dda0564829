import type { Column, ColumnValues } from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { arena, type Lease } from '../../foundation/numeric/index.ts';
import {
  type MeasurementSet,
  type MsMetadata,
  readMetadata,
  type Selection,
  selectRows,
  stepRows,
} from '../ms/index.ts';
import { forEachRun, type PlannedChunk, planChunks } from './chunk-plan.ts';
import { type ColumnRecipe, openRecipe } from './column-recipe.ts';
import type { DataColumn, VisibilityChunk } from './types.ts';
import { requireFinished } from './unfinished-change.ts';

export interface ReadOptions {
  /** Rows to read, ascending; or a selection; default all. */
  readonly rows?: Int32Array;
  readonly selection?: Selection;
  /** Visibility columns to read; may be empty. */
  readonly columns: readonly DataColumn[];
  /** Most bytes of a chunk; default 32 MiB. A single integration may exceed it. */
  readonly maxBytes?: number;
  readonly withWeightSpectrum?: boolean;
  readonly withSigmaSpectrum?: boolean;
  readonly metadata?: MsMetadata;
}

/** Bytes per row of the metadata columns in a chunk. */
const ROW_BYTES = 140;
const DEFAULT_BYTES = 32 * 1024 * 1024;
/** Unchosen rows between chosen ones that are read over instead of starting a new read of a scalar column. */
const GAP_ROWS = 2048;

const DOUBLES = [
  ['time', 'TIME'],
  ['timeCentroid', 'TIME_CENTROID'],
  ['interval', 'INTERVAL'],
  ['exposure', 'EXPOSURE'],
] as const;
const INTEGERS = [
  ['antenna1', 'ANTENNA1'],
  ['antenna2', 'ANTENNA2'],
  ['feed1', 'FEED1'],
  ['feed2', 'FEED2'],
  ['fieldId', 'FIELD_ID'],
  ['scanNumber', 'SCAN_NUMBER'],
  ['stateId', 'STATE_ID'],
  ['observationId', 'OBSERVATION_ID'],
  ['arrayId', 'ARRAY_ID'],
  ['processorId', 'PROCESSOR_ID'],
] as const;

/** Metadata columns of a chunk with the MAIN columns that they are kept in. */
export const ROW_COLUMNS = { doubles: DOUBLES, integers: INTEGERS } as const;

/**
 * Reads an MS chunk by chunk, in bounded memory; each chunk must be released before much later ones are asked for.
 *
 * Chunks come in the order of their first rows; each holds rows of one data description and whole integrations.
 *
 * @throws missing when a column is absent; bad-format when cells differ in shape from their spectral window
 */
export function* readChunks(ms: MeasurementSet, options: ReadOptions): Generator<VisibilityChunk> {
  const metadata = options.metadata ?? readMetadata(ms);
  const rows = options.rows ?? (options.selection ? selectRows(ms, options.selection, { metadata }).rows : undefined);
  const reader = openChunkReader(ms, metadata, options);
  try {
    for (const planned of planMs(ms, metadata, options, rows)) yield reader.read(planned);
  } finally {
    reader.close();
  }
}

/** The chunks that `readChunks` would give, without reading visibilities. */
export function planMs(
  ms: MeasurementSet,
  metadata: MsMetadata,
  options: Pick<ReadOptions, 'columns' | 'maxBytes' | 'withWeightSpectrum'>,
  rows?: Int32Array,
): PlannedChunk[] {
  const { dataDescId, time } = rows ? readRowKeys(ms, rows) : readAllKeys(ms);
  return planChunks({
    rowLimit: rowLimiter(metadata, options),
    rows: rows ?? Int32Array.from({ length: dataDescId.length }, (_, row) => row),
    dataDescId,
    time,
  });
}

/** Most rows of a chunk, by data description, within a budget of bytes. */
export function rowLimiter(
  metadata: MsMetadata,
  options: Pick<ReadOptions, 'columns' | 'maxBytes' | 'withWeightSpectrum' | 'withSigmaSpectrum'>,
): (dataDescId: number) => number {
  const maxBytes = options.maxBytes ?? DEFAULT_BYTES;
  const spectra = [options.withWeightSpectrum, options.withSigmaSpectrum].filter(Boolean).length;
  const perValue = options.columns.length * 8 + 1 + 4 * spectra;
  return (id) => {
    const { chanCount, corrCount } = shapeOf(metadata, id);
    return Math.floor(maxBytes / (ROW_BYTES + chanCount * corrCount * perValue + corrCount * 8));
  };
}

function readAllKeys(ms: MeasurementSet): { dataDescId: Int32Array; time: Float64Array } {
  const dataDescId = new Int32Array(ms.main.rowCount);
  const time = new Float64Array(ms.main.rowCount);
  for (const { start, values } of stepRows(ms.main, ['DATA_DESC_ID', 'TIME'])) {
    dataDescId.set(values.DATA_DESC_ID as Int32Array, start);
    time.set(values.TIME as Float64Array, start);
  }
  return { dataDescId, time };
}

function readRowKeys(ms: MeasurementSet, rows: Int32Array): { dataDescId: Int32Array; time: Float64Array } {
  const dataDescId = new Int32Array(rows.length);
  const time = new Float64Array(rows.length);
  readScalars(ms.main.column('DATA_DESC_ID'), rows, dataDescId);
  readScalars(ms.main.column('TIME'), rows, time);
  return { dataDescId, time };
}

/** Channels and correlations of a data description. */
export function shapeOf(metadata: MsMetadata, dataDescId: number): { chanCount: number; corrCount: number } {
  const description = metadata.dataDescriptions[dataDescId];
  if (!description || description.spwId < 0) {
    fail('bad-format', `The data description ${dataDescId} of a row is not in the table, or has no window.`, {
      table: 'DATA_DESCRIPTION',
    });
  }
  const chanCount = metadata.spectralWindows[description.spwId].chanFreqs.length;
  return { chanCount, corrCount: metadata.polarizations[description.polId].corrTypes.length };
}

/** Reads planned chunks of one MS. */
export interface ChunkReader {
  read(planned: PlannedChunk): VisibilityChunk;
  /** Gives back what a column that is made on reading needed. */
  close(): void;
}

/** Looks up the columns once, for reading many chunks. */
export function openChunkReader(ms: MeasurementSet, metadata: MsMetadata, options: ReadOptions): ChunkReader {
  const recipe = openRecipes(ms, metadata, options.columns);
  const spectra = (
    [
      ['weightSpectrum', 'WEIGHT_SPECTRUM', options.withWeightSpectrum],
      ['sigmaSpectrum', 'SIGMA_SPECTRUM', options.withSigmaSpectrum],
    ] as const
  ).flatMap(([key, name, isWanted]) => (isWanted && ms.main.hasColumn(name) ? [[key, name] as const] : []));
  return {
    read(planned) {
      const lease = arena().lease();
      try {
        return readChunk(ms, metadata, planned, { columns: options.columns, spectra, recipe }, lease);
      } catch (error) {
        lease.release();
        throw error;
      }
    },
    close: () => recipe?.release(),
  };
}

/** Columns of every chunk that tasks change where they are; spectra of weights change with them. */
const ALWAYS_READ = ['FLAG', 'WEIGHT'];

/** Looks the columns up; the recipe of the one that is not stored. @throws missing */
function openRecipes(
  ms: MeasurementSet,
  metadata: MsMetadata,
  columns: readonly DataColumn[],
): ColumnRecipe | undefined {
  requireFinished(ms, [...columns, ...ALWAYS_READ]);
  let recipe: ColumnRecipe | undefined;
  for (const name of columns) {
    recipe ??= openRecipe(ms, metadata, name);
    ms.main.column(recipe && name === 'CORRECTED_DATA' ? 'DATA' : name);
  }
  return recipe;
}

interface ChunkContent {
  readonly columns: readonly DataColumn[];
  /** Weights by channel: where they go, and the column, whose cells may have no value. */
  readonly spectra: readonly (readonly [key: 'weightSpectrum' | 'sigmaSpectrum', name: string])[];
  /** Makes CORRECTED_DATA from DATA. */
  readonly recipe: ColumnRecipe | undefined;
}

function readChunk(
  ms: MeasurementSet,
  metadata: MsMetadata,
  planned: PlannedChunk,
  { columns, spectra, recipe }: ChunkContent,
  lease: Lease,
): VisibilityChunk {
  const { dataDescId } = planned;
  const rowCount = planned.rows.length;
  const { chanCount, corrCount } = shapeOf(metadata, dataDescId);
  const valueCount = rowCount * chanCount * corrCount;
  const rows = lease.int32(rowCount);
  rows.set(planned.rows);
  const main = ms.main;
  const order = ascendingOrder(rows);
  const array = <T extends Exclude<ColumnValues, string[]>>(name: string, values: T, width: number): T => {
    if (width === 0) readAnyScalars(main.column(name), rows, order, values);
    else readArrays(main.column(name), rows, values, width);
    return values;
  };
  const data: Partial<Record<DataColumn, Float32Array>> = {};
  for (const name of columns) {
    data[name] =
      name === 'FLOAT_DATA'
        ? realToComplex(array(name, lease.float32(valueCount), chanCount * corrCount), lease)
        : array(
            recipe && name === 'CORRECTED_DATA' ? 'DATA' : name,
            lease.float32(2 * valueCount),
            2 * chanCount * corrCount,
          );
  }
  const flag = array('FLAG', lease.uint8(valueCount), chanCount * corrCount);
  const flagRow = array('FLAG_ROW', lease.uint8(rowCount), 0);
  const byChannel = spectra.filter(([, name]) => main.column(name).isDefined(rows[0]));
  const doubles = Object.fromEntries(
    DOUBLES.map(([key, name]) => [key, array(name, lease.float64(rowCount), 0)]),
  ) as Record<(typeof DOUBLES)[number][0], Float64Array>;
  const integers = Object.fromEntries(
    INTEGERS.map(([key, name]) => [key, array(name, lease.int32(rowCount), 0)]),
  ) as Record<(typeof INTEGERS)[number][0], Int32Array>;
  const chunk: VisibilityChunk = {
    dataDescId,
    spwId: metadata.dataDescriptions[dataDescId].spwId,
    rowCount,
    chanCount,
    corrCount,
    rows,
    data,
    flag,
    flagRow,
    weight: array('WEIGHT', lease.float32(rowCount * corrCount), corrCount),
    sigma: array('SIGMA', lease.float32(rowCount * corrCount), corrCount),
    ...Object.fromEntries(
      byChannel.map(([key, name]) => [key, array(name, lease.float32(valueCount), chanCount * corrCount)]),
    ),
    uvw: array('UVW', lease.float64(3 * rowCount), 3),
    ...doubles,
    ...integers,
    release: () => lease.release(),
  };
  if (recipe && data.CORRECTED_DATA) recipe.apply(chunk, data.CORRECTED_DATA);
  return chunk;
}

/** FLOAT_DATA travels as complex numbers with a zero imaginary part. */
function realToComplex(values: Float32Array, lease: Lease): Float32Array {
  const complex = lease.float32(2 * values.length);
  for (let index = 0; index < values.length; index++) {
    complex[2 * index] = values[index];
    complex[2 * index + 1] = 0;
  }
  return complex;
}

/** Positions of `rows` in ascending order; undefined when they ascend already. */
function ascendingOrder(rows: Int32Array): Int32Array | undefined {
  let isAscending = true;
  for (let index = 1; index < rows.length && isAscending; index++) isAscending = rows[index] > rows[index - 1];
  if (isAscending) return undefined;
  return Int32Array.from(rows.keys()).sort((one, other) => rows[one] - rows[other]);
}

/** Reads a scalar column at rows in any order. */
function readAnyScalars(
  column: Column,
  rows: Int32Array,
  order: Int32Array | undefined,
  into: Exclude<ColumnValues, string[]>,
): void {
  if (!order) {
    readScalars(column, rows, into);
    return;
  }
  const ascending = order.map((at) => rows[at]);
  const values = readScalars(column, ascending, into.slice() as typeof into);
  for (let index = 0; index < order.length; index++) into[order[index]] = values[index];
}

/** Reads a scalar column at ascending rows; short gaps are read over. */
export function readScalars<T extends Exclude<ColumnValues, string[]>>(column: Column, rows: Int32Array, into: T): T {
  let at = 0;
  while (at < rows.length) {
    let end = at + 1;
    while (end < rows.length && rows[end] - rows[end - 1] <= GAP_ROWS) end++;
    const start = rows[at];
    const span = rows[end - 1] - start + 1;
    if (span === end - at) {
      column.getRange(start, span, into.subarray(at, end));
    } else {
      const values = column.getRange(start, span) as T;
      for (let index = at; index < end; index++) into[index] = values[rows[index] - start];
    }
    at = end;
  }
  return into;
}

/** Reads an array column at rows in any order, by runs of neighbours straight to where they belong. @param width numbers per cell */
function readArrays(column: Column, rows: Int32Array, into: ColumnValues, width: number): void {
  const values = into as Float32Array;
  forEachRun(rows, (start, count, at) => {
    column.getRange(start, count, values.subarray(at * width, (at + count) * width));
  });
}
