import { imsmooth } from '../../../pipeline/images/index.ts';
import { bool, float, inputPath, outputPath, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const imsmoothTask: TaskDeclaration = {
  name: 'imsmooth',
  summary: 'Smooths an image on the sky',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    text('kernel', 'gauss', 'shape of the kernel', { allowed: ['gauss', 'gaussian', 'commonbeam', 'boxcar', 'image'] }),
    text('major', '', 'full width along the major axis'),
    text('minor', '', 'full width along the minor axis'),
    text('pa', '', 'position angle'),
    bool('targetres', false, 'the sizes are those of the beam afterwards'),
    text('kimage', '', 'image of the kernel', { onlyDefault: true }),
    float('scale', -1.0, 'scale of the kernel', { onlyDefault: true }),
    variant('region', '', 'region', { onlyDefault: true }),
    text('box', '', 'pixel box', { onlyDefault: true }),
    text('chans', '', 'channels', { onlyDefault: true }),
    text('stokes', '', 'Stokes parameters', { onlyDefault: true }),
    text('mask', '', 'mask', { onlyDefault: true }),
    outputPath('outfile', undefined, 'name of the output'),
    bool('stretch', false, 'stretch the mask', { onlyDefault: true }),
    bool('overwrite', false, 'replace an output that is in the way'),
    variant('beam', '', 'beam as a dictionary', { onlyDefault: true }),
  ],
  run: runs(imsmooth),
};
