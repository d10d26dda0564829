import type { Column, ColumnValues } from '../../formats/tables/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { arena } from '../../foundation/numeric/index.ts';
import {
  type MeasurementSet,
  type MsMetadata,
  OPTIONAL_MAIN_COLUMNS,
  parseColumns,
  readMetadata,
  tiledManager,
} from '../ms/index.ts';
import { forEachRun } from './chunk-plan.ts';
import { type ChunkReader, openChunkReader, planMs, ROW_COLUMNS, shapeOf } from './chunk-source.ts';
import { recipeOf, removeRecipe } from './column-recipe.ts';
import type { DataColumn, VisibilityChunk } from './types.ts';

export interface WriteOptions {
  /** Visibility columns of the chunk to write back; default none. */
  readonly columns?: readonly DataColumn[];
  readonly flag?: boolean;
  readonly flagRow?: boolean;
  readonly weight?: boolean;
  readonly sigma?: boolean;
  readonly weightSpectrum?: boolean;
  /** Values of SIGMA_SPECTRUM, [row, chan, corr]; chunks do not carry them. */
  readonly sigmaSpectrum?: Float32Array;
  readonly uvw?: boolean;
}

export interface AppendOptions {
  /** Visibility columns to fill; default those that both the chunk and the MS have. */
  readonly columns?: readonly DataColumn[];
  /** DATA_DESC_ID in the MS that is written to; default the chunk's. */
  readonly dataDescId?: number;
}

/**
 * Writes parts of a chunk back to the rows that it was read from.
 *
 * @throws missing when the chunk or the MS lacks a column asked for
 */
export function writeChunk(ms: MeasurementSet, chunk: VisibilityChunk, options: WriteOptions): void {
  const { main } = ms;
  const cell = [chunk.chanCount, chunk.corrCount];
  const put = (name: string, values: ColumnValues, shape: readonly number[], width: number) =>
    putRows(main.column(name), chunk.rows, values, shape, width);
  const perCell = chunk.chanCount * chunk.corrCount;
  for (const name of options.columns ?? []) {
    const values = chunk.data[name] ?? fail('missing', `The chunk carries no ${name}.`, { file: ms.path });
    put(name, values, cell, 2 * perCell);
  }
  if (options.flag) put('FLAG', chunk.flag, cell, perCell);
  if (options.weight) put('WEIGHT', chunk.weight, [chunk.corrCount], chunk.corrCount);
  if (options.sigma) put('SIGMA', chunk.sigma, [chunk.corrCount], chunk.corrCount);
  if (options.weightSpectrum && chunk.weightSpectrum) put('WEIGHT_SPECTRUM', chunk.weightSpectrum, cell, perCell);
  if (options.sigmaSpectrum) put('SIGMA_SPECTRUM', options.sigmaSpectrum, cell, perCell);
  if (options.uvw) put('UVW', chunk.uvw, [], 3);
  if (options.flagRow) put('FLAG_ROW', chunk.flagRow, [], 1);
}

function putRows(
  column: Column,
  rows: Int32Array,
  values: ColumnValues,
  shape: readonly number[],
  width: number,
): void {
  const flat = values as Float32Array;
  forEachRun(rows, (start, count, at) => {
    column.putRange(
      start,
      count,
      flat.subarray(at * width, (at + count) * width),
      shape.length > 0 ? shape : undefined,
    );
  });
}

/**
 * Appends the rows of a chunk to an MS, with all metadata columns.
 *
 * @returns the number of the first new row
 */
export function appendChunk(ms: MeasurementSet, chunk: VisibilityChunk, options: AppendOptions = {}): number {
  const { main } = ms;
  const start = main.rowCount;
  const count = chunk.rowCount;
  if (count === 0) return start;
  main.addRows(count);
  const put = (name: string, values: ColumnValues, shape?: readonly number[]) =>
    main.column(name).putRange(start, count, values, shape);
  const cell = [chunk.chanCount, chunk.corrCount];
  const available = Object.keys(chunk.data) as DataColumn[];
  for (const name of options.columns ?? available.filter((column) => main.hasColumn(column))) {
    const values = chunk.data[name] ?? fail('missing', `The chunk carries no ${name}.`, { file: ms.path });
    put(name, name === 'FLOAT_DATA' ? realParts(values) : values, cell);
  }
  put('FLAG', chunk.flag, cell);
  put('FLAG_ROW', chunk.flagRow);
  put('WEIGHT', chunk.weight, [chunk.corrCount]);
  put('SIGMA', chunk.sigma, [chunk.corrCount]);
  if (chunk.weightSpectrum && main.hasColumn('WEIGHT_SPECTRUM')) put('WEIGHT_SPECTRUM', chunk.weightSpectrum, cell);
  const noise = chunk.dataWeights ?? chunk.weightSpectrum;
  if (noise && main.hasColumn('SIGMA_SPECTRUM')) {
    put(
      'SIGMA_SPECTRUM',
      noise.map((weight) => (weight > 0 ? 1 / Math.sqrt(weight) : -1)),
      cell,
    );
  }
  put('UVW', chunk.uvw);
  for (const [key, name] of ROW_COLUMNS.doubles) put(name, chunk[key]);
  for (const [key, name] of ROW_COLUMNS.integers) put(name, chunk[key]);
  put('DATA_DESC_ID', new Int32Array(count).fill(options.dataDescId ?? chunk.dataDescId));
  return start;
}

