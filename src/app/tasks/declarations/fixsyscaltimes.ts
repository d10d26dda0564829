import { fixsyscaltimes } from '../../../pipeline/calibration/index.ts';
import { float, outputPath } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const fixsyscaltimesTask: TaskDeclaration = {
  name: 'fixsyscaltimes',
  summary: 'Gives all antennas of one Tsys measurement the same time',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    float('newinterval', 2.0, 'interval of the rows that are changed, s'),
  ],
  run: runs(fixsyscaltimes),
};
