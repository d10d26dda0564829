import { anglesOf } from './direction-frames.ts';

const SECONDS_PER_DAY = 86_400;

/** Directions of a moving object, all [row]. */
export interface DirectionTable {
  /** Days, ascending. */
  readonly mjd: readonly number[];
  /** rad */
  readonly ra: readonly number[];
  readonly dec: readonly number[];
  /** In any unit. */
  readonly distance: readonly number[];
}

/** The last row that is not after a time (MJD seconds); -1 for times that the table does not cover. */
export function rowAtTime({ mjd }: Pick<DirectionTable, 'mjd'>, mjdSec: number): number {
  const time = mjdSec / SECONDS_PER_DAY;
  if (mjd.length === 0 || time < mjd[0] || time > mjd[mjd.length - 1]) return -1;
  const next = mjd.findIndex((entry) => entry > time);
  return next < 0 ? mjd.length - 1 : next - 1;
}

/** Rows around a time (MJD seconds) and how far it is from the lower to the higher; rows of -1 for times that the table does not cover. */
export function rowsAround(
  table: Pick<DirectionTable, 'mjd'>,
  mjdSec: number,
): { readonly low: number; readonly high: number; readonly share: number } {
  const low = rowAtTime(table, mjdSec);
  if (low < 0) return { low, high: low, share: 0 };
  const { mjd } = table;
  const high = Math.min(low + 1, mjd.length - 1);
  return { low, high, share: high > low ? (mjdSec / SECONDS_PER_DAY - mjd[low]) / (mjd[high] - mjd[low]) : 0 };
}

/** Direction at a time (MJD seconds), on the chord between the positions of two rows, as casacore's MeasComet; undefined outside. */
export function tabulatedDirection(table: DirectionTable, mjdSec: number): [ra: number, dec: number] | undefined {
  const { low, high, share } = rowsAround(table, mjdSec);
  if (low < 0) return undefined;
  const [from, to] = [positionOf(table, low), positionOf(table, high)];
  return anglesOf(from.map((value, axis) => value + share * (to[axis] - value)));
}

/** A direction moved along its parallel and then in latitude, rad, as casacore's MVDirection::shift. */
export function shiftedDirection(
  [ra, dec]: readonly [number, number],
  [along, up]: readonly [number, number],
): [ra: number, dec: number] {
  return [ra + along / Math.cos(dec + up), dec + up];
}

function positionOf({ ra, dec, distance }: DirectionTable, row: number): number[] {
  const across = distance[row] * Math.cos(dec[row]);
  return [across * Math.cos(ra[row]), across * Math.sin(ra[row]), distance[row] * Math.sin(dec[row])];
}
