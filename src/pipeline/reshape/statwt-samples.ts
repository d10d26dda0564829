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
}

/** How the channels of a window are binned. */
export interface ChannelBinning {
  readonly count: number;
  /** [chan] */
  readonly binOf: Int32Array;
  /** 1: the channel counts in variances; [chan] */
  readonly isFitted: Uint8Array;
}

const KEYS = ['DATA_DESC_ID', 'OBSERVATION_ID', 'ARRAY_ID', 'SCAN_NUMBER', 'STATE_ID', 'FIELD_ID', 'TIME'] as const;

/** Rows of a time bin. */
export interface SampleGroup {
  readonly rows: Int32Array;
  /** Rows of the bin before that count in its variances too: the last bin of so many integrations is filled up from there. */
  readonly borrowed: Int32Array;
}

/** A time bin that rows still go into. */
interface OpenBin {
  readonly rows: number[];
  readonly borrowed: number[];
  readonly start: number;
  lastTime: number;
  /** Where each integration begins in `rows`. */
  readonly integrations: number[];
}

/**
 * Rows of each time bin of each data description, scan, state and field.
 *
 * @param rows ascending; times ascend within each of those
 */
export function groupRows(ms: MeasurementSet, rows: Int32Array, rules: SampleRules): SampleGroup[] {
  const spans = (name: string) => rules.combined.includes(name);
  const isIgnored = [false, false, false, spans('scan'), spans('state'), spans('field')];
  const open = new Map<string, OpenBin>();
  const earlier = new Map<string, OpenBin>();
  const groups: OpenBin[] = [];
  let next = 0;
  for (const { start, count, values } of stepRows(ms.main, KEYS)) {
    const ids = KEYS.slice(0, -1).map((name) => values[name] as Int32Array);
    const times = values.TIME as Float64Array;
    for (; next < rows.length && rows[next] < start + count; next++) {
      const row = rows[next] - start;
      const key = ids.map((column, index) => (isIgnored[index] ? '' : column[row])).join('/');
      let bin = open.get(key);
      if (!bin || !belongs(bin, times[row], rules)) {
        if (bin) earlier.set(key, bin);
        bin = { rows: [], borrowed: [], start: times[row], lastTime: times[row], integrations: [0] };
        open.set(key, bin);
        groups.push(bin);
      }
      if (times[row] !== bin.lastTime) {
        bin.integrations.push(bin.rows.length);
        bin.lastTime = times[row];
      }
      bin.rows.push(rows[next]);
    }
  }
  for (const [key, last] of open) {
    const before = earlier.get(key);
    const missing = (rules.integrations ?? 0) - last.integrations.length;
    if (before && missing > 0)
      last.borrowed.push(...before.rows.slice(before.integrations[before.integrations.length - missing]));
  }
  return groups.map((group) => ({ rows: Int32Array.from(group.rows), borrowed: Int32Array.from(group.borrowed) }));
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
  if (typeof chanbin === 'number' || /^\d+$/.test(chanbin)) {
    const width = Number(chanbin);
    if (width < 2) fail('usage', `chanbin=${chanbin} is too small; take at least 2 channels.`);
    return Int32Array.from(chanFreqs, (_, chan) => Math.floor(chan / width));
  }
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
