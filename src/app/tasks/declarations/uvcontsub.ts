import { uvcontsub } from '../../../pipeline/reshape/index.ts';
import { bool, inputPath, int, outputPath, text, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const uvcontsubTask: TaskDeclaration = {
  name: 'uvcontsub',
  summary: 'Fits and subtracts the continuum',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    outputPath('outputvis', undefined, 'name of the new MeasurementSet'),
    text('field', '', 'fields by name or number; empty: all'),
    text('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
    text('scan', '', 'scan numbers; empty: all'),
    text('intent', '', 'scan intents, with * as wildcard; empty: all'),
    text('array', '', 'array numbers; empty: all'),
    text('observation', '', 'observation numbers; empty: all'),
    text('datacolumn', 'data', 'data column'),
    variant('fitspec', '', 'windows, channels and orders of the fit'),
    text('fitmethod', 'gsl', 'way of the fit', { allowed: ['gsl', 'casacore', 'GSL', 'CASACORE'], onlyDefault: true }),
    int('fitorder', 0, 'order of the polynomial that is fitted'),
    bool('writemodel', false, 'write the fit to MODEL_DATA', { onlyDefault: true }),
  ],
  run: performs(uvcontsub),
};
