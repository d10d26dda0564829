import type { Axis } from './figure.ts';

/** Where an axis has ticks and what stands there. */
export interface Ticks {
  readonly values: readonly number[];
  readonly texts: readonly string[];
}

const NO_TICKS: Ticks = { values: [], texts: [] };

/**
 * Ticks of an axis at round values.
 *
 * @param low @param high ends of the axis, low < high, in its unit
 * @param wanted about how many ticks there is room for
 */
export function axisTicks(axis: Axis, low: number, high: number, wanted: number): Ticks {
  if (axis.categories) return { values: axis.categories.map((_, index) => index), texts: axis.categories };
  if (!(high > low) || !Number.isFinite(high - low)) return NO_TICKS;
  switch (axis.kind) {
    case 'log':
      return logTicks(low, high, wanted);
    case 'time':
      return timeTicks(low, high, wanted);
    case 'whole':
      return linearTicks(low, high, Math.min(wanted, high - low));
    case 'phase':
      return phaseTicks(low, high, wanted);
    case 'rightAscension':
      return sexagesimalTicks(low, high, wanted, 15);
    case 'declination':
      return sexagesimalTicks(low, high, wanted, 1);
    default:
      return linearTicks(low, high, wanted);
  }
}

/** Multiples of 1, 2 or 5 times a power of ten. */
export function linearTicks(low: number, high: number, wanted: number): Ticks {
  if (!(high > low)) return NO_TICKS;
  const rough = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= 0.999 * rough) ?? 10);
  const values = multiples(low, high, step);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const isPlain = largest < 1e6 && digits <= 5;
  return { values, texts: values.map((value) => (isPlain ? minus(value.toFixed(digits)) : minus(shortPower(value)))) };
}

function logTicks(low: number, high: number, wanted: number): Ticks {
  if (!(low > 0)) return NO_TICKS;
  const decades = Math.log10(high / low);
  const factors = decades > wanted ? [1] : decades > wanted / 3 ? [1, 3] : [1, 2, 5];
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of factors) {
      const value = factor * 10 ** power;
      if (value >= low && value <= high) values.push(value);
    }
  }
  return { values, texts: values.map((value) => (value >= 1e-3 && value < 1e5 ? plain(value) : shortPower(value))) };
}

function phaseTicks(low: number, high: number, wanted: number): Ticks {
  const step = [15, 30, 45, 90, 180, 360].find((candidate) => (high - low) / candidate <= wanted + 0.5) ?? 360;
  if (high - low < 3 * step) return linearTicks(low, high, wanted);
  const values = multiples(low, high, step);
  return { values, texts: values.map((value) => minus(String(value))) };
}

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];
const SECONDS_PER_DAY = 86_400;
/** MJD of 1970-01-01. */
const UNIX_EPOCH_MJD = 40_587;
/** Ranges that are longer, s, say the day at midnight. */
const LONGEST_WITHOUT_DAYS = 1.5 * SECONDS_PER_DAY;

function timeTicks(low: number, high: number, wanted: number): Ticks {
  const days = Math.max(1, Math.ceil((high - low) / SECONDS_PER_DAY / wanted));
  const step = TIME_STEPS.find((candidate) => (high - low) / candidate <= wanted) ?? days * SECONDS_PER_DAY;
  const saysDays = high - low > LONGEST_WITHOUT_DAYS;
  const values = multiples(low, high, step);
  return {
    values,
    texts: values.map((mjdSec) => {
      const seconds = ((Math.round(mjdSec) % 86_400) + 86_400) % 86_400;
      if (saysDays && seconds === 0) return monthAndDay(mjdSec);
      const clock = `${twoDigits(Math.floor(seconds / 3600))}:${twoDigits(Math.floor(seconds / 60) % 60)}`;
      return step < 60 ? `${clock}:${twoDigits(seconds % 60)}` : clock;
    }),
  };
}

/** Such as 04-16. */
const monthAndDay = (mjdSec: number) => dayOf(mjdSec).slice(5);

/** Such as 2013-04-16. */
function dayOf(mjdSec: number): string {
  return new Date((Math.round(mjdSec) - UNIX_EPOCH_MJD * SECONDS_PER_DAY) * 1000).toISOString().slice(0, 10);
}

/** The words at an axis: those of UTC say the day, since ticks say the time of day. */
export function axisWords({ label, kind }: Axis, [low, high]: readonly [number, number]): string {
  const isTimeOfDay = kind === 'time' && label === 'UTC' && low > SECONDS_PER_DAY && Number.isFinite(high);
  if (!isTimeOfDay) return label;
  return `${label}, ${dayOf(low) === dayOf(high) ? '' : 'from '}${dayOf(low)}`;
}

/** Steps in seconds of time or arc. */
const SEXAGESIMAL_STEPS = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 18_000,
  36_000, 54_000, 108_000,
];

/** @param perDegree 15 for right ascension (degrees to hours), 1 for declination */
function sexagesimalTicks(low: number, high: number, wanted: number, degreesPerUnit: 1 | 15): Ticks {
  const toSeconds = 3600 / degreesPerUnit;
  const span = (high - low) * toSeconds;
  const step = SEXAGESIMAL_STEPS.find((candidate) => span / candidate <= wanted) ?? 216_000;
  const seconds = multiples(low * toSeconds, high * toSeconds, step);
  return {
    values: seconds.map((value) => value / toSeconds),
    texts: seconds.map((value) => sexagesimal(value, step, degreesPerUnit === 15)),
  };
}

function sexagesimal(total: number, step: number, isTime: boolean): string {
  const turned = isTime ? ((total % 86_400) + 86_400) % 86_400 : total;
  const digits = step < 1 ? Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) : 0;
  const rounded = Number(Math.abs(turned).toFixed(digits));
  const units = Math.floor(rounded / 3600);
  const minutes = Math.floor(rounded / 60) % 60;
  const rest = rounded - 3600 * units - 60 * minutes;
  const sign = isTime ? '' : turned < 0 ? '\u2212' : '+';
  const [unit, minute, second] = isTime ? ['h', 'm', 's'] : ['\u00b0', '\u2032', '\u2033'];
  const head = `${sign}${twoDigits(units)}${unit}`;
  if (step >= 3600) return head;
  if (step >= 60) return `${head}${twoDigits(minutes)}${minute}`;
  const text = digits > 0 ? rest.toFixed(digits).padStart(digits + 3, '0') : twoDigits(rest);
  return `${head}${twoDigits(minutes)}${minute}${text}${second}`;
}

function multiples(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const value = (first + index) * step;
    return value === 0 ? 0 : value;
  });
}

/** 1.5e-7 → '1.5e−7' without trailing zeros. */
function shortPower(value: number): string {
  return value === 0
    ? '0'
    : value
        .toExponential(2)
        .replace(/\.?0+e/, 'e')
        .replace('e+', 'e');
}

const plain = (value: number) => String(Number(value.toPrecision(6)));
const twoDigits = (value: number) => String(value).padStart(2, '0');
const minus = (text: string) => text.replace(/^-/, '\u2212');
