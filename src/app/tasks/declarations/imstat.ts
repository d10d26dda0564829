import { type ImstatOptions, imstat } from '../../../pipeline/images/index.ts';
import { bool, float, inputPath, int, text, variant } from '../parameters.ts';
import { statisticsReply } from '../tools/image-pixels.ts';
import type { TaskDeclaration, TaskValue } from '../types.ts';

export const imstatTask: TaskDeclaration = {
  name: 'imstat',
  summary: 'Statistics of an image',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    variant('axes', [], 'axes that are reduced; empty: all'),
    variant('region', '', 'region'),
    text('box', '', 'pixel box'),
    text('chans', '', 'channels'),
    text('stokes', '', 'Stokes parameters'),
    bool('listit', true, 'print the result'),
    bool('verbose', true, 'say more'),
    text('mask', '', 'expression over images that must be true'),
    bool('stretch', false, 'stretch the mask', { onlyDefault: true }),
    text('logfile', '', 'text file', { onlyDefault: true }),
    bool('append', true, 'add to an existing table', { onlyDefault: true }),
    text('algorithm', 'classic', 'which values count: classic, chauvenet, fit-half or hinges-fences'),
    float(
      'fence',
      -1.0,
      'hinges-fences: how many distances of the quartiles values may lie beyond them; negative: all',
    ),
    text('center', 'mean', 'fit-half: centre of the values: mean, median or zero'),
    bool('lside', true, 'fit-half: take the values below the centre'),
    float('zscore', -1.0, 'chauvenet: standard deviations that values may lie away; negative: by their number'),
    int('maxiter', -1, 'chauvenet: most rounds; negative: until nothing changes'),
    text('clmethod', 'auto', 'way in which classic reads the pixels', {
      allowed: ['auto', 'tiled', 'framework'],
      inert: 'the result is the same',
      inertInCasa: true,
    }),
    int('niter', 3, 'biweight: most iterations', { onlyDefault: true }),
  ],
  run: (context, args) => statisticsReply(imstat(context, args as unknown as ImstatOptions), true) as TaskValue,
};
