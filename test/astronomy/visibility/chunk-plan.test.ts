import { describe, expect, it } from 'vitest';
import { forEachRun, planChunks } from '../../../src/astronomy/visibility/index.ts';

describe('planChunks', () => {
  it('never splits an integration, even one whose rows are apart', () => {
    // autocorrelations of three times, then their cross rows, in one data description; then three times of another
    const time = Float64Array.from([1, 2, 3, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    const dataDescId = new Int32Array(13);
    const rows = Int32Array.from({ length: 13 }, (_, row) => row);
    const chunks = planChunks({ rows, dataDescId, time, rowLimit: () => 3 });
    expect(chunks.map((chunk) => [...chunk.rows])).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
      [9, 10],
      [11, 12],
    ]);
  });

  it('keeps data descriptions apart and joins integrations up to the limit', () => {
    const time = Float64Array.from([1, 1, 1, 1, 2, 2, 2, 2]);
    const dataDescId = Int32Array.from([0, 0, 1, 1, 0, 0, 1, 1]);
    const rows = Int32Array.from([10, 11, 12, 13, 20, 21, 22, 23]);
    const chunks = planChunks({ rows, dataDescId, time, rowLimit: (id) => (id === 0 ? 4 : 2) });
    expect(chunks.map((chunk) => [chunk.dataDescId, ...chunk.rows])).toEqual([
      [0, 10, 11, 20, 21],
      [1, 12, 13],
      [1, 22, 23],
    ]);
  });

  it('finds runs of neighbouring rows', () => {
    const runs: number[][] = [];
    forEachRun(Int32Array.from([3, 4, 5, 9, 11, 12]), (...run) => runs.push(run));
    expect(runs).toEqual([
      [3, 3, 0],
      [9, 1, 3],
      [11, 2, 4],
    ]);
  });
});
