import { fail } from '../../../foundation/base/index.ts';

/** Powers of the base units m, kg, s, A, K, mol, cd, rad, sr and of the count `_`. */
export type Dimensions = readonly number[];

/** A unit as a factor to base units and their powers. */
export interface Unit {
  readonly factor: number;
  readonly dimensions: Dimensions;
}

const BASES = ['m', 'kg', 's', 'A', 'K', 'mol', 'cd', 'rad', 'sr', '_'] as const;
type Base = (typeof BASES)[number];
const NONE: Dimensions = BASES.map(() => 0);

const of = (powers: Partial<Record<Base, number>>): Dimensions => BASES.map((base) => powers[base] ?? 0);
const LENGTH = of({ m: 1 });
const TIME = of({ s: 1 });
const ANGLE = of({ rad: 1 });
const ENERGY = of({ kg: 1, m: 2, s: -2 });
const COUNT = of({ _: 1 });

/** Units that take prefixes, with those of casacore 3 (UnitMap); its values, also where SI has changed since. */
const UNITS: Readonly<Record<string, readonly [factor: number, dimensions: Dimensions]>> = {
  m: [1, LENGTH],
  g: [1e-3, of({ kg: 1 })],
  s: [1, TIME],
  A: [1, of({ A: 1 })],
  K: [1, of({ K: 1 })],
  mol: [1, of({ mol: 1 })],
  cd: [1, of({ cd: 1 })],
  rad: [1, ANGLE],
  sr: [1, of({ sr: 1 })],
  _: [1, COUNT],
  Hz: [1, of({ s: -1 })],
  N: [1, of({ kg: 1, m: 1, s: -2 })],
  J: [1, ENERGY],
  W: [1, of({ kg: 1, m: 2, s: -3 })],
  Pa: [1, of({ kg: 1, m: -1, s: -2 })],
  C: [1, of({ A: 1, s: 1 })],
  V: [1, of({ kg: 1, m: 2, s: -3, A: -1 })],
  F: [1, of({ kg: -1, m: -2, s: 4, A: 2 })],
  Ohm: [1, of({ kg: 1, m: 2, s: -3, A: -2 })],
  S: [1, of({ kg: -1, m: -2, s: 3, A: 2 })],
  T: [1, of({ kg: 1, s: -2, A: -1 })],
  H: [1, of({ kg: 1, m: 2, s: -2, A: -2 })],
  Wb: [1, of({ kg: 1, m: 2, s: -2, A: -1 })],
  lm: [1, of({ cd: 1, sr: 1 })],
  lx: [1, of({ cd: 1, sr: 1, m: -2 })],
  Jy: [1e-26, of({ kg: 1, s: -2 })],
  JY: [1e-26, of({ kg: 1, s: -2 })],
  pc: [3.085677581491367e16, LENGTH],
  AU: [1.4959787066e11, LENGTH],
  UA: [1.4959787066e11, LENGTH],
  ly: [9.46073047e15, LENGTH],
  in: [0.0254, LENGTH],
  ft: [0.3048, LENGTH],
  yd: [0.9144, LENGTH],
  mile: [1609.344, LENGTH],
  n_mile: [1852, LENGTH],
  h: [3600, TIME],
  min: [60, TIME],
  d: [86_400, TIME],
  a: [365.25 * 86_400, TIME],
  yr: [365.25 * 86_400, TIME],
  cy: [36_525 * 86_400, TIME],
  deg: [Math.PI / 180, ANGLE],
  arcmin: [Math.PI / 10_800, ANGLE],
  arcsec: [Math.PI / 648_000, ANGLE],
  as: [Math.PI / 648_000, ANGLE],
  eV: [1.60217733e-19, ENERGY],
  erg: [1e-7, ENERGY],
  cal: [4.1868, ENERGY],
  dyn: [1e-5, of({ kg: 1, m: 1, s: -2 })],
  G: [1e-4, of({ kg: 1, s: -2, A: -1 })],
  bar: [1e5, of({ kg: 1, m: -1, s: -2 })],
  atm: [101_325, of({ kg: 1, m: -1, s: -2 })],
  lb: [0.45359237, of({ kg: 1 })],
  t: [1000, of({ kg: 1 })],
  u: [1.661e-27, of({ kg: 1 })],
  S0: [1.98891944407e30, of({ kg: 1 })],
  M0: [1.98891944407e30, of({ kg: 1 })],
  l: [1e-3, of({ m: 3 })],
  L: [1e-3, of({ m: 3 })],
  beam: [1, COUNT],
  pixel: [1, COUNT],
  pix: [1, COUNT],
  count: [1, COUNT],
  adu: [1, COUNT],
  lambda: [1, COUNT],
  sq_deg: [(Math.PI / 180) ** 2, of({ sr: 1 })],
  '%': [0.01, NONE],
  '%%': [0.001, NONE],
  '"': [Math.PI / 648_000, ANGLE],
  "'": [Math.PI / 10_800, ANGLE],
  ':': [3600, TIME],
};

