import { exportfits } from '../../../pipeline/images/index.ts';
import { bool, float, inputPath, int, outputPath } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const exportfitsTask: TaskDeclaration = {
  name: 'exportfits',
  summary: 'Writes an image as FITS',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    outputPath('fitsimage', undefined, 'FITS file'),
    bool('velocity', false, 'velocity axis'),
    bool('optical', false, 'optical velocity definition'),
    int('bitpix', -32, 'bits of a pixel', { allowed: [-32, 16] }),
    float('minpix', 0, 'smallest value for scaling'),
    float('maxpix', -1, 'largest value for scaling'),
    bool('overwrite', false, 'replace an output that is in the way'),
    bool('dropstokes', false, 'leave out the Stokes axis'),
    bool('stokeslast', true, 'Stokes as last axis'),
    bool('history', true, 'keep the history'),
    bool('dropdeg', false, 'leave out axes of length one'),
  ],
  run: runs(exportfits),
};
