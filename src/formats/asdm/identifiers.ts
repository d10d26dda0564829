import { fail, type Place } from '../../foundation/base/index.ts';

/** A reference to a row of another table, such as `Antenna_3`. */
export interface Tag {
  readonly table: string;
  readonly id: number;
}

const NS_PER_SECOND = 1_000_000_000n;

/**
 * Splits `Antenna_3` into its table and number.
 *
 * @throws bad-format when the text is no tag
 */
export function parseTag(text: string, place: Place = {}): Tag {
  const trimmed = text.trim();
  const cut = trimmed.lastIndexOf('_');
  const id = Number(trimmed.slice(cut + 1));
  if (cut < 1 || cut === trimmed.length - 1 || !Number.isSafeInteger(id) || id < 0) {
    fail('bad-format', `"${text}" is no row identifier such as Antenna_3.`, place);
  }
  return { table: trimmed.slice(0, cut), id };
}

/** `Antenna_3` from a table and a number. */
export function formatTag(table: string, id: number): string {
  return `${table}_${id}`;
}

/** The name that a UID has on disk: ':' and '/' become '_'. */
export function uidFileName(uid: string): string {
  return uid.trim().replace(/[:/]/g, '_');
}

/**
 * Nanoseconds since MJD 0 (UTC) as MJD seconds; good to about 1 microsecond, the step of a double at present dates.
 */
export function nsToMjdSeconds(ns: bigint): number {
  const seconds = ns / NS_PER_SECOND;
  return Number(seconds) + Number(ns - seconds * NS_PER_SECOND) / 1e9;
}
