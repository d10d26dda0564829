import { impbcor } from '../../../pipeline/images/index.ts';
import { bool, float, inputPath, outputPath, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const impbcorTask: TaskDeclaration = {
  name: 'impbcor',
  summary: 'Corrects an image for the primary beam',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    inputPath('pbimage', undefined, 'primary beam image'),
    outputPath('outfile', '', 'name of the output'),
    bool('overwrite', false, 'replace an output that is in the way'),
    text('box', '', 'pixel box'),
    variant('region', '', 'region'),
    text('chans', '', 'channels'),
    text('stokes', '', 'Stokes parameters'),
    text('mask', '', 'mask', { onlyDefault: true }),
    text('mode', 'divide', 'what to do', { allowed: ['divide', 'multiply'] }),
    float('cutoff', -1.0, 'beam value below which pixels are masked'),
    bool('stretch', false, 'stretch the mask', { onlyDefault: true }),
  ],
  run: runs(impbcor),
};
