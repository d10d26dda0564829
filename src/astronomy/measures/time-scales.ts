import { SECONDS_PER_DAY } from '../../foundation/base/index.ts';
import { earthOrientation } from './earth-orientation.ts';
import { type JulianDate, taiOfUtc } from './erfa.ts';

const MJD_ZERO = 2_400_000.5;
const TT_MINUS_TAI = 32.184;

/** One instant on the time scales that frames need, and how the Earth is turned then. */
export interface Instant {
  readonly tt: JulianDate;
  readonly ut1: JulianDate;
  /** Polar motion, rad. */
  readonly xp: number;
  readonly yp: number;
}

/** Julian date of MJD seconds, split so that no digits are lost. */
export function julianDate(mjdSec: number): JulianDate {
  const day = Math.floor(mjdSec / SECONDS_PER_DAY);
  return [MJD_ZERO + day, (mjdSec - day * SECONDS_PER_DAY) / SECONDS_PER_DAY];
}

/** Terrestrial time, UT1 and pole of a UTC time in MJD seconds. */
export function instantOf(mjdSec: number): Instant {
  const { xp, yp, ut1MinusTai } = earthOrientation(mjdSec);
  const tai = taiOfUtc(julianDate(mjdSec));
  return {
    tt: [tai[0], tai[1] + TT_MINUS_TAI / SECONDS_PER_DAY],
    ut1: [tai[0], tai[1] + ut1MinusTai / SECONDS_PER_DAY],
    xp,
    yp,
  };
}

/** MJD seconds of an ASDM ArrayTime (ns since MJD 0, UTC); good to the last bit of a double, 1 µs. */
export function utcNsToMjdSec(ns: bigint): number {
  const seconds = ns / 1_000_000_000n;
  return Number(seconds) + Number(ns - seconds * 1_000_000_000n) / 1e9;
}

/** ASDM ArrayTime (ns since MJD 0, UTC) of MJD seconds. */
export function mjdSecToUtcNs(mjdSec: number): bigint {
  const seconds = Math.floor(mjdSec);
  return BigInt(seconds) * 1_000_000_000n + BigInt(Math.round((mjdSec - seconds) * 1e9));
}
