import { formatDec, formatMjd, formatRa } from '../../../astronomy/measures/index.ts';
import { fail, SPEED_OF_LIGHT } from '../../../foundation/base/index.ts';
import { method, numberArgument, type ToolArguments, type ToolDeclaration, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { type EngineValue, real } from '../values.ts';
import { wrapped } from './measure-values.ts';
import { significant } from './number-text.ts';
import { convert, type Quantity, quantityValue, readQuantity, scalar } from './quantities.ts';
import { floatArray, quantityReply, textList } from './reply-values.ts';
import {
  baseText,
  defineUnit,
  findUnit,
  hasSameDimensions,
  isAngle,
  isDimensionless,
  isFrequencyLike,
  isTime,
  parseUnit,
  powerOf,
} from './unit-algebra.ts';

const ask = (signature: string, run: (args: ToolArguments) => EngineValue) =>
  method<null>(signature, (_state, args) => run(args));

const rad = (given: TaskValue) => convert(readQuantity(given), 'rad').values[0];

/** Combines two quantities element by element; one number goes with a list. */
function together(a: Quantity, b: Quantity, unit: string, operator: (x: number, y: number) => number): EngineValue {
  const count = Math.max(a.values.length, b.values.length);
  const at = (values: readonly number[], index: number) => values[values.length === 1 ? 0 : index];
  const values = Array.from({ length: count }, (_, index) => operator(at(a.values, index), at(b.values, index)));
  return quantityValue({ values, isList: a.isList || b.isList, unit });
}

function sum(args: ToolArguments, sign: number): EngineValue {
  const first = readQuantity(args.v);
  return together(first, convert(readQuantity(args.a), first.unit), first.unit, (a, b) => a + sign * b);
}

function product(args: ToolArguments, sign: '.' | '/'): EngineValue {
  const [first, second] = [readQuantity(args.v), readQuantity(args.a)];
  const right = sign === '/' ? `/(${second.unit})` : `.${second.unit}`;
  const unit = second.unit === '' ? first.unit : first.unit === '' && sign === '.' ? second.unit : first.unit + right;
  return together(first, second, unit, sign === '.' ? (a, b) => a * b : (a, b) => a / b);
}

function difference(args: ToolArguments): number {
  const first = readQuantity(args.v);
  return first.values[0] - convert(readQuantity(args.a), first.unit).values[0];
}

const each = (of: (value: number) => number) =>
  ask('v', ({ v }) => {
    const quantity = readQuantity(v);
    return quantityValue({ ...quantity, values: quantity.values.map(of) });
  });

/** A function of an angle. */
const ofAngle = (of: (angle: number) => number) =>
  ask('v', ({ v }) => {
    const quantity = convert(readQuantity(v), readQuantity(v).unit === '' ? '' : 'rad');
    return quantityValue({ ...quantity, values: quantity.values.map(of), unit: '' });
  });

/** A function of a plain number, giving a quantity in `unit`. */
const ofNumber = (of: (value: number) => number, unit: string) =>
  ask('v', ({ v }) => {
    const quantity = readQuantity(v);
    if (!isDimensionless(parseUnit(quantity.unit)))
      fail('usage', `A number without unit is wanted, not one in '${quantity.unit}'.`);
    return quantityValue({ ...convert(quantity, ''), values: convert(quantity, '').values.map(of), unit });
  });

const arithmetic = {
  add: ask('v, a', (args) => sum(args, 1)),
  sub: ask('v, a', (args) => sum(args, -1)),
  mul: ask('v, a', (args) => product(args, '.')),
  div: ask('v, a', (args) => product(args, '/')),
  pow: ask('v, a=1', ({ v, a }) => {
    const quantity = readQuantity(v);
    const power = numberArgument({ a }, 'a');
    const values = quantity.values.map((value) => value ** power);
    return quantityValue({ ...quantity, values, unit: quantity.unit === '' ? '' : `(${quantity.unit})${power}` });
  }),
  sqrt: ask('v', ({ v }) => {
    const quantity = readQuantity(v);
    const root = powerOf(parseUnit(quantity.unit), 0.5);
    const values = quantity.values.map((value) => Math.sqrt(value * parseUnit(quantity.unit).factor));
    return quantityValue({ ...quantity, values, unit: baseText(root) });
  }),
  abs: each(Math.abs),
  neg: each((value) => -value),
  ceil: each(Math.ceil),
  floor: each(Math.floor),
  norm: ask('v, a=-0.5', ({ v, a }) => {
    const quantity = readQuantity(v);
    const low = 360 * Number(a);
    const values = convert(quantity, 'deg').values.map((value) => value - 360 * Math.floor((value - low) / 360));
    return quantityValue(convert({ ...quantity, values, unit: 'deg' }, quantity.unit));
  }),
  eq: ask('v, a', (args) => difference(args) === 0),
  ne: ask('v, a', (args) => difference(args) !== 0),
  lt: ask('v, a', (args) => difference(args) < 0),
  le: ask('v, a', (args) => difference(args) <= 0),
  gt: ask('v, a', (args) => difference(args) > 0),
  ge: ask('v, a', (args) => difference(args) >= 0),
};

const functions = {
  sin: ofAngle(Math.sin),
  cos: ofAngle(Math.cos),
  tan: ofAngle(Math.tan),
  asin: ofNumber(Math.asin, 'rad'),
  acos: ofNumber(Math.acos, 'rad'),
  atan: ofNumber(Math.atan, 'rad'),
  atan2: ask('v, a', ({ v, a }) => {
    const [y, x] = [v, a].map((given) => convert(readQuantity(given), '').values[0]);
    return quantityReply(Math.atan2(y, x), 'rad');
  }),
  exp: ofNumber(Math.exp, ''),
  log: ofNumber(Math.log, ''),
  log10: ofNumber(Math.log10, ''),
};

/** casacore's constants (CODATA 1986), as qa.constants gives them. */
const CONSTANTS: Readonly<Record<string, readonly [number, string]>> = {
  pi: [Math.PI, ''],
  ee: [Math.E, ''],
  c: [SPEED_OF_LIGHT, 'm/s'],
  G: [6.67259e-11, 'N.m2/kg2'],
  h: [6.6260755e-34, 'J.s'],
  HI: [1420.405751786, 'MHz'],
  R: [8.31451, 'J/K/mol'],
  NA: [6.0221367e23, 'mol-1'],
  e: [1.60217733e-19, 'C'],
  mp: [1.6726231e-27, 'kg'],
  mp_me: [1836.152701, ''],
  mu0: [4e-7 * Math.PI, 'H/m'],
  eps0: [1 / (4e-7 * Math.PI * SPEED_OF_LIGHT ** 2), 'F/m'],
  k: [8.31451 / 6.0221367e23, 'J/K'],
  F: [6.0221367e23 * 1.60217733e-19, 'C/mol'],
  me: [1.6726231e-27 / 1836.152701, 'kg'],
};

const units = {
  quantity: ask("v, unitname='', keepshape=False", ({ v, unitname }) => {
    const found = readQuantity(v);
    parseUnit(found.unit);
    const isBare = typeof v !== 'object' || v === null || Array.isArray(v);
    return quantityValue(unitname !== '' && isBare ? { ...found, unit: String(unitname) } : found);
  }),
  convert: ask("v, outunit=''", (args) => {
    const quantity = readQuantity(args.v);
    const wanted = typeof args.outunit === 'string' ? args.outunit : readQuantity(args.outunit).unit;
    return quantityValue(convert(quantity, wanted || baseText(parseUnit(quantity.unit))));
  }),
  canonical: ask('v', ({ v }) => {
    const quantity = readQuantity(v);
    return quantityValue(convert(quantity, baseText(parseUnit(quantity.unit))));
  }),
  getvalue: ask('v', ({ v }) => floatArray(readQuantity(v).values)),
  getunit: ask('v', ({ v }) => readQuantity(v).unit),
  compare: ask('v, a', ({ v, a }) =>
    hasSameDimensions(parseUnit(readQuantity(v).unit), parseUnit(readQuantity(a).unit)),
  ),
  check: ask('v', ({ v }) => findUnit(String(v)) !== undefined),
  define: ask('name, v', ({ name, v }) => {
    const { values, unit } = readQuantity(v);
    const { factor, dimensions } = parseUnit(unit);
    defineUnit(String(name), { factor: factor * values[0], dimensions });
    return true;
  }),
  constants: ask("v='pi'", (args) => {
    const found = CONSTANTS[textArgument(args, 'v')];
    if (!found) fail('usage', `'${String(args.v)}' is no constant; there are ${Object.keys(CONSTANTS).join(', ')}.`);
    return quantityReply(found[0], found[1]);
  }),
  isangle: ask('v', ({ v }) => {
    const unit = parseUnit(readQuantity(v).unit);
    return isAngle(unit) || isTime(unit);
  }),
  isquantity: ask('v', ({ v }) => {
    try {
      return findUnit(readQuantity(v).unit) !== undefined;
    } catch {
      return false;
    }
  }),
  totime: ask('v', ({ v }) => quantityValue(convert(readQuantity(v), 'd'))),
  toangle: ask('v', ({ v }) => {
    const quantity = readQuantity(v);
    return quantityValue(isAngle(parseUnit(quantity.unit)) ? quantity : convert(quantity, 'rad'));
  }),
  checkfreq: ask('cm', ({ cm }) => isFrequencyLike(parseUnit(readQuantity(cm).unit))),
  convertfreq: ask("v, outunit='Hz'", (args) => convertFrequency(args)),
  convertdop: ask("v, outunit='km/s'", (args) => {
    const quantity = readQuantity(args.v);
    const wanted = textArgument(args, 'outunit');
    const isRatio = isDimensionless(parseUnit(quantity.unit));
    const speed = isRatio ? scalar(convert(quantity, '').values[0] * SPEED_OF_LIGHT, 'm/s') : quantity;
    if (isDimensionless(parseUnit(wanted)))
      return quantityReply(convert(speed, 'm/s').values[0] / SPEED_OF_LIGHT, wanted);
    return quantityValue(convert(speed, wanted));
  }),
  type: ask('', () => 'quanta'),
};

/** Between frequency, wavelength, period and wave number. */
function convertFrequency(args: ToolArguments): EngineValue {
  const wanted = textArgument(args, 'outunit');
  const toFrequency = (quantity: Quantity) => {
    for (const [unit, of] of FREQUENCY_FORMS)
      if (hasSameDimensions(parseUnit(quantity.unit), parseUnit(unit))) return of(convert(quantity, unit).values[0]);
    return fail('usage', `'${quantity.unit}' is no unit of frequency or wavelength.`);
  };
  const hertz = toFrequency(readQuantity(args.v));
  for (const [unit, of] of FREQUENCY_FORMS)
    if (hasSameDimensions(parseUnit(wanted), parseUnit(unit)))
      return quantityValue(convert(scalar(of(hertz), unit), wanted));
  return fail('usage', `'${wanted}' is no unit of frequency or wavelength.`);
}

/** Each form of a frequency with the function that makes Hz of it, and it of Hz. */
const FREQUENCY_FORMS: readonly (readonly [string, (value: number) => number])[] = [
  ['Hz', (value) => value],
  ['m', (value) => SPEED_OF_LIGHT / value],
  ['s', (value) => 1 / value],
];

/** Digits of the seconds for CASA's precision: 6 is whole seconds, 0 its default. */
const secondDigits = (prec: TaskValue) => Math.max(0, Number(prec) - 6);

const FORMATS: Readonly<Record<string, (angle: number, digits: number) => string>> = {
  dms: (angle, digits) => padDegrees(formatDec(angle, digits + 1)),
  hms: (angle, digits) => formatRa(angle, digits),
  deg: (angle) => significant((angle * 180) / Math.PI),
  rad: (angle) => significant(angle),
  '+deg': (angle) => significant((((angle * 180) / Math.PI) % 360) + (angle < 0 ? 360 : 0)),
};

/** CASA writes degrees with three digits. */
const padDegrees = (text: string) => text.replace(/^([-+])(\d\d)\./, '$10$2.');

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
/** Least letters of a form that tell which it is. */
const FORM_LETTERS = 3;

/** Whether a form is asked for, by its first letters; of several words in one text CASA takes the first. */
function asksFor(forms: readonly string[], name: string): boolean {
  return forms.some((form) => {
    const [word] = form.trim().toLowerCase().split(/\s+/);
    return word.length >= FORM_LETTERS && name.startsWith(word);
  });
}

function angleText(angle: number, forms: readonly string[], digits: number): string {
  if (asksFor(forms, 'time')) return formatRa(angle, digits);
  const text = asksFor(forms, 'dig2') ? formatDec(angle, digits) : padDegrees(formatDec(angle, digits));
  if (asksFor(forms, 'no_d')) return text.replace(/\d+/, '');
  if (asksFor(forms, 'clean')) return text.replace(/0+(?=\d)/, (zeros) => ' '.repeat(zeros.length));
  return text;
}

function timeText(seconds: number, forms: readonly string[], digits: number): string {
  const day = Math.floor(seconds / 86_400);
  const weekday = asksFor(forms, 'day') ? `${WEEKDAYS[(((day + 3) % 7) + 7) % 7]}-` : '';
  const [date, clock, joint] = dateAndClock(seconds, forms, digits);
  if (date === '') return weekday + clock;
  return weekday + (asksFor(forms, 'no_time') ? date : `${date}${joint}${clock}`);
}

/** Date (empty: none is asked for), time of day, and what stands between them. */
function dateAndClock(seconds: number, forms: readonly string[], digits: number): [string, string, string] {
  const text = formatMjd(seconds, digits);
  const clock = text.slice(text.lastIndexOf('/') + 1);
  const dateOf = (whole: string) => whole.slice(0, -clock.length - 1);
  if (asksFor(forms, 'fits')) return [dateOf(formatMjd(seconds, digits, 'iso')), clock, 'T'];
  if (asksFor(forms, 'ymd')) return [dateOf(text), clock, '/'];
  if (asksFor(forms, 'boost')) return [dateOf(formatMjd(seconds, digits, 'dmy')), clock, ' '];
  if (asksFor(forms, 'dmy')) return [dateOf(formatMjd(seconds, digits, 'dmy')), clock, '/'];
  if (asksFor(forms, 'mjd')) return [String(Math.floor(seconds / 86_400)), clock, '/'];
  return ['', clock, ''];
}

/** Parts of a date; weeks count from the first of January's week. */
function splitDate(mjd: number): EngineValue {
  const day = Math.floor(mjd);
  const date = new Date((day - 40_587) * 86_400_000);
  const seconds = (mjd - day) * 86_400;
  const inMinute = seconds % 60;
  const yearday = Math.round((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
  const weekday = date.getUTCDay() === 0 ? 7 : date.getUTCDay();
  return {
    mjd: real(mjd),
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    monthday: date.getUTCDate(),
    yearday,
    weekday,
    week: Math.floor((yearday - weekday + 10) / 7),
    hour: Math.floor(seconds / 3600),
    min: Math.floor(seconds / 60) % 60,
    sec: Math.floor(inMinute),
    s: real(inMinute),
    msec: Math.floor((inMinute % 1) * 1e3),
    usec: Math.floor((inMinute % 1) * 1e6),
  };
}

const texts = {
  tos: ask('v, prec=9', ({ v, prec }) => {
    const { values, isList, unit } = readQuantity(v);
    const shown = values.map((value) => value.toFixed(Number(prec)));
    return isList ? `[${shown.join(', ')}] ${unit}` : shown[0] + unit;
  }),
  angle: ask('v, prec=0, form=[], showform=False', ({ v, prec, form }) => {
    const { values } = convert(readQuantity(v), 'rad');
    return values.map((angle) => angleText(angle, textList(form), secondDigits(prec)));
  }),
  time: ask('v, prec=0, form=[], showform=False', ({ v, prec, form }) =>
    convert(readQuantity(v), 's').values.map((seconds) => timeText(seconds, textList(form), secondDigits(prec))),
  ),
  formxxx: ask("v, format='dms', prec=2", (args) => {
    const format = textArgument(args, 'format');
    if (!Object.hasOwn(FORMATS, format)) fail('usage', `format is ${Object.keys(FORMATS).join(', ')}.`);
    return FORMATS[format](wrapped(rad(args.v)), Number(args.prec));
  }),
  splitdate: ask('v', ({ v }) => splitDate(convert(readQuantity(v), 'd').values[0])),
};

/** qa: numbers with units. */
export const quantaTool: ToolDeclaration<null> = {
  name: 'qa',
  summary: 'Numbers with units',
  create: () => null,
  close: () => {},
  methods: {
    ...units,
    unit: units.quantity,
    canon: units.canonical,
    ...arithmetic,
    ...functions,
    ...texts,
    done: ask('kill=False', () => true),
  },
};
