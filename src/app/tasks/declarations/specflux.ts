import { specflux } from '../../../pipeline/images/index.ts';
import { bool, inputPath, outputPath, text, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const specfluxTask: TaskDeclaration = {
  name: 'specflux',
  summary: 'Tells the spectrum of a region and its integrated flux',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    variant('region', '', 'region'),
    text('box', '', 'pixel box'),
    text('chans', '', 'channels'),
    text('stokes', '', 'Stokes parameters'),
    text('mask', '', 'expression over images that must be true'),
    bool('stretch', false, 'stretch the mask', { onlyDefault: true }),
    text('function', 'flux density', 'what is told of each channel: flux density, mean, median or sum'),
    text('unit', 'km/s', 'unit of frequency or velocity in which is integrated'),
    text('major', '', 'major axis of another beam, e.g. 4arcsec'),
    text('minor', '', 'minor axis of another beam'),
    outputPath('logfile', '', 'text file'),
    bool('overwrite', false, 'replace an output that is in the way'),
  ],
  run: performs(specflux),
};
