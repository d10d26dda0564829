import { median } from '../../foundation/numeric/index.ts';
import { type MomentPair, momentsOf, pairsWithin, squareOfSteps } from './gain-moments.ts';
import type { CalibratorView } from './gain-series.ts';
import type { Observation, ObservedField } from './observation.ts';
import { phaseSourcesOf } from './phase-cover.ts';
import type { Decision } from './plan-builder.ts';

/** How far phases of antennas turn against the array's in some time, without what noise does. */
export interface PhaseTurns {
  /** Times between, s. */
  readonly gaps: readonly number[];
  /** Mean square, rad², by antenna: below zero by noise, NaN where it is not known. */
  readonly squares: Readonly<Record<string, number>>;
  /** Error of the mean over antennas by noise, rad². */
  readonly error: number;
}

/** Turns within scans of calibrators, and from one scan of a phase calibrator, or of any where these do not tell, to its next. */
export interface PhaseSteadiness {
  readonly within: PhaseTurns;
  readonly between: PhaseTurns;
}

/** What the air takes from the target of an Execution Block. */
export interface Coherence {
  /** Share of the amplitude of a point source that is lost, over all baselines; NaN where calibrators do not tell. */
  readonly loss: number;
  readonly decisions: readonly Decision[];
}

/** Power with which the mean square of a turn grows with time until the wind has blown the air across the array (Kolmogorov). */
const GROWTH = 5 / 3;
/** Less than this is lost by any observation, and the calibrators do not tell it well. */
const LEAST_TOLD = 0.02;
/** An antenna whose phases are so many times worse than the median one's (rms) is named. */
const MUCH_WORSE = 2;
/** A loss, an antenna that is worse and a drift are told where they are that many times their errors by noise. */
const LEAST_SIGMA = 3;
/** Scans of a calibrator further apart than so many times their usual distance do not follow one another. */
const LONGEST_GAP = 2;
const TIME_STEPS = 8;

/**
 * Measures the turns of phases on calibrators.
 *
 * @param phaseIds fields of the phase calibrators
 */
export function measureSteadiness(view: CalibratorView, phaseIds: readonly number[] = []): PhaseSteadiness {
  const spwIds = [...new Set(view.integrations.map(({ spwId }) => spwId))].sort((a, b) => a - b);
  const moments = momentsOf(view, spwIds);
  const cells = Array.from({ length: spwIds.length * view.polCount }, (_, cell) => cell);
  const [within, ofPhase, ofOthers]: MomentPair[][] = [[], [], []];
  for (const fieldId of new Set(moments.map((moment) => moment.fieldId))) {
    const own = moments.filter((moment) => moment.fieldId === fieldId);
    const scans = [...new Set(own.map(({ scan }) => scan))].map((id) => own.filter(({ scan }) => scan === id));
    within.push(...scans.flatMap(pairsWithin));
    const middles = scans.map((scan) => scan[scan.length >> 1]);
    const pairs = middles.slice(1).map((now, index): MomentPair => [middles[index], now]);
    const usual = median(pairs.map(gapOf));
    (phaseIds.includes(fieldId) ? ofPhase : ofOthers).push(
      ...pairs.filter((pair) => gapOf(pair) <= LONGEST_GAP * usual),
    );
  }
  const between = ofPhase.length > 0 ? ofPhase : ofOthers;
  return { within: turnsOf(view, cells, within), between: turnsOf(view, cells, between) };
}

const gapOf = ([before, now]: MomentPair) => now.time - before.time;

function turnsOf(view: CalibratorView, cells: readonly number[], pairs: readonly MomentPair[]): PhaseTurns {
  const turns = view.antennas.map((_, ant) => squareOfSteps(ant, cells, pairs));
  const errors = turns.map(({ error }) => error).filter(Number.isFinite);
  return {
    gaps: pairs.map(gapOf),
    squares: Object.fromEntries(view.antennas.map((name, ant) => [name, turns[ant].square - turns[ant].noise])),
    error: Math.hypot(...errors) / errors.length,
  };
}

/**
 * Estimates what is left of the air's phases on the targets between the scans of their phase calibrators, where solutions are
 * interpolated, from how far the phases turn within these scans and from one to the next.
 *
 * @param seenScans scans of the calibrators with unflagged data
 */
export function judgeCoherence(
  observation: Observation,
  { within, between }: PhaseSteadiness,
  seenScans: ReadonlySet<number>,
): Coherence {
  const known = Object.entries(between.squares).filter(([, square]) => Number.isFinite(square));
  if (known.length === 0) return { loss: Number.NaN, decisions: [] };
  const growth = growthOf(within, between);
  const left = leftOf(observation, seenScans, growth) / meanOf(between.gaps.map(growth));
  const errors = known.map(([antenna, square]) => ({ antenna, square: left * square }));
  const loss = Math.max(
    0,
    1 - (errors.reduce((sum, { square }) => sum + Math.exp(-square / 2), 0) / errors.length) ** 2,
  );
  if (!(loss >= LEAST_TOLD)) return { loss, decisions: [] };
  // Noise alone may have made it.
  if (loss < LEAST_SIGMA * left * between.error) return { loss: Number.NaN, decisions: [] };
  return {
    loss,
    decisions: [
      {
        topic: 'Coherence',
        choice: `about ${(100 * loss).toFixed(0)} % of the target's amplitudes are lost`,
        reason: turnsText(within, between, errors, left),
      },
    ],
  };
}

