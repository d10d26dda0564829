import type { VelocityFrame } from '../../../astronomy/measures/index.ts';
import { type Context, fail, isQa2Error, parseQuantity } from '../../../foundation/base/index.ts';
import { disk, joinPath } from '../../../foundation/bytes/index.ts';
import type { Figure } from '../../../foundation/plotting/index.ts';
import {
  type AverageChoice,
  type CalIteration,
  type CalTable,
  calTableFigures,
  isCalTable,
  type PlotAxis,
  type PlotKey,
  readCalTable,
  type SpectralView,
  skyCurveOf,
  visibilityFigures,
} from '../../../pipeline/calibration/index.ts';
import { figurePaths, writeFigures } from '../figure-file.ts';
import { bool, floats, inputPath, int, outputPath, text, variant } from '../parameters.ts';
import type { TaskArguments, TaskDeclaration } from '../types.ts';
import { CAL_X_AXES, CAL_Y_AXES, rangesOf, usualAxes } from './caltable-axes.ts';

const AXES: Readonly<Record<string, PlotAxis>> = {
  ...{ time: 'time', scan: 'scan', field: 'field', spw: 'spw', baseline: 'baseline' },
  ...{ channel: 'chan', chan: 'chan', frequency: 'freq', freq: 'freq', uvdist: 'uvdist', uvwave: 'uvwave' },
  ...{ uvdist_l: 'uvwave', u: 'u', v: 'v', w: 'w', antenna1: 'antenna1', antenna2: 'antenna2', ant1: 'antenna1' },
  ...{ ant2: 'antenna2', amp: 'amp', amplitude: 'amp', phase: 'phase', real: 'real', imag: 'imag', weight: 'wt' },
  ...{
    wt: 'wt',
    wtamp: 'wtamp',
    wtsp: 'wtsp',
    sigma: 'sigma',
    corr: 'corr',
    correlation: 'corr',
    velocity: 'velocity',
  },
  ...{ uwave: 'uwave', vwave: 'vwave', wwave: 'wwave', azimuth: 'azimuth', elevation: 'elevation' },
  ...{ hourang: 'hourang', hourangle: 'hourang', parang: 'parang', parangle: 'parang' },
};
const KEYS: Readonly<Record<string, PlotKey>> = {
  ...{ '': '', field: 'field', spw: 'spw', scan: 'scan', corr: 'corr', correlation: 'corr', baseline: 'baseline' },
  ...{ antenna: 'antenna1', antenna1: 'antenna1', antenna2: 'antenna2', ant1: 'antenna1', ant2: 'antenna2' },
  ...{ time: 'time', channel: 'chan', chan: 'chan', observation: 'observation', intent: 'intent' },
};
/** What colours and panels of a calibration table can tell. */
const CAL_KEYS: Readonly<Record<string, CalIteration | 'pol'>> = {
  ...{
    '': 'pol',
    corr: 'pol',
    correlation: 'pol',
    poln: 'pol',
    field: 'field',
    spw: 'spw',
    scan: 'scan',
    time: 'time',
  },
  ...{ antenna: 'antenna', antenna1: 'antenna', ant1: 'antenna' },
};
type Drawn = Pick<AverageChoice, 'column' | 'model'>;

const COLUMNS: Readonly<Record<string, Drawn>> = {
  data: { column: 'DATA' },
  corrected: { column: 'CORRECTED_DATA' },
  model: { column: 'MODEL_DATA' },
  float: { column: 'FLOAT_DATA' },
  residual: { column: 'CORRECTED_DATA', model: 'difference' },
  ...withModel('corrected', 'CORRECTED_DATA'),
  ...withModel('data', 'DATA'),
};

