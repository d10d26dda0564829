import type { ChannelRange, MeasurementSet, NumericColumns, RowTest, TimeRange } from '../../astronomy/ms/index.ts';
import type { DataColumn, VisibilityChunk } from '../../astronomy/visibility/index.ts';
import type { FlagCommand } from './flag-command.ts';

/** Opens the model visibilities of an MS; `fill` writes those of a chunk, [row, chan, corr, re/im]. */
export type OpenModel = (ms: MeasurementSet) => { fill(chunk: VisibilityChunk, into: Float32Array): void };

/** A command looked up in the MS's metadata, ready to be tested against rows. */
export interface FlagAgent {
  readonly command: FlagCommand;
  /** Visibility columns that it looks at. */
  readonly columns: readonly DataColumn[];
  readonly needsWeightSpectrum?: boolean;
  /** Times that it can touch; absent: all. */
  readonly timeRanges?: readonly TimeRange[];
  /** 1 = may touch rows of the data description. */
  readonly dataDescs: Uint8Array;
  /** What it sets flags to. */
  readonly value: 0 | 1;
  /** Covers whole rows whatever their window: FLAG_ROW follows. */
  readonly isRowWide: boolean;
  /** MAIN columns of the row tests. */
  readonly rowColumns: readonly string[];
  /** Which rows of MAIN it chooses, by the selection alone. */
  bindRows(values: NumericColumns): RowTest;
  /** The chunk's metadata columns under their MAIN names. */
  rowValues(chunk: VisibilityChunk): NumericColumns;
  /** Channels and correlations that it covers. */
  cover(chunk: VisibilityChunk): Coverage;
  /** Prepares for one chunk. */
  bind(chunk: VisibilityChunk): BoundAgent;
}

/** An agent at work on a chunk. */
export interface BoundAgent {
  /** Flags (or unflags) what it finds in the row; false where the row is not its own. */
  flagRow(row: number): boolean;
}

/** Channels and correlations that a command covers in a chunk. */
export interface Coverage {
  readonly ranges: readonly ChannelRange[];
  readonly corrs: readonly number[];
  /** Everything in the row. */
  readonly isWhole: boolean;
}
