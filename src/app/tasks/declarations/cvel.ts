import { cvel } from '../../../pipeline/reshape/index.ts';
import { bool, inputPath, outputPath, text, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';
import { FRAME_PARAMETERS, GRID_PARAMETERS } from './mstransform.ts';

export const cvelTask: TaskDeclaration = {
  name: 'cvel',
  summary: 'Regrids spectra to another frame or to velocities; done as cvel2',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    outputPath('outputvis', undefined, 'name of the new MeasurementSet'),
    bool('passall', false, 'pass data that are not selected through', { onlyDefault: true }),
    variant('field', '', 'fields by name or number; empty: all'),
    variant('spw', '', 'spectral windows and channels; empty: all'),
    bool('selectdata', true, 'use the selection below', { onlyDefault: true }),
    variant('antenna', '', 'antennas or baselines; empty: all'),
    variant('timerange', '', 'time range; empty: all'),
    variant('scan', '', 'scan numbers; empty: all'),
    variant('array', '', 'array numbers; empty: all'),
    ...GRID_PARAMETERS,
    text('interpolation', 'linear', 'interpolation between channels', {
      allowed: ['nearest', 'linear', 'cubic', 'spline', 'fftshift'],
    }),
    ...FRAME_PARAMETERS,
    bool('hanning', false, 'smooth channels by Hanning first'),
  ],
  run: performs(cvel),
};
