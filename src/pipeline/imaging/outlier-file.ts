import { type Context, fail, parseQuantity } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';

/** Values of a file of outlier fields. */
type OutlierValue = string | number | boolean | readonly OutlierValue[];

/** What an outlier field has of its own, under the names of the task's parameters. */
export type OutlierField = Readonly<Record<string, OutlierValue>>;

/** What may differ from the main field here. */
const OWN = ['imagename', 'imsize', 'cell', 'phasecenter', 'mask', 'usemask', 'pblimit', 'startmodel', 'modelimage'];
/** What CASA lets a field have besides, and this program does not. */
const SHARED = [
  ...['nchan', 'start', 'width', 'specmode', 'reffreq', 'nterms'],
  ...['gridder', 'wprojplanes', 'deconvolver', 'weightlimit'],
];
const WHOLE = ['imsize', 'nchan', 'nterms', 'wprojplanes'];

/**
 * Reads a file of outlier fields: lines `name = value`, as CASA's documentation or Python writes values; each field begins with its
 * imagename. What is neither a field's own nor must be the main field's is ignored with a warning, as CASA does.
 *
 * @param options of the main field
 * @throws missing, usage
 */
export function readOutliers(context: Context, name: string, options: object): OutlierField[] {
  const file = joinPath(context.cwd, name);
  if (!disk().exists(file)) fail('missing', 'There is no file of outlier fields of this name.', { file });
  const fields: Record<string, OutlierValue>[] = [];
  const main = options as Readonly<Record<string, unknown>>;
  for (const [index, line] of disk().readText(file).split('\n').entries()) {
    const text = line.replace(/^\s*#.*/, '').trim();
    if (text === '') continue;
    const found = /^(\w+)\s*=\s*(.*?)\s*;?$/.exec(text);
    const wrong = (sentence: string) => fail('usage', `Line ${index + 1} of the outlier fields: ${sentence}`, { file });
    if (!found) return wrong('it must be of the form name = value.');
    const [, key, written] = found;
    if (key === 'imagename') fields.push({});
    const field = fields.at(-1) ?? wrong('the first field begins with its imagename.');
    const value = readValue(key, written, wrong);
    if (OWN.includes(key)) field[key] = value;
    else if (!SHARED.includes(key))
      context.log.post(`Line ${index + 1} of ${name}: ${key} of an outlier field is ignored.`, 'WARN');
    else if (!isAsMain(key, value, main))
      wrong(`${key} is that of the main field here; fields have their own ${OWN.join(', ')}.`);
  }
  if (fields.length === 0)
    fail('usage', 'The file of outlier fields names none: each begins with imagename = ….', { file });
  return fields;
}

/** A continuum image has one channel, whatever the main field's `nchan`. */
function isAsMain(key: string, value: OutlierValue, main: Readonly<Record<string, unknown>>): boolean {
  if (key === 'nchan' && value === 1 && ['mfs', 'cont'].includes(String(main.specmode ?? main.mode ?? 'mfs')))
    return true;
  return String(value) === String(main[key] ?? '');
}

const TEXT = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g;
const textIn = (quoted: string) => quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
const isQuoted = (text: string) => text.replace(TEXT, '') === '';

/** A comment begins after a blank, outside of quoted texts at the beginning or in a list. */
function withoutComment(written: string): string {
  const [, head, rest] = /^((?:[[(,\s]*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))*)(.*)$/.exec(written)!;
  return `${head}${rest.replace(/(?:^|\s)\s*#.*/, '')}`.trim();
}

/** @param wrong refuses the line with what is to be written instead */
function readValue(key: string, written: string, wrong: (sentence: string) => never): OutlierValue {
  const value = withoutComment(written);
  if (value === '') return wrong(`${key} has no value.`);
  if (WHOLE.includes(key)) return wholeNumbers(key, value, wrong);
  if (key === 'cell') return cellSizes(value, wrong);
  if (key === 'pblimit') return Number.isFinite(Number(value)) ? Number(value) : wrong('write pblimit = 0.2.');
  if (value.startsWith('[')) return listOf(key, value, wrong);
  if (/^['"]/.test(value)) return isQuoted(value) ? textIn(value) : wrong(`${key}: close the quotation mark.`);
  return value;
}

function wholeNumbers(key: string, value: string, wrong: (sentence: string) => never): OutlierValue {
  const inner = /^\[(.*)\]$/.exec(value)?.[1] ?? /^\((.*)\)$/.exec(value)?.[1];
  const words = (inner ?? value).replace(/,\s*$/, '').split(',');
  if (!words.every((word) => /^\s*[-+]?\d+\s*$/.test(word)))
    return wrong(`write ${key} = ${key === 'imsize' ? '[80, 80] or 80' : '1'}, not ${value}.`);
  return inner === undefined && words.length === 1 ? Number(words[0]) : words.map(Number);
}

/** As CASA: brackets, quotation marks and spaces do not count. */
function cellSizes(value: string, wrong: (sentence: string) => never): OutlierValue {
  const sizes = value.replaceAll(/[[\]()'"\s]/g, '').split(',');
  try {
    for (const size of sizes) parseQuantity(size, 'angle', 'arcsec');
  } catch {
    return wrong(`write cell = 0.1arcsec or [0.1arcsec, 0.1arcsec], not ${value}.`);
  }
  return sizes;
}

/** A list of Python: of texts, numbers and lists. */
function listOf(key: string, value: string, wrong: (sentence: string) => never): OutlierValue {
  try {
    return JSON.parse(value.replaceAll(TEXT, (quoted) => JSON.stringify(textIn(quoted)))) as OutlierValue;
  } catch {
    return wrong(`${key}: texts of a list stand in quotation marks, ['a', 'b']; ${value} is not understood.`);
  }
}
