import { impv } from '../../../pipeline/images/index.ts';
import { bool, inputPath, outputPath, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const impvTask: TaskDeclaration = {
  name: 'impv',
  summary: 'Position against velocity along a slit',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    outputPath('outfile', undefined, 'name of the output'),
    text('mode', 'coords', 'coords (start and end) or length (center, length and pa)'),
    variant('start', '', 'first end of the slit: [x, y] in pixels, [ra, dec], or "J2000 ra dec"'),
    variant('end', '', 'other end of the slit'),
    variant('center', '', 'middle of the slit'),
    variant('length', '', 'length of the slit: pixels, or an angle such as 5arcsec'),
    text('pa', '', 'position angle of the slit, from north to east'),
    variant('width', 1, 'width of the slit: an odd number of pixels, or an angle'),
    text('unit', 'arcsec', 'unit of the offsets'),
    bool('overwrite', false, 'replace an output that is in the way'),
    variant('region', '', 'region'),
    text('chans', '', 'channels'),
    text('stokes', '', 'Stokes parameters'),
    text('mask', '', 'expression over images that must be true'),
    bool('stretch', false, 'stretch the mask', { inert: 'a mask of one plane serves all' }),
  ],
  run: runs(impv),
};
