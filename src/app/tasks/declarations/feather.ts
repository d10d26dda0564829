import { feather } from '../../../pipeline/images/index.ts';
import { bool, float, inputPath, outputPath } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const featherTask: TaskDeclaration = {
  name: 'feather',
  summary: 'Joins an image of an interferometer with one of a single dish',
  parameters: [
    outputPath('imagename', undefined, 'name of the output'),
    inputPath('highres', undefined, 'image of high resolution'),
    inputPath('lowres', undefined, 'image of low resolution'),
    float('sdfactor', 1, 'factor of the values of the low resolution'),
    float('effdishdiam', -1, 'diameter of the part of the dish that is used, m; not positive: all of it'),
    bool('lowpassfiltersd', false, 'leave out spatial frequencies that the dish does not see'),
  ],
  run: runs(feather),
};
