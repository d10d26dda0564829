import { fail } from '../../foundation/base/index.ts';
import { asNumber, isPair, type Value } from './query-values.ts';

/** What the values of an expression are, as far as their text depends on it. */
export type TextKind = 'int' | 'float' | 'date';

const SIGNIFICANT = 6;

/**
 * string(value) and string(value, format): casacore's text. The format is a width, a width and digits behind the point (8.3), or one
 * as of C for a number, an integer or a text (`%8.3f`).
 */
export function valueText(value: Value, kind: TextKind, format: Value): string {
  if (typeof format === 'string') return printed(value, kind, format);
  const width = format === undefined ? 0 : Math.trunc(asNumber(format));
  const digits = format === undefined ? 0 : Math.round((asNumber(format) - width) * 10);
  if (isPair(value)) return `(${value.map((part) => plainNumber(part, digits).padStart(width)).join(',')})`;
  return plainText(value, kind, digits).padStart(width);
}

function plainText(value: Value, kind: TextKind, digits: number): string {
  if (typeof value === 'boolean') return value ? 'True ' : 'False';
  if (typeof value === 'string') return value;
  const number = asNumber(value);
  if (kind === 'date') return dateText(number);
  return kind === 'int' ? String(number) : plainNumber(number, digits);
}

/** As C++ streams write it: six significant digits, or so many as told; fixed where the exponent is small. */
function plainNumber(value: number, digits: number): string {
  return general(value, digits > 0 ? digits : SIGNIFICANT);
}

/** The %g of C. */
function general(value: number, digits: number): string {
  if (!Number.isFinite(value)) return special(value);
  if (Object.is(value, -0)) return '-0';
  const [mantissa, power] = halfToEven(value, digits)
    .toExponential(digits - 1)
    .split('e');
  const exponent = Number(power);
  const bare = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (exponent >= -4 && exponent < digits) return bare(Number(`${mantissa}e${power}`).toFixed(digits - 1 - exponent));
  return `${bare(mantissa)}e${signed(exponent)}`;
}

/** The same number, or one that rounds to so many digits as C does: halves to the even digit. */
function halfToEven(value: number, digits: number): number {
  const [mantissa, power] = value.toExponential(Math.min(100, digits + 30)).split('e');
  const places = mantissa.indexOf('.') + digits;
  const isHalf = /^50*$/.test(mantissa.slice(places));
  const isEven = Number(mantissa[places - 1] === '.' ? mantissa[places - 2] : mantissa[places - 1]) % 2 === 0;
  return isHalf && isEven ? Number(`${mantissa.slice(0, places)}e${power}`) : value;
}

function special(value: number): string {
  return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
}

function signed(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function dateText(mjd: number): string {
  const seconds = Math.round(mjd * 86_400) * 1000;
  const iso = new Date(seconds - 40_587 * 86_400_000).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '/')}/${iso.slice(11, 19)}`;
}

const FORMAT = /^([^%]*)%([-+ 0]*)(\d*)(?:\.(\d+))?([dfeEgGs])([^%]*)$/;

/** One value as a format of C says. */
function printed(value: Value, kind: TextKind, format: string): string {
  const match = FORMAT.exec(format);
  if (!match || isPair(value) || kind === 'date')
    fail('unsupported', `The format "${format}" is not offered; use a width, or %d, %f, %e, %g, %s.`);
  const [, before, flags, width, digits, sign, after] = match;
  const text = converted(value, sign, digits === undefined ? SIGNIFICANT : Number(digits));
  const marked = /^[\d.]/.test(text) && sign !== 's' && /[+ ]/.test(flags) ? flags.match(/[+ ]/)?.[0] + text : text;
  return before + padded(marked, Number(width), flags, sign) + after;
}

function converted(value: Value, sign: string, digits: number): string {
  const isText = typeof value === 'string';
  if (isText !== (sign === 's')) fail('usage', `The format %${sign} does not fit the value.`);
  if (isText) return value;
  const number = typeof value === 'boolean' ? Number(value) : asNumber(value);
  if (sign === 'd') {
    if (!Number.isInteger(number)) fail('usage', 'The format %d takes whole numbers.');
    return String(number);
  }
  if (!Number.isFinite(number)) return special(number);
  if (sign === 'f') return number.toFixed(digits);
  if (sign === 'g' || sign === 'G') return general(number, Math.max(1, digits));
  const [mantissa, power] = number.toExponential(digits).split('e');
  return `${mantissa}${sign}${signed(Number(power))}`;
}

function padded(text: string, width: number, flags: string, sign: string): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || sign === 's') return text.padStart(width);
  const lead = /^[-+ ]/.test(text) ? text[0] : '';
  return lead + text.slice(lead.length).padStart(width - lead.length, '0');
}

const TURN = 2 * Math.PI;

/** Hours, minutes and seconds of an angle in rad: 03h49m10.987. */
export function hourText(angle: number): string {
  const hours = (((angle / TURN) % 1) + 1) % 1;
  return sexagesimal(hours * 24, 2, 'h');
}

/** Degrees, minutes and seconds of an angle in rad: -028d38m52.403. */
export function degreeText(angle: number): string {
  return `${angle < 0 ? '-' : '+'}${sexagesimal((Math.abs(angle) * 360) / TURN, 3, 'd')}`;
}

function sexagesimal(units: number, width: number, letter: string): string {
  const ms = Math.round(units * 3_600_000);
  const [whole, minutes, rest] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, ms % 60_000];
  const seconds = (rest / 1000).toFixed(3).padStart(6, '0');
  return `${String(whole).padStart(width, '0')}${letter}${String(minutes).padStart(2, '0')}m${seconds}`;
}

/** Whether a text is at most so many insertions, removals, changes and swaps of neighbours away from another. */
export function isWithinDistance(text: string, target: string, most: number): boolean {
  let before: number[] = [];
  let last = Array.from({ length: target.length + 1 }, (_, column) => column);
  for (let row = 1; row <= text.length; row++) {
    const next = [row];
    for (let column = 1; column <= target.length; column++) {
      const isEqual = text[row - 1] === target[column - 1];
      let least = Math.min(last[column] + 1, next[column - 1] + 1, last[column - 1] + Number(!isEqual));
      const isSwap =
        row > 1 && column > 1 && text[row - 1] === target[column - 2] && text[row - 2] === target[column - 1];
      if (isSwap) least = Math.min(least, before[column - 2] + 1);
      next.push(least);
    }
    [before, last] = [last, next];
  }
  return last[target.length] <= most;
}
