import type { Context } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { type BandpassPlot, bandpassFigures, readCalTable, skyCurveOf } from '../../../pipeline/calibration/index.ts';
import { writeFigures } from '../figure-file.ts';
import { bool, float, floats, inputPath, int, outputPath, text, variant } from '../parameters.ts';
import type { TaskArguments, TaskDeclaration } from '../types.ts';
import { tuple } from '../values.ts';

/** Precipitable water when none is stated, mm. */
const USUAL_WATER = 1;

export const plotbandpassTask: TaskDeclaration = {
  name: 'plotbandpass',
  summary: 'Draws the spectra of a bandpass or Tsys table as PNG',
  parameters: [
    inputPath('caltable', undefined, 'calibration table'),
    variant('antenna', '', 'antennas; empty: all'),
    variant('field', '', 'fields; empty: all'),
    variant('spw', '', 'windows; empty: all'),
    text('yaxis', 'amp', 'amp, phase or both', { allowed: ['amp', 'phase', 'both', 'snr'] }),
    text('xaxis', 'chan', 'freq or chan', { allowed: ['freq', 'chan'] }),
    outputPath('figfile', '', 'name of the pictures; empty: beside the table'),
    variant('plotrange', [0, 0, 0, 0], 'x and y range; 0,0: of the data'),
    text('caltable2', '', 'second table', { onlyDefault: true }),
    text('overlay', '', 'what shares a panel: time, antenna, spw'),
    bool('showflagged', false, 'draw flagged solutions, too'),
    text('timeranges', '', 'solutions by number', { onlyDefault: true }),
    bool('buildpdf', false, 'join the pages', { inert: 'pages are PNG files' }),
    text('caltable3', '', 'third table', { onlyDefault: true }),
    int('markersize', 3, 'size of the symbols', { inert: 'spectra are lines' }),
    int('density', 108, 'resolution', { inert: 'pictures have one resolution' }),
    bool('interactive', true, 'wait at each page', { inert: 'all pages are written at once' }),
    text('showpoints', 'auto', 'draw points', { inert: 'spectra are lines' }),
    text('showlines', 'auto', 'draw lines', { inert: 'spectra are lines' }),
    variant('subplot', 22, 'rows and columns of panels, e.g. 22'),
    text('zoom', '', 'part of the window', { onlyDefault: true }),
    text('poln', '', 'polarizations', { onlyDefault: true }),
    bool('showatm', false, 'draw the transmission of the atmosphere'),
    variant('pwv', 'auto', 'precipitable water vapour, mm'),
    text('gs', 'gs', 'program', { inert: 'no other program is called' }),
    text('convert', 'convert', 'program', { inert: 'no other program is called' }),
    variant('chanrange', '', 'channels that set the y range: a share in the middle, 92.1875%, or 5~120'),
    float('solutionTimeThresholdSeconds', 30.0, 'times apart that are one solution, s', { onlyDefault: true }),
    bool('debug', false, 'say more', { inert: 'the log says the same either way' }),
    variant('phase', '', 'range of phases', { onlyDefault: true }),
    text('vis', '', 'MeasurementSet', { inert: 'the table has what is needed' }),
    bool('showtsky', false, 'draw the brightness of the atmosphere'),
    bool('showfdm', false, 'mark windows of many channels'),
    text('showatmfield', '', 'field whose elevation is taken', { onlyDefault: true }),
    variant('lo1', '', 'first local oscillator', { onlyDefault: true }),
    bool('showimage', false, 'draw the image band, too', { onlyDefault: true }),
    bool('showatmpoints', false, 'draw the atmosphere as points', { inert: 'it is a line' }),
    text('parentms', '', 'MeasurementSet before a split', { inert: 'the table has what is needed' }),
    text('pdftk', 'pdftk', 'program', { inert: 'no other program is called' }),
    bool('channeldiff', false, 'draw differences between channels', { onlyDefault: true }),
    int('edge', 8, 'edge channels left out of the differences', { onlyDefault: true }),
    int('resample', 1, 'steps of the differences', { onlyDefault: true }),
    float('platformingThreshold', 10.0, 'least step that is reported', { onlyDefault: true }),
    float('platformingSigma', 10.0, 'least significance that is reported', { onlyDefault: true }),
    variant('basebands', '', 'basebands; empty: all', { onlyDefault: true }),
    bool('showBasebandNumber', false, 'write the baseband into titles'),
    variant('scans', '', 'scans; empty: all', { onlyDefault: true }),
    bool('figfileSequential', false, 'number the pages, instead of names of antenna, window and time'),
    bool('chanrangeSetXrange', false, 'chanrange sets the x range, too', { onlyDefault: true }),
    floats('yrange', [], 'y range; empty: of the data'),
  ],
  run: (context, args) => plotBandpass(context, args),
  // CASA's answers with nothing in a tuple.
  reply: () => tuple([]),
};

/** Draws the pages and returns the names of their files. */
export function plotBandpass(context: Context, args: TaskArguments): string[] {
  const caltable = String(args.caltable);
  const table = readCalTable(joinPath(context.cwd, caltable));
  const water = Number(args.pwv);
  const words = (name: string) => String(args[name] ?? '');
  const waterMm = Number.isFinite(water) && water > 0 ? water : USUAL_WATER;
  const pages = bandpassFigures(table, {
    name: caltable,
    ...{ antenna: words('antenna'), field: words('field'), spw: words('spw'), overlay: words('overlay') },
    xaxis: args.xaxis as BandpassPlot['xaxis'],
    yaxis: args.yaxis as BandpassPlot['yaxis'],
    subplot: words('subplot'),
    showfdm: args.showfdm === true,
    chanrange: Array.isArray(args.chanrange) ? args.chanrange.join('~') : words('chanrange'),
    showBasebandNumber: args.showBasebandNumber === true,
    ...rangeOf(args),
    ...(args.showflagged && { flaggedColour: '#999999' }),
    sky: skyCurveOf(args.showatm === true, args.showtsky === true, waterMm),
  });
  // One page alone has no number in CASA.
  const numbered = pages.map((_, index) => (pages.length === 1 ? '' : `.${String(index).padStart(3, '0')}`));
  const endings = args.figfileSequential ? numbered : pages.map(({ ending }) => ending);
  return writeFigures(context, words('figfile') || `${caltable}.bandpass`, pages, endings);
}

function rangeOf({ yrange, plotrange }: TaskArguments): { yrange?: readonly [number, number] } {
  const own =
    Array.isArray(yrange) && yrange.length === 2 ? yrange : Array.isArray(plotrange) ? plotrange.slice(2) : [];
  return own.length === 2 && own[0] !== own[1] ? { yrange: [Number(own[0]), Number(own[1])] } : {};
}
