import { median } from '../../foundation/numeric/index.ts';
import { type Moment, momentsOf, stepOf } from './gain-moments.ts';
import type { CalibratorView } from './gain-series.ts';
import type { Observation, ObservedField } from './observation.ts';
import { phaseSourcesOf } from './phase-cover.ts';
import type { Decision } from './plan-builder.ts';

/** How far phases of antennas turn against the array's in some time, without what noise does. */
export interface PhaseTurns {
  /** Mean time between, s; NaN of none. */
  readonly seconds: number;
  /** Mean square, rad², by antenna; NaN where it is not known. */
  readonly squares: Readonly<Record<string, number>>;
}

/** Turns within scans of calibrators, and from one scan of a calibrator to its next. */
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
const TIME_STEPS = 8;

/** Measures the turns of phases on calibrators. */
export function measureSteadiness(view: CalibratorView): PhaseSteadiness {
  const spwIds = [...new Set(view.integrations.map(({ spwId }) => spwId))].sort((a, b) => a - b);
  const moments = momentsOf(view, spwIds);
  const cells = Array.from({ length: spwIds.length * view.polCount }, (_, cell) => cell);
  const [within, between]: [Moment, Moment][][] = [[], []];
  for (const fieldId of new Set(moments.map((moment) => moment.fieldId))) {
    const own = moments.filter((moment) => moment.fieldId === fieldId);
    const scans = [...new Set(own.map(({ scan }) => scan))].map((id) => own.filter(({ scan }) => scan === id));
    scans.forEach((scan, index) => {
      const lag = scan.length >> 1;
      for (let at = lag; lag > 0 && at < scan.length; at++) within.push([scan[at - lag], scan[at]]);
      const before = scans[index - 1];
      if (before) between.push([before[before.length >> 1], scan[scan.length >> 1]]);
    });
  }
  return { within: turnsOf(view, cells, within), between: turnsOf(view, cells, between) };
}

function turnsOf(view: CalibratorView, cells: readonly number[], pairs: readonly [Moment, Moment][]): PhaseTurns {
  const seconds = pairs.reduce((sum, [before, now]) => sum + now.time - before.time, 0) / pairs.length;
  const squares = view.antennas.map((name, ant) => {
    const steps = pairs.flatMap(([before, now]) => stepOf(ant, cells, before, now) ?? []);
    const square = steps.reduce((sum, { angle, noise }) => sum + angle ** 2 - noise ** 2, 0) / steps.length;
    return [name, Math.max(0, square)];
  });
  return { seconds, squares: Object.fromEntries(squares) };
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
  const usual = median(known.map(([, square]) => square));
  const finite = Object.values(within.squares).filter(Number.isFinite);
  // Means: the antennas that lose most tell how their turns grow.
  const growth = growthOf(meanOf(finite) / meanOf(known.map(([, square]) => square)), within.seconds, between.seconds);
  const left = leftOf(observation, seenScans, growth) / growth(between.seconds);
  const errors = known.map(([antenna, square]) => ({ antenna, square: left * square }));
  const loss = 1 - (errors.reduce((sum, { square }) => sum + Math.exp(-square / 2), 0) / errors.length) ** 2;
  if (!(loss >= LEAST_TOLD)) return { loss, decisions: [] };
  const degrees = (square: number) => `${((Math.sqrt(square) * 180) / Math.PI).toFixed(0)} deg`;
  const worse = errors.filter(({ square }) => square > MUCH_WORSE ** 2 * left * usual);
  const named =
    worse.length > 0 ? `, of ${worse.map((one) => `${one.antenna} ${degrees(one.square)}`).join(', ')}` : '';
  const reason = `From one scan of a phase calibrator to the next, ${between.seconds.toFixed(0)} s later, phases of an antenna turn by ${degrees(usual)}${finite.length > 0 ? `, within ${within.seconds.toFixed(0)} s by ${degrees(median(finite))}` : ''}: between them about ${degrees(left * usual)} are left${named}.`;
  return {
    loss,
    decisions: [
      { topic: 'Coherence', choice: `about ${(100 * loss).toFixed(0)} % of the target's amplitudes are lost`, reason },
    ],
  };
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How turns grow with time (s), as (1 - exp(-(t/s)^5/3)): s such that turns of two times have the ratio that was measured. */
function growthOf(ratio: number, short: number, long: number): (seconds: number) => number {
  const power = (short / long) ** GROWTH;
  if (!(ratio > power)) return (seconds) => (seconds / long) ** GROWTH;
  const shape = (rate: number, seconds: number) => -Math.expm1(-rate * (seconds / long) ** GROWTH);
  let [low, high] = [1e-6, 1e6];
  for (let step = 0; step < 60; step++) {
    const rate = Math.sqrt(low * high);
    if (shape(rate, short) / shape(rate, long) < ratio) low = rate;
    else high = rate;
  }
  return (seconds) => shape(high, seconds);
}

/** Mean square of what interpolation in time leaves of turns that grow so, over the scans of all targets. */
function leftOf(observation: Observation, seenScans: ReadonlySet<number>, growth: (seconds: number) => number): number {
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
          const value = interpolationError(time - before, after - time, growth);
          if (!Number.isFinite(value)) continue;
          sum += value;
          count++;
        }
    }
  }
  return sum / count;
}

/** Mean square error of linear interpolation so long after one value and before the next, of growing mean squares of differences. */
function interpolationError(since: number, until: number, growth: (seconds: number) => number): number {
  if (!Number.isFinite(since)) return growth(until);
  if (!Number.isFinite(until)) return growth(since);
  const share = since / (since + until);
  return (1 - share) * growth(since) + share * growth(until) - share * (1 - share) * growth(since + until);
}
