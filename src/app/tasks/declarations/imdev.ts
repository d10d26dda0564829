import { imdev } from '../../../pipeline/images/index.ts';
import { bool, float, inputPath, int, ints, outputPath, text, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const imdevTask: TaskDeclaration = {
  name: 'imdev',
  summary: 'Makes an image of the noise, or of another statistic, around each pixel',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    outputPath('outfile', undefined, 'name of the output'),
    variant('region', '', 'region'),
    text('box', '', 'pixel box'),
    text('chans', '', 'channels'),
    text('stokes', '', 'Stokes parameters'),
    text('mask', '', 'expression over images that must be true'),
    bool('overwrite', false, 'replace an output that is in the way'),
    bool('stretch', false, 'stretch the mask', { onlyDefault: true }),
    ints('grid', [1, 1], 'pixels from one point of the grid to the next, [x, y]'),
    variant('anchor', 'ref', 'a pixel [x, y] that is a point of the grid; ref: the reference pixel'),
    variant('xlength', '1pix', 'width of the box around each point, or diameter of a circle where ylength is empty'),
    variant('ylength', '1pix', 'height of the box'),
    text('interp', 'cubic', 'between the points of the grid: cubic, linear or nearest'),
    text(
      'stattype',
      'sigma',
      'statistic: sigma, xmadm, iqr, mad, median, mean, rms, var, min, max, q1, q3, sum, sumsq, npts',
    ),
    text('statalg', 'classic', 'which values count: classic or chauvenet'),
    float('zscore', -1.0, 'chauvenet: standard deviations that values may lie away; negative: by their number'),
    int('maxiter', -1, 'chauvenet: most rounds; negative: until nothing changes'),
  ],
  run: performs(imdev),
};
