import { fail } from '../../foundation/base/index.ts';
import { type CodedSeries, evaluateSeries } from './coded-series.ts';
import { fluxModels } from './flux-models.ts';
import { LocalSpline } from './local-spline.ts';
import { type CodedSteps, sumOfSteps } from './rounding-steps.ts';

/** What `data/flux-models.json` has of a body. */
export interface BodyTables {
  readonly spans: readonly { readonly first: number; readonly last: number; readonly radiiKm: readonly number[] }[];
  /** Geocentric vector, au, J2000; of a moon: from its planet */
  readonly orbit: CodedSeries;
  readonly around?: string;
  /** Planetographic latitude of the Earth and position angle of the pole, deg */
  readonly pole?: CodedSeries & {
    /** How CASA's daily table of the latitude is rounded, where that differs from what the series gives rounded; deg */
    readonly latitude: { readonly unit: number; readonly length: number; readonly steps: readonly CodedSteps[] };
  };
}

/** A body as seen from the centre of the Earth. */
export interface BodyState {
  /** J2000 (ICRS), rad */
  readonly ra: number;
  readonly dec: number;
  /** m */
  readonly distance: number;
  /** m/s, positive when it recedes */
  readonly radialVelocity: number;
  /** rad */
  readonly equatorialDiameter: number;
  readonly polarDiameter: number;
  /** Of the pole, rad, north through east */
  readonly polePositionAngle: number;
}

const ASTRONOMICAL_UNIT = 1.4959787066e11;
const tablesOf = (body: string) => fluxModels().bodies[body] as BodyTables;

/** Bodies of the standard Butler-JPL-Horizons 2012 that are there. */
export const solarBodies: readonly string[] = [
  'Venus',
  'Mars',
  'Jupiter',
  'Uranus',
  'Neptune',
  'Io',
  'Europa',
  'Ganymede',
  'Callisto',
  'Titan',
  'Ceres',
  'Pallas',
  'Vesta',
  'Juno',
];

/** The body of a field name, in any case; undefined for others. */
export function bodyNamed(name: string): string | undefined {
  const wanted = name.toLowerCase();
  return solarBodies.find((body) => body.toLowerCase() === wanted);
}

/** Geocentric vector of a body, au, J2000, where its light comes from. */
function vectorAt(name: string, mjd: number): Float64Array {
  const { orbit, around } = tablesOf(name);
  const vector = evaluateSeries(orbit, mjd);
  return around ? vector.map((value, axis) => value + evaluateSeries(tablesOf(around).orbit, mjd)[axis]) : vector;
}

/** Distance from the centre of the Earth, au. */
export const distanceAt = (name: string, mjd: number) => Math.hypot(...vectorAt(name, mjd));

/** Just before a day, where the pole of an earlier ephemeris ends, d. */
const BEFORE = 1e-5;

/** Planetographic latitude of the Earth as the table of CASA that ends at `last` has it for a day, deg. */
function latitudeAt(name: string, day: number, last: number): number {
  const { pole, spans } = tablesOf(name);
  if (!pole || day < pole.first) return 0;
  const { unit, length, steps } = pole.latitude;
  const isBorder = day === last && last < spans[spans.length - 1].last;
  const [latitude] = evaluateSeries(pole, isBorder ? day - BEFORE : day);
  if (isBorder) return Math.floor(latitude / unit + 0.5) * unit;
  return (Math.floor(latitude / unit + 0.5) + sumOfSteps(steps, length)[Math.round(day - pole.first)]) * unit;
}

/** Recession, au/d. */
const recessionAt = (name: string, mjd: number) =>
  (distanceAt(name, mjd + 0.005) - distanceAt(name, mjd - 0.005)) / 0.01;

/**
 * Where a body is, how far and how large.
 *
 * The direction is that of the time. Distance, velocity and latitude are what CASA takes: splines through one value a
 * day, which for the inner moons of Jupiter is up to 0.002 au from where they are; and as CASA does, the latitude in
 * degrees is taken for radians where the polar diameter foreshortens (up to 7 % of Jupiter's flux density).
 *
 * @param name one of `solarBodies`
 * @param mjd UTC, days
 * @returns directions within 0.1 arcsec of JPL Horizons, distances within 4e-7
 * @throws unsupported for dates without ephemeris
 */
export function bodyState(name: string, mjd: number): BodyState {
  const { spans, pole } = tablesOf(name);
  const span = spans.find(({ first, last }) => mjd > first && mjd < last);
  if (!span) {
    const [from, to] = [spans[0].first, spans[spans.length - 1].last];
    fail('unsupported', `There is no ephemeris of ${name} for MJD ${mjd.toFixed(2)}; known are MJD ${from} to ${to}.`);
  }
  const daily = (value: (day: number) => number) => {
    const begin = Math.max(span.first, Math.round(mjd) - 12);
    const end = Math.min(span.last, Math.round(mjd) + 12);
    const first = Math.max(span.first, Math.min(begin, end - 24));
    const days = Array.from({ length: Math.min(25, span.last - first + 1) }, (_, at) => first + at);
    return new LocalSpline(days, days.map(value)).at(mjd);
  };
  const [x, y, z] = vectorAt(name, mjd);
  const distance = daily((day) => distanceAt(name, day)) * ASTRONOMICAL_UNIT;
  const hasPole = pole !== undefined && mjd >= pole.first;
  const [, angle] = hasPole ? evaluateSeries(pole, mjd) : [0, 0];
  const latitude = hasPole ? daily((day) => latitudeAt(name, day, span.last)) : 0;
  const [a, b, c] = span.radiiKm;
  const equator = 500 * (a + b);
  const polar = Math.min(equator, Math.hypot(equator * Math.sin(latitude), 1000 * c * Math.cos(latitude)));
  return {
    ra: Math.atan2(y, x),
    dec: Math.atan2(z, Math.hypot(x, y)),
    distance,
    radialVelocity: (daily((day) => recessionAt(name, day)) * ASTRONOMICAL_UNIT) / 86400,
    equatorialDiameter: (2 * equator) / distance,
    polarDiameter: (2 * polar) / distance,
    polePositionAngle: (angle * Math.PI) / 180,
  };
}
