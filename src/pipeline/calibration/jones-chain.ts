import type { MeasurementSet, MsMetadata } from '../../astronomy/ms/index.ts';
import { readMetadata } from '../../astronomy/ms/index.ts';
import type { DataColumn, VisibilityChunk } from '../../astronomy/visibility/index.ts';
import { fail } from '../../foundation/base/index.ts';
import { arena, countFlags, isKernelArray, type Lease } from '../../foundation/numeric/index.ts';
import { resetWeights, scaleSpectrum, scaleWeights } from './calibrated-weights.ts';
import type { CalTable } from './caltable.ts';
import { readCalTable } from './caltable-read.ts';
import { ChainTerm, type GainTable } from './chain-term.ts';
import { applyToRows, flagRows, gatherFlags, multiplyBand, multiplyScale, type Total } from './chain-total.ts';
import type { Spot } from './jones-terms.ts';
import { type ParallacticRotation, ROTATION_ORDER } from './parallactic-rotation.ts';

/** How visibilities are changed by {@link JonesChain.correct}. */
export interface CorrectOptions {
  /** Weights begin as 1/sigma² (default), as CASA does; false: they go on from what the chunk has. */
  readonly resetWeights?: boolean;
  /** Only flags are set; data and weights stay. */
  readonly flagsOnly?: boolean;
  /** Flags and weights change, the chunk need not carry data. */
  readonly withoutData?: boolean;
}

/** What belongs to a chain besides its tables. */
export interface ChainOptions {
  /** Turns corrected data from the feeds' axes to the sky's. */
  readonly rotation?: ParallacticRotation;
  /**
   * Channels by window that count neither in the statistics nor in the weights, nor for the frequency of phase delays;
   * windows that are chosen whole have no entry.
   */
  readonly unchosen?: ReadonlyMap<number, ReadonlySet<number>>;
}

/** Channels of windows of which something is chosen that are left out; windows that are chosen whole have no entry. */
export function unchosenChannels<Choice>(
  { spectralWindows }: MsMetadata,
  choices: ReadonlyMap<number, Choice>,
  isChosen: (choice: Choice, chan: number) => boolean,
): Map<number, ReadonlySet<number>> {
  const found = new Map<number, ReadonlySet<number>>();
  for (const [spwId, choice] of choices) {
    const left = Array.from(spectralWindows[spwId].chanFreqs.keys()).filter((chan) => !isChosen(choice, chan));
    if (left.length > 0) found.set(spwId, new Set(left));
  }
  return found;
}

/** Visibilities and flags that one term met. */
export interface TermStatistics {
  readonly visCal: string;
  /** The table as the caller names it; '' for the rotation by the parallactic angle. */
  readonly table: string;
  ndata: number;
  nflagIn: number;
  nflagOut: number;
}

/** Calibration tables that are applied together. */
export interface JonesChain {
  /** In the order in which CASA names them. */
  readonly terms: readonly ChainTerm[];
  /** One entry per term, in their order with the rotation among them; counted since the chain was opened. */
  readonly statistics: readonly TermStatistics[];
  /** True when every table has solutions for the window of the data. */
  isCalibratable(spwId: number): boolean;
  /**
   * Calibrates a chunk in place: data[column] divided by the gains, flags set where there are none, weights scaled.
   * A window that lacks solutions is flagged whole with weight 0.
   */
  correct(chunk: VisibilityChunk, column: DataColumn, options?: CorrectOptions): void;
  /** Divides data of rows first … end, which share time, field and observation, by the gains; the chunk stays. */
  correctRows(chunk: VisibilityChunk, data: Float32Array, first: number, end: number): void;
  /** Multiplies a model by the gains in place; flags and weights stay. */
  corrupt(chunk: VisibilityChunk, column: DataColumn): void;
  /** Gives the kernel memory back. */
  release(): void;
}

/**
 * Opens calibration tables for data of an MS.
 *
 * @param ms the MS whose data will be calibrated
 * @param tables the tables with CASA's interp, spwmap, gainfield, calwt
 * @throws missing, usage, unsupported for tables or parameters that cannot serve
 */
export function openJonesChain(ms: MeasurementSet, tables: readonly GainTable[]): JonesChain {
  return createJonesChain(readMetadata(ms), tables);
}

/** As {@link openJonesChain}, for data that are described by `metadata`. */
export function createJonesChain(
  metadata: MsMetadata,
  tables: readonly GainTable[],
  options: ChainOptions = {},
): JonesChain {
  const terms = tables
    .map((entry) => new ChainTerm(metadata, loadedTable(entry), entry, options.unchosen))
    .sort((a, b) => a.kind.order - b.kind.order);
  return new Chain(metadata, terms, options);
}

