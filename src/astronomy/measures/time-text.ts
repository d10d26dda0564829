import { fail, SECONDS_PER_DAY } from '../../foundation/base/index.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** MJD of 1970-01-01. */
const MJD_1970 = 40_587;

/** Layout of a printed date: 2013/06/15/03:00:00.0, 15-Jun-2013/03:00:00.0 (as listobs) or 2013-06-15T03:00:00.0. */
export type TimeStyle = 'ymd' | 'dmy' | 'iso';

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** Seconds of a day as hh:mm:ss.s, and the days that rounding carries over. */
function clock(seconds: number, digits: number): { text: string; carry: number } {
  const scale = 10 ** digits;
  const ticks = Math.round(seconds * scale);
  const carry = ticks >= SECONDS_PER_DAY * scale ? 1 : 0;
  const left = ticks - carry * SECONDS_PER_DAY * scale;
  const whole = Math.floor(left / scale);
  const fraction = digits > 0 ? `.${pad(left - whole * scale, digits)}` : '';
  return {
    text: `${pad(Math.floor(whole / 3600))}:${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}${fraction}`,
    carry,
  };
}

/**
 * Prints a time as CASA does.
 *
 * @param mjdSec UTC, s since MJD 0
 * @param digits decimals of the seconds
 */
export function formatMjd(mjdSec: number, digits = 1, style: TimeStyle = 'ymd'): string {
  const day = Math.floor(mjdSec / SECONDS_PER_DAY);
  const { text, carry } = clock(mjdSec - day * SECONDS_PER_DAY, digits);
  const date = new Date((day + carry - MJD_1970) * SECONDS_PER_DAY * 1000);
  const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (style === 'dmy') return `${pad(dayOfMonth)}-${MONTHS[month]}-${pad(year, 4)}/${text}`;
  if (style === 'iso') return `${pad(year, 4)}-${pad(month + 1)}-${pad(dayOfMonth)}T${text}`;
  return `${pad(year, 4)}/${pad(month + 1)}/${pad(dayOfMonth)}/${text}`;
}

/** Time of day alone, as listobs prints scan ends: 03:05:12.0. */
export function formatTimeOfDay(mjdSec: number, digits = 1): string {
  return clock(mjdSec - Math.floor(mjdSec / SECONDS_PER_DAY) * SECONDS_PER_DAY, digits).text;
}

/** MJD of a calendar day; undefined when there is no such day. */
function mjdOf(year: number, month: number, day: number): number | undefined {
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return ms / 1000 / SECONDS_PER_DAY + MJD_1970;
}

function dayOfDate(text: string): number | undefined {
  const ymd = /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})$/.exec(text);
  if (ymd) return mjdOf(Number(ymd[1]), Number(ymd[2]), Number(ymd[3]));
  const dmy = /^(\d{1,2})-?([A-Za-z]{3})-?(\d{4})$/.exec(text);
  if (!dmy) return undefined;
  const month = MONTHS.findIndex((name) => name.toLowerCase() === dmy[2].toLowerCase());
  return month < 0 ? undefined : mjdOf(Number(dmy[3]), month + 1, Number(dmy[1]));
}

function secondsOfClock(text: string): number | undefined {
  const match = /^(\d+)(?::(\d{1,2}))?(?::(\d{1,2}(?:\.\d*)?))?$/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
}

/**
 * Reads a time in one of CASA's spellings: 2013/06/15/03:00:00.0, 2013-06-15T03:00:00, 15-Jun-2013/03:00:00, a date alone,
 * `56458.125d` (MJD), `4877982000s` (s since MJD 0), or hh:mm:ss alone.
 *
 * @param defaultDay MJD of the day for a text without a date; without it such a text is refused
 * @returns UTC, s since MJD 0
 * @throws usage for any other text
 */
export function parseCasaTime(text: string, defaultDay?: number): number {
  const trimmed = text.trim();
  const mjd = /^(\d+(?:\.\d*)?)d$/.exec(trimmed);
  if (mjd) return Number(mjd[1]) * SECONDS_PER_DAY;
  const elapsed = /^(\d{9,}(?:\.\d*)?)s$/.exec(trimmed); // fewer digits are no day of this century
  if (elapsed) return Number(elapsed[1]);
  const split = /^(.*\d)[/T]((?:\d+:)?\d+:\d+(?:\.\d*)?|\d+)$/.exec(trimmed);
  const wholeDay = dayOfDate(trimmed);
  if (wholeDay !== undefined) return wholeDay * SECONDS_PER_DAY;
  if (split) {
    const day = dayOfDate(split[1]);
    const seconds = secondsOfClock(split[2]);
    if (day !== undefined && seconds !== undefined) return day * SECONDS_PER_DAY + seconds;
  }
  const seconds = trimmed.includes(':') ? secondsOfClock(trimmed) : undefined;
  if (seconds !== undefined && defaultDay !== undefined) return defaultDay * SECONDS_PER_DAY + seconds;
  return fail('usage', `"${text}" is not a time; write it as 2013/06/15/03:00:00.`);
}