/** Differences of complex values and their quotients, under CASA's names. */
function withModel(name: string, column: Drawn['column']): Record<string, Drawn> {
  const [difference, quotient]: Drawn[] = [
    { column, model: 'difference' },
    { column, model: 'quotient' },
  ];
  return {
    ...{ [`${name}-model`]: difference, [`${name}-model_vector`]: difference },
    ...{ [`${name}/model`]: quotient, [`${name}/model_vector`]: quotient },
  };
}

/** Precipitable water over the array that curves of the atmosphere are for, mm. */
const USUAL_WATER = 1;

const FRAMES = ['', 'TOPO', 'GEO', 'BARY', 'LSRK'];
const SHAPES = ['', 'nosymbol', 'circle', 'square', 'diamond', 'pixel', 'autoscaling'];
const LOOK = { inert: 'pictures have one look' };

export const plotmsTask: TaskDeclaration = {
  name: 'plotms',
  wantsModel: (args) => /model|residual/i.test(String(args.ydatacolumn)),
  summary: 'Draws visibilities or a calibration table as PNG',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet or calibration table'),
    int('gridrows', 1, 'rows of panels on a page'),
    int('gridcols', 1, 'columns of panels on a page'),
    int('rowindex', 0, 'row of a panel', { onlyDefault: true }),
    int('colindex', 0, 'column of a panel', { onlyDefault: true }),
    int('plotindex', 0, 'number of a plot in a panel', { onlyDefault: true }),
    text('xaxis', '', `what goes to the right: ${Object.keys(AXES).join(', ')}; empty: time, of spectra freq`),
    text('yaxis', '', 'what goes upwards; of tables also snr, delay, tsys, opac; empty: amp'),
    text('xdatacolumn', '', 'data column of the x axis', { inert: 'the column of the y axis is taken' }),
    text('ydatacolumn', 'data', 'data column', { allowed: ['', ...Object.keys(COLUMNS)] }),
    bool('selectdata', true, 'use the selection parameters'),
    text('field', '', 'fields by name or number; empty: all'),
    text('spw', '', 'spectral windows and channels; empty: all'),
    text('timerange', '', 'times; empty: all'),
    text('uvrange', '', 'baseline lengths; empty: all'),
    text('antenna', '', 'antennas or baselines; empty: all'),
    text('scan', '', 'scan numbers; empty: all'),
    text('correlation', '', 'correlations; empty: all'),
    text('array', '', 'array numbers; empty: all'),
    text('observation', '', 'observation numbers; empty: all'),
    text('intent', '', 'scan intents; empty: all'),
    text('feed', '', 'feeds', { onlyDefault: true }),
    text('msselect', '', 'further selection in TaQL'),
    bool('averagedata', true, 'use the averages that follow'),
    variant('avgchannel', '', 'channels averaged'),
    variant('avgtime', '', 'time averaged, s'),
    bool('avgscan', false, 'averages cross scans'),
    bool('avgfield', false, 'averages cross fields'),
    bool('avgbaseline', false, 'average all baselines'),
    bool('avgantenna', false, 'average the baselines of each antenna'),
    bool('avgspw', false, 'average spectral windows, channel by channel'),
    bool('scalar', false, 'average amplitudes and phases instead of vectors'),
    bool('transform', false, 'use freqframe, restfreq and veldef'),
    text('freqframe', '', 'frame of frequencies and velocities; empty: as observed', { allowed: FRAMES }),
    text('restfreq', '', 'rest frequency of velocities, e.g. 230.538GHz; empty: the middle of each window'),
    text('veldef', 'RADIO', 'definition of velocities', { allowed: ['RADIO', 'OPTICAL', 'radio', 'optical'] }),
    floats('shift', [0, 0], 'another phase centre, arcsec', { onlyDefault: true }),
    bool('extendflag', false, 'extends flags set by hand', { onlyDefault: true }),
    text('iteraxis', '', 'a panel for each'),
    bool('xselfscale', false, 'one range of x for all panels'),
    bool('xsharedaxis', false, 'one x axis for a column of panels: here one range for all'),
    bool('yselfscale', false, 'one range of y for all panels'),
    bool('ysharedaxis', false, 'one y axis for a row of panels: here one range for all'),
    bool('customsymbol', false, 'own symbols', { inert: 'one kind of point is drawn' }),
    text('coloraxis', '', 'what colours tell'),
    ...['symbolshape', 'symbolcolor', 'symbolfill', 'xconnector'].map((name) => text(name, '', 'look', LOOK)),
    variant('symbolsize', 2, 'look', LOOK),
    bool('symboloutline', false, 'look', LOOK),
    bool('customflaggedsymbol', false, 'draw flagged data, too'),
    text('flaggedsymbolshape', 'circle', 'nosymbol: flagged data are not drawn', { allowed: SHAPES }),
    int('flaggedsymbolsize', 2, 'look', LOOK),
    text('flaggedsymbolcolor', 'ff0000', 'colour of flagged data, e.g. ff0000 or red'),
    text('flaggedsymbolfill', 'fill', 'look', LOOK),
    bool('flaggedsymboloutline', false, 'look', LOOK),
    floats('plotrange', [], 'xmin, xmax, ymin, ymax; empty, or minimum and maximum equal: of the data'),
    text('title', '', 'title of the picture'),
    text('xlabel', '', 'words below the x axis'),
    text('ylabel', '', 'words beside the y axis'),
    ...['titlefont', 'xaxisfont', 'yaxisfont', 'majorwidth', 'minorwidth'].map((name) => int(name, 0, 'look', LOOK)),
    ...['showmajorgrid', 'showminorgrid', 'showlegend'].map((name) => bool(name, false, 'look', LOOK)),
    ...['majorstyle', 'majorcolor', 'minorstyle', 'minorcolor', 'legendposition'].map((name) =>
      text(name, '', 'look', LOOK),
    ),
    outputPath('plotfile', '', 'name of the picture; empty: beside the MeasurementSet'),
    text('expformat', '', 'format of the picture', { inert: 'pictures are PNG' }),
    bool('verbose', true, 'say more', { inert: 'the log says the same either way' }),
    text('exprange', 'current', 'which pages are written', { inert: 'all pages are written' }),
    bool('highres', false, 'resolution', { inert: 'pictures have one resolution' }),
    ...['dpi', 'width', 'height'].map((name) => int(name, -1, 'size', { inert: 'pictures have one resolution' })),
    bool('overwrite', false, 'replace a picture of this name'),
    bool('showgui', true, 'show a window', { inert: 'pictures are files here' }),
    bool('clearplots', true, 'clear plots', { inert: 'each call makes its own picture' }),
    text('callib', '', 'calibration on the fly', { onlyDefault: true }),
    bool('showatm', false, 'draw the transmission of the atmosphere over spectra'),
    bool('showtsky', false, 'draw the brightness of the sky over spectra'),
    bool('showimage', false, 'image sideband', { onlyDefault: true }),
    text('headeritems', '', 'lines above the picture', { onlyDefault: true }),
  ],
  run(context, args) {
    checkAverages(args);
    const plotfile = String(args.plotfile);
    if (plotfile !== '' && args.overwrite !== true && isThere(context, plotfile))
      return refuse(context, `${plotfile} is there already; overwrite=True replaces it.`);
    const pages = somePages(context, () => pagesOf(context, args));
    if (!pages) return false;
    const endings = endingsOf(pages, String(args.iteraxis));
    const there =
      plotfile &&
      args.overwrite !== true &&
      figurePaths(context, plotfile, endings ?? []).find((path) => disk().exists(path));
    if (there) return refuse(context, `${there} is there already; overwrite=True replaces it.`);
    writeFigures(context, plotfile || `${args.vis}.plotms`, pages, endings);
    return true;
  },
};

