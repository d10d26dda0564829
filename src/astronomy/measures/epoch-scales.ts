import { fail, SECONDS_PER_DAY } from '../../foundation/base/index.ts';
import { earthOrientation } from './earth-orientation.ts';
import {
  greenwichMeanSiderealTime,
  greenwichSiderealTime,
  type JulianDate,
  taiOfUtc,
  tdbMinusTt,
  utcOfTai,
} from './erfa.ts';
import { instantOf, julianDate } from './time-scales.ts';

const MJD_ZERO = 2_400_000.5;
const TT_MINUS_TAI = 32.184;

/** Other names of scales, as casacore knows them. */
const SAME: Readonly<Record<string, string>> = { IAT: 'TAI', TT: 'TDT', ET: 'TDT', UT: 'UT1', GMST: 'GMST1' };

/** Names of the time scales, each under its first name. */
export const epochScales: readonly string[] = ['UTC', 'TAI', 'TDT', 'UT1', 'TDB', 'GMST1', 'GAST', 'LMST', 'LAST'];

/** The first name of a time scale, e.g. TDT for TT; undefined for none. */
export function epochScale(name: string): string | undefined {
  const upper = SAME[name.toUpperCase()] ?? name.toUpperCase();
  return epochScales.includes(upper) ? upper : undefined;
}

const mjdOf = (date: JulianDate) => date[0] - MJD_ZERO + date[1];

/**
 * Sidereal days since casacore's zero of them: 2π of the Earth's rotation angle at MJD 51544.5 UT1 is day 58257.779….
 * @param angle rad of the wanted sidereal time at that UT1
 */
function siderealDays(ut1Mjd: number, angle: number): number {
  const rough = 58_257.779_057 + 1.002_737_812 * (ut1Mjd - 51_544.5);
  const turn = angle / (2 * Math.PI);
  return turn + Math.round(rough - turn);
}

/**
 * A time in another scale.
 *
 * @param mjd days
 * @param longitude east, rad: for LMST and LAST
 * @returns days; TDB 1e-5 s of CASA 6.7, sidereal times 2e-3 s (IAU 2006 against its older precession)
 * @throws usage for local times without longitude; unsupported from sidereal times
 */
export function convertEpoch(mjd: number, from: string, to: string, longitude?: number): number {
  if (from === to) return mjd;
  const utc = utcOf(mjd, from);
  if (to === 'UTC') return utc;
  const tai = taiOfUtc(julianDate(utc * SECONDS_PER_DAY));
  if (to === 'TAI') return mjdOf(tai);
  const { tt, ut1 } = instantOf(utc * SECONDS_PER_DAY);
  if (to === 'TDT') return mjdOf(tt);
  if (to === 'UT1') return mjdOf(ut1);
  if (to === 'TDB') return mjdOf(tt) + tdbMinusTt(tt, ((mjdOf(ut1) % 1) + 1) % 1) / SECONDS_PER_DAY;
  const isMean = to === 'GMST1' || to === 'LMST';
  const angle = isMean ? greenwichMeanSiderealTime(ut1, tt) : greenwichSiderealTime(ut1, tt);
  const days = siderealDays(mjdOf(ut1), angle);
  if (to.startsWith('G')) return days;
  if (longitude === undefined)
    fail('usage', "A position is needed for local times; give it with doframe(me.observatory('ALMA')).");
  return days + longitude / (2 * Math.PI);
}

function utcOf(mjd: number, from: string): number {
  const shifted = (seconds: number): JulianDate => [MJD_ZERO + Math.floor(mjd), (mjd % 1) + seconds / SECONDS_PER_DAY];
  switch (from) {
    case 'UTC':
      return mjd;
    case 'TAI':
      return mjdOf(utcOfTai(shifted(0)));
    case 'TDT':
      return mjdOf(utcOfTai(shifted(-TT_MINUS_TAI)));
    case 'TDB':
      return mjdOf(utcOfTai(shifted(-TT_MINUS_TAI - tdbMinusTt(shifted(0), mjd % 1))));
    case 'UT1':
      return mjdOf(utcOfTai(shifted(-earthOrientation(mjd * SECONDS_PER_DAY).ut1MinusTai)));
    default:
      return fail('unsupported', `A time in ${from} cannot be converted; it does not say which day it is.`);
  }
}
