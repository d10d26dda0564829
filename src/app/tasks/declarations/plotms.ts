import { fail } from '../../../foundation/base/index.ts';
import { type PlotAxis, type PlotKey, visibilityFigures } from '../../../pipeline/calibration/index.ts';
import { writeFigures } from '../figure-file.ts';
import { bool, inputPath, int, outputPath, text, variant } from '../parameters.ts';
import type { TaskArguments, TaskDeclaration } from '../types.ts';

const AXES: Readonly<Record<string, PlotAxis>> = {
  ...{ time: 'time', scan: 'scan', field: 'field', spw: 'spw', baseline: 'baseline' },
  ...{ channel: 'chan', chan: 'chan', frequency: 'freq', freq: 'freq', uvdist: 'uvdist', uvwave: 'uvwave' },
  ...{ uvdist_l: 'uvwave', u: 'u', v: 'v', w: 'w', antenna1: 'antenna1', antenna2: 'antenna2', ant1: 'antenna1' },
  ...{ ant2: 'antenna2', amp: 'amp', amplitude: 'amp', phase: 'phase', real: 'real', imag: 'imag', weight: 'wt' },
  ...{ wt: 'wt', corr: 'corr', correlation: 'corr' },
};
const KEYS: Readonly<Record<string, PlotKey>> = {
  ...{ '': '', field: 'field', spw: 'spw', scan: 'scan', corr: 'corr', correlation: 'corr', baseline: 'baseline' },
  ...{
    antenna: 'antenna1',
    antenna1: 'antenna1',
    antenna2: 'antenna2',
    ant1: 'antenna1',
    ant2: 'antenna2',
    time: 'time',
  },
};
const COLUMNS = {
  data: 'DATA',
  corrected: 'CORRECTED_DATA',
  model: 'MODEL_DATA',
  float: 'FLOAT_DATA',
} as const;

export const plotmsTask: TaskDeclaration = {
  name: 'plotms',
  summary: 'Draws visibilities as PNG',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    int('gridrows', 1, 'rows of panels on a page'),
    int('gridcols', 1, 'columns of panels on a page'),
    text('xaxis', 'time', `what goes to the right: ${Object.keys(AXES).join(', ')}`),
    text('yaxis', 'amp', 'what goes upwards'),
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
    bool('averagedata', true, 'use the averages that follow'),
    variant('avgchannel', '', 'channels averaged'),
    variant('avgtime', '', 'time averaged, s'),
    bool('avgscan', false, 'averages cross scans'),
    bool('avgfield', false, 'averages cross fields'),
    bool('avgbaseline', false, 'average all baselines'),
    text('iteraxis', '', 'a panel for each'),
    bool('customsymbol', false, 'own symbols', { inert: 'one kind of point is drawn' }),
    text('coloraxis', '', 'what colours tell'),
    text('title', '', 'title of the picture'),
    outputPath('plotfile', '', 'name of the picture; empty: beside the MeasurementSet'),
    text('expformat', '', 'format of the picture', { inert: 'pictures are PNG' }),
    bool('highres', false, 'resolution', { inert: 'pictures have one resolution' }),
    bool('overwrite', false, 'replace a picture', { inert: 'pictures are replaced' }),
    bool('showgui', true, 'show a window', { inert: 'pictures are files here' }),
    bool('clearplots', true, 'clear plots', { inert: 'each call makes its own picture' }),
  ],
  run(context, args) {
    const selection = ['field', 'spw', 'timerange', 'uvrange', 'antenna', 'scan', 'correlation', 'array', 'intent'];
    const texts = args.selectdata === false ? [] : [...selection, 'observation'];
    const pages = visibilityFigures(context, {
      ...Object.fromEntries(texts.map((name) => [name, String(args[name])])),
      vis: String(args.vis),
      xaxis: chosen(AXES, args, 'xaxis'),
      yaxis: chosen(AXES, args, 'yaxis'),
      column: COLUMNS[(String(args.ydatacolumn) || 'data') as keyof typeof COLUMNS],
      ...(args.averagedata !== false && {
        avgchannel: Number(args.avgchannel) || 1,
        avgtime: Number.parseFloat(String(args.avgtime)) || 0,
        avgscan: args.avgscan === true,
        avgfield: args.avgfield === true,
        avgbaseline: args.avgbaseline === true,
      }),
      colour: chosen(KEYS, args, 'coloraxis'),
      iteration: chosen(KEYS, args, 'iteraxis'),
      subplot: [Number(args.gridrows), Number(args.gridcols)],
      title: String(args.title),
    });
    writeFigures(context, String(args.plotfile) || `${args.vis}.plotms`, pages);
    return undefined;
  },
};

function chosen<Value>(table: Readonly<Record<string, Value>>, args: TaskArguments, name: string): Value {
  const word = String(args[name]).toLowerCase();
  return table[word] ?? fail('usage', `plotms ${name}="${word}" is none of ${Object.keys(table).join(', ')}.`);
}
