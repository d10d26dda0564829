import { uvsub } from '../../../pipeline/reshape/index.ts';
import { openModel } from '../../../pipeline/skymodel/index.ts';
import { bool, outputPath } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const uvsubTask: TaskDeclaration = {
  name: 'uvsub',
  wantsModel: () => true,
  summary: 'Subtracts the model from CORRECTED_DATA',
  parameters: [outputPath('vis', undefined, 'MeasurementSet'), bool('reverse', false, 'add the model instead')],
  run: performs((context, options: Parameters<typeof uvsub>[1]) => uvsub(context, options, { openModel })),
};
