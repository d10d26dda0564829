import { type Context, fail, warningsOf } from '../../../foundation/base/index.ts';
import { imageFigure, type ViewChoice } from '../../../pipeline/images/index.ts';
import { writeFigures } from '../figure-file.ts';
import { bool, float, int, outputPath, text, variant } from '../parameters.ts';
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

type Warn = (sentence: string) => void;

/** Says which entries are left out, as CASA leaves out what it does not know. */
function checkEntries(entry: Entry, names: readonly string[], parameter: string, warn: Warn): void {
  for (const name of Object.keys(entry))
    if (!names.includes(name))
      warn(`${parameter} has no entry '${name}', it is left out; there are ${names.join(', ')}.`);
}

const numbers = (value: TaskValue | undefined, name: string) =>
  value === undefined ? undefined : numberList(value, name);
const number = (value: TaskValue | undefined) => (value === undefined ? undefined : Number(value));

function rasterOf(value: TaskValue, warn: Warn) {
  const entries = entriesOf(value, 'raster');
  if (entries.length > 1) fail('unsupported', 'imview shows one raster; give one image.');
  if (entries.length === 0) return undefined;
  const [entry] = entries;
  checkEntries(entry, ['file', 'range', 'scaling', 'colormap', 'colorwedge'], 'raster', warn);
  const powerCycles = number(entry.scaling);
  return { file: String(entry.file), range: numbers(entry.range, "raster['range']"), powerCycles };
}

function contoursOf(value: TaskValue, warn: Warn) {
  return entriesOf(value, 'contour').map((entry) => {
    checkEntries(entry, ['file', 'levels', 'unit', 'base'], 'contour', warn);
    const levels = numbers(entry.levels, "contour['levels']");
    return { file: String(entry.file), levels, unit: number(entry.unit), base: number(entry.base) };
  });
}

function zoomOf(entry: TaskValue, warn: Warn) {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    if (typeof entry !== 'number' || entry < 1)
      fail(
        'unsupported',
        'zoom is a number from 1, or a dictionary with blc, trc, channel; regions are not read here.',
      );
    return { zoom: entry };
  }
  checkEntries(entry, ['channel', 'stokes', 'blc', 'trc', 'coord'], 'zoom', warn);
  if ((entry.coord ?? 'pixel') !== 'pixel') fail('unsupported', "zoom['coord'] is 'pixel': blc and trc count pixels.");
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
    variant(
      'raster',
      {},
      'image in colours: its name, or a dictionary with file, range and scaling; one colour map is drawn',
    ),
    variant('contour', {}, 'images as contours: a name, or a dictionary with file, levels, unit and base, or several'),
    variant(
      'zoom',
      1,
      'how much the middle is enlarged, or a dictionary with channel and stokes (from 0), blc and trc (pixels)',
    ),
    variant('axes', {}, 'axes of the picture', { onlyDefault: true }),
    variant('out', '', 'name of the picture, or a dictionary with it under file; PNG always; empty: beside the image'),
  ],
  run(context, args) {
    const out = args.out === '' ? '' : String(entryOf(args.out, 'out').file);
    const warn = warningsOf(context, 'imview');
    const shown = { raster: rasterOf(args.raster, warn), contours: contoursOf(args.contour, warn) };
    drawView(context, { ...shown, ...zoomOf(args.zoom, warn) }, out);
    return undefined;
  },
};

/** There are no windows: a picture without a name goes beside its first image. */
function drawView(context: Context, choice: ViewChoice, out: string): void {
  const [first] = [choice.raster, ...choice.contours].filter((one) => one !== undefined);
  writeFigures(context, out || `${first?.file.replace(/\/+$/, '')}.imview`, [imageFigure(choice, context.cwd)]);
}

/** CASA's older task. */
export const viewerTask: TaskDeclaration = {
  name: 'viewer',
  summary: 'Draws an image as PNG',
  parameters: [
    text('infile', undefined, 'image'),
    text('displaytype', 'raster', 'how it is drawn', { allowed: ['raster', 'contour'] }),
    int('channel', 0, 'channel shown, from 0'),
    float('zoom', 1, 'how much the middle is enlarged'),
    outputPath('outfile', '', 'name of the picture; PNG always; empty: beside the image'),
    float('outscale', 1, 'size of the picture', { inert: 'pictures have one size' }),
    int('outdpi', 300, 'resolution of the picture', { inert: 'pictures have one resolution' }),
    text('outformat', 'jpg', 'format of the picture', { inert: 'pictures are PNG' }),
    bool('outlandscape', false, 'picture on its side', { inert: 'pictures lie as the image does' }),
    bool('gui', true, 'show a window', { inert: 'pictures are files here' }),
  ],
  run(context, args) {
    const file = String(args.infile);
    const isRaster = args.displaytype === 'raster';
    const shown = isRaster ? { raster: { file }, contours: [] } : { contours: [{ file }] };
    drawView(context, { ...shown, channel: Number(args.channel), zoom: Number(args.zoom) }, String(args.outfile));
    return undefined;
  },
};