/** The table itself, read where a path names it. */
export function loadedTable(entry: GainTable): CalTable {
  return typeof entry.table === 'string' ? readCalTable(entry.table, 'solutions') : entry.table;
}

class Chain implements JonesChain {
  readonly terms: readonly ChainTerm[];
  readonly statistics: TermStatistics[];
  private readonly metadata: MsMetadata;
  private readonly antennaCount: number;
  private readonly rotation: ParallacticRotation | undefined;
  private readonly unchosen: ReadonlyMap<number, ReadonlySet<number>>;
  private readonly totals = new Map<string, Total>();
  private lease: Lease | undefined;

  constructor(metadata: MsMetadata, terms: readonly ChainTerm[], { rotation, unchosen }: ChainOptions) {
    this.metadata = metadata;
    this.rotation = rotation;
    this.unchosen = unchosen ?? new Map();
    this.terms = terms;
    this.antennaCount = metadata.antennas.length;
    const counts = { ndata: 0, nflagIn: 0, nflagOut: 0 };
    this.statistics = terms.map((term) => ({ visCal: term.table.visCal, table: term.name, ...counts }));
    if (rotation) this.statistics.splice(rotationPlace(terms), 0, { visCal: 'P Jones', table: '', ...counts });
  }

  isCalibratable(spwId: number): boolean {
    return this.terms.every((term) => term.hasSolutions(spwId));
  }

  correct(chunk: VisibilityChunk, column: DataColumn, options: CorrectOptions = {}): void {
    const { flagsOnly = false, withoutData = false } = options;
    const data = withoutData ? undefined : chunk.data[column];
    if (!data && !withoutData) fail('internal', `The chunk has no ${column} to correct.`);
    if (!flagsOnly && options.resetWeights !== false) resetWeights(chunk);
    if (!this.isCalibratable(chunk.spwId)) {
      chunk.flag.fill(1);
      if (!flagsOnly) {
        chunk.weight.fill(0);
        chunk.weightSpectrum?.fill(0);
      }
      return;
    }
    for (const [first, end] of integrations(chunk)) {
      const total = this.totalFor(chunk, first, false);
      this.countFlags(chunk, first, end, total);
      applyToRows(chunk, flagsOnly ? undefined : data, first, end, total);
      if (flagsOnly) continue;
      scaleWeights(chunk, first, end, total);
      scaleSpectrum(chunk, first, end, total, this.unchosen.get(chunk.spwId));
    }
    if (data && !flagsOnly) this.rotation?.removeFrom(chunk, data);
  }

  correctRows(chunk: VisibilityChunk, data: Float32Array, first: number, end: number): void {
    if (!this.isCalibratable(chunk.spwId)) return;
    const total = this.totalFor(chunk, first, false);
    arena().scope((lease) => {
      const antennaIsBad = lease.uint8(total.antennaIsBad.length).fill(0);
      applyToRows(chunk, data, first, end, { ...total, antennaIsBad });
    });
  }

  corrupt(chunk: VisibilityChunk, column: DataColumn): void {
    const data = chunk.data[column];
    if (!data) fail('internal', `The chunk has no ${column} to corrupt.`);
    if (!this.isCalibratable(chunk.spwId)) return;
    for (const [first, end] of integrations(chunk)) {
      const total = this.totalFor(chunk, first, true);
      applyToRows({ ...chunk, flag: chunk.flag.slice() }, data, first, end, total);
    }
  }

  release(): void {
    this.lease?.release();
    this.lease = undefined;
    this.totals.clear();
  }

  /** Brings all terms to the time of a row and multiplies them. */
  private totalFor(chunk: VisibilityChunk, row: number, isForward: boolean): Total {
    const unchosen = this.unchosen.get(chunk.spwId);
    const spot: Spot = {
      spwId: chunk.spwId,
      fieldId: chunk.fieldId[row],
      observationId: chunk.observationId[row],
      time: chunk.time[row],
      chanFreqs: this.frequencies(chunk),
      ...(unchosen && { unchosen }),
    };
    let changedBand = false;
    let changedScale = false;
    for (const term of this.terms) {
      if (!term.moveTo(spot)) continue;
      if (term.kind.hasChannels) changedBand = true;
      else changedScale = true;
    }
    const key = `${chunk.spwId}/${isForward}`;
    let total = this.totals.get(key);
    if (!total) {
      total = this.makeTotal(chunk.chanCount, chunk.spwId);
      this.totals.set(key, total);
      changedBand = true;
      changedScale = true;
    }
    if (this.totals.has(`${chunk.spwId}/${!isForward}`)) {
      changedBand = true;
      changedScale = true;
    }
    if (changedBand) multiplyBand(total, this.terms, chunk.spwId, isForward);
    if (changedScale) multiplyScale(total, this.terms, chunk.spwId, isForward);
    if (changedBand || changedScale) gatherFlags(total, this.terms, chunk.spwId);
    return total;
  }

