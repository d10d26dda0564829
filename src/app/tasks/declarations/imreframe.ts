import { imreframe } from '../../../pipeline/images/index.ts';
import { inputPath, outputPath, text, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const imreframeTask: TaskDeclaration = {
  name: 'imreframe',
  summary: 'Gives an image another rest frequency or epoch',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    outputPath('output', '', 'name of the output; empty: the image itself is changed'),
    text('outframe', 'lsrk', 'frame of the frequency axis; only the one that it has'),
    text('epoch', '', 'time of the observation, UTC; empty: as it is'),
    variant('restfreq', '', 'rest frequency; empty: as it is'),
  ],
  run: performs(imreframe),
};
