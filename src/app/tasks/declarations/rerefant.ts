import { rerefant } from '../../../pipeline/calibration/index.ts';
import { inputPath, outputPath, text, texts } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const rerefantTask: TaskDeclaration = {
  name: 'rerefant',
  summary: 'Refers the phases of a calibration table to another antenna',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    inputPath('tablein', undefined, 'calibration table'),
    outputPath('caltable', '', 'table to write; empty: tablein is replaced'),
    text('refantmode', 'flex', 'how a missing reference antenna is replaced', { allowed: ['flex', 'strict'] }),
    texts('refant', [], 'reference antennas in order of preference'),
  ],
  run: performs(rerefant),
};