/** CASA's plotms says False and lets scripts go on. */
function refuse(context: Context, why: string): false {
  context.log.post(why, 'SEVERE', 'plotms');
  return false;
}

/** The pages; undefined where there is nothing to draw, which the log says. */
function somePages(context: Context, draw: () => readonly Figure[]): readonly Figure[] | undefined {
  try {
    return draw();
  } catch (error) {
    if (!isQa2Error(error, 'bad-data')) throw error;
    refuse(context, error.message);
    return undefined;
  }
}

function isThere(context: Context, plotfile: string): boolean {
  const path = joinPath(context.cwd, plotfile);
  return disk().exists(path) || disk().exists(`${path}.png`);
}

/** @throws usage for averages over what is no number */
function checkAverages({ averagedata, ...args }: TaskArguments): void {
  if (averagedata === false) return;
  for (const name of ['avgchannel', 'avgtime']) {
    const word = String(args[name]);
    if (word !== '' && !(Number(word) >= 0))
      fail(
        'usage',
        `plotms ${name} must be a number, of ${name === 'avgtime' ? 'seconds' : 'channels'}, not "${word}".`,
      );
  }
}

/** Words of CASA's file names. */
const FILE_WORDS: Readonly<Record<string, string>> = {
  ...{ scan: 'Scan', field: 'Field', spw: 'Spw', corr: 'Corr', correlation: 'Corr', baseline: 'Baseline' },
  ...{ antenna: 'Antenna', antenna1: 'Antenna1', ant1: 'Antenna1', antenna2: 'Antenna2', ant2: 'Antenna2' },
  time: 'Time',
};
/** Longest name of a file that is not shortened to the number of its page. */
const LONGEST_ENDING = 200;

