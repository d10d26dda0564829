import { tsysspwmap } from '../../../pipeline/calibration/index.ts';
import { bool, inputPath, int } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const tsysspwmapTask: TaskDeclaration = {
  name: 'tsysspwmap',
  summary: 'For each window, the window whose system temperatures it takes',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    inputPath('tsystable', undefined, 'calibration table of system temperatures'),
    bool('trim', true, 'leave out the end of the map where windows map to themselves'),
    bool('relax', false, 'not used', { inert: 'the recipe does not use it either' }),
    int('tsysChanTol', 0, 'Tsys channels by which a window may reach beyond the Tsys window'),
  ],
  run: runs(tsysspwmap),
};
