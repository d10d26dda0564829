import { openMs } from '../../../astronomy/ms/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { columnStatistics } from '../column-statistics.ts';
import { bool, float, inputPath, int, text, variant } from '../parameters.ts';
import type { TaskArguments, TaskDeclaration, TaskValue } from '../types.ts';

const PARTS = ['amplitude', 'amp', 'phase', 'real', 'imag', 'imaginary'];
const COLUMNS = [
  ...['flag', 'antenna1', 'antenna2', 'feed1', 'feed2', 'field_id', 'array_id', 'data_desc_id', 'flag_row'],
  ...['interval', 'scan', 'scan_number', 'time', 'weight_spectrum', 'uvrange'],
];

const SELECTIONS = 'field spw intent timerange scan array observation antenna uvrange correlation'.split(' ');

/** The selection in our words. */
const selectionOf = (args: TaskArguments) => Object.fromEntries(SELECTIONS.map((name) => [name, String(args[name])]));

export const visstatTask: TaskDeclaration = {
  name: 'visstat',
  wantsModel: (args) => /model/i.test(String(args.datacolumn)),
  summary: 'Gives statistics of visibilities and of columns of a MeasurementSet',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    text('axis', 'amplitude', 'what the statistics are of', { allowed: [...PARTS, ...COLUMNS] }),
    text('datacolumn', 'data', 'data column', { allowed: ['data', 'corrected', 'model', 'float_data'] }),
    bool('useflags', true, 'leave flagged data out'),
    text('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
    text('field', '', 'fields by name or number; empty: all'),
    bool('selectdata', true, 'use the selection parameters that follow'),
    text('antenna', '', 'antennas or baselines, e.g. DV01&DA42; empty: all'),
    text('uvrange', '', 'baseline lengths, e.g. >50m; empty: all'),
    text('timerange', '', 'time range, e.g. 03:00:00~03:10:00; empty: all'),
    text('correlation', '', 'correlations, e.g. XX,YY; empty: all'),
    text('scan', '', 'scan numbers; empty: all'),
    text('array', '', 'array numbers; empty: all'),
    variant('observation', '', 'observation numbers; empty: all'),
    bool('timeaverage', false, 'average over time first', { onlyDefault: true }),
    text('timebin', '0s', 'time of one average', { inert: 'belongs to timeaverage=True', inertInCasa: true }),
    text('timespan', '', 'what an average may span', { inert: 'belongs to timeaverage=True', inertInCasa: true }),
    float('maxuvwdistance', 0.0, 'm', { inert: 'belongs to timeaverage=True', inertInCasa: true }),
    bool('disableparallel', false, 'work serially', { inert: 'it changes no value', inertInCasa: true }),
    int('ddistart', -1, 'first data description', { inert: 'it has no effect on the result', inertInCasa: true }),
    text('taql', '', 'further selection in TaQL', { onlyDefault: true }),
    bool('monolithic_processing', false, 'work in one piece', { inert: 'it changes no value', inertInCasa: true }),
    text('intent', '', 'scan intents, with * as wildcard; empty: all', { selectsAlways: true }),
    text('reportingaxes', 'ddid', 'what each result is of', { allowed: ['ddid', 'field', 'integration'] }),
    bool('doquantiles', true, 'median and quartiles too'),
  ],
  run(context, args) {
    const axis = String(args.axis).toLowerCase();
    const isPart = PARTS.includes(axis);
    const ms = openMs(joinPath(context.cwd, String(args.vis)), 'read');
    try {
      const asked = { column: isPart ? String(args.datacolumn) : axis, ...(isPart && { part: axis }) };
      return columnStatistics(ms, args, { ...asked, selection: selectionOf(args) }) as TaskValue;
    } finally {
      ms.close();
    }
  },
};
