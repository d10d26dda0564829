import { type MeasurementSet, stepRows } from '../ms/index.ts';
import type { PlannedChunk } from './chunk-plan.ts';
import { isBeyondBin } from './time-average.ts';

/** A run of neighbouring rows that agree in all sort keys. */
interface Run {
  /** Position of the first row among the chosen rows. */
  readonly at: number;
  readonly count: number;
  /** OBSERVATION_ID, ARRAY_ID, SCAN_NUMBER, STATE_ID, FIELD_ID, DATA_DESC_ID, TIME */
  readonly keys: readonly number[];
}

const KEYS = ['OBSERVATION_ID', 'ARRAY_ID', 'SCAN_NUMBER', 'STATE_ID', 'FIELD_ID', 'DATA_DESC_ID', 'TIME'] as const;
const SCAN = 2;
const STATE = 3;
const FIELD = 4;
const DATA_DESC = 5;
const TIME = 6;
const KEY_OF: Readonly<Record<string, number>> = { scan: SCAN, state: STATE, field: FIELD };

/**
 * Orders rows as CASA's split does and divides them into chunks: by observation, array, scan, state, field, data description and
 * time; rows that agree in these keep their order.
 *
 * A chunk has rows of one data description only, in the new order, and ends only between integrations.
 *
 * @param rows chosen rows, ascending
 * @param rowLimit most rows of a chunk of a data description
 * @param combined keys among 'scan', 'state' and 'field' that do not count in the order, because averages span them
 */
export function planOrdered(
  ms: MeasurementSet,
  rows: Int32Array,
  rowLimit: (dataDescId: number) => number,
  combined: readonly string[] = [],
): PlannedChunk[] {
  const left = [...KEYS.keys()].filter((key) => !combined.some((name) => KEY_OF[name] === key));
  const runs = readRuns(ms, rows).sort((one, other) => compareRuns(one, other, left));
  const chunks: PlannedChunk[] = [];
  let pending: Run[] = [];
  let pendingCount = 0;
  const emit = () => {
    if (pending.length === 0) return;
    const chosen = new Int32Array(pendingCount);
    let at = 0;
    for (const run of pending) {
      chosen.set(rows.subarray(run.at, run.at + run.count), at);
      at += run.count;
    }
    chunks.push({ dataDescId: pending[0].keys[DATA_DESC], rows: chosen });
    pending = [];
    pendingCount = 0;
  };
  for (let index = 0; index < runs.length; ) {
    let end = index;
    let count = 0;
    while (end < runs.length && isSameIntegration(runs[index], runs[end])) count += runs[end++].count;
    const id = runs[index].keys[DATA_DESC];
    if (pending.length > 0 && (pending[0].keys[DATA_DESC] !== id || pendingCount + count > rowLimit(id))) emit();
    pending.push(...runs.slice(index, end));
    pendingCount += count;
    index = end;
  }
  emit();
  return chunks;
}

/** Averages whose rows stay together. */
export interface TimeBins {
  readonly seconds: number;
  /** Keys among 'scan', 'state' and 'field' that averages span. */
  readonly combined: readonly string[];
  /** Bins end after this time alone, and for all baselines that are there at all times at once. */
  readonly isByTimeAlone: boolean;
}

/**
 * Orders rows as `planOrdered`, but with the data descriptions side by side, in batches of whole integrations or whole averages: the
 * chunks of a data description in a batch follow each other.
 *
 * @param bins absent: nothing is averaged
 */
export function planTogether(
  ms: MeasurementSet,
  rows: Int32Array,
  rowLimit: (dataDescId: number) => number,
  bins?: TimeBins,
): PlannedChunk[][] {
  const keys = [...KEYS.keys()].filter(
    (key) => key !== DATA_DESC && !bins?.combined.some((name) => KEY_OF[name] === key),
  );
  const runs = readRuns(ms, rows).sort((one, other) => compareRuns(one, other, keys));
  const integrations = splitWhere(runs, (one, other) => keys.some((key) => one.keys[key] !== other.keys[key]));
  const batches: PlannedChunk[][] = [];
  let pending: Run[] = [];
  let filled = 0;
  const emit = () => {
    if (pending.length > 0) batches.push(chunksOf(pending, rows, rowLimit));
    pending = [];
    filled = 0;
  };
  for (const unit of bins ? binsOf(integrations, keys, bins) : integrations) {
    const size = unit.reduce((sum, { count, keys: own }) => sum + count / Math.max(1, rowLimit(own[DATA_DESC])), 0);
    if (filled + size > 1) emit();
    pending.push(...unit);
    filled += size;
  }
  emit();
  return batches;
}

