import { fail, parseQuantity, SECONDS_PER_DAY } from '../../foundation/base/index.ts';
import { splitList } from './selection-text.ts';

/** An inclusive interval of TIME, MJD seconds UTC. */
export type TimeRange = readonly [start: number, end: number];

/** An interval of projected baseline length. */
export interface UvRange {
  readonly low: number;
  readonly high: number;
  /** True: in wavelengths; false: in metres. */
  readonly isWavelengths: boolean;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** MJD of the civil date, by the day count of JavaScript's UTC calendar (MJD 40587 = 1970-01-01). */
function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / 86_400_000 + 40_587;
}

/**
 * Reads a date with time in CASA's forms: `2013/06/15/03:00:12.5`, `15-Jun-2013/03:00`, `2013/06/15`, or `03:00:12`
 * alone (or a time of day after wildcards) on a default day.
 *
 * @param defaultDay MJD that a time without date belongs to
 * @returns MJD seconds
 */
export function parseDateTime(text: string, defaultDay: number): number {
  const trimmed = text.trim().replace(/^(?:\*\/)+/, '');
  const date = /^(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:[/T ](.*))?$/.exec(trimmed);
  if (date) return dayNumber(+date[1], +date[2], +date[3]) * SECONDS_PER_DAY + parseClock(date[4] ?? '0', text);
  const named = /^(\d{1,2})-([A-Za-z]{3})[a-z]*-(\d{4})(?:[/ ](.*))?$/.exec(trimmed);
  if (named) {
    const month = MONTHS.indexOf(named[2].toLowerCase()) + 1;
    return dayNumber(+named[3], month, +named[1]) * SECONDS_PER_DAY + parseClock(named[4] ?? '0', text);
  }
  return defaultDay * SECONDS_PER_DAY + parseClock(trimmed, text);
}

function parseClock(text: string, whole: string): number {
  const match = /^(\d+)(?::(\d+)(?::(\d+(?:\.\d*)?))?)?$/.exec(text.trim());
  if (!match) fail('usage', `"${whole}" is not a time such as 2013/06/15/03:00:12.5.`);
  return Number(match[1]) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
}

/**
 * Reads a time selection: `T0~T1`, `T0+03:00:00`, `>T0`, `<T1`, `T0` (rows within half an exposure), several by commas.
 * A date alone means the time of day of the first row, as in CASA.
 *
 * @param firstTimeSec TIME of the first row, whose day is the default
 * @param exposureSec exposure of the first row
 */
export function parseTimerange(text: string, firstTimeSec: number, exposureSec: number): TimeRange[] {
  const defaultDay = Math.floor(firstTimeSec / SECONDS_PER_DAY);
  return splitList(text, ',')
    .filter((part) => part !== '')
    .map((part) => {
      const bound = /^([<>])=?\s*(.*)$/.exec(part);
      if (bound) {
        const limit = parseDateTime(bound[2], defaultDay);
        return bound[1] === '<' ? ([-Infinity, limit] as const) : ([limit, Infinity] as const);
      }
      const range = part.split('~');
      if (range.length === 2) {
        const start = parseDateTime(range[0], defaultDay);
        return [start, parseDateTime(range[1], Math.floor(start / SECONDS_PER_DAY))] as const;
      }
      const span = /^(.*)\+(.*)$/.exec(part);
      if (span) {
        const start = parseDateTime(span[1], defaultDay);
        return [start, start + parseClock(span[2], part)] as const;
      }
      const isDate = /^(\d{4}[/-]\d{1,2}[/-]\d{1,2}|\d{1,2}-[A-Za-z]{3,}-\d{4})$/.test(part);
      const ofDay = isDate ? firstTimeSec - defaultDay * SECONDS_PER_DAY : 0;
      const time = parseDateTime(part, defaultDay) + ofDay;
      return [time - exposureSec / 2, time + exposureSec / 2] as const;
    });
}

/** Reads a uv selection: `0~100m`, `>50klambda`, `<1km`, `100m:20%` (100 m and 20 % around), several by commas; bare numbers are metres. */
export function parseUvrange(text: string): UvRange[] {
  return splitList(text, ',')
    .filter((part) => part !== '')
    .map((part) => {
      const percent = /^([\d.eE+-]+)\s*((?:[kM]?lambda|m|km|cm)?)\s*:\s*([\d.]+)%$/i.exec(part);
      if (percent) {
        const [low, high] = [-1, 1].map((sign) => Number(percent[1]) * (1 + (sign * Number(percent[3])) / 100));
        return parseUvrange(`${Math.max(0, low)}~${high}${percent[2]}`)[0];
      }
      const match = /^([<>]?)\s*([\d.eE+-]+?)(?:\s*~\s*([\d.eE+-]+?))?\s*([kM]?lambda|m|km|cm)?$/i.exec(part);
      if (!match) fail('usage', `"${part}" is not a uv range such as 0~100m or >50klambda.`);
      const unit = match[4] ?? 'm';
      const isWavelengths = /lambda$/i.test(unit);
      const factor = isWavelengths
        ? /^k/i.test(unit)
          ? 1e3
          : /^m/i.test(unit)
            ? 1e6
            : 1
        : parseQuantity(`1${unit}`, 'length');
      const first = Number(match[2]) * factor;
      if (match[1] === '>') return { low: first, high: Number.POSITIVE_INFINITY, isWavelengths };
      if (match[1] === '<') return { low: 0, high: first, isWavelengths };
      return { low: first, high: match[3] === undefined ? first : Number(match[3]) * factor, isWavelengths };
    });
}
