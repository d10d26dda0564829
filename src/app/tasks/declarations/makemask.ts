import { makemask } from '../../../pipeline/images/index.ts';
import { bool, floats, inputPath, outputPath, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const makemaskTask: TaskDeclaration = {
  name: 'makemask',
  summary: 'Makes a mask of regions and masks',
  parameters: [
    text('mode', 'list', 'what to do', { allowed: ['list', 'copy', 'expand', 'delete'] }),
    inputPath('inpimage', undefined, 'image that the mask fits'),
    variant('inpmask', '', 'regions and masks'),
    outputPath('output', '', 'image of 0 and 1, or image:mask'),
    bool('overwrite', false, 'replace a mask that is in the way'),
    floats('inpfreqs', [], 'channels of the input', { onlyDefault: true }),
    floats('outfreqs', [], 'channels of the output', { onlyDefault: true }),
  ],
  run: runs(makemask),
};
