import { arena, type Lease } from '../../foundation/numeric/index.ts';
import { weightsOfSpectrum } from './spectral-weights.ts';
import type { ChunkOperator, DataColumn, VisibilityChunk } from './types.ts';
import type { WindowUnion } from './window-union.ts';

export interface WindowMergeOptions {
  /** Its parts name windows by their number in the chunks. */
  readonly union: WindowUnion;
  /** Data description and window that the merged chunks go by. */
  readonly dataDescId: number;
  readonly spwId: number;
}

/** A row of one of the gathered chunks. */
interface Member {
  readonly chunk: VisibilityChunk;
  readonly row: number;
  /** TIME, the same number for rows of one time, s. */
  readonly instant: number;
}

/** Times that differ by less are the same: middles of averages over other rows differ by rounding (CASA cuts to milliseconds), s. */
const SAME_TIME_SEC = 1e-3;
/** Exposures that differ by less are the same (CASA compares in single precision), s. */
const SAME_EXPOSURE_SEC = 1.2e-7;
/** A value is good when contributions of this many channels make it (less the rounding of their fractions). */
const ENOUGH = 0.999999;

/**
 * Merges the rows of one baseline and time of several windows into one row (CASA 6.7's mstransform with `combinespws`).
 *
 * A value is the mean of the unflagged channels that contribute, by their fractions; partial channels of one window count only in
 * pairs where whole ones contribute too, and all windows have one EXPOSURE. It is flagged when they make up less than one channel, and 0 when there are none. Numbers
 * of a row are those of its first window, EXPOSURE is the mean. `flush` merges what was pushed since the last one: integrations must
 * be whole by then. Rows are ordered by integration and baseline. Chunks need `weightSpectrum` (see `flatSpectrum`).
 */
export function mergeWindows(options: WindowMergeOptions): ChunkOperator {
  const gathered: VisibilityChunk[] = [];
  const flat = flatten(options.union);
  return {
    push(chunk) {
      gathered.push(chunk);
    },
    flush(next) {
      if (gathered.length === 0) return;
      const merged = merge(gathered, flat, options);
      for (const chunk of gathered.splice(0)) chunk.release();
      next(merged);
    },
  };
}

const STRETCH = ['observationId', 'arrayId', 'scanNumber', 'stateId', 'fieldId'] as const;
const BASELINE = ['antenna1', 'antenna2'] as const;

function merge(chunks: readonly VisibilityChunk[], flat: FlatParts, options: WindowMergeOptions): VisibilityChunk {
  const groups = groupRows(chunks);
  const [{ corrCount }] = chunks;
  const chanCount = options.union.freqs.length;
  const lease = arena().lease();
  const size = groups.length * chanCount * corrCount;
  const data: Partial<Record<DataColumn, Float32Array>> = {};
  for (const name of Object.keys(chunks[0].data) as DataColumn[]) data[name] = lease.float32(2 * size).fill(0);
  const flag = lease.uint8(size);
  const weightSpectrum = lease.float32(size).fill(0);
  const dataWeights = chunks[0].dataWeights && lease.float32(size).fill(0);
  const target: Target = { data, flag, weightSpectrum, dataWeights, corrCount };
  groups.forEach((members, group) => {
    mergeRow(members, flat, target, group * chanCount * corrCount);
  });
  const weight = lease.float32(groups.length * corrCount);
  const sigma = lease.float32(groups.length * corrCount);
  const shape = { rowCount: groups.length, chanCount, corrCount };
  weightsOfSpectrum(shape, { weightSpectrum, dataWeights }, flag, weight, sigma);
  return {
    ...rowColumns(groups, lease),
    ...{ dataDescId: options.dataDescId, spwId: options.spwId, ...shape },
    ...{ data, flag, weight, sigma, weightSpectrum, dataWeights },
    release: () => lease.release(),
  };
}

