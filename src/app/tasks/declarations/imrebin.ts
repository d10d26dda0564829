import { rebin } from '../../../pipeline/images/index.ts';
import { bool, inputPath, ints, outputPath, text, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const imrebinTask: TaskDeclaration = {
  name: 'imrebin',
  summary: 'Makes one pixel of several, their mean',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    outputPath('outfile', undefined, 'name of the output'),
    ints('factor', [], 'pixels of each axis that become one'),
    variant('region', '', 'region', { onlyDefault: true }),
    text('box', '', 'pixel box', { onlyDefault: true }),
    text('chans', '', 'channels', { onlyDefault: true }),
    text('stokes', '', 'Stokes parameters', { onlyDefault: true }),
    text('mask', '', 'mask', { onlyDefault: true }),
    bool('dropdeg', false, 'leave out axes of one pixel', { onlyDefault: true }),
    bool('overwrite', false, 'replace an output that is in the way'),
    bool('stretch', false, 'stretch the mask', { onlyDefault: true }),
    bool('crop', true, 'leave out pixels at the ends that do not fill a bin'),
  ],
  run: performs(rebin),
};
