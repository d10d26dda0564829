import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import { type ImfitOptions, imfit, openImage } from '../../../pipeline/images/index.ts';
import { bool, float, floats, inputPath, outputPath, text, variant } from '../parameters.ts';
import { fitReply } from '../tools/component-reply.ts';
import type { TaskDeclaration, TaskValue } from '../types.ts';

export const imfitTask: TaskDeclaration = {
  name: 'imfit',
  summary: 'Fits a Gaussian to the selected pixels of each plane of an image',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    text('box', '', 'pixel box'),
    variant('region', '', 'region'),
    variant('chans', '', 'channels'),
    text('stokes', '', 'Stokes parameters'),
    text('mask', '', 'expression over images that must be true'),
    floats('includepix', [], 'values that count: least, largest'),
    floats('excludepix', [], 'values that do not count: least, largest'),
    outputPath('residual', '', 'image of the residuals', { onlyDefault: true }),
    outputPath('model', '', 'image of the model', { onlyDefault: true }),
    inputPath('estimates', '', 'text file with first guesses of several components', { onlyDefault: true }),
    outputPath('logfile', '', 'text file for what the log says of the fits'),
    bool('append', true, 'add to an existing log file'),
    outputPath('newestimates', '', 'text file for the components as guesses', { onlyDefault: true }),
    outputPath('complist', '', 'component list for the result', { onlyDefault: true }),
    bool('overwrite', false, 'replace an output that is in the way', { onlyDefault: true }),
    bool('dooff', false, 'fit a constant level too'),
    float('offset', 0.0, 'first guess of the level', { onlyDefault: true }),
    bool('fixoffset', false, 'the level stays at its guess', { onlyDefault: true }),
    bool('stretch', false, 'stretch the mask', { onlyDefault: true }),
    variant('rms', -1, 'noise for the errors; negative: that of the residuals', { onlyDefault: true }),
    variant('noisefwhm', '', 'width over which noise is correlated; empty: the beam', { onlyDefault: true }),
    outputPath('summary', '', 'table for the result', { onlyDefault: true }),
  ],
  run(context, args) {
    const options = args as unknown as ImfitOptions;
    const components = imfit(context, options);
    const lines = components
      .filter((fit) => fit !== undefined)
      .map(
        ({ flux, shape, chan }) =>
          `channel ${chan}: ${flux.value.toPrecision(5)} +/- ${flux.error.toPrecision(2)} Jy, ` +
          `${shape.major.toPrecision(5)} by ${shape.minor.toPrecision(5)} arcsec at ${shape.positionAngle.toFixed(1)} deg`,
      );
    for (const line of lines) context.log.post(line, 'INFO', 'imfit');
    if (args.logfile !== '') {
      const path = joinPath(context.cwd, String(args.logfile));
      const before = args.append !== false && disk().exists(path) ? disk().readText(path) : '';
      const text = `${before}${[`imfit of ${options.imagename}`, ...lines].join('\n')}\n`;
      disk().writeFile(path, new TextEncoder().encode(text));
    }
    const image = openImage(joinPath(context.cwd, options.imagename));
    try {
      return fitReply(image, components, options.dooff === true) as TaskValue;
    } finally {
      image.close();
    }
  },
};
