/** Rows that make one chunk: all of one data description, in MS order. */
export interface PlannedChunk {
  readonly dataDescId: number;
  /** Row numbers, ascending. */
  readonly rows: Int32Array;
}

/** What planning needs to know of the chosen rows, in MS order. */
export interface PlanInput {
  readonly rows: Int32Array;
  /** [chosen row] */
  readonly dataDescId: Int32Array;
  /** MJD seconds, [chosen row] */
  readonly time: Float64Array;
  /** Most rows of a chunk, by data description. */
  rowLimit(dataDescId: number): number;
}

/**
 * Divides rows into chunks of one data description that never split an integration (the rows of one TIME).
 *
 * The rows of an integration need not be neighbours: importasdm writes the autocorrelations of a whole subscan before its cross
 * rows. A cut is made only where no TIME occurs on both sides, and as soon as the limit is reached; an integration larger than the
 * limit stays whole. Chunks come in the order of their first rows.
 */
export function planChunks(input: PlanInput): PlannedChunk[] {
  const counts = new Map<number, number>();
  for (const id of input.dataDescId) counts.set(id, (counts.get(id) ?? 0) + 1);
  const members = new Map<number, Int32Array>();
  for (const [id, count] of counts) members.set(id, new Int32Array(count));
  const filled = new Map<number, number>();
  for (let index = 0; index < input.dataDescId.length; index++) {
    const id = input.dataDescId[index];
    const at = filled.get(id) ?? 0;
    (members.get(id) as Int32Array)[at] = index;
    filled.set(id, at + 1);
  }
  const chunks: PlannedChunk[] = [];
  for (const [id, indices] of members) {
    const cuts = legalCuts(indices, input.time);
    const limit = Math.max(1, input.rowLimit(id));
    let start = 0;
    for (let cut = 0; cut < cuts.length; cut++) {
      const isLast = cut === cuts.length - 1;
      if (!isLast && cuts[cut + 1] - start <= limit) continue;
      const rows = indices.subarray(start, cuts[cut]).map((index) => input.rows[index]);
      chunks.push({ dataDescId: id, rows });
      start = cuts[cut];
    }
  }
  return chunks.sort((one, other) => one.rows[0] - other.rows[0]);
}

/** Positions behind which a chunk may end: no TIME occurs on both sides. The last is the number of rows. */
function legalCuts(indices: Int32Array, time: Float64Array): number[] {
  const lastOf = new Map<number, number>();
  for (let at = 0; at < indices.length; at++) {
    const value = time[indices[at]];
    if (at + 1 === indices.length || time[indices[at + 1]] !== value) lastOf.set(value, at);
  }
  const cuts: number[] = [];
  let reach = -1;
  let previous = Number.NaN;
  for (let at = 0; at < indices.length; at++) {
    const value = time[indices[at]];
    if (value !== previous) {
      if (at > 0 && reach < at) cuts.push(at);
      reach = Math.max(reach, lastOf.get(value) as number);
      previous = value;
    }
  }
  cuts.push(indices.length);
  return cuts;
}

/** Calls `visit` for each run of consecutive row numbers: first row, count, and the run's position in `rows`. */
export function forEachRun(rows: Int32Array, visit: (start: number, count: number, at: number) => void): void {
  let at = 0;
  while (at < rows.length) {
    let end = at + 1;
    while (end < rows.length && rows[end] === rows[end - 1] + 1) end++;
    visit(rows[at], end - at, at);
    at = end;
  }
}
