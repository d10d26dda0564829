import { importuvfits } from '../../../pipeline/ingest/index.ts';
import { inputPath, outputPath, text } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const importuvfitsTask: TaskDeclaration = {
  name: 'importuvfits',
  summary: 'Makes a MeasurementSet from UVFITS',
  parameters: [
    inputPath('fitsfile', undefined, 'UVFITS file'),
    outputPath('vis', undefined, 'name of the new MeasurementSet'),
    text('antnamescheme', 'old', "names of the VLA's antennas", { onlyDefault: true }),
  ],
  run: performs(importuvfits),
};
