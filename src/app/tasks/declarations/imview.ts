import { fail } from '../../../foundation/base/index.ts';
import { imageFigure } from '../../../pipeline/images/index.ts';
import { writeFigures } from '../figure-file.ts';
import { variant } from '../parameters.ts';
import { numberList } from '../tools/reply-values.ts';
import type { TaskDeclaration, TaskValue } from '../types.ts';

type Entry = Record<string, TaskValue>;

/** One image's choices: a name, or a dictionary with its name under file. */
function entryOf(value: TaskValue, parameter: string): Entry {
  if (typeof value === 'string') return { file: value };
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value.file === 'string')
    return value;
  return fail('usage', `${parameter} is the name of an image, or a dictionary with its name under 'file'.`);
}

/** The images of a parameter: none, one, or several. */
function entriesOf(value: TaskValue, parameter: string): Entry[] {
  const list = Array.isArray(value) ? value : [value];
  const given = list.filter(
    (one) => one !== '' && !(typeof one === 'object' && one !== null && Object.keys(one).length === 0),
  );
  return given.map((one) => entryOf(one, parameter));
}

function known(entry: Entry, names: readonly string[], parameter: string): Entry {
  for (const name of Object.keys(entry))
    if (!names.includes(name)) fail('usage', `${parameter} has no entry '${name}'; it takes ${names.join(', ')}.`);
  return entry;
}

const numbers = (value: TaskValue | undefined, name: string) =>
  value === undefined ? undefined : numberList(value, name);
const number = (value: TaskValue | undefined) => (value === undefined ? undefined : Number(value));

function rasterOf(value: TaskValue) {
  const entries = entriesOf(value, 'raster');
  if (entries.length > 1) fail('unsupported', 'imview shows one raster; give one image.');
  if (entries.length === 0) return undefined;
  const entry = known(entries[0], ['file', 'range', 'scaling', 'colormap', 'colorwedge'], 'raster');
  if (Number(entry.scaling ?? 0) !== 0) fail('unsupported', "imview draws with a linear scale; use 'scaling': 0.");
  return { file: String(entry.file), range: numbers(entry.range, "raster['range']") };
}

function contoursOf(value: TaskValue) {
  return entriesOf(value, 'contour').map((entry) => {
    known(entry, ['file', 'levels', 'unit', 'base'], 'contour');
    const levels = numbers(entry.levels, "contour['levels']");
    return { file: String(entry.file), levels, unit: number(entry.unit), base: number(entry.base) };
  });
}

function zoomOf(value: TaskValue) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (typeof value === 'number' && value !== 1)
      fail('unsupported', 'zoom is 1, or a dictionary with blc, trc, channel.');
    return {};
  }
  const entry = known(value, ['channel', 'stokes', 'blc', 'trc'], 'zoom');
  return {
    channel: number(entry.channel),
    stokes: number(entry.stokes),
    blc: numbers(entry.blc, "zoom['blc']"),
    trc: numbers(entry.trc, "zoom['trc']"),
  };
}

export const imviewTask: TaskDeclaration = {
  name: 'imview',
  summary: 'Draws an image, with contours, as PNG',
  parameters: [
    variant('raster', {}, 'image in colours: its name, or a dictionary with file and range; one colour map is drawn'),
    variant('contour', {}, 'images as contours: a name, or a dictionary with file, levels, unit and base, or several'),
    variant('zoom', 1, 'what is shown: a dictionary with channel and stokes (from 0), blc and trc (pixels)'),
    variant('axes', {}, 'axes of the picture', { onlyDefault: true }),
    variant('out', '', 'name of the picture, or a dictionary with it under file; PNG always'),
  ],
  run(context, args) {
    const out = args.out === '' ? '' : String(entryOf(args.out, 'out').file);
    if (out === '') fail('usage', 'There is no viewer; give out, the name of a picture to draw.');
    const choice = { raster: rasterOf(args.raster), contours: contoursOf(args.contour), ...zoomOf(args.zoom) };
    writeFigures(context, out, [imageFigure(choice, context.cwd)]);
    return undefined;
  },
};
