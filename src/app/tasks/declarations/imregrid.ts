import { fail } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { openImage, regrid, type TargetGrid } from '../../../pipeline/images/index.ts';
import { bool, inputPath, int, ints, outputPath, text, variant } from '../parameters.ts';
import { coordinatesFrom, coordinatesRecord } from '../tools/coordinate-records.ts';
import { dictionary, intArray, numberList } from '../tools/reply-values.ts';
import type { TaskDeclaration, TaskValue } from '../types.ts';

function gridOf(path: string): TargetGrid {
  const image = openImage(path);
  try {
    return { coordinates: image.coordinates, shape: image.shape.toReversed() };
  } finally {
    image.close();
  }
}

/** The template: an image, or what template='get' gives. */
function templateGrid(template: TaskValue, cwd: string): TargetGrid {
  if (typeof template === 'string') {
    if (['J2000', 'B1950', 'ICRS', 'GALACTIC', 'B1950_VLA'].includes(template))
      fail('unsupported', `template="${template}" is not handled; give an image with the axes that are wanted.`);
    return gridOf(joinPath(cwd, template));
  }
  const record = (template ?? {}) as Record<string, TaskValue>;
  const coordinates = coordinatesFrom(record.csys ?? {}, "template['csys']");
  if (!coordinates || record.shap === undefined)
    return fail('usage', "template is an image, or a dictionary with csys and shap as template='get' gives it.");
  return { coordinates, shape: numberList(record.shap, "template['shap']") };
}

export const imregridTask: TaskDeclaration = {
  name: 'imregrid',
  summary: 'Brings an image to the axes of another',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    variant('template', 'get', "image whose axes are taken, or what template='get' gives: the axes of imagename"),
    outputPath('output', '', 'name of the result'),
    bool('asvelocity', true, 'channels correspond by velocity, not by frequency'),
    ints('axes', [-1], 'axes to regrid; -1: those of the sky and of frequency'),
    ints('shape', [-1], 'lengths of the axes of the result; -1: those of the template'),
    text('interpolation', 'linear', 'linear or nearest', { allowed: ['nearest', 'linear', 'cubic'] }),
    int('decimate', 10, 'how far apart places are computed', { inert: 'every place is computed' }),
    bool('replicate', false, 'stretch the image over the pixels of the result, whatever the coordinates of the sky'),
    bool('overwrite', false, 'replace an output that is in the way'),
  ],
  run(context, args) {
    const imagename = String(args.imagename);
    if (args.template === 'get') {
      const { coordinates, shape } = gridOf(joinPath(context.cwd, imagename));
      return dictionary([
        ['csys', coordinatesRecord(coordinates)],
        ['shap', intArray(shape)],
      ]) as TaskValue;
    }
    const { interpolation, asvelocity, replicate, overwrite } = args as { interpolation: string } & Record<
      string,
      boolean
    >;
    const grid = templateGrid(args.template, context.cwd);
    const lengths = numberList(args.shape, 'shape').filter((length) => length > 0);
    const shape = lengths.length > 0 ? lengths : grid.shape;
    const axes = numberList(args.axes, 'axes');
    const options = { imagename, output: String(args.output), axes, interpolation, asvelocity, replicate, overwrite };
    regrid(context, { ...options, grid: { ...grid, shape } });
    return undefined;
  },
};
