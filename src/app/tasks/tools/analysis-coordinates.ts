import { convertDirection, formatDec, formatRa, parseDirection } from '../../../astronomy/measures/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { method, numberArgument, type ToolArguments, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';
import { type EngineValue, real, tuple } from '../values.ts';

type Fitted = Readonly<Record<string, { shape: { direction: Record<'m0' | 'm1', { value: number }> } }>>;

/** Right ascension and declination, rad, of the arguments or of a component that imfit has found. */
function placeOf(args: ToolArguments): [ra: number, dec: number] {
  const found = args.imfitdict as { results?: Fitted } | null;
  if (!found) return [numberArgument(args, 'ra'), numberArgument(args, 'dec')];
  const component = found.results?.[`component${args.component}`];
  if (!component) fail('usage', `aU.rad2radec(): the dictionary has no component ${args.component}.`);
  const { m0, m1 } = component.shape.direction;
  return [m0.value, m1.value];
}

/** Decimals of the arcseconds; the seconds of right ascension have one more. */
const DECIMALS = 5;

/** Right ascension and declination, rad: 16:57:19.644179 and -16:09:23.99378. */
const placeTexts = ([ra, dec]: readonly number[], decimals: number) => [
  formatRa(ra, decimals + 1),
  formatDec(dec, decimals, ':'),
];

function withLetters(text: string, index: number): string {
  const [first, second, third] = text.split(':');
  return `${first}${index === 0 ? 'h' : 'd'}${second}m${third}s`;
}

/** Colons after degrees are taken for what they are: in CASA's own spelling they belong to hours. */
function turned(text: string, from: string, to: string): TaskValue {
  const [first, second = ''] = text
    .replace(/^\s*(ICRS|J2000)\s/i, '')
    .trim()
    .split(/[\s,]+/);
  const { ra, dec } = parseDirection(`${from} ${first} ${second.includes(':') ? withLetters(second, 1) : second}`);
  return placeTexts(convertDirection(ra, dec, from, to), DECIMALS).join(', ');
}

/** Right ascension and declination, rad, of a text such as `16:26:24.07, -24.16.13.5`. */
function placeIn(args: ToolArguments): [ra: number, dec: number] {
  const [first = '', second = ''] = textArgument(args, 'radecstring')
    .trim()
    .split(/[\s,]+/);
  const { ra, dec } = parseDirection(`J2000 ${first} ${second.includes(':') ? withLetters(second, 1) : second}`);
  return [ra < 0 ? ra + 2 * Math.PI : ra, dec];
}

const DEGREE = Math.PI / 180;

/** The angle between two places, and its parts in right ascension, declination and along the parallel between them. */
function separation(args: ToolArguments, unit: number): EngineValue {
  const [ra0 = 0, dec0 = 0, ra1 = 0, dec1 = 0] = ['ra0', 'dec0', 'ra1', 'dec1'].map(
    (name) => unit * numberArgument(args, name),
  );
  const turn = ra0 - ra1;
  const across = Math.hypot(
    Math.cos(dec0) * Math.sin(turn),
    Math.cos(dec1) * Math.sin(dec0) - Math.sin(dec1) * Math.cos(dec0) * Math.cos(turn),
  );
  const along = Math.sin(dec1) * Math.sin(dec0) + Math.cos(dec1) * Math.cos(dec0) * Math.cos(turn);
  const angle = Math.atan2(across, along) / unit;
  if (args.returnComponents !== true) return real(angle);
  const east = (Math.abs(turn) > Math.PI ? turn - Math.sign(turn) * 2 * Math.PI : turn) / unit;
  return tuple([angle, east, (dec0 - dec1) / unit, east * Math.cos((dec0 + dec1) / 2)].map(real));
}

/** Places as text and the angles between them, of the analysis utilities. */
export const coordinateHelpers = {
  radec2rad: method('radecstring', (_state, args) => tuple(placeIn(args).map(real))),
  radec2deg: method('radecstring', (_state, args) => tuple(placeIn(args).map((angle) => real(angle / DEGREE)))),
  deg2radec: method(`ra=0.0, dec=0.0, prec=${DECIMALS}, verbose=True, hmsdms=False, delimiter=None`, (_state, args) => {
    const place = [DEGREE * numberArgument(args, 'ra'), DEGREE * numberArgument(args, 'dec')];
    const texts = placeTexts(place, numberArgument(args, 'prec'));
    return (args.hmsdms === true ? texts.map(withLetters) : texts).join(String(args.delimiter ?? ', '));
  }),
  angularSeparation: method('ra0, dec0, ra1, dec1, returnComponents=False', (_state, args) => separation(args, DEGREE)),
  angularSeparationRadians: method('ra0, dec0, ra1, dec1, returnComponents=False', (_state, args) =>
    separation(args, 1),
  ),
  rad2radec: method(
    `ra=0.0, dec=0.0, imfitdict=None, prec=${DECIMALS}, verbose=True, component=0, hmsdms=False, delimiter=None`,
    (_state, args) => {
      const decimals = numberArgument(args, 'prec');
      if (!(Number.isInteger(decimals) && decimals >= 0))
        return fail('usage', 'aU.rad2radec(): prec is the number of decimals.');
      const texts = placeTexts(placeOf(args), decimals);
      return (args.hmsdms === true ? texts.map(withLetters) : texts).join(String(args.delimiter ?? ', '));
    },
  ),
  ICRSToJ2000: method('icrs', (_state, args) => turned(textArgument(args, 'icrs'), 'ICRS', 'J2000')),
  J2000ToICRS: method('j2000', (_state, args) => turned(textArgument(args, 'j2000'), 'J2000', 'ICRS')),
  convertColonDelimitersToHMSDMS: method('mystring', (_state, args) =>
    textArgument(args, 'mystring')
      .split(',')
      .map((part) => part.trim())
      .map(withLetters)
      .join(', '),
  ),
};
