import { initweights } from '../../../pipeline/reshape/index.ts';
import { bool, ints, outputPath, text } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const initweightsTask: TaskDeclaration = {
  name: 'initweights',
  summary: 'Sets the weights',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    text('wtmode', 'nyq', 'what the weights become', {
      allowed: ['nyq', 'sigma', 'weight', 'ones', 'tsys', 'tinttsys', 'delwtsp', 'delsigsp'],
    }),
    text('tsystable', '', 'Tsys table', { onlyDefault: true }),
    text('gainfield', '', 'fields of each table to take solutions from; nearest: the closest on the sky', {
      onlyDefault: true,
    }),
    text('interp', '', 'interpolation of each table in time and frequency, e.g. linear,linear', { onlyDefault: true }),
    ints('spwmap', [], 'for each table, the window whose solutions each window takes', { onlyDefault: true }),
    bool('dowtsp', false, 'make WEIGHT_SPECTRUM'),
  ],
  run: performs(initweights),
};
