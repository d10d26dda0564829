import { fail } from './errors.ts';

declare const unit: unique symbol;
/** A number that carries its unit in the type; made only by the constructors below, so brands cannot collide. */
export type Quantity<U extends string> = number & { readonly [unit]: U };

export type Radians = Quantity<'rad'>;
export type Hertz = Quantity<'Hz'>;
export type Metres = Quantity<'m'>;
export type Jansky = Quantity<'Jy'>;
/** Seconds since MJD 0 (1858-11-17T00:00), UTC: the time of MeasurementSets. */
export type MjdSeconds = Quantity<'mjd s'>;

export const radians = (value: number) => value as Radians;
export const hertz = (value: number) => value as Hertz;
export const metres = (value: number) => value as Metres;
export const jansky = (value: number) => value as Jansky;
export const mjdSeconds = (value: number) => value as MjdSeconds;

/** Factor to the coherent unit (s, m, Hz, rad, m/s, Jy, K) for the unit words of CASA's quantity strings. */
const FACTORS: Readonly<Record<string, readonly [dimension: string, factor: number]>> = {
  s: ['time', 1],
  min: ['time', 60],
  h: ['time', 3600],
  d: ['time', 86_400],
  Hz: ['frequency', 1],
  kHz: ['frequency', 1e3],
  MHz: ['frequency', 1e6],
  GHz: ['frequency', 1e9],
  THz: ['frequency', 1e12],
  m: ['length', 1],
  km: ['length', 1e3],
  cm: ['length', 1e-2],
  mm: ['length', 1e-3],
  um: ['length', 1e-6],
  'm/s': ['velocity', 1],
  'km/s': ['velocity', 1e3],
  rad: ['angle', 1],
  deg: ['angle', Math.PI / 180],
  arcmin: ['angle', Math.PI / 10_800],
  arcsec: ['angle', Math.PI / 648_000],
  mas: ['angle', Math.PI / 648_000_000],
  Jy: ['flux', 1],
  mJy: ['flux', 1e-3],
  uJy: ['flux', 1e-6],
  'Jy/beam': ['flux', 1],
  'mJy/beam': ['flux', 1e-3],
  K: ['temperature', 1],
};

/**
 * Reads a quantity such as `"3.5arcsec"`, `"12km/s"`, `"230GHz"` or a bare number.
 *
 * @param text quantity string, or a number that is taken to be in the coherent unit
 * @param dimension 'time' (s), 'frequency' (Hz), 'length' (m), 'velocity' (m/s), 'angle' (rad), 'flux' (Jy), 'temperature' (K)
 * @param bareUnit unit of a bare number, e.g. 'arcsec'; default is the coherent unit
 * @returns the value in the coherent unit
 * @throws usage when the text has no number or a unit of another dimension
 */
export function parseQuantity(text: string | number, dimension: string, bareUnit?: string): number {
  const match = /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(\S*)\s*$/.exec(String(text));
  if (!match) fail('usage', `"${text}" is not a quantity; expected a number with a unit of ${dimension}.`);
  const word = match[2] || bareUnit;
  if (!word) return Number(match[1]);
  const entry =
    FACTORS[word] ?? FACTORS[Object.keys(FACTORS).find((k) => k.toLowerCase() === word.toLowerCase()) ?? ''];
  if (entry?.[0] !== dimension) fail('usage', `"${text}" has no unit of ${dimension}.`);
  return Number(match[1]) * entry[1];
}
