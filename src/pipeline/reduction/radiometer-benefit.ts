import { median, unwrapped } from '../../foundation/numeric/index.ts';
import type { CalRows } from '../calibration/index.ts';
import { measureSteadiness } from './coherence.ts';
import type { CalibratorView } from './gain-series.ts';
import { type BadRadiometer, hasRadiometer } from './radiometer-check.ts';

/** What the phases of radiometers do to those of the calibrators. */
export interface RadiometerBenefit {
  /** Antennas whose phases their own radiometer makes less steady. */
  readonly harmful: readonly BadRadiometer[];
  /** They make phases of the usual antenna less steady. */
  readonly isHarm: boolean;
  /** How far phases turn with and without them, as the rest of a sentence: "on calibrators …". */
  readonly told: string;
}

/** Turns by less than that are not worth a decision, rad. */
const LEAST_TURN = (10 * Math.PI) / 180;
/** All are left out where they make the usual antenna's mean square of turns so many times what it is without. */
const TIMES_HARM = 2;
/**
 * One is left out where its antenna's mean square is so many times the usual one's, and what the antenna or the usual one has without:
 * turns of more than half a circle, as in poor air, look small by chance.
 */
const TIMES_WORSE = 4;

/**
 * Compares how far phases turn within scans of calibrators and from one to the next, with the phases of the radiometers and without.
 *
 * @param view calibrators, with these phases applied
 * @param rows solutions of wvrgcal
 * @param spwIds window of the solutions, by window of the view
 * @returns undefined where the calibrators do not tell
 */
export function judgeRadiometers(
  view: CalibratorView,
  rows: CalRows,
  spwIds: readonly number[],
): RadiometerBenefit | undefined {
  const [applied, bare] = [turnsOf(view), turnsOf(withoutSolutions(view, rows, spwIds))];
  const all = compare(applied.all, bare.all);
  const within = compare(applied.within, bare.within);
  if (!all) return undefined;
  // From scan to scan there are few turns: within scans it must show as well.
  const harmful = view.antennas.flatMap((name, ant) =>
    hasRadiometer(name) && all.isWorse(ant) && within?.isWorse(ant) ? ant : [],
  );
  return {
    harmful: harmful.map((ant) => ({
      antenna: view.antennas[ant],
      finding: `makes phases less steady: on calibrators they turn by ${degrees(applied.all[ant])} with it, by ${degrees(bare.all[ant])} without`,
    })),
    isHarm: all.usual - all.usualBare > LEAST_TURN ** 2 && all.usual > TIMES_HARM * all.usualBare,
    told: `phases of the usual antenna turn by ${degrees(all.usual)} with them, by ${degrees(all.usualBare)} without`,
  };
}

/** Medians over antennas of mean squares with and without, and who is worse with; undefined where no antenna has both. */
function compare(applied: readonly number[], bare: readonly number[]) {
  const known = applied.flatMap((square, ant) => (Number.isFinite(square) && Number.isFinite(bare[ant]) ? ant : []));
  if (known.length === 0) return undefined;
  // Below zero by noise alone.
  const [usual, usualBare] = [applied, bare].map((squares) => Math.max(0, median(known.map((ant) => squares[ant]))));
  const isWorse = (ant: number) =>
    applied[ant] > Math.max(LEAST_TURN ** 2, TIMES_WORSE * Math.max(usual, usualBare, bare[ant]));
  return { usual, usualBare, isWorse };
}

const degrees = (square: number) => `${((Math.sqrt(Math.max(0, square)) * 180) / Math.PI).toFixed(0)} deg`;

/** Mean squares of turns without those of noise, rad², [ant]; NaN where they are not known. */
interface Turns {
  readonly within: readonly number[];
  /** Those within scans and between them together, or what is known of them. */
  readonly all: readonly number[];
}

function turnsOf(view: CalibratorView): Turns {
  const { within, between } = measureSteadiness(view);
  const sumOf = (name: string) => {
    const squares = [within.squares[name], between.squares[name]].filter(Number.isFinite);
    return squares.length > 0 ? squares.reduce((sum, square) => sum + square, 0) : Number.NaN;
  };
  return { within: view.antennas.map((name) => within.squares[name]), all: view.antennas.map(sumOf) };
}

/** The view as it was before solutions were applied: gains times what they were divided by. */
function withoutSolutions(view: CalibratorView, rows: CalRows, spwIds: readonly number[]): CalibratorView {
  const series = seriesOf(rows);
  return {
    ...view,
    integrations: view.integrations.map((one) => {
      const gains = one.gains.slice();
      view.antennas.forEach((_, ant) => {
        const turn = phaseAt(series.get(`${spwIds[one.spwId]} ${ant}`), one.time);
        const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
        for (let cell = 2 * ant; cell < 2 * ant + 2; cell++) {
          const [re, im] = [gains[2 * cell], gains[2 * cell + 1]];
          gains[2 * cell] = re * cos - im * sin;
          gains[2 * cell + 1] = re * sin + im * cos;
        }
      });
      return { ...one, gains };
    }),
  };
}

/** Phases in order of time. */
interface Series {
  /** MJD s */
  readonly times: readonly number[];
  /** Unwrapped, rad */
  readonly phases: readonly number[];
}

/** The unflagged phases of a table, by window and antenna. */
function seriesOf(rows: CalRows): Map<string, Series> {
  const found = new Map<string, { time: number; phase: number }[]>();
  for (let row = 0; row < rows.count; row++) {
    const cell = rows.offsets[row];
    if (rows.flag[cell]) continue;
    const key = `${rows.spwId[row]} ${rows.antenna1[row]}`;
    const samples = found.get(key) ?? [];
    found.set(key, samples);
    samples.push({ time: rows.time[row], phase: Math.atan2(rows.params[2 * cell + 1], rows.params[2 * cell]) });
  }
  return new Map(
    [...found].map(([key, samples]) => {
      samples.sort((a, b) => a.time - b.time);
      const [times, phases] = [samples.map(({ time }) => time), unwrapped(samples.map(({ phase }) => phase))];
      return [key, { times, phases }];
    }),
  );
}

/** Linear between samples, the first before and the last after them; 0 without any. */
function phaseAt(series: Series | undefined, time: number): number {
  if (!series) return 0;
  const { times, phases } = series;
  let [low, high] = [0, times.length - 1];
  if (time <= times[low]) return phases[low];
  if (time >= times[high]) return phases[high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle;
    else high = middle;
  }
  const share = (time - times[low]) / (times[high] - times[low]);
  return phases[low] + share * (phases[high] - phases[low]);
}
