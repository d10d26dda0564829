import { formatMjd } from '../../astronomy/measures/index.ts';
import { parseAntennaList } from '../../astronomy/ms/index.ts';
import { type Context, fail } from '../../foundation/base/index.ts';
import type { CalAntenna } from './caltable.ts';
import { cellOf, type Solution } from './solution.ts';

/** Smallest amplitude whose phase means something; float32 epsilon as in CASA. */
const LEAST_AMPLITUDE = 1.1920929e-7;

export interface RefantOptions {
  readonly refants: readonly number[];
  readonly isStrict: boolean;
  readonly antennas: readonly CalAntenna[];
}

/**
 * Antenna numbers of a refant list, in its order: names, numbers, `name@pad` and all else that selects antennas; of an antenna that
 * moved, each of its places.
 *
 * @throws usage
 */
export function parseRefants(names: readonly string[], antennas: readonly CalAntenna[]): number[] {
  return names.flatMap((name) => {
    const found = parseAntennaList(name, antennas, { forgives: ['antenna'] });
    if (found.length > 0) return found;
    return fail('usage', `The reference antenna "${name}" is not in the MeasurementSet.`);
  });
}

/**
 * Refers phases to an antenna, window by window in order of time, in place.
 *
 * The first antenna of the list that is unflagged now and at the time before is used; in 'flex' mode the list goes on
 * with the antenna used last and then all others by distance from the last one named. A stand-in keeps its phase from
 * the time before, so that phases stay continuous (CASA 6.7, SolvableVisJones::applyRefAnt). Solutions at times without such
 * an antenna are flagged; in 'strict' mode it must be the first.
 *
 * @param solutions sorted by window and time
 */
export function referToAntenna(context: Context, solutions: readonly Solution[], options: RefantOptions): void {
  const { refants, antennas } = options;
  if (refants.length === 0) return;
  const [first, ...others] = refants.map((ant) => antennas[ant].name);
  const named = others.length > 0 ? `${first} (${others.join(',')})` : first;
  const say = (text: string) => context.log.post(text, 'INFO', 'gaincal::calibrater::solve');
  const means = options.isStrict ? 'flag all antennas' : "hold alternate refants' phase constant";
  const [inside, after] = options.isStrict ? [' when refant flagged)', ''] : [')', ' when refant flagged'];
  say(`Applying refant: ${named} refantmode = ${options.isStrict ? 'strict' : 'flex'} (${means}${inside}${after}`);
  const report: Report = { say, lastAnt: refants[0] };
  for (let start = 0, end = 0; start < solutions.length; start = end) {
    while (end < solutions.length && solutions[end].spwId === solutions[start].spwId) end++;
    referWindow(solutions.slice(start, end), options, report);
  }
}

/** What has been told of reference antennas so far. */
interface Report {
  readonly say: (text: string) => void;
  /** The antenna used last. */
  lastAnt: number;
}

/** Tells of a time at which the first antenna of the list does not serve, in the words of CASA's log. */
function reportChange(report: Report, solution: Solution, ant: number | undefined, options: RefantOptions): void {
  const place = `At ${formatMjd(solution.time)} (Spw=${solution.spwId}, Fld=${solution.fieldId})`;
  if (ant !== undefined && ant !== report.lastAnt && ant !== options.refants[0])
    report.say(`${place}, using refant ${options.antennas[ant].name} (id=${ant}) (alternate)`);
  if (ant === undefined)
    report.say(`${place}, refant (id=${report.lastAnt}) was flagged; flagging all antennas strictly.`);
  else report.lastAnt = ant;
}

function referWindow(solutions: readonly Solution[], options: RefantOptions, report: Report): void {
  const { refants } = options;
  const choices = options.isStrict
    ? [refants[0]]
    : [refants[0], refants[0], ...refants.slice(1), ...byDistance(options)];
  const parCount = solutions.some((solution) => hasSecond(solution)) ? solutions[0].parCount : 1;
  let before: Solution | undefined;
  for (const solution of solutions) {
    const last = before ?? solution;
    const found = choices.findIndex((ant) => isUsable(solution, ant, parCount) && isUsable(last, ant, parCount));
    reportChange(report, solution, choices[found], options);
    if (found < 0) {
      solution.flag.fill(1);
      continue;
    }
    const ant = choices[found];
    if (!options.isStrict) choices[1] = ant;
    turn(solution, before, ant);
    solution.refAnt = ant;
    before = solution;
  }
}

/** Antennas that are not in the list, nearest to its last entry first. */
function byDistance({ refants, antennas }: RefantOptions): number[] {
  const centre = antennas[refants[refants.length - 1]].position;
  const distance = antennas.map(({ position }) => Math.hypot(...position.map((value, axis) => value - centre[axis])));
  return antennas
    .map((_, ant) => ant)
    .filter((ant) => !refants.includes(ant))
    .sort((a, b) => distance[a] - distance[b] || a - b);
}

function hasSecond(solution: Solution): boolean {
  if (solution.parCount < 2) return false;
  for (let cell = 1; cell < solution.flag.length; cell += solution.parCount) if (!solution.flag[cell]) return true;
  return false;
}

function isUsable(solution: Solution, ant: number, parCount: number): boolean {
  for (let par = 0; par < parCount; par++) {
    let any = false;
    for (let chan = 0; chan < solution.chanCount && !any; chan++)
      any = !solution.flag[cellOf(solution, ant, chan, par)];
    if (!any) return false;
  }
  return true;
}

/** Divides all gains by the phase of one antenna, less its phase at the time before. */
function turn(solution: Solution, before: Solution | undefined, refAnt: number): void {
  const { antCount, chanCount, parCount, params } = solution;
  for (let chan = 0; chan < chanCount; chan++) {
    for (let par = 0; par < parCount; par++) {
      let [re, im] = phasor(solution, refAnt, chan, par);
      if (before) {
        const [lastRe, lastIm] = phasor(before, refAnt, chan, par);
        [re, im] = [re * lastRe + im * lastIm, im * lastRe - re * lastIm];
      }
      for (let ant = 0; ant < antCount; ant++) {
        const at = 2 * cellOf(solution, ant, chan, par);
        const [x, y] = [params[at], params[at + 1]];
        params[at] = x * re + y * im;
        params[at + 1] = y * re - x * im;
      }
    }
  }
}

function phasor(solution: Solution, ant: number, chan: number, par: number): [re: number, im: number] {
  const cell = cellOf(solution, ant, chan, par);
  const [re, im] = [solution.params[2 * cell], solution.params[2 * cell + 1]];
  const amp = Math.hypot(re, im);
  return solution.flag[cell] || amp < LEAST_AMPLITUDE ? [1, 0] : [re / amp, im / amp];
}
