/** What was solved for one interval: gains of all antennas. */
export interface Solution {
  readonly spwId: number;
  readonly fieldId: number;
  readonly scanNumber: number;
  readonly observationId: number;
  /** MJD s, mean of the data's centroids by weight */
  readonly time: number;
  readonly antCount: number;
  readonly chanCount: number;
  /** Parameters per channel. */
  readonly parCount: number;
  /** [ant, chan, par, re/im] */
  readonly params: Float32Array;
  /** 1 = no valid solution, [ant, chan, par] */
  readonly flag: Uint8Array;
  /** [ant, chan, par] */
  readonly paramErr: Float32Array;
  /** [ant, chan, par] */
  readonly snr: Float32Array;
  /** Reference antenna, -1 for none. */
  refAnt: number;
}

/** Position of a cell in the arrays of a solution. */
export function cellOf(solution: Solution, ant: number, chan: number, par: number): number {
  return (ant * solution.chanCount + chan) * solution.parCount + par;
}

/** Solutions by window and time, the order of a calibration table. */
export function sortSolutions(solutions: readonly Solution[]): Solution[] {
  return [...solutions].sort((a, b) => a.spwId - b.spwId || a.time - b.time);
}

/** What a solution is about. */
export type SolutionKey = Pick<Solution, 'spwId' | 'fieldId' | 'scanNumber' | 'observationId'>;

/** A solution of the right shape with nothing solved: gains 1, all flagged. */
export function emptySolution(
  key: SolutionKey,
  time: number,
  antCount: number,
  chanCount: number,
  parCount: number,
): Solution {
  const { spwId, fieldId, scanNumber, observationId } = key;
  const cells = antCount * chanCount * parCount;
  const params = new Float32Array(2 * cells);
  for (let cell = 0; cell < cells; cell++) params[2 * cell] = 1;
  return {
    ...{ spwId, fieldId, scanNumber, observationId, time, antCount, chanCount, parCount, params },
    flag: new Uint8Array(cells).fill(1),
    paramErr: new Float32Array(cells),
    snr: new Float32Array(cells),
    refAnt: -1,
  };
}