  private frequencies(chunk: VisibilityChunk): Float64Array {
    const window = this.metadata.spectralWindows[chunk.spwId];
    if (window?.chanFreqs.length !== chunk.chanCount) {
      fail('internal', `Calibration needs all channels of window ${chunk.spwId}.`);
    }
    let freqs = frequencyArrays.get(window);
    if (!freqs) {
      freqs = Float64Array.from(window.chanFreqs);
      frequencyArrays.set(window, freqs);
    }
    return freqs;
  }

  private makeTotal(chanCount: number, spwId: number): Total {
    const hasChannels = this.terms.some((term) => term.kind.hasChannels);
    const chans = hasChannels ? chanCount : 1;
    this.lease ??= arena().lease();
    const cells = this.antennaCount * 2;
    const total: Total = {
      chanCount: chans,
      gain: this.lease.float32(cells * chans * 2),
      bad: this.lease.uint8(cells * chans),
      antennaIsBad: this.lease.uint8(this.antennaCount),
      scale: this.lease.float32(cells * 2),
      weight: new Float32Array(cells),
      evenWeight: new Float32Array(cells),
      channelTerms: this.terms
        .filter((term) => term.changesWeights && term.kind.weighsChannels)
        .map((term) => term.gains(spwId)),
    };
    for (let at = 0; at < cells * chans; at++) {
      total.gain[2 * at] = 1;
      total.gain[2 * at + 1] = 0;
    }
    return total;
  }

  /** Flags before and after each term; a term without bad gains passes what it met. */
  private countFlags(chunk: VisibilityChunk, first: number, end: number, total: Total): void {
    const { chanCount, corrCount } = chunk;
    const unchosen = this.unchosen.get(chunk.spwId);
    const perRow = chanCount * corrCount;
    const countIn = (flags: Uint8Array) =>
      countFlags(flags) - countOfChannels(flags, unchosen ?? [], chanCount, corrCount);
    const { spwId } = chunk;
    const given = chunk.flag.subarray(first * perRow, end * perRow);
    arena().scope((lease) => {
      const isCopied = !isKernelArray(given) || this.terms.some((term) => term.hasBad(spwId));
      const flags = isCopied ? lease.uint8(given.length) : given;
      if (isCopied) flags.set(given);
      let flagged = countIn(flags);
      const terms: (ChainTerm | undefined)[] = [...this.terms];
      if (this.rotation) terms.splice(rotationPlace(this.terms), 0, undefined);
      terms.forEach((term, index) => {
        const count = this.statistics[index];
        count.ndata += (end - first) * (chanCount - (unchosen?.size ?? 0)) * corrCount;
        count.nflagIn += flagged;
        if (term?.hasBad(spwId)) {
          flagRows(chunk, first, end, { flags, own: term.gains(spwId), total }, lease);
          flagged = countIn(flags);
        }
        count.nflagOut += flagged;
      });
    });
  }
}

/** Index of the first term that comes after the rotation by the parallactic angle. */
export function rotationPlace(terms: readonly ChainTerm[]): number {
  return terms.filter((term) => term.kind.order < ROTATION_ORDER).length;
}

/** Flags of some channels; @param flags [row, chan, corr] */
function countOfChannels(flags: Uint8Array, chans: Iterable<number>, chanCount: number, corrCount: number): number {
  let count = 0;
  for (const chan of chans) {
    for (let at = chan * corrCount; at < flags.length; at += chanCount * corrCount) {
      for (let corr = 0; corr < corrCount; corr++) count += flags[at + corr];
    }
  }
  return count;
}

const frequencyArrays = new WeakMap<object, Float64Array>();

/** Runs of rows with one time, field and observation. */
function* integrations(chunk: VisibilityChunk): Iterable<[first: number, end: number]> {
  let first = 0;
  for (let row = 1; row <= chunk.rowCount; row++) {
    const ends =
      row === chunk.rowCount ||
      chunk.time[row] !== chunk.time[first] ||
      chunk.fieldId[row] !== chunk.fieldId[first] ||
      chunk.observationId[row] !== chunk.observationId[first];
    if (!ends) continue;
    yield [first, row];
    first = row;
  }
}
