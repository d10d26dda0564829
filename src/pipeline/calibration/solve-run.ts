import { formatMjd } from '../../astronomy/measures/index.ts';
import { openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { type Context, fail, warningsOf } from '../../foundation/base/index.ts';
import { arena, type Lease } from '../../foundation/numeric/index.ts';
import type { CalFrame, CalTable } from './caltable.ts';
import { calFrameOf } from './caltable-frame.ts';
import { type CalMode, type FitOptions, type FitResult, GainFit } from './gain-fit.ts';
import { parseRefants } from './refant.ts';
import type { RobustMode } from './robust-samples.ts';
import { emptySolution, type Solution } from './solution.ts';
import { type Gathered, gatherSolutions } from './solve-gather.ts';
import type { SolveRequest } from './solve-options.ts';
import { planSolutions, type SolvePlan } from './solve-plan.ts';
import { type SolveSummary, SolveTally } from './solve-summary.ts';

/** What is solved for, and how. */
export interface SolveKind {
  /** 'G Jones', 'T Jones', 'B Jones', 'K Jones' */
  readonly visCal: string;
  readonly isChannelled: boolean;
  readonly mode: CalMode;
  readonly smodel?: readonly number[];
  readonly robust?: RobustMode;
  /** CASA's task::method for the log. */
  readonly origin: string;
}

/** Solutions of a run with what is needed to store them. */
export interface SolveOutcome {
  readonly solutions: Solution[];
  readonly plan: SolvePlan;
  readonly frame: CalFrame;
  readonly refants: readonly number[];
  /** How far the intervals came, once the solutions are referred to their antennas. */
  summarise(): SolveSummary;
}

/** The table of a solve with what came of it. */
export interface SolvedTable extends CalTable {
  readonly summary: SolveSummary;
}

/** Turns averaged visibilities into a solution; undefined when there is none. */
export type Solver = (gathered: Gathered) => Solution | undefined;

/**
 * Plans, reads, averages and solves.
 *
 * @param makeSolver gets the frame, the reference antennas, a lease of kernel memory that lives for the run, and the plan
 * @throws usage, bad-data, missing
 */
export function runSolve(
  context: Context,
  request: SolveRequest,
  kind: SolveKind,
  makeSolver: (frame: CalFrame, refants: readonly number[], lease: Lease, plan: SolvePlan) => Solver,
): SolveOutcome {
  const frame = calFrameOf(request.vis);
  const refants = parseRefants(request.refants, frame.antennas);
  const ms = openMs(request.vis, 'read');
  try {
    const metadata = readMetadata(ms);
    const plan = planSolutions(ms, metadata, request, warningsOf(context, 'calibrater'));
    const say = (text: string) => context.log.post(text, 'INFO', kind.origin);
    say(`For solint = ${request.solint}, found ${plan.solutions.length} solution intervals.`);
    const solutions: Solution[] = [];
    const tally = new SolveTally(metadata, plan, parameterCount(kind));
    arena().scope((lease) => {
      const solve = makeSolver(frame, refants, lease, plan);
      const gathering = { ...kind, isBeyondFeeds: kind.visCal === 'T Jones' };
      gatherSolutions(context, ms, metadata, request, plan, gathering, (gathered) => {
        if (!gathered.hasData) return;
        tally.addData(gathered);
        const solution = solve(gathered);
        if (!solution) return;
        tally.addSolution(solution);
        solutions.push(solution);
      });
    });
    say(`  Found good ${kind.visCal} solutions in ${solutions.length} solution intervals.`);
    if (solutions.length === 0) {
      fail('bad-data', 'No solution was found: the selected data are flagged or too few; no table was written.', {
        file: request.vis,
      });
    }
    return { solutions, plan, frame, refants, summarise: () => tally.summary(metadata, plan, solutions) };
  } finally {
    ms.close();
  }
}

/** Gains of an antenna and channel: one for both polarizations, or one each. */
function parameterCount({ visCal }: SolveKind): number {
  return visCal === 'T Jones' ? 1 : 2;
}

/** A solver for G, T and B: gains per antenna, channel by channel. */
export function gainSolver(
  context: Context,
  request: SolveRequest,
  kind: SolveKind,
  options: Pick<FitOptions, 'antCount' | 'refAnt'>,
  lease: Lease,
): Solver {
  const parCount = parameterCount(kind);
  const fit = new GainFit(
    {
      ...options,
      kind: parCount === 1 ? 'T' : 'G',
      mode: kind.mode,
      minBaselines: request.minBaselines,
      minSnr: request.minSnr,
      ...(kind.robust && { robust: kind.robust }),
    },
    lease,
  );
  return (gathered) => {
    const { planned, averages, time } = gathered;
    const solution = emptySolution(planned, time, options.antCount, averages.chanCount, parCount);
    let isGood = false;
    let failedCount = 0;
    let solvedCount = 0;
    for (let chan = 0; chan < averages.chanCount; chan++) {
      const result = fit.solve(averages, chan);
      isGood ||= result.isGood;
      failedCount += result.failedCount;
      solvedCount += result.solvedCount;
      putChannel(solution, chan, result);
    }
    if (failedCount > 0) {
      const text = `${failedCount} of ${solvedCount} solutions flagged due to SNR < ${request.minSnr}`;
      context.log.post(`${text} in spw=${planned.spwId} at ${formatMjd(time, 1)}`, 'INFO', kind.origin);
    }
    return isGood ? solution : undefined;
  };
}

function putChannel(solution: Solution, chan: number, result: FitResult): void {
  const { antCount, chanCount, parCount } = solution;
  for (let ant = 0; ant < antCount; ant++) {
    const from = ant * parCount;
    const to = (ant * chanCount + chan) * parCount;
    solution.params.set(result.params.subarray(2 * from, 2 * (from + parCount)), 2 * to);
    solution.flag.set(result.flag.subarray(from, from + parCount), to);
    solution.paramErr.set(result.paramErr.subarray(from, from + parCount), to);
    solution.snr.set(result.snr.subarray(from, from + parCount), to);
  }
}
