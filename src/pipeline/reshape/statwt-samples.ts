import { type MeasurementSet, type MsMetadata, parseSpw, stepRows } from '../../astronomy/ms/index.ts';
import { fail, parseQuantity } from '../../foundation/base/index.ts';

/** What belongs to one variance. */
export interface SampleRules {
  /** 'scan', 'state' and 'field' may be spanned; 'corr' concerns the correlations. */
  readonly combined: readonly string[];
  /** Integrations of a time bin; or */
  readonly integrations?: number;
  /** its length, s. */
  readonly seconds?: number;
  /** Each integration has a bin of its own, with those around it. */
  readonly isSliding?: boolean;
}

/** How the channels of a window are binned. */
export interface ChannelBinning {
  readonly count: number;
  /** [chan] */
  readonly binOf: Int32Array;
  /** 1: the channel counts in variances; [chan] */
  readonly isFitted: Uint8Array;
}

const STREAM_KEYS = ['DATA_DESC_ID', 'OBSERVATION_ID', 'ARRAY_ID'] as const;
const SPANNED = [
  { word: 'scan', column: 'SCAN_NUMBER' },
  { word: 'state', column: 'STATE_ID' },
  { word: 'field', column: 'FIELD_ID' },
] as const;
const KEYS = [...STREAM_KEYS, ...SPANNED.map(({ column }) => column), 'TIME'] as const;

/** A run of bins of a chain, without so many rows of its first. */
interface Span {
  readonly first: number;
  readonly last: number;
  readonly skipped: number;
}

/** Rows of a time bin, and which rows of others count in its variances. */
export class SampleGroup {
  readonly #chainRows: readonly Int32Array[];
  readonly #index: number;
  readonly chain: number;
  readonly #span: Span;

  /**
   * @param chainRows rows of all bins of the chain: of those that may borrow from each other
   * @param chain its number; bins of a chain follow each other
   * @param span the bins whose rows count in the variances of this one: the last bin of so many integrations is filled up from the
   * one before, sliding bins are made of those around them. Their rows are listed when asked for: together they are many times
   * those of the MS
   */
  constructor(chainRows: readonly Int32Array[], index: number, chain: number, span: Span) {
    this.#chainRows = chainRows;
    this.#index = index;
    this.chain = chain;
    this.#span = span;
  }

  get rows(): Int32Array {
    return this.#chainRows[this.#index];
  }

  /** Rows of this bin and of those that it borrows from. */
  get countedRowCount(): number {
    const { first, last, skipped } = this.#span;
    let count = -skipped;
    for (let bin = first; bin <= last; bin++) count += this.#chainRows[bin].length;
    return count;
  }

