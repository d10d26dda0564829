import { smoothcal } from '../../../pipeline/calibration/index.ts';
import { bool, float, inputPath, outputPath, text, texts } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const smoothcalTask: TaskDeclaration = {
  name: 'smoothcal',
  summary: 'Smooths a calibration table in time',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    inputPath('tablein', undefined, 'calibration table to smooth'),
    outputPath('caltable', undefined, 'name of the calibration table'),
    texts('field', [], 'fields by name or number; empty: all'),
    text('smoothtype', 'median', 'kind of smoothing', { allowed: ['median', 'mean'] }),
    float('smoothtime', 60.0, 'width of the filter, s'),
    bool('ratesmooth', false, 'smooth delay rates too', { onlyDefault: true }),
  ],
  run: performs(smoothcal),
};