/** What CASA appends to the names of pages of panels: what they show, such as _Scan4,5,6, and from the second on their number. */
function endingsOf(pages: readonly Figure[], iteraxis: string): string[] | undefined {
  if (iteraxis === '') return undefined;
  const numbers = pages.map((_, index) => (index === 0 ? '' : `_${index + 1}`));
  const named = pages.map(({ sections }, index) => {
    const values = sections[0].panels.map(({ title }) =>
      title
        .replace(/^(scan|spw|field) (?=\d+$)/, '')
        .replace(' & ', '_with_')
        .replaceAll('/', '_'),
    );
    return `_${FILE_WORDS[iteraxis.toLowerCase()] ?? iteraxis}${values.join(',')}${numbers[index]}`;
  });
  return named.some((ending) => ending.length > LONGEST_ENDING) ? numbers : named;
}

function pagesOf(context: Context, args: TaskArguments): readonly Figure[] {
  const path = joinPath(context.cwd, String(args.vis));
  if (isCalTable(path)) return tablePages(readCalTable(path), args);
  const selection = ['field', 'spw', 'timerange', 'uvrange', 'antenna', 'scan', 'correlation', 'array', 'intent'];
  const texts = args.selectdata === false ? [] : [...selection, 'observation'];
  return visibilityFigures(context, {
    ...Object.fromEntries(texts.map((name) => [name, String(args[name])])),
    vis: String(args.vis),
    xaxis: chosen(AXES, { xaxis: 'time', ...given(args) }, 'xaxis'),
    yaxis: chosen(AXES, { yaxis: 'amp', ...given(args) }, 'yaxis'),
    ...COLUMNS[String(args.ydatacolumn).toLowerCase() || 'data'],
    where: args.selectdata === false ? undefined : String(args.msselect) || undefined,
    ...flaggedOf(args),
    sky: skyOf(args),
    ...(args.averagedata !== false && {
      avgchannel: Number(args.avgchannel) || 1,
      avgtime: Number(args.avgtime) || 0,
      avgscan: args.avgscan === true,
      avgfield: args.avgfield === true,
      avgspw: args.avgspw === true,
      avgbaseline: args.avgbaseline === true,
      avgantenna: args.avgantenna === true,
      isScalar: args.scalar === true,
    }),
    ...(args.transform !== false && { spectral: spectralView(args) }),
    colour: chosen(KEYS, args, 'coloraxis'),
    iteration: args.iteraxis === 'antenna' ? 'antenna' : chosen(KEYS, args, 'iteraxis'),
    subplot: [Number(args.gridrows), Number(args.gridcols)],
    ...frameOf(args),
  });
}

