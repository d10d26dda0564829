import { imcontsub } from '../../../pipeline/images/index.ts';
import { inputPath, int, outputPath, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const imcontsubTask: TaskDeclaration = {
  name: 'imcontsub',
  summary: 'Subtracts the continuum from the channels of an image',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    outputPath('linefile', '', 'name of the image without continuum'),
    outputPath('contfile', '', 'name of the image of the continuum'),
    int('fitorder', 0, 'degree of the polynomial that is fitted'),
    variant('region', '', 'region that is written'),
    variant('box', '', 'pixel box that is written'),
    text('chans', '', 'channels without lines, to which the polynomial is fitted; empty: all'),
    text('stokes', '', 'Stokes parameters that are written'),
  ],
  run: runs(imcontsub),
};
