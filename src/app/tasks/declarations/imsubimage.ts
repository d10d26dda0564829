import { imsubimage } from '../../../pipeline/images/index.ts';
import { bool, inputPath, ints, outputPath, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const imsubimageTask: TaskDeclaration = {
  name: 'imsubimage',
  summary: 'Cuts a part out of an image',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    outputPath('outfile', undefined, 'name of the output'),
    text('box', '', 'pixel box'),
    variant('region', '', 'region'),
    text('chans', '', 'channels'),
    text('stokes', '', 'Stokes parameters'),
    text('mask', '', 'expression over images that must be true'),
    bool('dropdeg', false, 'leave out axes of length one'),
    bool('overwrite', false, 'replace an output that is in the way'),
    bool('verbose', true, 'say more', { inert: 'the log says what was done' }),
    bool('stretch', false, 'stretch the mask', { inert: 'a mask of one plane serves all' }),
    ints('keepaxes', [], 'axes of length one that dropdeg leaves'),
  ],
  run: runs(imsubimage),
};
