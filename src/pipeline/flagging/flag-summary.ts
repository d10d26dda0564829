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

/** Counts of all that a summary covers, or of one field. */
export interface FlagCounts extends FlagCount {
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
  readonly 'antenna:scan'?: CountTable;
}

interface SummaryName {
  readonly type: 'summary';
  readonly name: string;
}

/** The dictionary that CASA's flagdata(mode='summary') returns: counts, or with fieldcnt the counts of each field by its name. */
export type FlagSummary = SummaryName & (FlagCounts | Readonly<Record<string, FlagCounts>>);

export interface SummaryOptions {
  readonly name?: string;
  readonly fieldcnt?: boolean;
  readonly spwchan?: boolean;
  readonly spwcorr?: boolean;
  readonly basecnt?: boolean;
  /** Counts with a smaller or a larger share of flagged data are left out, and those with fewer or more flags. */
  readonly minrel?: number;
  readonly maxrel?: number;
  readonly minabs?: number;
  /** Negative: no limit. */
  readonly maxabs?: number;
}

/** What a row of flags belongs to. */
export interface FlagRowNames {
  readonly antenna1: string;
  readonly antenna2: string;
  readonly array: number;
  readonly field: string;
  readonly observation: number;
  readonly scan: number;
  readonly spw: number;
}

/** Counts flags row by row for a summary. */
export class FlagTally {
  readonly options: SummaryOptions;
  private readonly byField = new Map<string, FlagCounts>();

  constructor(options: SummaryOptions) {
    this.options = options;
  }

  /** The counts that a field's flags go to: its own with fieldcnt, else those of all. */
  countsOf(field: string): FlagCounts {
    const key = this.options.fieldcnt ? field : '';
    let counts = this.byField.get(key);
    if (!counts) {
      counts = emptyCounts(this.options);
      this.byField.set(key, counts);
    }
    return counts;
  }

  /** Adds the flags of a row to all counts but those of correlations and channels. */
  addRow(names: FlagRowNames, flagged: number, total: number): void {
    const counts = this.countsOf(names.field);
    const { antenna1, antenna2, scan } = names;
    counts.flagged += flagged;
    counts.total += total;
    for (const antenna of antenna1 === antenna2 ? [antenna1] : [antenna1, antenna2]) {
      add(counts.antenna, antenna, flagged, total);
      if (counts['antenna:scan']) add(counts['antenna:scan'], `${antenna}:${scan}`, flagged, total);
    }
    if (counts.baseline) add(counts.baseline, `${antenna1}&&${antenna2}`, flagged, total);
    add(counts.array, String(names.array), flagged, total);
    add(counts.field, names.field, flagged, total);
    add(counts.observation, String(names.observation), flagged, total);
    add(counts.scan, String(scan), flagged, total);
    add(counts.spw, String(names.spw), flagged, total);
  }

  addCorrelation(names: Pick<FlagRowNames, 'field' | 'spw'>, name: string, flagged: number, total: number): void {
    const { correlation, 'spw:correlation': byWindow } = this.countsOf(names.field);
    add(correlation, name, flagged, total);
    if (byWindow) add(byWindow, `${names.spw}:${name}`, flagged, total);
  }

  addChannel(names: Pick<FlagRowNames, 'field' | 'spw'>, channel: number, flagged: number, total: number): void {
    const table = this.countsOf(names.field)['spw:channel'];
    if (table) add(table, `${names.spw}:${channel}`, flagged, total);
  }

  /** The dictionary, its keys in the order of CASA's: sorted as texts. */
  summary(): FlagSummary {
    const named: SummaryName = { type: 'summary', name: this.options.name || 'Summary' };
    if (!this.options.fieldcnt) {
      const counts = Object.entries(this.countsOf('')).map(([key, value]) => [
        key,
        typeof value === 'number' ? value : this.within(value),
      ]);
      return sortedKeys({ ...Object.fromEntries(counts), ...named }) as FlagSummary;
    }
    const fields = Object.entries(this.within(Object.fromEntries(this.byField)));
    const sorted = fields.map(([field, counts]) => [field, sortedKeys(counts)] as const);
    return sortedKeys({ ...Object.fromEntries(sorted), ...named }) as FlagSummary;
  }