/** The integrations of each bin; of all bins of a scan where they need not begin together. */
function binsOf(integrations: readonly Run[][], keys: readonly number[], bins: TimeBins): Run[][] {
  const others = keys.filter((key) => key !== TIME);
  const stretches = splitWhere(integrations, ([one], [other]) =>
    others.some((key) => one.keys[key] !== other.keys[key]),
  );
  return stretches.flatMap((stretch) => {
    if (!bins.isByTimeAlone || new Set(stretch.map(occupationOf)).size > 1) return [stretch.flat()];
    let firstSec = stretch[0][0].keys[TIME];
    const isNext = (_: Run[], [run]: Run[]) => {
      if (!isBeyondBin(run.keys[TIME] - firstSec, bins.seconds)) return false;
      firstSec = run.keys[TIME];
      return true;
    };
    return splitWhere(stretch, isNext).map((bin) => bin.flat());
  });
}

/** How many rows of which data descriptions an integration has. */
function occupationOf(runs: readonly Run[]): string {
  const counts = new Map<number, number>();
  for (const { keys, count } of runs) counts.set(keys[DATA_DESC], (counts.get(keys[DATA_DESC]) ?? 0) + count);
  return [...counts].sort(([one], [other]) => one - other).join(';');
}

function splitWhere<Item>(items: readonly Item[], isBorder: (one: Item, other: Item) => boolean): Item[][] {
  const parts: Item[][] = [];
  items.forEach((item, index) => {
    if (index === 0 || isBorder(items[index - 1], item)) parts.push([]);
    parts[parts.length - 1].push(item);
  });
  return parts;
}

function chunksOf(runs: readonly Run[], rows: Int32Array, rowLimit: (dataDescId: number) => number): PlannedChunk[] {
  const ids = [...new Set(runs.map(({ keys }) => keys[DATA_DESC]))].sort((one, other) => one - other);
  return ids.flatMap((dataDescId) => {
    const own = runs.filter(({ keys }) => keys[DATA_DESC] === dataDescId);
    let count = 0;
    const parts = splitWhere(own, (one, other) => {
      count += one.count;
      if (count + other.count <= rowLimit(dataDescId) || isSameIntegration(one, other)) return false;
      count = 0;
      return true;
    });
    return parts.map((part) => {
      const chosen = part.flatMap((run) => Array.from(rows.subarray(run.at, run.at + run.count)));
      return { dataDescId, rows: Int32Array.from(chosen) };
    });
  });
}

function isSameIntegration(one: Run, other: Run): boolean {
  return one.keys[DATA_DESC] === other.keys[DATA_DESC] && one.keys[TIME] === other.keys[TIME];
}

function compareRuns(one: Run, other: Run, keys: readonly number[]): number {
  for (const key of keys) if (one.keys[key] !== other.keys[key]) return one.keys[key] - other.keys[key];
  return one.at - other.at;
}

function readRuns(ms: MeasurementSet, rows: Int32Array): Run[] {
  const runs: Run[] = [];
  let next = 0;
  let first = 0;
  let keys: number[] | undefined;
  for (const { start, count, values } of stepRows(ms.main, KEYS)) {
    const columns = KEYS.map((name) => values[name] as unknown as ArrayLike<number>);
    for (; next < rows.length && rows[next] < start + count; next++) {
      const row = rows[next] - start;
      const current = keys;
      if (current && columns.every((column, key) => column[row] === current[key])) continue;
      if (current) runs.push({ at: first, count: next - first, keys: current });
      first = next;
      keys = columns.map((column) => column[row]);
    }
  }
  if (keys) runs.push({ at: first, count: next - first, keys });
  return runs;
}
