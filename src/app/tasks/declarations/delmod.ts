import { delmod } from '../../../pipeline/reshape/index.ts';
import { clearModel } from '../../../pipeline/skymodel/index.ts';
import { bool, outputPath, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const delmodTask: TaskDeclaration = {
  name: 'delmod',
  wantsModel: () => true,
  summary: 'Takes models away',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    bool('otf', true, 'take away virtual models'),
    variant('field', '', 'fields by name or number; empty: all'),
    bool('scr', false, 'take away MODEL_DATA'),
  ],
  run: performs((context, options: Parameters<typeof delmod>[1]) => delmod(context, options, { clearModel })),
};
