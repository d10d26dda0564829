import { type ImmathOptions, immath } from '../../../pipeline/images/index.ts';
import { bool, inputPaths, outputPath, quantity, text, variant } from '../parameters.ts';
import type { TaskDeclaration } from '../types.ts';

export const immathTask: TaskDeclaration = {
  name: 'immath',
  summary: 'Computes an image from images',
  parameters: [
    inputPaths('imagename', '', 'images; empty: those that the expression names'),
    text('mode', 'evalexpr', 'what to do', { allowed: ['evalexpr', 'spix', 'pola', 'poli', 'lpoli', 'tpoli'] }),
    outputPath('outfile', 'immath_results.im', 'name of the output'),
    text('expr', 'IM0', 'expression with IM0, IM1 \u2026'),
    variant('varnames', '', 'names of the images in the expression'),
    quantity('sigma', '0.0mJy/beam', 'noise for polarization'),
    text('polithresh', '', 'threshold for polarization'),
    text('mask', '', 'expression over images that must be true'),
    text('region', '', 'region'),
    text('box', '', 'pixel box'),
    text('chans', '', 'channels'),
    text('stokes', '', 'Stokes parameters'),
    bool('stretch', false, 'stretch the mask', { onlyDefault: true }),
    text('imagemd', '', 'image whose coordinates, unit, beam and further records the result gets; empty: the first'),
    text('prec', 'float', 'precision', { onlyDefault: true }),
  ],
  run(context, args) {
    immath(context, args as unknown as ImmathOptions);
    return true;
  },
};
