import table from '../../../data/earth-orientation.json' with { type: 'json' };
import { ARCSEC, SECONDS_PER_DAY } from '../../foundation/base/index.ts';

/** How the Earth is turned at one instant. */
export interface EarthOrientation {
  /** Polar motion, rad. */
  readonly xp: number;
  readonly yp: number;
  /** UT1 - TAI, s. */
  readonly ut1MinusTai: number;
  /** False outside the table, where its first or last day is taken. */
  readonly isTabulated: boolean;
}

interface Decoded {
  readonly xp: Float64Array;
  readonly yp: Float64Array;
  readonly ut1MinusTai: Float64Array;
}

let decoded: Decoded | undefined;

function accumulate(differences: readonly number[], unit: number): Float64Array {
  const values = new Float64Array(differences.length);
  let sum = 0;
  for (let day = 0; day < differences.length; day++) {
    sum += differences[day];
    values[day] = sum * unit;
  }
  return values;
}

function series(): Decoded {
  decoded ??= {
    xp: accumulate(table.xp, 1e-4 * ARCSEC),
    yp: accumulate(table.yp, 1e-4 * ARCSEC),
    ut1MinusTai: accumulate(table.ut1MinusTai, 1e-5),
  };
  return decoded;
}

/**
 * Earth orientation parameters, linear between the days of the table in `data/earth-orientation.json`.
 *
 * @param mjdSec UTC, s since MJD 0
 * @returns accuracy 1e-9 rad where measured (1990 on); in the predicted year after it up to 1e-6 rad
 */
export function earthOrientation(mjdSec: number): EarthOrientation {
  const { xp, yp, ut1MinusTai } = series();
  const position = mjdSec / SECONDS_PER_DAY - table.firstMjd;
  const isTabulated = position >= 0 && position <= table.count - 1;
  const day = Math.min(Math.max(Math.floor(position), 0), table.count - 2);
  const fraction = Math.min(Math.max(position - day, 0), 1);
  const between = (values: Float64Array) => values[day] + fraction * (values[day + 1] - values[day]);
  return { xp: between(xp), yp: between(yp), ut1MinusTai: between(ut1MinusTai), isTabulated };
}
