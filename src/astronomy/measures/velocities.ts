import { SPEED_OF_LIGHT } from '../../foundation/base/index.ts';
import { apparentDirection } from './erfa.ts';
import { EARTH_ROTATION, earthState } from './frames.ts';
import { dot, rotate, vectorOf } from './matrix.ts';

/** Frames of frequencies and radial velocities. */
export type VelocityFrame = 'TOPO' | 'GEO' | 'BARY' | 'LSRK' | 'LSRD' | 'GALACTO' | 'LGROUP' | 'CMB';

type Velocity = readonly [number, number, number];

/**
 * Motions of the Sun against standards of rest, m/s, J2000 axes, as casacore has them (MeasTable): kinematic LSR 20 km/s;
 * dynamical LSR (U, V, W) = (9, 12, 7) km/s; Local Group 308 km/s towards l = 105, b = -7; cosmic background 369.5 km/s
 * towards l = 264.4, b = 48.4 degrees.
 */
const SUN_AGAINST: Readonly<Record<'LSRK' | 'LSRD' | 'LGROUP' | 'CMB', Velocity>> = {
  LSRK: [20_000 * 0.0145021, 20_000 * -0.865863, 20_000 * 0.500071],
  LSRD: [-638.2286, -14_585.4292, 7801.1549],
  LGROUP: [182_814.6256, -54_810.0282, 241_740.9227],
  CMB: [-359_068.9605, 74_784.5657, -44_799.5572],
};
/** Motion of the dynamical LSR around the centre of the Galaxy: 220 km/s towards l = 90 degrees; m/s, J2000 axes. */
const LSRD_AGAINST_GALACTO: Velocity = [108_703.98, -97_862.6, 164_336.04];

/** Frequency seen by who moves with `beta` (speed over c towards the source) over frequency at rest. */
const doppler = (beta: number) => Math.sqrt((1 + beta) / (1 - beta));

/** Frequency in a frame over frequency in BARY. */
function factorFromBarycentre(
  frame: VelocityFrame,
  mjdSec: number,
  ra: number,
  dec: number,
  itrf: ArrayLike<number>,
): number {
  const source = vectorOf(ra, dec);
  if (frame === 'BARY') return 1;
  const step = (velocity: Velocity) => 1 / doppler(dot(velocity, source) / SPEED_OF_LIGHT);
  if (frame === 'GALACTO') return step(SUN_AGAINST.LSRD) * step(LSRD_AGAINST_GALACTO);
  if (frame !== 'GEO' && frame !== 'TOPO') return step(SUN_AGAINST[frame]);
  const earth = earthState(mjdSec);
  const geocentre = doppler(dot(earth.beta, source));
  if (frame === 'GEO') return geocentre;
  const longitude = Math.atan2(itrf[1], itrf[0]);
  const east = vectorOf(earth.gast + longitude + Math.PI / 2, 0);
  const speed = (EARTH_ROTATION * Math.hypot(itrf[0], itrf[1])) / SPEED_OF_LIGHT;
  const apparent = rotate(earth.toDate, apparentDirection(source, earth.helio, earth.beta));
  return geocentre * doppler(speed * dot(east, apparent));
}

/**
 * Factor between frequencies of two frames: f_to = f_from · factor, as CASA's `me.measure`: relativistic Doppler steps
 * TOPO – GEO – BARY – LSRK with the LSRK of casacore (MeasTable::velocityLSRK, J2000).
 *
 * @param mjdSec UTC, s since MJD 0
 * @param ra, dec ICRS (J2000) direction, rad
 * @param itrf position of the observer, m, [3]
 * @returns within 7e-10 of CASA 6.7 (20 cm/s, by its shorter series for the motion of the Earth)
 */
export function frequencyShiftFactor(
  mjdSec: number,
  ra: number,
  dec: number,
  itrf: ArrayLike<number>,
  from: VelocityFrame,
  to: VelocityFrame,
): number {
  if (from === to) return 1;
  return factorFromBarycentre(to, mjdSec, ra, dec, itrf) / factorFromBarycentre(from, mjdSec, ra, dec, itrf);
}

/**
 * What to add to a small radial velocity in TOPO to have it in LSRK, m/s: c · (1 - f_LSRK / f_TOPO).
 *
 * @param mjdSec UTC, s since MJD 0
 * @param ra, dec ICRS (J2000) direction, rad
 * @param itrf position of the observer, m, [3]
 */
export function topoToLsrkVelocity(mjdSec: number, ra: number, dec: number, itrf: ArrayLike<number>): number {
  return SPEED_OF_LIGHT * (1 - frequencyShiftFactor(mjdSec, ra, dec, itrf, 'TOPO', 'LSRK'));
}