  /** What is within the limits; a field's counts are left out or kept as a whole, as in CASA. */
  private within<C extends FlagCount>(table: Readonly<Record<string, C>>): Record<string, C> {
    const { minrel = 0, maxrel = 1, minabs = 0, maxabs = -1 } = this.options;
    return Object.fromEntries(
      Object.entries(table).filter(([, { flagged, total }]) => {
        const share = flagged / total;
        return !(flagged < minabs || (maxabs >= 0 && flagged > maxabs) || share < minrel || share > maxrel);
      }),
    );
  }
}

function emptyCounts(options: SummaryOptions): FlagCounts {
  return {
    ...{ flagged: 0, total: 0 },
    ...{ antenna: {}, array: {}, correlation: {}, field: {}, observation: {}, scan: {}, spw: {} },
    ...(options.spwchan && { 'spw:channel': {} }),
    ...(options.spwcorr && { 'spw:correlation': {} }),
    ...(options.basecnt && { baseline: {}, 'antenna:scan': {} }),
  };
}

/** The same record with its keys, and those of its tables, sorted as texts. */
function sortedKeys<R extends object>(record: R): R {
  const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  const isTable = (value: unknown) => typeof value === 'object' && value !== null && !('flagged' in value);
  return Object.fromEntries(entries.map(([key, value]) => [key, isTable(value) ? sortedKeys(value) : value])) as R;
}

/** Adds the chosen rows of a chunk to a tally. */
export function tallyChunk(
  tally: FlagTally,
  metadata: MsMetadata,
  chunk: VisibilityChunk,
  coverage: Coverage,
  isChosen: (row: number) => boolean,
): void {
  if (!tally.options.fieldcnt) {
    tallyRows(tally, metadata, chunk, coverage, isChosen);
    return;
  }
  for (const field of new Set(chunk.fieldId.subarray(0, chunk.rowCount))) {
    const isOfField = (row: number) => chunk.fieldId[row] === field && isChosen(row);
    tallyRows(tally, metadata, chunk, coverage, isOfField);
  }
}

/** The same for rows that share the counts of correlations and channels. */
function tallyRows(
  tally: FlagTally,
  metadata: MsMetadata,
  chunk: VisibilityChunk,
  coverage: Coverage,
  isChosen: (row: number) => boolean,
): void {
  const { chanCount, corrCount } = chunk;
  const { spwchan } = tally.options;
  const perCorr = new Float64Array(corrCount);
  const perChan = new Float64Array(chanCount);
  const rowCells = coverage.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  let rowCount = 0;
  let names: FlagRowNames | undefined;
  const isQuick = coverage.isWhole && !spwchan && [1, 2, 4].includes(corrCount);
  arena().scope((lease) => {
    const counts = isQuick ? lease.int32(corrCount) : undefined;
    for (let row = 0; row < chunk.rowCount; row++) {
      if (!isChosen(row)) continue;
      rowCount++;
      const flagged = counts
        ? countWholeRow(chunk, row, counts, perCorr)
        : countRow(chunk, row, coverage, perCorr, perChan);
      names = namesOfRow(metadata, chunk, row);
      tally.addRow(names, flagged, rowCells * coverage.corrs.length);
    }
  });
  if (!names) return;
  const { polId } = metadata.dataDescriptions[chunk.dataDescId];
  const { corrTypes } = metadata.polarizations[polId];
  for (const corr of coverage.corrs) tally.addCorrelation(names, corrTypes[corr], perCorr[corr], rowCount * rowCells);
  if (!spwchan) return;
  for (const [first, last] of coverage.ranges) {
    for (let chan = first; chan <= last; chan++) {
      tally.addChannel(names, chan, perChan[chan], rowCount * coverage.corrs.length);
    }
  }
}

function namesOfRow(metadata: MsMetadata, chunk: VisibilityChunk, row: number): FlagRowNames {
  const [one, two, field] = [chunk.antenna1[row], chunk.antenna2[row], chunk.fieldId[row]];
  return {
    antenna1: metadata.antennas[one]?.name ?? String(one),
    antenna2: metadata.antennas[two]?.name ?? String(two),
    array: chunk.arrayId[row],
    field: metadata.fields[field]?.name ?? String(field),
    observation: chunk.observationId[row],
    scan: chunk.scanNumber[row],
    spw: chunk.spwId,
  };
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

function add(table: CountTable, key: string, flagged: number, total: number): void {
  const count = table[key];
  if (count) {
    count.flagged += flagged;
    count.total += total;
  } else table[key] = { flagged, total };
}
