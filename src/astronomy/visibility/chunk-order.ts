import { type MeasurementSet, stepRows } from '../ms/index.ts';
import type { PlannedChunk } from './chunk-plan.ts';

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

/**
 * Orders rows as `planOrdered`, but with the data descriptions of an integration side by side, in batches of whole integrations: one
 * chunk for each data description of a batch.
 */
export function planIntegrations(
  ms: MeasurementSet,
  rows: Int32Array,
  rowLimit: (dataDescId: number) => number,
): PlannedChunk[][] {
  const keys = [...KEYS.keys()].filter((key) => key !== DATA_DESC);
  const runs = readRuns(ms, rows).sort((one, other) => compareRuns(one, other, keys));
  const batches: PlannedChunk[][] = [];
  let pending: Run[] = [];
  let filled = 0;
  const emit = () => {
    if (pending.length > 0) batches.push(chunksOf(pending, rows));
    pending = [];
    filled = 0;
  };
  for (let index = 0; index < runs.length; ) {
    let end = index;
    let size = 0;
    for (; end < runs.length && keys.every((key) => runs[end].keys[key] === runs[index].keys[key]); end++) {
      size += runs[end].count / Math.max(1, rowLimit(runs[end].keys[DATA_DESC]));
    }
    if (filled + size > 1) emit();
    pending.push(...runs.slice(index, end));
    filled += size;
    index = end;
  }
  emit();
  return batches;
}

function chunksOf(runs: readonly Run[], rows: Int32Array): PlannedChunk[] {
  const ids = [...new Set(runs.map(({ keys }) => keys[DATA_DESC]))].sort((one, other) => one - other);
  return ids.map((dataDescId) => {
    const own = runs.filter(({ keys }) => keys[DATA_DESC] === dataDescId);
    const parts = own.flatMap(({ at, count }) => Array.from(rows.subarray(at, at + count)));
    return { dataDescId, rows: Int32Array.from(parts) };
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
