import { ft } from '../../../pipeline/imaging/index.ts';
import { bool, inputPath, int, outputPath, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const ftTask: TaskDeclaration = {
  name: 'ft',
  wantsModel: () => true,
  summary: 'Writes the visibilities of model images to MODEL_DATA',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    variant('field', '', 'fields by name or number; empty: all'),
    variant('spw', '', 'spectral windows; empty: all'),
    variant('model', '', 'images in Jy/pixel, which are added; or one for each Taylor term'),
    int('nterms', 1, 'Taylor terms of the spectrum'),
    variant('reffreq', '', 'reference frequency of the terms; empty: that of the first image'),
    inputPath('complist', '', 'component list, in the place of images'),
    bool('incremental', false, 'add to MODEL_DATA'),
    bool('usescratch', false, 'write MODEL_DATA', { inert: 'it is written in both cases' }),
  ],
  run: performs(ft),
};
