import { type ApplycalOptions, applycal } from '../../../pipeline/calibration/index.ts';
import { backUpFlags } from '../flag-backup.ts';
import { bool, inputPaths, outputPath, text, texts, variant } from '../parameters.ts';
import type { TaskDeclaration } from '../types.ts';

export const applycalTask: TaskDeclaration = {
  name: 'applycal',
  summary: 'Applies calibration tables to the data',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    text('field', '', 'fields by name or number; empty: all'),
    text('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
    text('intent', '', 'scan intents, with * as wildcard; empty: all'),
    bool('selectdata', true, 'use the selection parameters that follow'),
    text('timerange', '', 'time range, e.g. 03:00:00~03:10:00; empty: all'),
    variant('uvrange', '', 'baseline lengths, e.g. >50m; empty: all'),
    text('antenna', '', 'antennas or baselines, e.g. DV01&DA42; empty: all'),
    text('scan', '', 'scan numbers; empty: all'),
    variant('observation', '', 'observation numbers; empty: all'),
    text('msselect', '', 'further selection in TaQL', { onlyDefault: true }),
    bool('docallib', false, 'take the tables from a calibration library file', { onlyDefault: true }),
    text('callib', '', 'calibration library file', { onlyDefault: true }),
    inputPaths('gaintable', [], 'calibration tables to apply first, in any order'),
    texts('gainfield', [], 'fields of each table to take solutions from; nearest: the closest on the sky'),
    texts('interp', [], 'interpolation of each table in time and frequency, e.g. linear,linear'),
    variant('spwmap', [], 'for each table, the window whose solutions each window takes'),
    variant('calwt', [true], 'for each table: scale the weights too'),
    bool('parang', false, 'rotate by the parallactic angle; needs XX, XY, YX, YY'),
    text('applymode', '', 'what to do where solutions are missing: calflag, trial, calonly, flagonly \u2026', {
      allowed: ['', 'calflag', 'calflagstrict', 'trial', 'flagonly', 'flagonlystrict', 'calonly'],
    }),
    bool('flagbackup', true, 'keep a flag version of the state before'),
  ],
  run(context, args) {
    if (args.flagbackup === true) backUpFlags(context, String(args.vis), 'applycal');
    applycal(context, args as unknown as ApplycalOptions);
    return undefined;
  },
};
