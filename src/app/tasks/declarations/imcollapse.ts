import { imcollapse } from '../../../pipeline/images/index.ts';
import { bool, inputPath, outputPath, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const imcollapseTask: TaskDeclaration = {
  name: 'imcollapse',
  summary: 'Reduces an image along axes',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    text('function', undefined, 'what to take: flux, max, mean, median, min, npts, rms, stddev, sum, variance'),
    variant('axes', [], 'axes by number or name'),
    outputPath('outfile', undefined, 'name of the output'),
    text('box', '', 'pixel box'),
    variant('region', '', 'region'),
    text('chans', '', 'channels'),
    text('stokes', '', 'Stokes parameters'),
    text('mask', '', 'expression over images that must be true'),
    bool('overwrite', false, 'replace an output that is in the way'),
    bool('stretch', false, 'stretch the mask', { inert: 'a mask of one plane serves all' }),
  ],
  run: runs(imcollapse),
};
