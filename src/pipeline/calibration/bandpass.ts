import { type Context, fail } from '../../foundation/base/index.ts';
import { fillChannelGaps, normaliseBandpasses } from './normalise.ts';
import { referToAntenna } from './refant.ts';
import { sortSolutions } from './solution.ts';
import { storeSolutions } from './solution-table.ts';
import { parseSolveOptions, type SolveOptions } from './solve-options.ts';
import { gainSolver, runSolve, type SolvedTable } from './solve-run.ts';

/** Parameters of bandpass beyond those shared with gaincal. */
export interface BandpassOptions extends SolveOptions {
  /** Only 'B' is solved here. */
  readonly bandtype?: string;
  /** Widest run of flagged channels to fill by interpolation; 0 (default): none. */
  readonly fillgaps?: number;
  /** A point source of these Stokes parameters, Jy, instead of the model of the MS. */
  readonly smodel?: readonly number[];
}

const ORIGIN = 'bandpass::calibrater::solve';

/** Channels of windows that are combined go into one by their number. */
function assertSameChannels(isCombined: boolean, maps: ReadonlyMap<number, Int32Array>): void {
  const counts = new Set([...maps.values()].map((map) => Math.max(...map) + 1));
  if (isCombined && counts.size > 1) {
    fail(
      'usage',
      `bandpass with combine='spw' needs windows of one number of channels; there are ${[...counts].join(', ')}.`,
    );
  }
}

/**
 * Solves for complex gains of every channel, and writes them as a calibration table ("B Jones").
 *
 * As {@link gaincal}, channel by channel. With solnorm each antenna's and polarization's bandpass has mean power 1 and
 * mean phase 0; flagged channels stay flagged unless fillgaps bridges them.
 *
 * @returns the table that was written, and how far each antenna's solution intervals came
 * @throws usage for parameters that cannot be understood; bad-data when nothing could be solved; missing
 */
export function bandpass(context: Context, options: BandpassOptions): SolvedTable {
  const type = (options.bandtype ?? 'B').toUpperCase();
  if (type !== 'B') fail('unsupported', `bandtype "${type}" is not solved here; B is.`);
  const request = parseSolveOptions(context, { ...options, combine: options.combine ?? 'scan' });
  const smodel = options.smodel && options.smodel.length > 0 ? options.smodel : undefined;
  const kind = { visCal: 'B Jones', isChannelled: true, mode: 'ap', smodel, origin: ORIGIN } as const;
  const outcome = runSolve(context, request, kind, (frame, refants, lease, plan) => {
    assertSameChannels(request.combine.has('spw'), plan.channelMaps);
    return gainSolver(context, request, kind, { antCount: frame.antennas.length, refAnt: refants[0] ?? -1 }, lease);
  });
  const { frame, plan, refants } = outcome;
  const solutions = sortSolutions(outcome.solutions);
  referToAntenna(context, solutions, { refants, isStrict: request.isStrict, antennas: frame.antennas });
  if (request.normalise) {
    context.log.post('Normalizing solutions per spw, pol, ant, time.', 'INFO', ORIGIN);
    normaliseBandpasses(solutions);
  }
  fillChannelGaps(solutions, options.fillgaps ?? 0);
  const table = storeSolutions(context, solutions, {
    path: request.caltable,
    visCal: kind.visCal,
    parType: 'Complex',
    frame,
    plan,
    isChannelled: true,
    append: request.append,
    origin: ORIGIN,
  });
  return { ...table, summary: outcome.summarise() };
}
