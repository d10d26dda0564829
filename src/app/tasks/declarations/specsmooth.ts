import { specsmooth } from '../../../pipeline/images/index.ts';
import { bool, inputPath, int, outputPath, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const specsmoothTask: TaskDeclaration = {
  name: 'specsmooth',
  summary: 'Smooths the channels of an image',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    outputPath('outfile', undefined, 'name of the output'),
    text('box', '', 'pixel box'),
    text('chans', '', 'channels'),
    text('stokes', '', 'Stokes parameters'),
    variant('region', '', 'region'),
    text('mask', '', 'expression over images that must be true'),
    bool('overwrite', false, 'replace an output that is in the way'),
    bool('stretch', false, 'stretch the mask', { inert: 'a mask of one plane serves all' }),
    int('axis', -1, 'axis along which to smooth; -1: that of frequency, the only one that is handled'),
    text('function', 'hanning', 'boxcar or hanning'),
    int('width', 2, 'channels of the box'),
    text(
      'dmethod',
      'copy',
      'which channels remain: copy (every second, or every width-th), mean (means of so many), empty (all)',
    ),
  ],
  run: runs(specsmooth),
};
