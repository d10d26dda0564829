import { type Context, fail } from '../../foundation/base/index.ts';
import { disk, joinPath } from '../../foundation/bytes/index.ts';

/** Values of a file of outlier fields. */
type OutlierValue = string | number | boolean | readonly OutlierValue[];

/** What an outlier field has of its own, under the names of the task's parameters. */
export type OutlierField = Readonly<Record<string, OutlierValue>>;

/** What may differ from the main field here. */
const OWN = ['imagename', 'imsize', 'cell', 'phasecenter', 'mask', 'usemask', 'pblimit', 'startmodel', 'modelimage'];

/**
 * Reads a file of outlier fields: lines `name = value`, as Python writes values; each field begins with its imagename.
 *
 * @param options of the main field; a parameter that is told again must be the same, but for those that a field has of its own
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
    const found = /^(\w+)\s*=\s*(.+?)\s*;?$/.exec(text);
    const wrong = (sentence: string) => fail('usage', `Line ${index + 1} of the outlier fields: ${sentence}`, { file });
    if (!found) return wrong('it must be of the form name = value.');
    const [, key, value] = found;
    if (key === 'imagename') fields.push({});
    const field = fields.at(-1) ?? wrong('the first field begins with its imagename.');
    field[key] = readValue(value);
    const isSame = () => JSON.stringify(field[key]) === JSON.stringify(main[key]);
    if (!OWN.includes(key) && !isSame())
      wrong(`${key} is that of the main field here; fields have their own ${OWN.join(', ')}.`);
  }
  if (fields.length === 0)
    fail('usage', 'The file of outlier fields names none: each begins with imagename = ….', { file });
  return fields;
}

/** A text, number, list or truth value of Python; what is none of them is a text. */
function readValue(text: string): OutlierValue {
  if (text === 'True' || text === 'False') return text === 'True';
  try {
    return JSON.parse(text.replaceAll("'", '"')) as OutlierValue;
  } catch {
    return text;
  }
}
