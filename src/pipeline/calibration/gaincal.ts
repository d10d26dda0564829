import { type Context, fail } from '../../foundation/base/index.ts';
import { delaySolver } from './delay-fit.ts';
import type { CalMode } from './gain-fit.ts';
import { keepOnly, normaliseWindows } from './normalise.ts';
import { referToAntenna } from './refant.ts';
import { type RobustMode, robustMode } from './robust-samples.ts';
import { type Solution, sortSolutions } from './solution.ts';
import { storeSolutions } from './solution-table.ts';
import { parseSolveOptions, type SolveOptions, type SolveRequest } from './solve-options.ts';
import { gainSolver, runSolve, type SolvedTable, type SolveKind } from './solve-run.ts';

/** Parameters of gaincal beyond those shared with bandpass. */
export interface GaincalOptions extends SolveOptions {
  /** 'G' (default): gains per polarization; 'T': one for both; 'K': delays. */
  readonly gaintype?: string;
  /** 'ap' (default), 'p' or 'a' */
  readonly calmode?: string;
  /** Statistic that solnorm brings to 1: 'mean' (default) or 'median' of the power. */
  readonly normtype?: string;
  /** A point source of these Stokes parameters, Jy, instead of the model of the MS. */
  readonly smodel?: readonly number[];
  /** Not for K. '' (default): least squares; 'L1': least sum of absolute residuals; 'R', 'L1R': outliers are left out, pass by pass. */
  readonly solmode?: string;
  /** What counts as an outlier in each pass of R and L1R, in rms residuals; default 7, 5, 4 … 2.5. */
  readonly rmsthresh?: readonly number[];
}

const ORIGIN = 'gaincal::calibrater::solve';

/**
 * Solves for antenna gains that change with time, and writes them as a calibration table.
 *
 * The minimum of chi² is found to float64 accuracy; CASA 6.7 stops up to some percent of an error away from it (see
 * docs/differences-from-casa.md). Errors, SNR, times, referencing and flags follow CASA 6.7's gaincal.
 *
 * @returns the table that was written, and how far each antenna's solution intervals came
 * @throws usage for parameters that cannot be understood; bad-data when nothing could be solved; missing
 */
export function gaincal(context: Context, options: GaincalOptions): SolvedTable {
  const request = parseSolveOptions(context, options);
  const kind = kindOf(options);
  const isDelay = kind.visCal === 'K Jones';
  for (const text of withoutEffect(request, options, isDelay)) context.log.post(text, 'WARN', ORIGIN);
  // Gains are for whole windows, as CASA's are whatever width solint names.
  const whole = { ...request, channelInterval: undefined };
  const outcome = runSolve(context, whole, kind, (frame, refants, lease, plan) => {
    const size = { antCount: frame.antennas.length, refAnt: refants[0] ?? -1 };
    if (isDelay) return delaySolver(frame, plan.channelMaps, size);
    return gainSolver(context, request, kind, size, lease);
  });
  const solutions = sortSolutions(outcome.solutions);
  if (!isDelay) finishGains(context, solutions, request, options, outcome);
  const table = storeSolutions(context, solutions, {
    path: request.caltable,
    visCal: kind.visCal,
    parType: isDelay ? 'Float' : 'Complex',
    frame: outcome.frame,
    plan: outcome.plan,
    isChannelled: false,
    append: request.append,
    origin: ORIGIN,
  });
  return { ...table, summary: outcome.summarise() };
}

function finishGains(
  context: Context,
  solutions: readonly Solution[],
  request: SolveRequest,
  options: GaincalOptions,
  { frame, refants }: Pick<ReturnType<typeof runSolve>, 'frame' | 'refants'>,
): void {
  referToAntenna(context, solutions, { refants, isStrict: request.isStrict, antennas: frame.antennas });
  keepOnly(solutions, calModeOf(options));
  if (!request.normalise) return;
  context.log.post('Normalizing solution amplitudes per spw.', 'INFO', ORIGIN);
  normaliseWindows(solutions, options.normtype?.toLowerCase() === 'median' ? 'median' : 'mean');
}

/** What was asked for that gaincal does not do, here as in CASA 6.7. */
function withoutEffect(request: SolveRequest, options: GaincalOptions, isDelay: boolean): string[] {
  const { solmode = '', rmsthresh = [] } = options;
  const texts: string[] = [];
  if (request.channelInterval) {
    texts.push(
      `The width in frequency of solint "${request.solint}" has no effect: gaincal makes one gain for a window.`,
    );
  }
  if (isDelay && solmode !== '') texts.push('solmode has no effect on gaintype K.');
  else if (rmsthresh.length > 0 && !solmode.toUpperCase().includes('R')) {
    texts.push("rmsthresh has no effect without solmode 'R' or 'L1R'.");
  }
  return texts;
}

function calModeOf({ calmode = 'ap' }: GaincalOptions): CalMode {
  const mode = calmode.toLowerCase();
  if (mode === 'ap' || mode === 'p' || mode === 'a') return mode;
  return fail('usage', `calmode "${calmode}" is none of 'ap', 'p', 'a'.`);
}

function kindOf(options: GaincalOptions): SolveKind {
  const type = (options.gaintype ?? 'G').toUpperCase();
  if (type !== 'G' && type !== 'T' && type !== 'K') {
    fail('unsupported', `gaintype "${type}" is not solved here; G, T and K are.`);
  }
  const smodel = options.smodel && options.smodel.length > 0 ? options.smodel : undefined;
  const isDelay = type === 'K';
  return {
    visCal: `${type} Jones`,
    isChannelled: isDelay,
    mode: isDelay ? 'ap' : calModeOf(options),
    smodel,
    robust: robustOf(options, isDelay),
    origin: ORIGIN,
  };
}

function robustOf({ solmode = '', rmsthresh = [] }: GaincalOptions, isDelay: boolean): RobustMode | undefined {
  const mode = solmode.toUpperCase();
  if (!['', 'L1', 'R', 'L1R'].includes(mode)) fail('usage', `solmode "${solmode}" is none of '', 'L1', 'R', 'L1R'.`);
  if (rmsthresh.some((threshold) => !(threshold > 0))) fail('usage', 'rmsthresh has a threshold that is not positive.');
  return isDelay ? undefined : robustMode(mode, rmsthresh);
}
