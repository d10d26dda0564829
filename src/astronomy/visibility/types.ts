/** Columns of visibilities that a chunk can carry; MODEL_DATA may be virtual (a model in the MS keywords). */
export type DataColumn = 'DATA' | 'CORRECTED_DATA' | 'MODEL_DATA' | 'FLOAT_DATA';

/**
 * A run of rows of one data description: what all processing moves.
 *
 * Data arrays lie in kernel memory and are valid until `release`. Complex values are interleaved re, im.
 * An integration (rows of one time and data description) is never split over two chunks.
 */
export interface VisibilityChunk {
  readonly dataDescId: number;
  readonly spwId: number;
  readonly rowCount: number;
  readonly chanCount: number;
  readonly corrCount: number;
  /** Row numbers in the MS, [row]. */
  readonly rows: Int32Array;
  /** [row, chan, corr, re/im], only the columns asked for. */
  readonly data: Partial<Record<DataColumn, Float32Array>>;
  /** 1 = flagged, [row, chan, corr]. */
  readonly flag: Uint8Array;
  /** [row] */
  readonly flagRow: Uint8Array;
  /** [row, corr] */
  readonly weight: Float32Array;
  /** [row, corr] */
  readonly sigma: Float32Array;
  /** [row, chan, corr], when the MS has WEIGHT_SPECTRUM and it was asked for. */
  readonly weightSpectrum?: Float32Array;
  /** [row, chan, corr], when the MS has SIGMA_SPECTRUM and it was asked for. */
  readonly sigmaSpectrum?: Float32Array;
  /** Weights of DATA, SIGMA^-2, where those of CORRECTED_DATA go beside them as WEIGHT, [row, chan, corr]: see `separateWeights`. */
  readonly dataWeights?: Float32Array;
  /** MJD seconds UTC, [row]. */
  readonly time: Float64Array;
  readonly timeCentroid: Float64Array;
  /** s, [row] */
  readonly interval: Float64Array;
  readonly exposure: Float64Array;
  /** m, [row, 3]; r(ANTENNA1) - r(ANTENNA2) as in ALMA MSs, see docs/conventions.md. */
  readonly uvw: Float64Array;
  readonly antenna1: Int32Array;
  readonly antenna2: Int32Array;
  readonly feed1: Int32Array;
  readonly feed2: Int32Array;
  readonly fieldId: Int32Array;
  readonly scanNumber: Int32Array;
  readonly stateId: Int32Array;
  readonly observationId: Int32Array;
  readonly arrayId: Int32Array;
  readonly processorId: Int32Array;
  /** Gives the memory back. */
  release(): void;
}

/** A step of processing that may keep state; `push` may change the chunk in place and pass it, or several others, on. */
export interface ChunkOperator {
  push(chunk: VisibilityChunk, next: (chunk: VisibilityChunk) => void): void;
  flush(next: (chunk: VisibilityChunk) => void): void;
}
