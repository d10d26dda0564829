import { type ApplycalOptions, applycal } from '../../../pipeline/calibration/index.ts';
import { backUpFlags } from '../flag-backup.ts';
import { bool, calibrationSelection, inputPaths, outputPath, text, texts, variant } from '../parameters.ts';
import type { TaskDeclaration } from '../types.ts';

export const applycalTask: TaskDeclaration = {
  name: 'applycal',
  summary: 'Applies calibration tables to the data',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    ...calibrationSelection,
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
    const changesFlags = args.applymode !== 'calonly' && args.applymode !== 'trial';
    if (args.flagbackup === true && changesFlags) backUpFlags(context, String(args.vis), 'applycal');
    applycal(context, args as unknown as ApplycalOptions);
    return undefined;
  },
};
