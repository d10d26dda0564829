/** A run of rows that lie one after another in a hypercube; cube 0 holds undefined cells. */
export interface RowRun {
  first: number;
  count: number;
  cube: number;
  /** Position of the first row on the cube's row axis. */
  position: number;
}

/** Where the rows of a TiledShapeStMan lie. */
export class RowMap {
  readonly runs: RowRun[] = [];
  private recent = 0;

  /** Builds it from the stored form: last row, cube and last position of each run. */
  static from(rowMap: readonly number[], cubeMap: readonly number[], positionMap: readonly number[]): RowMap {
    const map = new RowMap();
    let first = 0;
    for (let k = 0; k < rowMap.length; k++) {
      const count = rowMap[k] + 1 - first;
      map.runs.push({ first, count, cube: cubeMap[k], position: cubeMap[k] === 0 ? 0 : positionMap[k] + 1 - count });
      first = rowMap[k] + 1;
    }
    return map;
  }

  /** The stored form. */
  stored(): { rowMap: number[]; cubeMap: number[]; positionMap: number[] } {
    return {
      rowMap: this.runs.map((run) => run.first + run.count - 1),
      cubeMap: this.runs.map((run) => run.cube),
      positionMap: this.runs.map((run) => (run.cube === 0 ? 0 : run.position + run.count - 1)),
    };
  }

  /** First row that no run covers. */
  get end(): number {
    const last = this.runs.at(-1);
    return last ? last.first + last.count : 0;
  }

  /** The run with a row; undefined beyond the last. */
  find(row: number): RowRun | undefined {
    const { runs } = this;
    const near = runs[this.recent];
    if (near && row >= near.first && row < near.first + near.count) return near;
    let low = 0;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (runs[middle].first + runs[middle].count <= row) low = middle + 1;
      else high = middle;
    }
    this.recent = Math.min(low, Math.max(0, runs.length - 1));
    return runs[low];
  }

  /** Says that rows lie in a cube from now on. */
  assign(added: RowRun): void {
    const before: RowRun[] = [];
    if (added.first >= this.end) {
      if (added.first > this.end)
        push(this.runs, { first: this.end, count: added.first - this.end, cube: 0, position: 0 });
      push(this.runs, added);
      return;
    }
    const end = added.first + added.count;
    let isPlaced = false;
    for (const run of this.runs) {
      const runEnd = run.first + run.count;
      if (run.first < added.first) push(before, { ...run, count: Math.min(run.count, added.first - run.first) });
      if (!isPlaced && runEnd >= added.first && runEnd > added.first) {
        push(before, added);
        isPlaced = true;
      }
      if (runEnd > end) {
        const skip = Math.max(0, end - run.first);
        push(before, {
          first: run.first + skip,
          count: run.count - skip,
          cube: run.cube,
          position: run.position + skip,
        });
      }
    }
    this.runs.length = 0;
    for (const run of before) this.runs.push(run);
    this.recent = 0;
  }
}

function push(runs: RowRun[], added: RowRun): void {
  const last = runs.at(-1);
  const isNext =
    last !== undefined &&
    last.cube === added.cube &&
    (added.cube === 0 || last.position + last.count === added.position);
  if (isNext) last.count += added.count;
  else runs.push({ ...added });
}
