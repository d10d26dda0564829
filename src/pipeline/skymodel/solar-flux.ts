import { frequencyShiftFactor, observatoryPosition } from '../../astronomy/measures/index.ts';
import { BOLTZMANN, fail, PLANCK, SECONDS_PER_DAY, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { type CodedSeries, decodeIntegers, evaluateSeries } from './coded-series.ts';
import type { Disk } from './disk.ts';
import { fluxModels } from './flux-models.ts';
import { LocalSpline, nearestIndex } from './local-spline.ts';
import { type CodedSteps, sumOfSteps } from './rounding-steps.ts';
import { type BodyState, bodyNamed, bodyState, distanceAt, solarBodies } from './solar-ephemeris.ts';

/** Brightness temperature against frequency. */
interface TemperatureTable {
  readonly count: number;
  readonly unitGHz: number;
  readonly unitKelvin: number;
  /** Second and first differences of the table, coded. */
  readonly frequencies: string;
  readonly kelvin: string;
}

/** Temperature or flux density that depends on time: mean + Σ series(t) · pattern(f). */
interface TimedTable {
  readonly quantity: string;
  readonly first: number;
  readonly last: number;
  readonly frequenciesGHz: readonly number[];
  /** K, or Jy at 1 au */
  readonly mean: readonly number[];
  readonly patterns: readonly (readonly number[])[];
  readonly series: CodedSeries;
  /** What the series leaves where it is not good enough, at even times. */
  readonly corrections: {
    readonly first: number;
    readonly step: number;
    readonly scale: number;
    readonly runs: readonly { readonly first: number; readonly count: number; readonly data: string }[];
  };
  /** How CASA's table of flux densities is rounded, where that differs from what the series gives rounded. */
  readonly rounding?: {
    /** Jy */
    readonly unit: number;
    readonly length: number;
    /** [frequency][layer] */
    readonly steps: readonly (readonly CodedSteps[])[];
  };
}

/** A quantity against frequency, ready for integration over channels. */
interface Spectrum {
  /** Hz, ascending */
  readonly frequencies: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly spline: LocalSpline;
  /** True when the values are flux densities; otherwise brightness over that of the sky, W/m2/Hz/sr. */
  readonly isFlux: boolean;
}

type FluxTables = { readonly temperature?: TemperatureTable; readonly timed?: TimedTable };
const SKY_KELVIN = 2.725;

/** Brightness of a body over that of the sky behind, W/m2/Hz/sr. */
function brightness(hz: number, kelvin: number): number {
  const occupation = (t: number) => 1 / (Math.exp((PLANCK * hz) / (BOLTZMANN * t)) - 1);
  return ((2 * PLANCK * hz ** 3) / SPEED_OF_LIGHT ** 2) * (occupation(kelvin) - occupation(SKY_KELVIN));
}

const spectrumOf = (frequencies: ArrayLike<number>, values: ArrayLike<number>, isFlux: boolean): Spectrum => ({
  frequencies,
  values,
  spline: new LocalSpline(frequencies, values),
  isFlux,
});

const steady = new Map<string, Spectrum>();

function steadySpectrum(name: string, table: TemperatureTable): Spectrum {
  const known = steady.get(name);
  if (known) return known;
  const frequencies = decodeIntegers(table.frequencies, table.count);
  const values = decodeIntegers(table.kelvin, table.count);
  let [step, hz, kelvin] = [0, 0, 0];
  for (let at = 0; at < table.count; at++) {
    step += frequencies[at];
    hz += step;
    kelvin += values[at];
    frequencies[at] = hz * table.unitGHz * 1e9;
    values[at] = brightness(frequencies[at], kelvin * table.unitKelvin);
  }
  const spectrum = spectrumOf(frequencies, values, false);
  steady.set(name, spectrum);
  return spectrum;
}

/** What the series and its corrections give at the times of the table, [component]. */
function sampleAt(table: TimedTable, index: number): Float64Array {
  const { first, step, scale, runs } = table.corrections;
  const values = evaluateSeries(table.series, first + index * step);
  const run = runs.find((one) => index >= one.first && index < one.first + one.count);
  if (!run) return values;
  const residuals = decodeIntegers(run.data, run.count * values.length);
  return values.map((value, component) => value + scale * residuals[(index - run.first) * values.length + component]);
}

/** A row of CASA's table: K, or Jy rounded as there. */
function rowOf(table: TimedTable, name: string, index: number): readonly number[] {
  const { patterns, mean, rounding, corrections } = table;
  const parts = sampleAt(table, index);
  const values = mean.map((value, at) =>
    patterns.reduce((sum, pattern, mode) => sum + parts[mode] * pattern[at], value),
  );
  if (!rounding) return values;
  const { unit, length, steps } = rounding;
  const square = distanceAt(name, corrections.first + index * corrections.step) ** 2;
  return values.map((value, at) => {
    const jansky = value / square;
    if (steps[at].length === 0) return jansky;
    return (Math.floor(jansky / unit + 0.5) + sumOfSteps(steps[at], length)[index]) * unit;
  });
}

/** Values at a time, [frequency]: splines through the rows of the table around, as CASA interpolates in it. */
function valuesAt(table: TimedTable, name: string, mjd: number): readonly number[] {
  const { first, step } = table.corrections;
  const last = Math.round((table.last - first) / step);
  const from = Math.max(0, Math.min(last - 24, Math.round((mjd - first) / step) - 12));
  const indices = Array.from({ length: Math.min(25, last + 1) }, (_, at) => from + at);
  const times = indices.map((index) => first + index * step);
  const rows = indices.map((index) => rowOf(table, name, index));
  return table.mean.map((_, at) =>
    new LocalSpline(
      times,
      rows.map((row) => row[at]),
    ).at(mjd),
  );
}

function timedSpectrum(table: TimedTable, name: string, mjd: number): Spectrum {
  const frequencies = table.frequenciesGHz.map((value) => value * 1e9);
  const isFlux = table.quantity === 'jansky';
  const values = valuesAt(table, name, mjd);
  return spectrumOf(
    frequencies,
    isFlux ? values : values.map((kelvin, at) => brightness(frequencies[at], kelvin)),
    isFlux,
  );
}

/** Mean over a channel by trapezia through the table's points in it, as CASA does. */
function meanOver({ frequencies, values, spline }: Spectrum, [from, to]: readonly [number, number]): number {
  const [first, last] = [spline.at(from), spline.at(to)];
  let low = nearestIndex(frequencies, from);
  if (from > frequencies[low]) low++;
  let high = nearestIndex(frequencies, to);
  if (to < frequencies[high]) high--;
  if (low > high) return (first + last) / 2;
  let sum = ((frequencies[low] - from) * (first + values[low]) + (to - frequencies[high]) * (last + values[high])) / 2;
  for (let at = low; at < high; at++)
    sum += ((frequencies[at + 1] - frequencies[at]) * (values[at + 1] + values[at])) / 2;
  return sum / (to - from);
}

/** A body of the Solar System as a calibrator at one time. */
export interface SolarModel {
  readonly name: string;
  readonly state: BodyState;
  /** With its axes as CASA sets them: the equatorial diameter along the position angle of the pole. */
  readonly disk: Disk;
  /** Flux density in Jy over a channel, given by its edges in Hz (TOPO). */
  flux(channel: readonly [from: number, to: number]): number;
}

/**
 * A body of the Solar System by the standard Butler-JPL-Horizons 2012.
 *
 * @param name field name, in any case
 * @param mjdSec UTC, s
 * @param telescope as in OBSERVATION.TELESCOPE_NAME
 * @returns flux densities within 0.1 % of CASA 6.7's setjy
 * @throws unsupported for a body, date or frequency that the models do not have
 * @source CASA 6.7 solar_system_setjy (formulas); ALMA Memo 594 (models)
 */
export function solarModel(name: string, mjdSec: number, telescope: string): SolarModel {
  const body = bodyNamed(name);
  if (!body) {
    fail(
      'unsupported',
      `"${name}" is no body of the standard Butler-JPL-Horizons 2012; known are ${solarBodies.join(', ')}.`,
    );
  }
  const mjd = mjdSec / SECONDS_PER_DAY;
  const state = bodyState(body, mjd);
  const { temperature, timed } = fluxModels().bodies[body] as FluxTables;
  if (timed && mjd > timed.last)
    fail('unsupported', `The model of ${body} ends at MJD ${timed.last}; the data are of MJD ${mjd.toFixed(2)}.`);
  const isTimed = timed !== undefined && (mjd >= timed.first || !temperature);
  const spectrum = isTimed
    ? timedSpectrum(timed, body, mjd)
    : steadySpectrum(body, temperature ?? fail('internal', `${body} has no spectrum.`));
  const solidAngle = (Math.PI / 4) * state.equatorialDiameter * state.polarDiameter;
  // seen from the body, light is emitted at a frequency shifted against the Doppler shift of the way to the telescope
  const away = -state.radialVelocity / SPEED_OF_LIGHT;
  const diurnal = frequencyShiftFactor(mjdSec, state.ra, state.dec, observatoryPosition(telescope), 'GEO', 'TOPO');
  const shift = 2 - Math.sqrt((1 + away) / (1 - away)) * diurnal;
  const [least, most] = [spectrum.frequencies[0], spectrum.frequencies[spectrum.frequencies.length - 1]];
  return {
    name: body,
    state,
    disk: { major: state.equatorialDiameter, minor: state.polarDiameter, positionAngle: state.polePositionAngle },
    flux: ([from, to]) => {
      const emitted = [from * shift, to * shift] as const;
      if (Math.min(...emitted) < least || Math.max(...emitted) > most) {
        fail(
          'unsupported',
          `The model of ${body} goes from ${least / 1e9} to ${most / 1e9} GHz; ${(from / 1e9).toFixed(3)} GHz is outside.`,
        );
      }
      return meanOver(spectrum, emitted) * (spectrum.isFlux ? 1 : 1e26 * solidAngle);
    },
  };
}
