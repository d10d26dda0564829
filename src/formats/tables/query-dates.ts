import { fail } from '../../foundation/base/index.ts';
import type { ResultType } from './query-functions.ts';
import type { Value } from './query-values.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
/** MJD of 1970-01-01. */
const UNIX_DAY = 40_587;
const DAY_MS = 86_400_000;

/** MJD in days of a date such as 2013-06-02, 2013/06/02/03:04:05.5, 2Jun2013/03:04; undefined when it is none. */
export function parseDate(text: string): number | undefined {
  const match =
    /^\s*(\d{1,4})[-/]?(\d{1,2}|[A-Za-z]{3})[-/]?(\d{1,4})(?:[/T ](\d{1,2})(?::(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?)?)?\s*$/.exec(
      text,
    );
  if (!match) return undefined;
  const named = MONTHS.findIndex((month) => month.toLowerCase() === match[2].toLowerCase()) + 1;
  const month = named > 0 ? named : Number(match[2]);
  const [year, day] = named > 0 ? [Number(match[3]), Number(match[1])] : [Number(match[1]), Number(match[3])];
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return undefined;
  const hours = Number(match[4] ?? 0) + Number(match[5] ?? 0) / 60 + Number(match[6] ?? 0) / 3600;
  return Date.UTC(year, month - 1, day) / DAY_MS + UNIX_DAY + hours / 24;
}

function dateOf(mjd: number): Date {
  return new Date(Math.round((mjd - UNIX_DAY) * DAY_MS));
}

/** Days of a value: a number in days, or a date as text. */
function days(value: Value): number {
  if (typeof value === 'number') return value;
  const mjd = typeof value === 'string' ? parseDate(value) : undefined;
  return mjd ?? fail('usage', `"${String(value)}" is not a date; write it as 2013-06-02/03:04:05.`);
}

const clock = (date: Date) => date.toISOString().slice(11, 23);
const two = (value: number) => String(value).padStart(2, '0');

function dateTimeText(value: Value): string {
  const date = dateOf(days(value));
  return `${date.toISOString().slice(0, 10).replaceAll('-', '/')}/${clock(date)}`;
}

interface DateFunction {
  readonly type: ResultType;
  readonly act: (value: Value) => Value;
}

/** Functions of a date: a number in days of MJD (other units of time are turned into days before), or a text. */
export const DATE_FUNCTIONS: Readonly<Record<string, DateFunction>> = {
  datetime: { type: 'float', act: days },
  mjdtodate: { type: 'float', act: days },
  mjd: { type: 'float', act: days },
  date: { type: 'float', act: (value) => Math.floor(days(value)) },
  time: { type: 'float', act: (value) => (days(value) - Math.floor(days(value))) * 2 * Math.PI },
  year: { type: 'int', act: (value) => dateOf(days(value)).getUTCFullYear() },
  month: { type: 'int', act: (value) => dateOf(days(value)).getUTCMonth() + 1 },
  day: { type: 'int', act: (value) => dateOf(days(value)).getUTCDate() },
  // Monday is 1, Sunday 7.
  weekday: { type: 'int', act: (value) => dateOf(days(value)).getUTCDay() || 7 },
  dow: { type: 'int', act: (value) => dateOf(days(value)).getUTCDay() || 7 },
  // As of ISO 8601, but the last days of a year stay in it, and the first before its first Thursday's week are week 0.
  week: {
    type: 'int',
    act: (value) => {
      const date = dateOf(days(value));
      const yearDay = Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1;
      return Math.floor((yearDay - (date.getUTCDay() || 7) + 10) / 7);
    },
  },
  cdow: { type: 'text', act: (value) => WEEKDAYS[dateOf(days(value)).getUTCDay()] },
  cweekday: { type: 'text', act: (value) => WEEKDAYS[dateOf(days(value)).getUTCDay()] },
  cmonth: { type: 'text', act: (value) => MONTHS[dateOf(days(value)).getUTCMonth()] },
  ctod: { type: 'text', act: dateTimeText },
  cdatetime: { type: 'text', act: dateTimeText },
  cdate: {
    type: 'text',
    act: (value) => {
      const date = dateOf(days(value));
      return `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()}`;
    },
  },
  ctime: { type: 'text', act: (value) => clock(dateOf(days(value))) },
};
