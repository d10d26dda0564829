import { hanningsmooth } from '../../../pipeline/reshape/index.ts';
import { bool, inputPath, outputPath, text } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';
import { SELECTION_PARAMETERS } from './mstransform.ts';

export const hanningsmoothTask: TaskDeclaration = {
  name: 'hanningsmooth',
  summary: 'Smooths channels by Hanning',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    outputPath(
      'outputvis',
      '',
      'name of the new MeasurementSet; without it vis itself is smoothed, as CASA 3 to 4.5 did',
    ),
    bool('keepmms', true, 'keep the parts of a multi-MS', { inert: 'multi-MSs are not made' }),
    ...SELECTION_PARAMETERS,
    text('datacolumn', 'all', 'data column'),
  ],
  run: performs(hanningsmooth),
};
