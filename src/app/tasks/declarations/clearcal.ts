import { clearcal } from '../../../pipeline/reshape/index.ts';
import { bool, outputPath, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const clearcalTask: TaskDeclaration = {
  name: 'clearcal',
  wantsModel: () => true,
  summary: 'Sets CORRECTED_DATA to DATA and MODEL_DATA to a unit source',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    variant('field', '', 'fields by name or number; empty: all'),
    variant('spw', '', 'spectral windows; empty: all'),
    variant('intent', '', 'scan intents, with * as wildcard; empty: all'),
    bool('addmodel', false, 'make a MODEL_DATA column'),
  ],
  run: performs(clearcal),
};