/** Title, words and ranges of the axes. */
function frameOf(args: TaskArguments) {
  return {
    title: String(args.title) || undefined,
    ...{ xlabel: String(args.xlabel) || undefined, label: String(args.ylabel) || undefined },
    ...rangesOf(args.plotrange as number[]),
    sharesX: args.xselfscale === true || args.xsharedaxis === true,
    sharesY: args.yselfscale === true || args.ysharedaxis === true,
  };
}

/** A colour is a name of CSS or six hexadecimal digits. */
function flaggedOf({ customflaggedsymbol, flaggedsymbolshape, flaggedsymbolcolor }: TaskArguments) {
  if (customflaggedsymbol !== true || flaggedsymbolshape === 'nosymbol') return {};
  const word = String(flaggedsymbolcolor) || 'ff0000';
  return { flaggedColour: /^[0-9a-f]{6}$/i.test(word) ? `#${word}` : word };
}

/** The frame and definition of frequencies and velocities. */
function spectralView(args: TaskArguments): SpectralView {
  const frame = (String(args.freqframe).toUpperCase() || undefined) as VelocityFrame | undefined;
  const restHz = args.restfreq === '' ? undefined : parseFrequency(String(args.restfreq));
  return { frame, restHz, isOptical: String(args.veldef).toUpperCase() === 'OPTICAL' };
}

/** A bare number is in MHz, as in CASA's plotms. */
function parseFrequency(text: string): number {
  return /^[\d.eE+-]+$/.test(text.trim()) ? Number(text) * 1e6 : parseQuantity(text, 'frequency');
}

/** A calibration table instead of visibilities. */
function tablePages(table: CalTable, args: TaskArguments) {
  const asked: TaskArguments = { ...usualAxes(table), ...given(args) };
  const iteration = chosen(CAL_KEYS, asked, 'iteraxis');
  if (asked.iteraxis && iteration === 'pol')
    fail('usage', 'plotms draws the polarizations of a calibration table into one panel, told apart by colour.');
  if (args.msselect)
    fail('usage', 'plotms msselect chooses rows of MeasurementSets; choose those of a table by field, spw, antenna …');
  const texts = args.selectdata === false ? [] : ['field', 'spw', 'timerange', 'antenna', 'scan', 'observation'];
  const xaxis = chosen(CAL_X_AXES, asked, 'xaxis');
  return calTableFigures(table, {
    name: String(args.vis),
    ...Object.fromEntries(texts.map((name) => [name, String(args[name])])),
    xaxis,
    yaxis: chosen(CAL_Y_AXES, asked, 'yaxis'),
    iteration: iteration === 'pol' ? [] : [iteration],
    colour: chosen(CAL_KEYS, asked, 'coloraxis'),
    subplot: [Number(args.gridrows), Number(args.gridcols)],
    ...flaggedOf(args),
    sky: skyOf(args),
    ...frameOf(args),
  });
}

const skyOf = ({ showatm, showtsky }: TaskArguments) => skyCurveOf(showatm === true, showtsky === true, USUAL_WATER);

/** The arguments that are not empty. */
function given(args: TaskArguments): TaskArguments {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== ''));
}

function chosen<Value>(table: Readonly<Record<string, Value>>, args: TaskArguments, name: string): Value {
  const word = String(args[name] ?? '').toLowerCase();
  const words = Object.keys(table).filter((known) => known !== '');
  return table[word] ?? fail('usage', `plotms ${name}="${word}" is none of ${words.join(', ')}.`);
}