/** How far phases turn, and what is left of that on the target. */
function turnsText(
  within: PhaseTurns,
  between: PhaseTurns,
  errors: readonly { readonly antenna: string; readonly square: number }[],
  left: number,
): string {
  const degrees = (square: number) => `${((Math.sqrt(Math.max(0, square)) * 180) / Math.PI).toFixed(0)} deg`;
  const told = ({ squares }: PhaseTurns) => degrees(median(Object.values(squares).filter(Number.isFinite)));
  const short = within.gaps.length > 0 ? `, within ${median(within.gaps).toFixed(0)} s by ${told(within)}` : '';
  const usual = median(errors.map(({ square }) => square));
  const worse = errors.filter(
    ({ square }) =>
      square > Math.max(MUCH_WORSE ** 2 * usual, LEAST_SIGMA * left * between.error * Math.sqrt(errors.length)),
  );
  const named = worse.map(({ antenna, square }) => `, on ${antenna} ${degrees(square)}`).join('');
  return `From one scan of a calibrator to its next, ${median(between.gaps).toFixed(0)} s later, the phase of the usual antenna turns by ${told(between)}${short}. Solutions are interpolated between the scans of the phase calibrator; the phases of the target then still err by about ${degrees(usual)}${named}. A single array tells the loss within a factor of two.`;
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean square of a turn in a time, s, in any unit. */
type Growth = (seconds: number) => number;

/** Growth of turns by air alone, and by a drift. */
const airGrowth: Growth = (seconds) => seconds ** GROWTH;
const driftGrowth: Growth = (seconds) => seconds ** 2;

/**
 * How turns grow with time, so that turns within scans and between them have the ratio that was measured: as air and a drift together, or as
 * air that has been blown across the array, (1 - exp(-(t/s)^5/3)).
 */
function growthOf(within: PhaseTurns, between: PhaseTurns): Growth {
  // Means over antennas: those that lose most tell how their turns grow.
  const [short, long] = [within, between].map(({ squares }) => meanOf(Object.values(squares).filter(Number.isFinite)));
  const over = (growth: Growth) => [within, between].map(({ gaps }) => meanOf(gaps.map(growth)));
  const [[airShort, airLong], [driftShort, driftLong]] = [over(airGrowth), over(driftGrowth)];
  const excess = short - (long * airShort) / airLong;
  const error = Math.hypot(within.error, (between.error * airShort) / airLong);
  if (!(excess > 0 || excess < -LEAST_SIGMA * error)) return airGrowth;
  if (excess < 0) {
    const air = Math.max(0, short * driftLong - long * driftShort);
    const drift = long * airShort - short * airLong;
    return (seconds) => air * airGrowth(seconds) + drift * driftGrowth(seconds);
  }
  const shape =
    (rate: number): Growth =>
    (seconds) =>
      -Math.expm1(-rate * airGrowth(seconds));
  let [low, high] = [1e-6 / airLong, 1e6 / airLong];
  for (let step = 0; step < 60; step++) {
    const rate = Math.sqrt(low * high);
    const [now, then] = over(shape(rate));
    if (now / then < short / long) low = rate;
    else high = rate;
  }
  return shape(high);
}

/** Mean square of what interpolation in time leaves of turns that grow so, over the scans of all targets. */
function leftOf(observation: Observation, seenScans: ReadonlySet<number>, growth: Growth): number {
  const middlesOf = (fields: readonly ObservedField[]) =>
    observation.skyScans
      .filter(({ number, fieldIds }) => seenScans.has(number) && fields.some(({ id }) => fieldIds.includes(id)))
      .map(({ startSec, endSec }) => (startSec + endSec) / 2);
  let [sum, count] = [0, 0];
  for (const target of observation.targets) {
    for (const { fields, scans } of phaseSourcesOf(target, observation, seenScans)) {
      const middles = middlesOf(fields);
      const own = observation.skyScans.filter(
        ({ number, fieldIds }) => fieldIds.includes(target.id) && (scans?.includes(number) ?? true),
      );
      for (const { startSec, endSec } of own)
        for (let step = 0; step < TIME_STEPS; step++) {
          const time = startSec + ((step + 0.5) / TIME_STEPS) * (endSec - startSec);
          const before = Math.max(...middles.filter((middle) => middle <= time));
          const after = Math.min(...middles.filter((middle) => middle > time));
          // Without a scan on any side nothing is taken out, which is told elsewhere.
          if (!Number.isFinite(before) && !Number.isFinite(after)) continue;
          sum += interpolationError(time - before, after - time, growth);
          count++;
        }
    }
  }
  return sum / count;
}

/** Mean square error of linear interpolation so long after one value and before the next, of growing mean squares of differences. */
function interpolationError(since: number, until: number, growth: Growth): number {
  if (!Number.isFinite(since)) return growth(until);
  if (!Number.isFinite(until)) return growth(since);
  const share = since / (since + until);
  return (1 - share) * growth(since) + share * growth(until) - share * (1 - share) * growth(since + until);
}