/** Rows of one integration and baseline, each group in the order of the MS. */
function groupRows(chunks: readonly VisibilityChunk[]): Member[][] {
  const instants = instantsOf(chunks);
  const members = chunks.flatMap((chunk) =>
    Array.from({ length: chunk.rowCount }, (_, row) => ({
      chunk,
      row,
      instant: instants.get(chunk.time[row]) as number,
    })),
  );
  members.sort((one, other) => compare(one, other) || one.chunk.rows[one.row] - other.chunk.rows[other.row]);
  const groups: Member[][] = [];
  members.forEach((member, index) => {
    if (index > 0 && compare(members[index - 1], member) === 0) groups[groups.length - 1].push(member);
    else groups.push([member]);
  });
  return groups;
}

/** For each TIME the earliest that is the same. */
function instantsOf(chunks: readonly VisibilityChunk[]): Map<number, number> {
  const times = [...new Set(chunks.flatMap(({ time }) => [...time]))].sort((one, other) => one - other);
  const instants = new Map<number, number>();
  let [instant] = times;
  for (const time of times) {
    if (time - instant >= SAME_TIME_SEC) instant = time;
    instants.set(time, instant);
  }
  return instants;
}

function compare(one: Member, other: Member): number {
  return compareBy(STRETCH, one, other) || one.instant - other.instant || compareBy(BASELINE, one, other);
}

function compareBy(keys: typeof STRETCH | typeof BASELINE, one: Member, other: Member): number {
  for (const key of keys) {
    const difference = one.chunk[key][one.row] - other.chunk[key][other.row];
    if (difference !== 0) return difference;
  }
  return 0;
}

interface Target {
  readonly data: Partial<Record<DataColumn, Float32Array>>;
  readonly flag: Uint8Array;
  readonly weightSpectrum: Float32Array;
  readonly dataWeights?: Float32Array;
  readonly corrCount: number;
}

/** The parts of a union in flat arrays, windows numbered from 0. */
interface FlatParts {
  /** [channel + 1] */
  readonly starts: Int32Array;
  /** [part] */
  readonly windows: Int32Array;
  readonly chans: Int32Array;
  readonly fractions: Float64Array;
  readonly ids: readonly number[];
}

function flatten({ parts }: WindowUnion): FlatParts {
  const all = parts.flat();
  const ids = [...new Set(all.map(({ id }) => id))];
  const starts = new Int32Array(parts.length + 1);
  parts.forEach((each, chan) => {
    starts[chan + 1] = starts[chan] + each.length;
  });
  return {
    starts,
    windows: Int32Array.from(all, ({ id }) => ids.indexOf(id)),
    chans: Int32Array.from(all, ({ chan }) => chan),
    fractions: Float64Array.from(all, ({ fraction }) => fraction),
    ids,
  };
}

/** Factors of the parts of one value. */
interface Scratch {
  /** [part of the channel] */
  readonly factors: Float64Array;
  /** Unflagged parts that are not whole, [window]. */
  readonly partial: Int32Array;
}

function mergeRow(members: readonly Member[], flat: FlatParts, target: Target, start: number): void {
  const { starts, windows, chans, ids } = flat;
  const { corrCount } = target;
  const byWindow = new Map(members.map((member) => [member.chunk.spwId, member]));
  const rows = ids.map((id) => byWindow.get(id));
  const isUneven = hasUnevenExposure(members);
  const columns = Object.keys(target.data) as DataColumn[];
  const scratch = { factors: new Float64Array(windows.length), partial: new Int32Array(ids.length) };
  for (let value = 0; value < (starts.length - 1) * corrCount; value++) {
    const [first, end] = [starts[Math.floor(value / corrCount)], starts[Math.floor(value / corrCount) + 1]];
    const corr = value % corrCount;
    const total = weighParts(flat, rows, scratch, { first, end, corr, isUneven });
    const at = start + value;
    target.flag[at] = total >= ENOUGH ? 0 : 1;
    if (total === 0) continue;
    for (let part = first; part < end; part++) {
      const factor = scratch.factors[part - first] / total;
      const member = rows[windows[part]];
      if (factor === 0 || !member) continue;
      const { chunk, row } = member;
      const from = (row * chunk.chanCount + chans[part]) * corrCount + corr;
      target.weightSpectrum[at] += factor * (chunk.weightSpectrum as Float32Array)[from];
      if (target.dataWeights && chunk.dataWeights) target.dataWeights[at] += factor * chunk.dataWeights[from];
      for (const name of columns) {
        const [values, input] = [target.data[name] as Float32Array, chunk.data[name] as Float32Array];
        values[2 * at] += factor * input[2 * from];
        values[2 * at + 1] += factor * input[2 * from + 1];
      }
    }
  }
}

