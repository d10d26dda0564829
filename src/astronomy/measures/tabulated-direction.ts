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

/** Direction at a time (MJD seconds), on the chord between the positions of two rows, as casacore's MeasComet; undefined outside. */
export function tabulatedDirection(table: DirectionTable, mjdSec: number): [ra: number, dec: number] | undefined {
  const at = rowAtTime(table, mjdSec);
  if (at < 0) return undefined;
  const { mjd } = table;
  const next = Math.min(at + 1, mjd.length - 1);
  const share = next > at ? (mjdSec / SECONDS_PER_DAY - mjd[at]) / (mjd[next] - mjd[at]) : 0;
  const [from, to] = [positionOf(table, at), positionOf(table, next)];
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
