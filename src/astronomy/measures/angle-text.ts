import { DEGREE, fail } from '../../foundation/base/index.ts';

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** Three sexagesimal parts of a value in degrees or hours, the last with decimals; rounding carries over. */
function sexagesimal(value: number, digits: number): [first: number, second: number, third: string] {
  const scale = 10 ** digits;
  const ticks = Math.round(value * 3600 * scale);
  const whole = Math.floor(ticks / scale);
  const fraction = digits > 0 ? `.${pad(ticks - whole * scale, digits)}` : '';
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, `${pad(whole % 60)}${fraction}`];
}

/**
 * Right ascension as CASA prints it, 17:33:02.705790.
 *
 * @param ra rad; brought into 0…24 h
 * @param digits decimals of the seconds
 */
export function formatRa(ra: number, digits = 6, separator = ':'): string {
  const hours = (((ra / DEGREE / 15) % 24) + 24) % 24;
  const [hour, minute, second] = sexagesimal(hours, digits);
  return [pad(hour % 24), pad(minute), second].join(separator);
}

/**
 * Declination as CASA prints it, -13.04.49.54820 (`plus` is put before positive ones, listobs: '+').
 *
 * @param dec rad
 * @param digits decimals of the arcseconds
 */
export function formatDec(dec: number, digits = 5, separator = '.', plus = '+'): string {
  const [degree, minute, second] = sexagesimal(Math.abs(dec) / DEGREE, digits);
  return (dec < 0 ? '-' : plus) + [pad(degree), pad(minute), second].join(separator);
}

const NUMBER = String.raw`(\d+(?:\.\d*)?)`;
const HOURS = new RegExp(`^([-+]?)${NUMBER}(?:h|:)${NUMBER}(?:m|:)${NUMBER}s?$`, 'i');
/** The degree sign is written as its number: one letter beyond ASCII makes V8 hold the whole program in two bytes a letter. */
const DEGREES = new RegExp(String.raw`^([-+]?)(\d+)(?:d|\u00b0)${NUMBER}(?:m|')${NUMBER}(?:s|")?$`, 'i');
const DOTTED = /^([-+]?)(\d+)\.(\d{1,2})\.(\d{1,2}(?:\.\d*)?)$/;
const PLAIN = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(deg|rad|arcmin|arcsec|h)?$/i;
const PLAIN_UNITS: Readonly<Record<string, number>> = {
  deg: DEGREE,
  rad: 1,
  arcmin: DEGREE / 60,
  arcsec: DEGREE / 3600,
  h: 15 * DEGREE,
};

/**
 * Reads an angle in one of CASA's spellings: 17h33m02.7, 17:33:02.7 (hours), -13d04m49.5, -13.04.49.5 (degrees), 1.5rad,
 * 263.26deg; a bare number is radians.
 *
 * @returns rad
 * @throws usage for any other text
 */
export function parseAngle(text: string): number {
  const trimmed = text.trim();
  const plain = PLAIN.exec(trimmed);
  if (plain) return Number(plain[1]) * (PLAIN_UNITS[(plain[2] ?? 'rad').toLowerCase()] ?? 1);
  const hours = HOURS.exec(trimmed);
  const parts = hours ?? DEGREES.exec(trimmed) ?? DOTTED.exec(trimmed);
  if (!parts) return fail('usage', `"${text}" is not an angle; write it as 17h33m02.7, -13d04m49.5 or 1.2rad.`);
  const value = Number(parts[2]) + Number(parts[3]) / 60 + Number(parts[4]) / 3600;
  return (parts[1] === '-' ? -1 : 1) * value * (hours ? 15 : 1) * DEGREE;
}

/** A direction with the name of its frame. */
export interface Direction {
  /** As written, e.g. 'J2000'. */
  readonly frame: string;
  /** rad */
  readonly ra: number;
  readonly dec: number;
}

/**
 * Reads CASA's direction strings: "J2000 17h33m02.7 -13d04m49.5"; without a frame J2000 is meant.
 *
 * @throws usage when it is not a frame and two angles
 */
export function parseDirection(text: string): Direction {
  const words = text.trim().split(/\s+/);
  if (words.length === 2) words.unshift('J2000');
  if (words.length !== 3 || !/^[A-Z][A-Z0-9_]*$/i.test(words[0])) {
    fail('usage', `"${text}" is not a direction; write it as "J2000 17h33m02.7 -13d04m49.5".`);
  }
  return { frame: words[0].toUpperCase(), ra: parseAngle(words[1]), dec: parseAngle(words[2]) };
}