const PREFIXES: Readonly<Record<string, number>> = {
  ...{ Y: 1e24, Z: 1e21, E: 1e18, P: 1e15, T: 1e12, G: 1e9, M: 1e6, k: 1e3, h: 1e2, da: 10 },
  ...{ d: 0.1, c: 1e-2, m: 1e-3, u: 1e-6, n: 1e-9, p: 1e-12, f: 1e-15, a: 1e-18, z: 1e-21, y: 1e-24 },
};

/** Units that a script defined. */
const defined = new Map<string, Unit>();

export function defineUnit(name: string, unit: Unit): void {
  defined.set(name, unit);
}

function namedUnit(name: string): Unit | undefined {
  const own = defined.get(name);
  if (own) return own;
  const exact = UNITS[name];
  if (exact) return { factor: exact[0], dimensions: exact[1] };
  for (const length of [2, 1]) {
    const [prefix, rest] = [name.slice(0, length), name.slice(length)];
    const found = Object.hasOwn(PREFIXES, prefix) && Object.hasOwn(UNITS, rest) ? UNITS[rest] : undefined;
    if (found) return { factor: PREFIXES[prefix] * found[0], dimensions: found[1] };
  }
  return undefined;
}

const combine = (a: Unit, b: Unit, sign: number): Unit => ({
  factor: a.factor * b.factor ** sign,
  dimensions: a.dimensions.map((power, index) => power + sign * b.dimensions[index]),
});

export const powerOf = ({ factor, dimensions }: Unit, power: number): Unit => ({
  factor: factor ** power,
  dimensions: dimensions.map((one) => one * power),
});

/** Names, numbers as powers, and the signs of a unit. */
const TOKEN = /\s*(?:([A-Za-z_%"':]+)|([-+]?\d+)|([().*/]))/y;

/**
 * Reads a unit such as `Jy/beam.km/s`, `W/m2/Hz` or `kg.m.s-2`; `/` binds one factor, as in CASA.
 *
 * @returns undefined for what is no unit
 */
export function findUnit(text: string): Unit | undefined {
  const known = namedUnit(text);
  if (known) return known;
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (!match) return undefined;
    if (match[0].trim() !== '') tokens.push(match[1] ?? match[2] ?? match[3]);
  }
  let at = 0;
  const product = (): Unit | undefined => {
    let total: Unit = { factor: 1, dimensions: NONE };
    let sign = 1;
    while (at < tokens.length && tokens[at] !== ')') {
      const token = tokens[at++];
      if (token === '.' || token === '*') sign = 1;
      else if (token === '/') sign = -1;
      else {
        let part: Unit | undefined;
        if (token === '(') {
          part = product();
          at++;
        } else part = namedUnit(token);
        if (!part) return undefined;
        if (/^[-+]?\d+$/.test(tokens[at] ?? '')) part = powerOf(part, Number(tokens[at++]));
        total = combine(total, part, sign);
        sign = 1;
      }
    }
    return total;
  };
  const found = product();
  return at >= tokens.length ? found : undefined;
}

/** @throws usage for what is no unit */
export function parseUnit(text: string): Unit {
  return findUnit(text) ?? fail('usage', `'${text}' is no unit.`);
}

export const hasSameDimensions = (a: Unit, b: Unit) =>
  a.dimensions.every((power, index) => power === b.dimensions[index]);

export const isDimensionless = ({ dimensions }: Unit) => dimensions.every((power) => power === 0);

const isOnly = (unit: Unit, dimensions: Dimensions) => hasSameDimensions(unit, { factor: 1, dimensions });

export const isAngle = (unit: Unit) => isOnly(unit, ANGLE);
export const isTime = (unit: Unit) => isOnly(unit, TIME);
export const isFrequencyLike = (unit: Unit) =>
  [TIME, of({ s: -1 }), LENGTH, of({ m: -1 }), ENERGY, ANGLE_RATE].some((one) => isOnly(unit, one));
const ANGLE_RATE = of({ rad: 1, s: -1 });

/** The base units of a unit, e.g. `kg.m.s-2`. */
export function baseText({ dimensions }: Unit): string {
  const order = ['kg', 'm', 's', 'A', 'K', 'cd', 'mol', 'rad', 'sr', '_'] as const;
  const parts = order
    .map((base) => [base, dimensions[BASES.indexOf(base)]] as const)
    .filter(([, power]) => power !== 0);
  return parts.map(([base, power]) => (power === 1 ? base : `${base}${power}`)).join('.');
}