function realParts(values: Float32Array): Float32Array {
  return Float32Array.from({ length: values.length / 2 }, (_, index) => values[2 * index]);
}

/**
 * Adds a scratch column when the MS does not have it: CORRECTED_DATA as a copy of DATA, MODEL_DATA as a point source of 1 Jy
 * (1 in parallel-hand and 0 in cross-hand correlations), as CASA initialises them.
 *
 * @returns true when the column was added
 */
export function ensureDataColumn(
  ms: MeasurementSet,
  name: 'CORRECTED_DATA' | 'MODEL_DATA',
  options: { readonly metadata?: MsMetadata; readonly fill?: boolean } = {},
): boolean {
  if (ms.main.hasColumn(name)) return false;
  const metadata = options.metadata ?? readMetadata(ms);
  const widest = Math.max(1, ...metadata.spectralWindows.map(({ chanFreqs }) => chanFreqs.length));
  const corrCount = Math.max(1, ...metadata.polarizations.map(({ corrTypes }) => corrTypes.length));
  const made =
    name === 'CORRECTED_DATA' && recipeOf(ms) !== undefined ? openChunkReader(ms, metadata, STORED) : undefined;
  // Tiles of whole spectra, as DATA has them: chunks are read row by row, and a tile of a few channels of many rows is
  // read anew for each of them.
  ms.main.addColumns(parseColumns(OPTIONAL_MAIN_COLUMNS[name]), tiledManager(name, widest, corrCount));
  if (made) {
    storeMade(ms, metadata, made);
    return true;
  }
  if (options.fill === false) return true;
  if (name === 'CORRECTED_DATA') {
    if (!ms.main.adoptColumn(name, ms.main, 'DATA')) copyData(ms, metadata);
  } else fillUnitModel(ms, metadata);
  return true;
}

const STORED = { columns: ['CORRECTED_DATA'] as const };

/** Stores the column that a recipe made until now. */
function storeMade(ms: MeasurementSet, metadata: MsMetadata, reader: ChunkReader): void {
  for (const planned of planMs(ms, metadata, STORED)) {
    const chunk = reader.read(planned);
    writeChunk(ms, chunk, STORED);
    chunk.release();
  }
  reader.close();
  removeRecipe(ms);
}

function copyData(ms: MeasurementSet, metadata: MsMetadata): void {
  const options = { columns: ['DATA'] as const };
  const reader = openChunkReader(ms, metadata, options);
  for (const planned of planMs(ms, metadata, options)) {
    const chunk = reader.read(planned);
    writeChunk(ms, { ...chunk, data: { CORRECTED_DATA: chunk.data.DATA } }, { columns: ['CORRECTED_DATA'] });
    chunk.release();
  }
}

function fillUnitModel(ms: MeasurementSet, metadata: MsMetadata): void {
  for (const planned of planMs(ms, metadata, { columns: ['MODEL_DATA'] })) {
    const { chanCount, corrCount } = shapeOf(metadata, planned.dataDescId);
    const { polId } = metadata.dataDescriptions[planned.dataDescId];
    const unit = metadata.polarizations[polId].corrTypes.map((type) => (type[0] === type[1] || type === 'I' ? 1 : 0));
    arena().scope((lease) => {
      const values = lease.float32(2 * planned.rows.length * chanCount * corrCount);
      for (let index = 0; index < values.length / 2; index++) {
        values[2 * index] = unit[index % corrCount];
        values[2 * index + 1] = 0;
      }
      const width = 2 * chanCount * corrCount;
      putRows(ms.main.column('MODEL_DATA'), planned.rows, values, [chanCount, corrCount], width);
    });
  }
}
