import { cvel2 } from '../../../pipeline/reshape/index.ts';
import { bool, inputPath, outputPath, text } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';
import { FRAME_PARAMETERS, GRID_PARAMETERS, SELECTION_PARAMETERS } from './mstransform.ts';

export const cvel2Task: TaskDeclaration = {
  name: 'cvel2',
  summary: 'Regrids spectra to another frame or to velocities',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    outputPath('outputvis', undefined, 'name of the new MeasurementSet'),
    bool('keepmms', true, 'keep the parts of a multi-MS', { inert: 'multi-MSs are not made' }),
    bool('passall', false, 'pass other data through', { inert: 'CASA ignores it' }),
    ...SELECTION_PARAMETERS,
    text('datacolumn', 'all', 'data column'),
    ...GRID_PARAMETERS,
    text('interpolation', 'linear', 'interpolation between channels', {
      allowed: ['nearest', 'linear', 'cubic', 'spline', 'fftshift'],
    }),
    ...FRAME_PARAMETERS,
    bool('hanning', false, 'smooth channels by Hanning first'),
  ],
  run: performs(cvel2),
};