interface PartRange {
  readonly first: number;
  readonly end: number;
  readonly corr: number;
  /** EXPOSURE differs from window to window. */
  readonly isUneven: boolean;
}

/** Fills the factors of the parts that count. @returns their sum */
function weighParts(
  { windows, chans, fractions }: FlatParts,
  rows: readonly (Member | undefined)[],
  { factors, partial }: Scratch,
  { first, end, corr, isUneven }: PartRange,
): number {
  let hasWhole = false;
  partial.fill(0);
  for (let part = first; part < end; part++) {
    const member = rows[windows[part]];
    factors[part - first] = 0;
    if (!member) continue;
    const { chunk, row } = member;
    if (fractions[part] >= 1) hasWhole = true;
    if (chunk.flag[(row * chunk.chanCount + chans[part]) * chunk.corrCount + corr] !== 0) continue;
    factors[part - first] = fractions[part];
    if (fractions[part] < 1) partial[windows[part]]++;
  }
  let total = 0;
  for (let part = first; part < end; part++) {
    if (hasWhole && !isUneven && fractions[part] < 1 && partial[windows[part]] % 2 !== 0) factors[part - first] = 0;
    total += factors[part - first];
  }
  return total;
}

const INTEGERS = [
  ...(['rows', 'antenna1', 'antenna2', 'feed1', 'feed2', 'fieldId', 'scanNumber', 'stateId'] as const),
  ...(['observationId', 'arrayId', 'processorId'] as const),
];
const DOUBLES = ['time', 'timeCentroid', 'interval'] as const;

/** Columns of the first row of each group; EXPOSURE is the mean, FLAG_ROW is set where it is in all. */
function rowColumns(groups: readonly (readonly Member[])[], lease: Lease) {
  const firsts = groups.map(([first]) => first);
  const integers = INTEGERS.map((key) => {
    const values = lease.int32(groups.length);
    values.set(firsts.map(({ chunk, row }) => chunk[key][row]));
    return [key, values] as const;
  });
  const doubles = DOUBLES.map((key) => {
    const values = lease.float64(groups.length);
    values.set(firsts.map(({ chunk, row }) => chunk[key][row]));
    return [key, values] as const;
  });
  const exposure = lease.float64(groups.length);
  exposure.set(groups.map(meanExposure));
  const uvw = lease.float64(3 * groups.length);
  firsts.forEach(({ chunk, row }, group) => {
    uvw.set(chunk.uvw.subarray(3 * row, 3 * row + 3), 3 * group);
  });
  const flagRow = lease.uint8(groups.length);
  flagRow.set(groups.map((members) => (members.every(({ chunk, row }) => chunk.flagRow[row] !== 0) ? 1 : 0)));
  return {
    ...(Object.fromEntries(integers) as Record<(typeof INTEGERS)[number], Int32Array>),
    ...(Object.fromEntries(doubles) as Record<(typeof DOUBLES)[number], Float64Array>),
    ...{ exposure, uvw, flagRow },
  };
}

function hasUnevenExposure(members: readonly Member[]): boolean {
  const [first] = members;
  return members.some(
    ({ chunk, row }) => Math.abs(chunk.exposure[row] - first.chunk.exposure[first.row]) > SAME_EXPOSURE_SEC,
  );
}

function meanExposure(members: readonly Member[]): number {
  return members.reduce((sum, { chunk, row }) => sum + chunk.exposure[row], 0) / members.length;
}
