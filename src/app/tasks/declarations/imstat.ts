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
    text('algorithm', 'classic', 'way of the statistics', { onlyDefault: true }),
    float('fence', -1.0, 'fences', { onlyDefault: true }),
    text('center', 'mean', 'centre', { onlyDefault: true }),
    bool('lside', true, 'lower side', { onlyDefault: true }),
    float('zscore', -1.0, 'limit of the deviation', { onlyDefault: true }),
    int('maxiter', -1, 'most iterations', { onlyDefault: true }),
    text('clmethod', 'auto', 'way of the median', { onlyDefault: true }),
    int('niter', 3, 'most iterations', { onlyDefault: true }),
  ],
  run: (context, args) => statisticsReply(imstat(context, args as unknown as ImstatOptions), true) as TaskValue,
};
