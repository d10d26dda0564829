import { convertDirection, formatDec, formatRa, parseDirection } from '../../../astronomy/measures/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { method, numberArgument, type ToolArguments, textArgument } from '../tool-types.ts';
import type { TaskValue } from '../types.ts';

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

/** Places as text, of the analysis utilities. */
export const coordinateHelpers = {
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
