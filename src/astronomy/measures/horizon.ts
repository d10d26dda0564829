import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { apparentDirection, geodeticOf } from './erfa.ts';
import { EARTH_ROTATION, earthState, gcrsToItrs } from './frames.ts';
import { dot, rotate, transpose, vectorOf } from './matrix.ts';

/** Where a source stands in the sky of an observer; no refraction. */
export interface Horizontal {
  /** From north through east, rad, 0…2π. */
  readonly az: number;
  /** Above the horizon of the WGS84 ellipsoid, rad. */
  readonly el: number;
}

/** Velocity of the observer over c, barycentric, GCRS axes: the Earth's motion and its rotation. */
function observerBeta(beta: Float64Array, toItrs: Float64Array, position: ArrayLike<number>): Float64Array {
  const spin = EARTH_ROTATION / SPEED_OF_LIGHT;
  const diurnal = rotate(transpose(toItrs), [-position[1] * spin, position[0] * spin, 0]);
  return beta.map((value, axis) => value + diurnal[axis]);
}

/**
 * Azimuth and elevation of an ICRS (J2000) direction, as CASA's AZELGEO.
 *
 * @param mjdSec UTC, s since MJD 0
 * @param ra, dec rad
 * @param positionItrf m, [3]
 * @returns accuracy 1e-9 rad without refraction; CASA 6.7 differs by up to 6e-6 rad (see antennaUvw)
 */
export function azEl(mjdSec: number, ra: number, dec: number, positionItrf: ArrayLike<number>): Horizontal {
  const earth = earthState(mjdSec);
  const toItrs = gcrsToItrs(mjdSec);
  const seen = apparentDirection(vectorOf(ra, dec), earth.helio, observerBeta(earth.beta, toItrs, positionItrf));
  const terrestrial = rotate(toItrs, seen);
  const { longitude, latitude } = geodeticOf(positionItrf);
  const east = -Math.sin(longitude) * terrestrial[0] + Math.cos(longitude) * terrestrial[1];
  const up = dot(vectorOf(longitude, latitude), terrestrial);
  const north = dot(vectorOf(longitude, latitude + Math.PI / 2), terrestrial);
  const az = Math.atan2(east, north);
  return { az: az < 0 ? az + 2 * Math.PI : az, el: Math.atan2(up, Math.hypot(east, north)) };
}

/**
 * Position angle of the zenith at a source, from J2000 north through east; negative before transit for sources north of the
 * zenith's parallel seen from the south, as usual.
 *
 * @param mjdSec UTC, s since MJD 0
 * @param ra, dec ICRS, rad
 * @param positionItrf m, [3]
 * @returns rad, -π…π; within 2e-4 rad of CASA's, more only close to the zenith
 */
export function parallacticAngle(mjdSec: number, ra: number, dec: number, positionItrf: ArrayLike<number>): number {
  const { longitude, latitude } = geodeticOf(positionItrf);
  const zenith = rotate(transpose(gcrsToItrs(mjdSec)), vectorOf(longitude, latitude));
  const east = -Math.sin(ra) * zenith[0] + Math.cos(ra) * zenith[1];
  const north = dot(vectorOf(ra, dec + Math.PI / 2), zenith);
  return Math.atan2(east, north);
}
