import { formatDec, formatMjd, formatRa, parseAngle, parseCasaTime } from '../../../astronomy/measures/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { method, type ToolDeclaration, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { real } from '../values.ts';

/** Value in the base unit of a kind, and how large each unit is in it. */
const KINDS: readonly Readonly<Record<string, number>>[] = [
  {
    rad: 1,
    deg: Math.PI / 180,
    arcmin: Math.PI / 10_800,
    arcsec: Math.PI / 648_000,
    marcsec: Math.PI / 648e6,
    mas: Math.PI / 648e6,
    '"': Math.PI / 648_000,
    "'": Math.PI / 10_800,
  },
  { s: 1, ms: 1e-3, us: 1e-6, min: 60, h: 3600, d: 86_400, a: 365.25 * 86_400, yr: 365.25 * 86_400 },
  { Hz: 1, kHz: 1e3, MHz: 1e6, GHz: 1e9, THz: 1e12 },
  { m: 1, cm: 1e-2, mm: 1e-3, um: 1e-6, nm: 1e-9, km: 1e3, AU: 149_597_870_700, pc: 3.085677581491367e16 },
  { 'm/s': 1, 'cm/s': 1e-2, 'km/s': 1e3 },
  { Jy: 1, mJy: 1e-3, uJy: 1e-6, kJy: 1e3 },
  { 'Jy/beam': 1, 'mJy/beam': 1e-3, 'uJy/beam': 1e-6 },
  { K: 1, mK: 1e-3, kK: 1e3 },
  { '': 1, '%': 0.01 },
];

interface Quantity {
  readonly value: number;
  readonly unit: string;
}

/** A quantity from a record, a number, or text such as `3.5arcsec`, `12:30:00.0`, `-30.10.20`, `2013/06/15/03:00:00`. */
function readQuantity(given: TaskValue): Quantity {
  if (typeof given === 'number') return { value: given, unit: '' };
  if (typeof given === 'object' && given !== null && !Array.isArray(given) && typeof given.value === 'number')
    return { value: given.value, unit: String(given.unit ?? '') };
  if (typeof given !== 'string') return fail('usage', 'A quantity is a number, text such as "3arcsec", or a record.');
  const text = given.trim();
  const plain = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([^\d\s.:][^\d\s:]*|)$/.exec(text);
  if (plain) return { value: Number(plain[1]), unit: plain[2] };
  if (/\//.test(text)) return { value: parseCasaTime(text) / 86_400, unit: 'd' };
  return { value: (parseAngle(text) * 180) / Math.PI, unit: 'deg' };
}

function reply({ value, unit }: Quantity): TaskValue {
  return { unit, value: real(value) };
}

/** Converts to another unit of the same kind; a day is also a turn, as in CASA. */
function convert({ value, unit }: Quantity, wanted: string): Quantity {
  if (wanted === unit) return { value, unit };
  const same = KINDS.find((kind) => unit in kind && wanted in kind);
  if (same) return { value: (value * same[unit]) / same[wanted], unit: wanted };
  const [angle, time] = KINDS;
  const turn = (2 * Math.PI) / 86_400;
  if (unit in angle && wanted in time) return { value: (value * angle[unit]) / turn / time[wanted], unit: wanted };
  if (unit in time && wanted in angle) return { value: (value * time[unit] * turn) / angle[wanted], unit: wanted };
  return fail('usage', `A quantity in "${unit}" cannot be converted to "${wanted}".`);
}

const rad = (given: TaskValue) => convert(readQuantity(given), 'rad').value;

function sum(args: Record<string, TaskValue>, sign: number): TaskValue {
  const first = readQuantity(args.v);
  return reply({ value: first.value + sign * convert(readQuantity(args.a), first.unit).value, unit: first.unit });
}

function compare(args: Record<string, TaskValue>): number {
  const first = readQuantity(args.v);
  return first.value - convert(readQuantity(args.a), first.unit).value;
}

const pair = (operator: (a: number, b: number) => number, sign: string) =>
  method<null>('v, a', (_state, args) => {
    const [first, second] = [readQuantity(args.v), readQuantity(args.a)];
    const unit =
      second.unit === ''
        ? first.unit
        : sign === '.' && first.unit === ''
          ? second.unit
          : `${first.unit}${sign}${second.unit}`;
    return reply({ value: operator(first.value, second.value), unit });
  });

/** qa: numbers with units. */
export const quantaTool: ToolDeclaration<null> = {
  name: 'qa',
  summary: 'Numbers with units',
  create: () => null,
  close: () => {},
  methods: {
    quantity: method("v, unitname=''", (_state, args) => {
      const found = readQuantity(args.v);
      return reply(args.unitname === '' ? found : { value: found.value, unit: textArgument(args, 'unitname') });
    }),
    convert: method("v, outunit=''", (_state, args) =>
      reply(convert(readQuantity(args.v), textArgument(args, 'outunit'))),
    ),
    getvalue: method('v', (_state, args) => ({
      kind: 'array',
      type: 'float',
      shape: [1],
      values: Float64Array.of(readQuantity(args.v).value),
    })),
    getunit: method('v', (_state, args) => readQuantity(args.v).unit),
    tos: method('v, prec=9', (_state, args) => {
      const { value, unit } = readQuantity(args.v);
      return `${value.toFixed(Number(args.prec))}${unit}`;
    }),
    compare: method('v, a', (_state, args) => {
      const [first, second] = [readQuantity(args.v), readQuantity(args.a)];
      return first.unit === second.unit || KINDS.some((kind) => first.unit in kind && second.unit in kind);
    }),
    add: method('v, a', (_state, args) => sum(args, 1)),
    sub: method('v, a', (_state, args) => sum(args, -1)),
    mul: pair((a, b) => a * b, '.'),
    div: pair((a, b) => a / b, '/'),
    eq: method('v, a', (_state, args) => compare(args) === 0),
    lt: method('v, a', (_state, args) => compare(args) < 0),
    le: method('v, a', (_state, args) => compare(args) <= 0),
    gt: method('v, a', (_state, args) => compare(args) > 0),
    ge: method('v, a', (_state, args) => compare(args) >= 0),
    angle: method("v, prec=0, form='', showform=False", (_state, args) => [formatDec(rad(args.v), 3)]),
    time: method("v, prec=0, form='', showform=False", (_state, args) => {
      const seconds = convert(readQuantity(args.v), 's').value;
      const digits = Math.max(0, Number(args.prec) - 6);
      const forms = Array.isArray(args.form) ? args.form : [args.form];
      const text = formatMjd(seconds, digits);
      return [forms.includes('ymd') || forms.includes('fits') ? text : text.slice(text.lastIndexOf('/') + 1)];
    }),
    formxxx: method("v, format='dms', prec=2", (_state, args) => {
      const digits = Number(args.prec);
      const angle = rad(args.v);
      const formats: Record<string, () => string> = {
        dms: () => formatDec(angle, digits),
        hms: () => formatRa(angle, digits),
        deg: () => ((angle * 180) / Math.PI).toFixed(digits),
        rad: () => angle.toFixed(digits),
        '+deg': () => ((((angle * 180) / Math.PI) % 360) + (angle < 0 ? 360 : 0)).toFixed(digits),
      };
      return (formats[textArgument(args, 'format')] ?? fail('usage', 'format is dms, hms, deg, rad or +deg.'))();
    }),
  },
};
