import { phaseshift } from '../../../pipeline/reshape/index.ts';
import { bool, inputPath, outputPath, text, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const phaseshiftTask: TaskDeclaration = {
  name: 'phaseshift',
  summary: 'Moves the phase centre of visibilities',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    outputPath('outputvis', undefined, 'name of the new MeasurementSet'),
    bool('keepmms', true, 'keep the parts of a multi-MS', { inert: 'multi-MSs are not made' }),
    variant('field', '', 'fields by name or number; empty: all'),
    variant('spw', '', 'spectral windows; empty: all'),
    variant('scan', '', 'scan numbers; empty: all'),
    variant('intent', '', 'scan intents, with * as wildcard; empty: all'),
    variant('array', '', 'array numbers; empty: all'),
    variant('observation', '', 'observation numbers; empty: all'),
    text('datacolumn', 'all', 'data column'),
    text('phasecenter', undefined, 'new centre, e.g. J2000 19h53m50 40d06m00'),
  ],
  run: performs(phaseshift),
};
