import { type ImmomentsOptions, immoments } from '../../../pipeline/images/index.ts';
import { bool, inputPath, ints, outputPath, text, variant } from '../parameters.ts';
import type { TaskDeclaration, TaskValue } from '../types.ts';

/** -1 and [-1] stand for no limit. */
function limitsOf(given: TaskValue): number[] {
  const list = (Array.isArray(given) ? given : [given]).map(Number);
  return list.length === 1 && list[0] === -1 ? [] : list;
}

export const immomentsTask: TaskDeclaration = {
  name: 'immoments',
  summary: 'Moments of the spectra of an image',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    ints('moments', [0], 'numbers of the moments'),
    variant('axis', 'spectral', 'axis of the moments'),
    variant('region', '', 'region'),
    text('box', '', 'pixel box'),
    text('chans', '', 'channels'),
    text('stokes', '', 'Stokes parameters'),
    text('mask', '', 'expression over images that must be true'),
    variant('includepix', -1, 'values that count'),
    variant('excludepix', -1, 'values that do not count'),
    outputPath('outfile', undefined, 'name of the output; beginning of the names of several'),
    bool('stretch', false, 'stretch the mask', { inert: 'a mask of one plane serves all' }),
  ],
  run: (context, args) => {
    const [includepix, excludepix] = [args.includepix, args.excludepix].map(limitsOf);
    immoments(context, { ...args, includepix, excludepix } as unknown as ImmomentsOptions);
    return undefined;
  },
};