  /** Rows of other bins that count in the variances, bin by bin. */
  *borrowed(): Generator<number> {
    const { first, last, skipped } = this.#span;
    for (let bin = first; bin <= last; bin++) {
      if (bin === this.#index) continue;
      const rows = this.#chainRows[bin];
      for (let at = bin === first ? skipped : 0; at < rows.length; at++) yield rows[at];
    }
  }
}

/** A time bin that rows still go into. */
interface OpenBin {
  readonly rows: number[];
  readonly start: number;
  lastTime: number;
  /** Where each integration begins in `rows`. */
  readonly integrations: number[];
}

/**
 * Rows of each time bin of each data description, scan, state and field.
 *
 * @param rows ascending
 */
export function groupRows(ms: MeasurementSet, rows: Int32Array, rules: SampleRules): SampleGroup[] {
  const chains = timeBins(ms, rows, rules.isSliding ? { ...rules, seconds: undefined, integrations: 1 } : rules);
  const spanOf = rules.isSliding ? slidingSpan : blockSpan;
  return chains.flatMap((bins, chain) => {
    const chainRows = bins.map((bin) => Int32Array.from(bin.rows));
    return bins.map((_, index) => new SampleGroup(chainRows, index, chain, spanOf(bins, index, rules)));
  });
}

/** The last bin of so many integrations takes those that it lacks from the one before. */
function blockSpan(bins: readonly OpenBin[], index: number, { integrations = 0 }: SampleRules): Span {
  const missing = integrations - bins[index].integrations.length;
  const isFilled = index > 0 && index === bins.length - 1 && missing > 0;
  if (!isFilled) return { first: index, last: index, skipped: 0 };
  const before = bins[index - 1].integrations;
  return { first: index - 1, last: index, skipped: before[before.length - missing] };
}

/** Bins of one integration each borrow from those around them: as many in all, fewer at the ends, or those in half the time. */
function slidingSpan(bins: readonly OpenBin[], index: number, { integrations, seconds }: SampleRules): Span {
  if (integrations !== undefined) {
    const last = Math.min(bins.length, Math.max(0, index - Math.floor((integrations - 1) / 2)) + integrations) - 1;
    return { first: Math.max(0, last + 1 - integrations), last, skipped: 0 };
  }
  const isInside = (other: number) => Math.abs(bins[other].start - bins[index].start) <= (seconds ?? 0) / 2;
  let [first, last] = [index, index];
  while (first > 0 && isInside(first - 1)) first--;
  while (last + 1 < bins.length && isInside(last + 1)) last++;
  return { first, last, skipped: 0 };
}

/** Rows of a data description, as they come. */
interface Stream {
  readonly rows: number[];
  readonly times: number[];
  /** Place of its scan, state and field, without those that may be spanned, among all that were met. */
  readonly parts: number[];
}

/**
 * The bins of each data description in order of time, in chains that end where the scan, state or field changes: a bin does not go on
 * with a field that was left in between, though scans may be spanned.
 */
function timeBins(ms: MeasurementSet, rows: Int32Array, rules: SampleRules): OpenBin[][] {
  const parts = SPANNED.filter(({ word }) => !rules.combined.includes(word)).map(({ column }) => column);
  const streams = new Map<string, Stream>();
  const met = new Map<string, number>();
  const partIds: number[][] = [];
  let next = 0;
  for (const { start, count, values } of stepRows(ms.main, KEYS)) {
    const idsOf = (names: readonly (typeof KEYS)[number][]) => names.map((name) => values[name] as Int32Array);
    const [apart, within] = [idsOf(STREAM_KEYS), idsOf(parts)];
    const times = values.TIME as Float64Array;
    for (; next < rows.length && rows[next] < start + count; next++) {
      const row = rows[next] - start;
      const key = apart.map((column) => column[row]).join('/');
      const ids = within.map((column) => column[row]);
      const part = met.get(ids.join('/')) ?? met.size;
      if (part === met.size) {
        met.set(ids.join('/'), part);
        partIds.push(ids);
      }
      const stream = streams.get(key) ?? { rows: [], times: [], parts: [] };
      streams.set(key, stream);
      stream.rows.push(rows[next]);
      stream.times.push(times[row]);
      stream.parts.push(part);
    }
  }
  return [...streams.values()].flatMap((stream) => chainsOf(stream, partIds, rules));
}

function chainsOf({ rows, times, parts }: Stream, partIds: readonly number[][], rules: SampleRules): OpenBin[][] {
  const inOrder = Array.from(rows.keys()).sort(
    (a, b) => times[a] - times[b] || compareIds(partIds[parts[a]], partIds[parts[b]]),
  );
  const chains: OpenBin[][] = [];
  let part = -1;
  for (const at of inOrder) {
    if (parts[at] !== part) chains.push([]);
    part = parts[at];
    const chain = chains[chains.length - 1];
    let bin = chain[chain.length - 1];
    if (!bin || !belongs(bin, times[at], rules)) {
      bin = { rows: [], start: times[at], lastTime: times[at], integrations: [0] };
      chain.push(bin);
    }
    if (times[at] !== bin.lastTime) {
      bin.integrations.push(bin.rows.length);
      bin.lastTime = times[at];
    }
    bin.rows.push(rows[at]);
  }
  return chains;
}

function compareIds(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((id, index) => id !== b[index]);
  return at < 0 ? 0 : a[at] - b[at];
}

function belongs(bin: OpenBin, time: number, { integrations, seconds }: SampleRules): boolean {
  if (seconds !== undefined) return time - bin.start < seconds;
  return time === bin.lastTime || bin.integrations.length < (integrations ?? 1);
}

/**
 * Bins of channels, and the channels that count.
 *
 * @param chanbin 'spw', a number of channels, or a bandwidth
 */
export function channelBinning(
  metadata: MsMetadata,
  chanbin: string | number,
  fitspw: string,
  excludechans: boolean,
): Map<number, ChannelBinning> {
  const chosen = fitspw === '' ? undefined : parseSpw(fitspw, metadata.spectralWindows);
  return new Map(
    metadata.spectralWindows.map(({ id, chanFreqs }) => {
      const binOf = binsOfChannels(chanFreqs, chanbin);
      const isFitted = new Uint8Array(chanFreqs.length).fill(1);
      const ranges = chosen?.get(id);
      if (ranges) {
        const isNamed = (chan: number) => ranges.some(([first, last]) => chan >= first && chan <= last);
        for (const chan of isFitted.keys()) isFitted[chan] = isNamed(chan) === excludechans ? 0 : 1;
      }
      return [id, { count: (binOf[binOf.length - 1] ?? 0) + 1, binOf, isFitted }];
    }),
  );
}

function binsOfChannels(chanFreqs: readonly number[], chanbin: string | number): Int32Array {
  if (chanbin === 'spw') return new Int32Array(chanFreqs.length);
  if (typeof chanbin === 'number') {
    if (chanbin < 1) fail('usage', `chanbin=${chanbin} is too small; take at least 1 channel.`);
    return Int32Array.from(chanFreqs, (_, chan) => Math.floor(chan / chanbin));
  }
  if (/^\d+$/.test(chanbin)) fail('usage', `chanbin='${chanbin}' has no unit; write channels as a number.`);
  const width = parseQuantity(chanbin, 'frequency');
  let [bin, start] = [0, chanFreqs[0]];
  return Int32Array.from(chanFreqs, (frequency) => {
    if (Math.abs(frequency - start) > width) {
      bin++;
      start = frequency;
    }
    return bin;
  });
}
