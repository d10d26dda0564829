import { antennaFigure } from '../../../pipeline/calibration/index.ts';
import { writeFigures } from '../figure-file.ts';
import { bool, inputPath, outputPath, text, texts } from '../parameters.ts';
import type { TaskDeclaration } from '../types.ts';

export const plotantsTask: TaskDeclaration = {
  name: 'plotants',
  summary: 'Draws the places of the antennas as PNG',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    outputPath('figfile', '', 'name of the picture; empty: beside the MeasurementSet'),
    bool('antindex', false, 'show the numbers of the antennas'),
    bool('logpos', false, 'distances on a logarithmic scale'),
    texts('exclude', [], 'antennas to leave out'),
    bool('checkbaselines', false, 'only antennas with data', { onlyDefault: true }),
    text('title', '', 'title of the picture'),
    bool('showgui', true, 'show a window', { inert: 'pictures are files here' }),
  ],
  run(context, args) {
    const figure = antennaFigure(context, {
      vis: String(args.vis),
      logpos: args.logpos === true,
      antindex: args.antindex === true,
      exclude: args.exclude as string[],
      title: String(args.title),
    });
    writeFigures(context, String(args.figfile) || `${args.vis}.antennas`, [figure]);
    return undefined;
  },
};
