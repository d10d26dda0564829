import { fixvis } from '../../../pipeline/reshape/index.ts';
import { bool, outputPath, text, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const fixvisTask: TaskDeclaration = {
  name: 'fixvis',
  summary: 'Computes UVW anew or moves phase centres',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    outputPath('outputvis', '', 'name of the new MeasurementSet; empty: in place'),
    variant('field', '', 'fields by name or number; empty: all'),
    text('refcode', '', 'frame of UVW; empty: that of the fields'),
    bool('reuse', true, 'start from the UVW that there are'),
    text('phasecenter', '', 'new centre, or two offsets; empty: the centres stay'),
    variant('distances', '', 'distances to focus on', { onlyDefault: true }),
    text('datacolumn', 'all', 'data columns to change'),
  ],
  run: performs(fixvis),
};
