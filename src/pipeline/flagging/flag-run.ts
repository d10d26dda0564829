import { type MeasurementSet, type MsMetadata, type NumericColumns, stepRows } from '../../astronomy/ms/index.ts';
import { openChunkReader, planMs, type VisibilityChunk, writeChunk } from '../../astronomy/visibility/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { arena, countFlagDifferences, type Lease } from '../../foundation/numeric/index.ts';
import type { FlagAgent } from './agent-types.ts';

/** Numbers of a run over an MS. */
export interface FlagRunResult {
  /** Visibilities whose flag changed. */
  readonly changed: number;
}

export interface FlagRunOptions {
  /** Write the flags; false only computes them. */
  readonly apply: boolean;
  /** Called with each chunk once the agents are through, before it is written. */
  readonly look?: (chunk: VisibilityChunk) => void;
  /** Rows to visit; default those that an agent can touch. */
  readonly rows?: Int32Array;
}

/**
 * Lets agents work on an MS in one pass, in their order. Only rows that an agent can touch are read, only chunks that changed are
 * written. FLAG_ROW is set and cleared only by commands for whole rows, without `spw` or `correlation` (as CASA's flagdata does).
 */
export function runAgents(
  context: Context,
  ms: MeasurementSet,
  metadata: MsMetadata,
  agents: readonly FlagAgent[],
  options: FlagRunOptions,
): FlagRunResult {
  const columns = [...new Set(agents.flatMap((agent) => agent.columns))];
  const rows = options.rows ?? findRows(ms, agents);
  const withWeightSpectrum = agents.some(({ needsWeightSpectrum }) => needsWeightSpectrum);
  const planned = planMs(ms, metadata, { columns, withWeightSpectrum }, rows);
  const reader = openChunkReader(ms, metadata, { columns, withWeightSpectrum });
  let changed = 0;
  planned.forEach((each, index) => {
    context.checkAbort();
    const chunk = reader.read(each);
    try {
      const count = arena().scope((lease) => flagChunk(chunk, agents, lease));
      changed += count;
      options.look?.(chunk);
      if (options.apply && count > 0) writeChunk(ms, chunk, { flag: true, flagRow: true });
    } finally {
      chunk.release();
    }
    context.progress.update((index + 1) / planned.length);
  });
  return { changed };
}

/** Lets the agents work on one chunk; returns the number of flags that changed. */
function flagChunk(chunk: VisibilityChunk, agents: readonly FlagAgent[], lease: Lease): number {
  const able = agents.filter((agent) => agent.dataDescs[chunk.dataDescId] === 1 && meets(agent, chunk.time));
  if (able.length === 0) return 0;
  const bound = able.map((agent) => agent.bind(chunk));
  const active = activeByTime(able);
  const before = lease.uint8(chunk.flag.length);
  before.set(chunk.flag);
  let changed = 0;
  for (let row = 0; row < chunk.rowCount; row++) {
    const indices = active(chunk.time[row]);
    if (indices.length === 0) continue;
    let rowFlag = chunk.flagRow[row];
    for (const index of indices) {
      if (!bound[index].flagRow(row)) continue;
      if (able[index].isRowWide) rowFlag = able[index].value;
    }
    if (chunk.flagRow[row] !== rowFlag) changed++;
    chunk.flagRow[row] = rowFlag;
  }
  return changed + countFlagDifferences(chunk.flag, before);
}

function meets(agent: FlagAgent, times: Float64Array): boolean {
  if (!agent.timeRanges) return true;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const time of times) {
    if (time < low) low = time;
    if (time > high) high = time;
  }
  return agent.timeRanges.some(([start, end]) => start <= high && end >= low);
}

/** Indices of the agents whose time ranges hold a time; looked up once for each time. */
function activeByTime(agents: readonly FlagAgent[]): (time: number) => readonly number[] {
  const known = new Map<number, readonly number[]>();
  let last = Number.NaN;
  let lastIndices: readonly number[] = [];
  return (time) => {
    if (time === last) return lastIndices;
    let indices = known.get(time);
    if (!indices) {
      indices = agents.flatMap(({ timeRanges }, index) =>
        !timeRanges || timeRanges.some(([start, end]) => time >= start && time <= end) ? [index] : [],
      );
      known.set(time, indices);
    }
    last = time;
    lastIndices = indices;
    return indices;
  };
}

/** Rows that at least one agent's selection chooses, ascending. */
export function findRows(ms: MeasurementSet, agents: readonly FlagAgent[]): Int32Array {
  const names = [...new Set(['TIME', 'DATA_DESC_ID', ...agents.flatMap(({ rowColumns }) => rowColumns)])];
  const rows = new Int32Array(ms.main.rowCount);
  const active = activeByTime(agents);
  let found = 0;
  for (const { start, count, values } of stepRows(ms.main, names)) {
    const columns = values as unknown as NumericColumns;
    const tests = agents.map((agent) => agent.bindRows(columns));
    for (let row = 0; row < count; row++) {
      for (const index of active(columns.TIME[row])) {
        if (agents[index].dataDescs[columns.DATA_DESC_ID[row]] === 1 && tests[index](row)) {
          rows[found++] = start + row;
          break;
        }
      }
    }
  }
  return rows.slice(0, found);
}
