import { type Context, fail, isQa2Error } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import {
  type CalIteration,
  type CalPlot,
  type CalPolarization,
  calTableFigures,
  readCalTable,
  subplotOf,
} from '../../../pipeline/calibration/index.ts';
import { writeFigures } from '../figure-file.ts';
import { bool, float, floats, inputPath, outputPath, text, variant } from '../parameters.ts';
import type { TaskDeclaration } from '../types.ts';
import { CAL_X_AXES, CAL_Y_AXES, rangesOf, usualAxes } from './caltable-axes.ts';

/** CASA names the two for circular feeds, too. */
const POLARIZATIONS: Readonly<Record<string, CalPolarization | undefined>> = {
  ...{ '': undefined, XY: undefined, RL: undefined },
  ...{ X: 'X', R: 'X', Y: 'Y', L: 'Y', '/': '/' },
};
const ITERATIONS: readonly CalIteration[] = ['antenna', 'spw', 'field', 'time', 'scan'];

/** The pages; undefined where nothing is selected: plotcal of CASA 4 said so and let scripts go on. */
function figuresOf(context: Context, table: ReturnType<typeof readCalTable>, plot: CalPlot) {
  try {
    return calTableFigures(table, plot);
  } catch (error) {
    if (!isQa2Error(error, 'bad-data')) throw error;
    context.log.post(error.message, 'WARN', 'plotcal');
    return undefined;
  }
}

export const plotcalTask: TaskDeclaration = {
  name: 'plotcal',
  summary: 'Draws a calibration table as PNG',
  parameters: [
    inputPath('caltable', undefined, 'calibration table'),
    text('xaxis', '', 'time, freq, chan, scan, antenna or a value; empty: time, for spectra freq'),
    text('yaxis', '', 'amp, phase, real, imag, snr, delay or tsys; empty: amp'),
    text('poln', '', 'polarization: X, Y, or / for their quotient; empty: both', {
      allowed: Object.keys(POLARIZATIONS),
    }),
    text('field', '', 'fields; empty: all'),
    text('antenna', '', 'antennas; empty: all'),
    text('spw', '', 'spectral windows; empty: all'),
    text('timerange', '', 'times; empty: all'),
    variant('subplot', 22, 'rows and columns of panels, e.g. 22'),
    bool('overplot', false, 'draw into the picture before', { onlyDefault: true }),
    text('clearpanel', 'Auto', 'what is cleared first', { inert: 'each call makes its own picture' }),
    text('iteration', 'antenna', 'a panel for each: antenna, spw, field, time, scan'),
    floats('plotrange', [], 'x and y range; empty: of the data'),
    bool('showflags', false, 'draw flagged solutions, too'),
    text('plotsymbol', 'o', 'symbol', { inert: 'one kind of point is drawn' }),
    text('plotcolor', 'blue', 'colour', { inert: 'colours tell windows and polarizations apart' }),
    float('markersize', 5.0, 'size of the symbols', { inert: 'points have one size' }),
    float('fontsize', 10.0, 'size of the letters', { inert: 'letters have one size' }),
    bool('showgui', true, 'show a window', { inert: 'pictures are files here' }),
    outputPath('figfile', '', 'name of the pictures; empty: beside the table'),
  ],
  run(context, args) {
    const caltable = String(args.caltable);
    const table = readCalTable(joinPath(context.cwd, caltable));
    const usual = usualAxes(table);
    const xaxis = CAL_X_AXES[String(args.xaxis || usual.xaxis)];
    const yaxis = CAL_Y_AXES[String(args.yaxis || usual.yaxis)];
    if (!xaxis || !yaxis)
      fail(
        'usage',
        `plotcal draws ${Object.keys(CAL_Y_AXES).join(', ')} against ${Object.keys(CAL_X_AXES).join(', ')}.`,
      );
    const words = String(args.iteration)
      .split(',')
      .map((word) => word.trim());
    const odd = words.find((word) => word !== '' && !ITERATIONS.some((what) => what === word));
    if (odd !== undefined) fail('usage', `plotcal iteration="${odd}" is none of ${ITERATIONS.join(', ')}.`);
    const plot: CalPlot = {
      name: caltable,
      ...{ xaxis, yaxis, iteration: ITERATIONS.filter((what) => words.includes(what)) },
      ...(xaxis === 'time' && { colour: 'spw' as const }),
      polarization: POLARIZATIONS[String(args.poln)],
      ...{ field: String(args.field), antenna: String(args.antenna), spw: String(args.spw) },
      timerange: String(args.timerange),
      ...(args.showflags === true && { flaggedColour: '#ff0000' }),
      subplot: subplotOf(String(args.subplot)),
      ...rangesOf(args.plotrange as number[]),
    };
    const pages = figuresOf(context, table, plot);
    if (!pages) return undefined;
    writeFigures(context, String(args.figfile) || `${caltable}.${String(args.yaxis || 'plot')}`, pages);
    return undefined;
  },
};
