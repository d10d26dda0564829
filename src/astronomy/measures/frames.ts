import { SECONDS_PER_DAY, SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { earthRotationAngle, earthSeries } from './earth-series.ts';
import { celestialToTerrestrial } from './erfa.ts';
import type { Matrix3 } from './matrix.ts';
import { instantOf } from './time-scales.ts';

/** Astronomical unit, m (IAU 2012 B2). */
export const ASTRONOMICAL_UNIT = 149_597_870_700;
/** Angular velocity of the Earth, rad per UT1 second (IERS Conventions 2010, table 1.2). */
export const EARTH_ROTATION = 7.292_115e-5;

/** All that turns directions and baselines at one instant. */
export interface EarthState {
  /** GCRS → true equator and equinox of date. */
  readonly toDate: Matrix3;
  /** Greenwich apparent sidereal time, rad. */
  readonly gast: number;
  /** The Earth from the Sun, au, GCRS axes. */
  readonly helio: Float64Array;
  /** Barycentric velocity of the geocentre over c, GCRS axes. */
  readonly beta: Float64Array;
  readonly xp: number;
  readonly yp: number;
}

let cachedTime = Number.NaN;
let cached: EarthState;

/** The Earth at a UTC time (MJD s); the last one asked for is kept. */
export function earthState(mjdSec: number): EarthState {
  if (mjdSec === cachedTime) return cached;
  const { tt, ut1, xp, yp } = instantOf(mjdSec);
  const { toDate, helio, velocity, originsEquation } = earthSeries(tt);
  const scale = ASTRONOMICAL_UNIT / SECONDS_PER_DAY / SPEED_OF_LIGHT;
  cached = {
    toDate,
    gast: earthRotationAngle(ut1) - originsEquation,
    helio,
    beta: velocity.map((value) => value * scale),
    xp,
    yp,
  };
  cachedTime = mjdSec;
  return cached;
}

/**
 * Rotation from GCRS to ITRS axes.
 *
 * @param mjdSec UTC, s since MJD 0
 * @returns [3, 3] row-major; IAU 2006/2000A, 1e-9 rad where Earth orientation is measured
 */
export function gcrsToItrs(mjdSec: number): Float64Array {
  const { tt, ut1, xp, yp } = instantOf(mjdSec);
  return celestialToTerrestrial(tt, ut1, xp, yp);
}
