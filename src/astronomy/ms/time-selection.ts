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

/** Year, month, day, hour, minute, second; undefined: as in the default. */
type TimeFields = readonly (number | undefined)[];

const CLOCK = /^(?:(\d+|\*):)?(?:(\d+|\*):)?(\d+(?:\.\d*)?|\*)?$/;

/** CASA cuts seconds to whole milliseconds, as they come out of the subtraction. */
function cutSeconds(seconds: number): number {
  const whole = Math.floor(seconds);
  return whole + Math.trunc((seconds - whole) * 1000) / 1000;
}

/** `HH:MM:SS.s`, `MM:SS.s`, `HH:MM:`, or seconds alone; a `*` is as in the default. */
function clockFields(text: string, whole: string): TimeFields {
  const match = CLOCK.exec(text.trim());
  if (!match || text.trim() === '') fail('usage', `"${whole}" is not a time such as 2013/06/15/03:00:12.5.`);
  const [, first, second, last] = match;
  const number = (piece: string | undefined) => (piece === undefined ? 0 : piece === '*' ? undefined : Number(piece));
  const seconds = last === undefined ? 0 : last === '*' ? undefined : cutSeconds(Number(last));
  if (second !== undefined) return [number(first), number(second), seconds];
  if (first === undefined) return [undefined, undefined, seconds];
  return last === undefined ? [number(first), 0, 0] : [0, number(first), seconds];
}

/** Takes a time apart: a date `2013/06/15`, `15-Jun-2013` or with `*` in it, a clock, or both. */
function timeFields(text: string): TimeFields {
  const trimmed = text.trim();
  const named = /^(\d{1,2})-([A-Za-z]{3})[a-z]*-(\d{4})(?:[/ ](.*))?$/.exec(trimmed);
  const date = /^(\d{4}|\*)[/-](\d{1,2}|\*)[/-](\d{1,2}|\*)(?:[/T ](.*))?$/.exec(trimmed);
  const clock = named?.[4] ?? date?.[4];
  const time = named || date ? (clock === undefined ? [] : clockFields(clock, text)) : clockFields(trimmed, text);
  const day = [time[0], time[1], time[2]];
  if (named) return [Number(named[3]), MONTHS.indexOf(named[2].toLowerCase()) + 1, Number(named[1]), ...day];
  const pieces = date
    ? date.slice(1, 4).map((piece) => (piece === '*' ? undefined : Number(piece)))
    : [undefined, undefined, undefined];
  return [...pieces, ...day];
}

/** MJD seconds of a time whose missing fields are those of `defaultSec`. */
function resolveFields(fields: TimeFields, defaultSec: number): number {
  const day = Math.floor(defaultSec / SECONDS_PER_DAY);
  const date = new Date((day - 40_587) * 86_400_000);
  const clock = defaultSec - day * SECONDS_PER_DAY;
  const defaults = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    Math.floor(clock / 3600),
    Math.floor((clock % 3600) / 60),
    cutSeconds(clock % 60),
  ];
  const [year, month, monthDay, hour, minute, second] = defaults.map((value, k) => fields[k] ?? value);
  return dayNumber(year, month, monthDay) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
}

/**
 * Reads a date with time in CASA's forms: `2013/06/15/03:00:12.5`, `15-Jun-2013/03:00:00`, `2013/06/15`, or `03:00:12` alone.
 *
 * @param defaultSec MJD seconds that missing fields, and those written as `*`, are taken from
 * @returns MJD seconds
 */
export function parseDateTime(text: string, defaultSec: number): number {
  return resolveFields(timeFields(text), defaultSec);
}

/**
 * Reads a time selection: `T0~T1`, `T0+03:00:00`, `>T0`, `<T1`, `T0` (rows within half an exposure), `[T0~T1]` (half an exposure
 * more at both ends) and `2.5[T0~T1]` (so many seconds more), several by commas. As in CASA, two fields are minutes and seconds, and
 * what is missing is that of the first row.
 *
 * @param firstTimeSec TIME of the first row
 * @param exposureOf exposure of the first row, s; asked only where the text means it
 */
export function parseTimerange(text: string, firstTimeSec: number, exposureOf: () => number = () => 0): TimeRange[] {
  return splitList(text, ',')
    .filter((part) => part !== '')
    .map((part) => {
      const bracket = /^([\d.]*)\s*\[(.*)\]$/.exec(part);
      if (!bracket) return timeSpan(part, firstTimeSec, exposureOf);
      const [start, end] = timeSpan(bracket[2], firstTimeSec, exposureOf);
      const edge = bracket[1] === '' ? exposureOf() / 2 : Number(bracket[1]);
      return [start - edge, end + edge] as const;
    });
}

function timeSpan(part: string, firstTimeSec: number, exposureOf: () => number): TimeRange {
  const bound = /^([<>])=?\s*(.*)$/.exec(part);
  if (bound) {
    const limit = parseDateTime(bound[2], firstTimeSec);
    return bound[1] === '<' ? [-Infinity, limit] : [limit, Infinity];
  }
  const range = part.split('~');
  if (range.length === 2) {
    const start = parseDateTime(range[0], firstTimeSec);
    const end = parseDateTime(range[1], start);
    if (end < start) fail('usage', `The time range "${part}" ends before it begins.`);
    return [start, end];
  }
  const span = /^(.*)\+(.*)$/.exec(part);
  if (span) {
    const start = parseDateTime(span[1], firstTimeSec);
    const [hour, minute, second] = clockFields(span[2], part);
    return [start, start + (hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0)];
  }
  const time = parseDateTime(part, firstTimeSec);
  const half = exposureOf() / 2;
  return [time - half, time + half];
}

/**
 * Reads a uv selection: `0~100m`, `>50klambda`, `<1km`, several by commas; bare numbers are metres. Per cents widen: `100m:20%` is
 * 80 to 120 m, `>50m:10%` more than 45 m.
 */
export function parseUvrange(text: string): UvRange[] {
  return splitList(text, ',')
    .filter((part) => part !== '')
    .map((part) => {
      const percent = /^(.*?)\s*:\s*([\d.]+)%$/.exec(part);
      const { low, high, isWavelengths } = plainUvrange(percent?.[1] ?? part);
      const widening = Number(percent?.[2] ?? 0) / 100;
      return { low: Math.max(0, low * (1 - widening)), high: high * (1 + widening), isWavelengths };
    });
}

function plainUvrange(part: string): UvRange {
  const match = /^([<>]?)\s*([\d.][\d.eE+-]*?)(?:\s*~\s*([\d.][\d.eE+-]*?))?\s*([kM]?lambda|m|km|cm)?$/i.exec(part);
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
  // More than 0 leaves baselines of no length out, the autocorrelations.
  if (match[1] === '>') return { low: first || Number.MIN_VALUE, high: Number.POSITIVE_INFINITY, isWavelengths };
  if (match[1] === '<') return { low: 0, high: first, isWavelengths };
  return { low: first, high: match[3] === undefined ? first : Number(match[3]) * factor, isWavelengths };
}
