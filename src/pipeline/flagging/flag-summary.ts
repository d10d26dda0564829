import type { MsMetadata } from '../../astronomy/ms/index.ts';
import type { VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { addFlagsByCorr, arena } from '../../foundation/numeric/index.ts';
import type { Coverage } from './agent-types.ts';

/** Numbers of flagged and of all visibilities. */
export interface FlagCount {
  flagged: number;
  total: number;
}
type CountTable = Record<string, FlagCount>;

/** The dictionary that CASA's flagdata(mode='summary') returns. */
export interface FlagSummary extends FlagCount {
  readonly type: 'summary';
  readonly name: string;
  readonly antenna: CountTable;
  readonly array: CountTable;
  readonly correlation: CountTable;
  readonly field: CountTable;
  readonly observation: CountTable;
  readonly scan: CountTable;
  readonly spw: CountTable;
  readonly 'spw:channel'?: CountTable;
  readonly 'spw:correlation'?: CountTable;
  readonly baseline?: CountTable;
}

export interface SummaryOptions {
  readonly name?: string;
  readonly spwchan?: boolean;
  readonly spwcorr?: boolean;
  readonly basecnt?: boolean;
}

/** An empty summary. */
export function beginSummary(options: SummaryOptions): FlagSummary {
  return {
    type: 'summary',
    name: options.name || 'Summary',
    flagged: 0,
    total: 0,
    ...{ antenna: {}, array: {}, correlation: {}, field: {}, observation: {}, scan: {}, spw: {} },
    ...(options.spwchan && { 'spw:channel': {} }),
    ...(options.spwcorr && { 'spw:correlation': {} }),
    ...(options.basecnt && { baseline: {} }),
  };
}

/** Adds the chosen rows of a chunk to a summary. */
export function addToSummary(
  summary: FlagSummary,
  metadata: MsMetadata,
  chunk: VisibilityChunk,
  coverage: Coverage,
  isChosen: (row: number) => boolean,
): void {
  const { chanCount, corrCount } = chunk;
  const perCorr = new Float64Array(corrCount);
  const perChan = new Float64Array(chanCount);
  const rowCells = coverage.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  let rowCount = 0;
  const isQuick = coverage.isWhole && !summary['spw:channel'] && [1, 2, 4].includes(corrCount);
  arena().scope((lease) => {
    const counts = isQuick ? lease.int32(corrCount) : undefined;
    for (let row = 0; row < chunk.rowCount; row++) {
      if (!isChosen(row)) continue;
      rowCount++;
      const flagged = counts
        ? countWholeRow(chunk, row, counts, perCorr)
        : countRow(chunk, row, coverage, perCorr, perChan);
      addRow(summary, metadata, chunk, row, flagged, rowCells * coverage.corrs.length);
    }
  });
  if (rowCount === 0) return;
  const { polId } = metadata.dataDescriptions[chunk.dataDescId];
  const { corrTypes } = metadata.polarizations[polId];
  for (const corr of coverage.corrs) {
    add(summary.correlation, corrTypes[corr], perCorr[corr], rowCount * rowCells);
    const table = summary['spw:correlation'];
    if (table) add(table, `${chunk.spwId}:${corrTypes[corr]}`, perCorr[corr], rowCount * rowCells);
  }
  const table = summary['spw:channel'];
  if (!table) return;
  for (const [first, last] of coverage.ranges) {
    for (let chan = first; chan <= last; chan++) {
      add(table, `${chunk.spwId}:${chan}`, perChan[chan], rowCount * coverage.corrs.length);
    }
  }
}

/** Counts the flags of all channels and correlations of a row. @param counts kernel array, [corr], overwritten */
function countWholeRow(chunk: VisibilityChunk, row: number, counts: Int32Array, perCorr: Float64Array): number {
  const size = chunk.chanCount * chunk.corrCount;
  counts.fill(0);
  addFlagsByCorr(chunk.flag.subarray(row * size, (row + 1) * size), counts);
  let flagged = 0;
  for (let corr = 0; corr < counts.length; corr++) {
    perCorr[corr] += counts[corr];
    flagged += counts[corr];
  }
  return flagged;
}

function countRow(
  chunk: VisibilityChunk,
  row: number,
  coverage: Coverage,
  perCorr: Float64Array,
  perChan: Float64Array,
): number {
  const { chanCount, corrCount, flag } = chunk;
  const base = row * chanCount * corrCount;
  let flagged = 0;
  for (const [first, last] of coverage.ranges) {
    for (let chan = first; chan <= last; chan++) {
      for (const corr of coverage.corrs) {
        if (flag[base + chan * corrCount + corr] === 0) continue;
        perCorr[corr]++;
        perChan[chan]++;
        flagged++;
      }
    }
  }
  return flagged;
}

function addRow(
  summary: FlagSummary,
  metadata: MsMetadata,
  chunk: VisibilityChunk,
  row: number,
  flagged: number,
  total: number,
): void {
  summary.flagged += flagged;
  summary.total += total;
  const one = metadata.antennas[chunk.antenna1[row]]?.name ?? String(chunk.antenna1[row]);
  const other = metadata.antennas[chunk.antenna2[row]]?.name ?? String(chunk.antenna2[row]);
  add(summary.antenna, one, flagged, total);
  if (other !== one) add(summary.antenna, other, flagged, total);
  if (summary.baseline) add(summary.baseline, `${one}&&${other}`, flagged, total);
  add(summary.array, String(chunk.arrayId[row]), flagged, total);
  add(summary.field, metadata.fields[chunk.fieldId[row]]?.name ?? String(chunk.fieldId[row]), flagged, total);
  add(summary.observation, String(chunk.observationId[row]), flagged, total);
  add(summary.scan, String(chunk.scanNumber[row]), flagged, total);
  add(summary.spw, String(chunk.spwId), flagged, total);
}

function add(table: CountTable, key: string, flagged: number, total: number): void {
  const count = table[key];
  if (count) {
    count.flagged += flagged;
    count.total += total;
  } else table[key] = { flagged, total };
}
