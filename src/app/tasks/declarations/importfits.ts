import { importfits } from '../../../pipeline/images/index.ts';
import { bool, inputPath, int, outputPath, texts, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const importfitsTask: TaskDeclaration = {
  name: 'importfits',
  summary: 'Reads an image from FITS',
  parameters: [
    inputPath('fitsimage', undefined, 'FITS file'),
    outputPath('imagename', undefined, 'image'),
    int('whichrep', 0, 'number of the coordinates'),
    int('whichhdu', -1, 'number of the HDU'),
    bool('zeroblanks', true, 'blanked pixels become zero'),
    bool('overwrite', false, 'replace an output that is in the way'),
    bool('defaultaxes', false, 'always four axes'),
    variant('defaultaxesvalues', [], 'values of the added axes'),
    texts('beam', [], 'beam, if the file has none'),
  ],
  run: runs(importfits),
};
