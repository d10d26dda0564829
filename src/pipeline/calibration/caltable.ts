/**
 * A calibration table in memory: struct of arrays, one row per solution interval, spectral window and antenna.
 *
 * The layout on disk is CASA's NewCalTable (see `caltable-read.ts`, `caltable-write.ts`). Cells are [chan, par] (slow to fast); complex
 * parameters are interleaved re, im.
 */

/** Words that CASA stores in the keyword VisCal. */
export type VisCalName =
  | 'G Jones'
  | 'B Jones'
  | 'T Jones'
  | 'K Jones'
  | 'B TSYS'
  | 'KAntPos Jones'
  | 'Fluxscale G'
  | (string & {});

export interface CalSpectralWindow {
  readonly id: number;
  readonly name: string;
  /** Hz, [chan]: the channels of the solutions, so one entry for tables that are constant over the window. */
  readonly chanFreqs: Float64Array;
  /** Hz, [chan], signed as in the MeasurementSet. */
  readonly chanWidths: Float64Array;
  readonly effectiveBandwidths: Float64Array;
  readonly resolutions: Float64Array;
  readonly refFrequency: number;
  readonly totalBandwidth: number;
  /** casacore's frequency frame code (1 LSRK, 5 TOPO). */
  readonly measFreqRef: number;
  readonly netSideband: number;
  readonly freqGroup: number;
  readonly freqGroupName: string;
  readonly ifConvChain: number;
  readonly isFlagged: boolean;
}

export interface CalAntenna {
  readonly id: number;
  readonly name: string;
  readonly station: string;
  readonly type: string;
  readonly mount: string;
  /** ITRF, m, [3] */
  readonly position: Float64Array;
  /** m, [3] */
  readonly offset: Float64Array;
  readonly diameter: number;
  readonly isFlagged: boolean;
}

export interface CalField {
  readonly id: number;
  readonly name: string;
  readonly code: string;
  readonly sourceId: number;
  /** MJD s */
  readonly time: number;
  /** rad, [ra, dec] (the constant term of the MeasurementSet's polynomial) */
  readonly phaseDir: Float64Array;
  readonly delayDir: Float64Array;
  readonly referenceDir: Float64Array;
  readonly isFlagged: boolean;
}

export interface CalObservation {
  readonly telescope: string;
  readonly observer: string;
  readonly project: string;
  readonly scheduleType: string;
  readonly schedule: readonly string[];
  readonly log: readonly string[];
  /** MJD s, [2] */
  readonly timeRange: Float64Array;
  readonly releaseDate: number;
  readonly isFlagged: boolean;
}

export interface CalHistoryEntry {
  /** MJD s */
  readonly time: number;
  readonly application: string;
  readonly message: string;
}

/** The rows; row r owns the cells offsets[r] … offsets[r + 1] of the parameter arrays, [chan, par]. */
export interface CalRows {
  readonly count: number;
  /** MJD s, centroid of the data that were solved, [row] */
  readonly time: Float64Array;
  /** s, [row] */
  readonly interval: Float64Array;
  readonly fieldId: Int32Array;
  readonly spwId: Int32Array;
  readonly antenna1: Int32Array;
  /** The reference antenna, -1 when none, [row] */
  readonly antenna2: Int32Array;
  readonly scanNumber: Int32Array;
  readonly observationId: Int32Array;
  /** Parameters per channel, the same in all rows: 2 for G and B (polarizations), 1 for T, 3 for antenna positions. */
  readonly parCount: number;
  /** [row] */
  readonly chanCount: Int32Array;
  /** [row + 1], in cells: row r has chanCount[r] * parCount of them. */
  readonly offsets: Int32Array;
  /** [cell], or [cell, re/im] when the table is Complex */
  readonly params: Float32Array;
  /** [cell] */
  readonly paramErr: Float32Array;
  /** 1 = no valid solution, [cell] */
  readonly flag: Uint8Array;
  /** [cell] */
  readonly snr: Float32Array;
  /** [cell]; absent when the column's cells are undefined, as in tables that CASA writes. */
  readonly weight?: Float32Array;
}

export interface CalTable {
  readonly visCal: VisCalName;
  readonly parType: 'Complex' | 'Float';
  readonly polBasis: string;
  /** Name of the MeasurementSet, without directories. */
  readonly msName: string;
  readonly casaVersion?: string;
  readonly rows: CalRows;
  readonly spectralWindows: readonly CalSpectralWindow[];
  readonly antennas: readonly CalAntenna[];
  readonly fields: readonly CalField[];
  readonly observations: readonly CalObservation[];
  readonly history: readonly CalHistoryEntry[];
}

/** Everything of a table except its rows: what it shares with the MeasurementSet. */
export type CalFrame = Pick<CalTable, 'msName' | 'spectralWindows' | 'antennas' | 'fields' | 'observations'>;

/** Numbers per cell of `params`: 2 for complex parameters. */
export function numbersPerCell(table: Pick<CalTable, 'parType'>): 1 | 2 {
  return table.parType === 'Complex' ? 2 : 1;
}

/** What one row is about, for building rows one by one. */
export interface CalRowKey {
  readonly time: number;
  readonly interval: number;
  readonly fieldId: number;
  readonly spwId: number;
  readonly antenna1: number;
  readonly antenna2: number;
  readonly scanNumber: number;
  readonly observationId: number;
}

/**
 * Empty rows of the given shapes, for a solver to fill: parameters 1 (complex) or 0, everything flagged, errors and SNR 0.
 *
 * @param keys one entry per row
 * @param chanCount channels of each row, [row]
 * @param parCount parameters per channel
 * @param isComplex true for ParType Complex
 */
export function emptyRows(
  keys: readonly CalRowKey[],
  chanCount: Int32Array,
  parCount: number,
  isComplex: boolean,
): CalRows {
  const offsets = new Int32Array(keys.length + 1);
  for (let row = 0; row < keys.length; row++) offsets[row + 1] = offsets[row] + chanCount[row] * parCount;
  const cells = offsets[keys.length];
  const params = new Float32Array(isComplex ? 2 * cells : cells);
  if (isComplex) for (let cell = 0; cell < cells; cell++) params[2 * cell] = 1;
  const ints = (pick: (key: CalRowKey) => number) => Int32Array.from(keys, pick);
  return {
    count: keys.length,
    time: Float64Array.from(keys, (key) => key.time),
    interval: Float64Array.from(keys, (key) => key.interval),
    fieldId: ints((key) => key.fieldId),
    spwId: ints((key) => key.spwId),
    antenna1: ints((key) => key.antenna1),
    antenna2: ints((key) => key.antenna2),
    scanNumber: ints((key) => key.scanNumber),
    observationId: ints((key) => key.observationId),
    parCount,
    chanCount,
    offsets,
    params,
    paramErr: new Float32Array(cells),
    flag: new Uint8Array(cells).fill(1),
    snr: new Float32Array(cells),
  };
}
