import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { apparentDirection } from './erfa.ts';
import { EARTH_ROTATION, type EarthState, earthState } from './frames.ts';
import { axisRotation, type Matrix3, multiply, rotate, shortestRotation, transpose, unit, vectorOf } from './matrix.ts';

/**
 * How ITRF baselines become celestial ones.
 * 'casa': as CASA's importasdm (casacore MBaseline ITRF → J2000) does it: the pole's motion is applied about the axes of the
 * local meridian and the diurnal aberration towards the zenith. 'iers': both about the axes that the IERS Conventions give.
 * They differ by up to 3e-6 of the baseline.
 */
export type UvwConvention = 'casa' | 'iers';

/** Moves a unit vector by a small vector and makes it a unit vector again. */
function shifted(direction: ArrayLike<number>, shift: ArrayLike<number>): Float64Array {
  return unit([direction[0] + shift[0], direction[1] + shift[1], direction[2] + shift[2]]);
}

/** ITRF → true equator and equinox of date, with the diurnal aberration of the apparent direction taken out. */
function terrestrialToDate(
  earth: EarthState,
  reference: ArrayLike<number>,
  apparent: Float64Array,
  convention: UvwConvention,
): Matrix3 {
  const longitude = Math.atan2(reference[1], reference[0]);
  const radius = Math.hypot(reference[0], reference[1], reference[2]);
  const local = earth.gast + longitude;
  const speed = (EARTH_ROTATION * radius) / SPEED_OF_LIGHT;
  if (convention === 'casa') {
    const pole = multiply(axisRotation(1, earth.xp), axisRotation(0, earth.yp));
    const turn = multiply(pole, axisRotation(2, -earth.gast));
    const zenith = vectorOf(local, Math.asin(reference[2] / radius));
    const seen = shifted(
      apparent,
      zenith.map((value) => value * speed),
    );
    return multiply(shortestRotation(seen, apparent), turn);
  }
  const pole = multiply(axisRotation(1, earth.xp), axisRotation(0, earth.yp));
  const turn = multiply(axisRotation(2, -earth.gast), pole);
  const east = vectorOf(local + Math.PI / 2, 0);
  const eastSpeed = speed * (Math.hypot(reference[0], reference[1]) / radius);
  const seen = shifted(
    apparent,
    east.map((value) => value * eastSpeed),
  );
  return multiply(shortestRotation(seen, apparent), turn);
}

/**
 * Rotation from ITRF to (u, v, w) axes of a phase direction: u east, v north, w towards the source.
 *
 * @param reference an ITRF position of the array, m, [3]
 * @param mjdSec UTC, s since MJD 0
 * @param ra, dec ICRS (J2000) phase direction, rad
 * @returns [3, 3] row-major
 */
export function uvwRotation(
  reference: ArrayLike<number>,
  mjdSec: number,
  ra: number,
  dec: number,
  convention: UvwConvention = 'casa',
): Matrix3 {
  const earth = earthState(mjdSec);
  const source = vectorOf(ra, dec);
  const seen = apparentDirection(source, earth.helio, earth.beta);
  const natural = rotate(earth.toDate, source);
  const apparent = rotate(earth.toDate, seen);
  const toDate = terrestrialToDate(earth, reference, apparent, convention);
  const toGcrs = multiply(transpose(earth.toDate), multiply(shortestRotation(apparent, natural), toDate));
  const axes = Float64Array.of(
    -Math.sin(ra),
    Math.cos(ra),
    0,
    -Math.sin(dec) * Math.cos(ra),
    -Math.sin(dec) * Math.sin(ra),
    Math.cos(dec),
    source[0],
    source[1],
    source[2],
  );
  return multiply(axes, toGcrs);
}

/**
 * Coordinates of antennas in the (u, v, w) system of a phase direction, relative to the first antenna.
 * A baseline's UVW as CASA's importasdm writes it is `uvw[ANTENNA1] - uvw[ANTENNA2]`; like CASA's it is turned by the
 * aberration of the phase direction, so that w is the delay that the moving array sees.
 *
 * @param positions ITRF, m, [ant, 3]
 * @param mjdSec UTC, s since MJD 0
 * @param ra, dec ICRS (J2000) phase direction, rad
 * @returns m, [ant, 3]; with 'casa' within 3e-7 of the baseline of CASA 6.7
 */
export function antennaUvw(
  positions: Float64Array,
  mjdSec: number,
  ra: number,
  dec: number,
  convention: UvwConvention = 'casa',
): Float64Array {
  const uvw = new Float64Array(positions.length);
  if (positions.length === 0) return uvw;
  const m = uvwRotation(positions.subarray(0, 3), mjdSec, ra, dec, convention);
  for (let ant = 0; ant < positions.length; ant += 3) {
    const x = positions[ant] - positions[0];
    const y = positions[ant + 1] - positions[1];
    const z = positions[ant + 2] - positions[2];
    uvw[ant] = m[0] * x + m[1] * y + m[2] * z;
    uvw[ant + 1] = m[3] * x + m[4] * y + m[5] * z;
    uvw[ant + 2] = m[6] * x + m[7] * y + m[8] * z;
  }
  return uvw;
}
