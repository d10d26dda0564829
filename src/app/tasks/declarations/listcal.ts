import { listcal } from '../../../pipeline/calibration/index.ts';
import { inputPath, int, outputPath, text } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const listcalTask: TaskDeclaration = {
  name: 'listcal',
  summary: 'Lists the solutions of a calibration table',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    inputPath('caltable', undefined, 'calibration table'),
    text('field', '', 'fields by name or number; empty: all'),
    text('antenna', '', 'antennas; empty: all'),
    text('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
    outputPath('listfile', '', 'file to write; empty: the log'),
    int('pagerows', 50, 'lines after which the heading is repeated; 0: never'),
  ],
  run: performs(listcal),
};
