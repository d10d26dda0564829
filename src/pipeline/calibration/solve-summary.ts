import type { MsMetadata } from '../../astronomy/ms/index.ts';
import { parallelHands } from './gain-fit.ts';
import type { Solution } from './solution.ts';
import type { Gathered } from './solve-gather.ts';
import type { SolvePlan } from './solve-plan.ts';

/** How far the solution intervals came: of one antenna, of a window (where any antenna came so far), or of all windows. */
export interface IntervalCounts {
  /** Intervals with rows, flagged or not, [par] */
  readonly expected: Int32Array;
  /** Those with unflagged data, [par] */
  readonly unflagged: Int32Array;
  /** Those with enough baselines to solve, [par] */
  readonly aboveMinBaselines: Int32Array;
  /** Those with a solution of enough SNR, [par] */
  readonly aboveMinSnr: Int32Array;
}

export interface AntennaCounts extends IntervalCounts {
  /** Intervals whose phases refer to this antenna. */
  asReference: number;
}

export interface WindowCounts extends IntervalCounts {
  readonly antennas: readonly AntennaCounts[];
}

/** What a solve worked on and how far it came; the window of combined ones is the first of them. */
export interface SolveSummary {
  readonly antennaIds: readonly number[];
  readonly fieldIds: readonly number[];
  readonly scanNumbers: readonly number[];
  readonly observationIds: readonly number[];
  readonly spwIds: readonly number[];
  /** All of the MeasurementSet, as CASA gives them. */
  readonly intents: readonly string[];
  readonly total: IntervalCounts;
  /** By window, whether it was solved for or not. */
  readonly windows: readonly WindowCounts[];
}

type Step = keyof IntervalCounts;

function emptyCounts(parCount: number): IntervalCounts {
  const zeros = () => new Int32Array(parCount);
  return { expected: zeros(), unflagged: zeros(), aboveMinBaselines: zeros(), aboveMinSnr: zeros() };
}

/**
 * Counts, interval by interval, how far a solve comes for each antenna (CASA 6.7, `solvestats` of gaincal and bandpass).
 *
 * A channelled solution counts where any channel does; enough baselines is a matter of the antenna, not of a polarization.
 */
export class SolveTally {
  private readonly windows: readonly WindowCounts[];
  private readonly total: IntervalCounts;
  private readonly parCount: number;
  private readonly antCount: number;

  constructor({ antennas, spectralWindows }: MsMetadata, plan: SolvePlan, parCount: number) {
    this.antCount = antennas.length;
    this.parCount = parCount;
    this.total = emptyCounts(parCount);
    this.windows = spectralWindows.map(() => ({
      ...emptyCounts(parCount),
      antennas: antennas.map(() => ({ ...emptyCounts(parCount), asReference: 0 })),
    }));
    for (const { spwId, antennaIds } of plan.solutions) this.count(spwId, 'expected', (ant) => antennaIds.has(ant));
  }

  /** Counts the data of an interval. */
  addData({ planned, averages }: Gathered): void {
    const { antCount, parCount } = this;
    const { sums, corrCount } = averages;
    const baselineCount = (antCount * (antCount - 1)) / 2;
    const stride = averages.chanCount * corrCount * 3;
    const hands = parallelHands(corrCount);
    const seen = new Uint8Array(antCount * parCount);
    for (let part = 0; part < averages.partCount; part++) {
      let at = part * baselineCount * stride;
      for (let ant1 = 0; ant1 < antCount; ant1++) {
        for (let ant2 = ant1 + 1; ant2 < antCount; ant2++, at += stride) {
          for (let weight = at + 2; weight < at + stride; weight += 3) {
            if (!(sums[weight] > 0)) continue;
            const par = parCount === 1 ? 0 : hands.indexOf(((weight - at - 2) / 3) % corrCount);
            if (par >= 0) seen[ant1 * parCount + par] = seen[ant2 * parCount + par] = 1;
          }
        }
      }
    }
    this.count(planned.spwId, 'unflagged', (ant, par) => seen[ant * parCount + par] === 1);
  }

  /** Counts a solution before its phases are referred: that may flag more. */
  addSolution({ spwId, snr, flag, chanCount }: Solution): void {
    const { parCount } = this;
    const span = chanCount * parCount;
    const anyOf = (ant: number, isTrue: (cell: number) => boolean, first: number, step: number) => {
      for (let cell = ant * span + first; cell < (ant + 1) * span; cell += step) if (isTrue(cell)) return true;
      return false;
    };
    this.count(spwId, 'aboveMinBaselines', (ant) => anyOf(ant, (cell) => snr[cell] > 0, 0, 1));
    this.count(spwId, 'aboveMinSnr', (ant, par) => anyOf(ant, (cell) => flag[cell] === 0, par, parCount));
  }

  /** The counts, with the antennas that phases were referred to. */
  summary(metadata: MsMetadata, plan: SolvePlan, solutions: readonly Solution[]): SolveSummary {
    for (const { spwId, refAnt } of solutions) if (refAnt >= 0) this.windows[spwId].antennas[refAnt].asReference++;
    const intents = metadata.states.flatMap(({ obsMode }) => obsMode.split(','));
    return {
      ...plan.selected,
      intents: [...new Set(intents)].sort(),
      total: this.total,
      windows: this.windows,
    };
  }

  private count(spwId: number, step: Step, isReached: (ant: number, par: number) => boolean): void {
    const window = this.windows[spwId];
    for (let par = 0; par < this.parCount; par++) {
      let isAny = false;
      window.antennas.forEach((antenna, ant) => {
        if (!isReached(ant, par)) return;
        antenna[step][par]++;
        isAny = true;
      });
      if (!isAny) continue;
      window[step][par]++;
      this.total[step][par]++;
    }
  }
}
