import { fluxscale } from '../../../pipeline/calibration/index.ts';
import { bool, float, inputPath, int, ints, outputPath, text, texts } from '../parameters.ts';
import { runs } from '../room-call.ts';
import { typedReply } from '../typed-reply.ts';
import type { TaskDeclaration } from '../types.ts';

export const fluxscaleTask: TaskDeclaration = {
  name: 'fluxscale',
  summary: 'Carries the flux scale from known calibrators to others',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    inputPath('caltable', undefined, 'name of the calibration table'),
    outputPath('fluxtable', undefined, 'name of the new table with the flux scale'),
    texts('reference', [], 'fields whose flux density is known'),
    texts('transfer', [], 'fields whose flux density is wanted; empty: all others'),
    outputPath('listfile', '', 'text file for the result'),
    bool('append', false, 'add to an existing table'),
    ints('refspwmap', [-1], 'for each window, the window of the reference'),
    float('gainthreshold', -1.0, 'leave out gains that deviate by more than this fraction'),
    text('antenna', '', 'antennas or baselines, e.g. DV01&DA42; empty: all'),
    text('timerange', '', 'time range, e.g. 03:00:00~03:10:00; empty: all'),
    text('scan', '', 'scan numbers; empty: all'),
    bool('incremental', false, 'the new table holds only the scale'),
    int('fitorder', 1, 'order of the polynomial that is fitted'),
    bool('display', false, 'show plots', { onlyDefault: true }),
  ],
  run: runs(fluxscale),
  reply: typedReply({ integers: ['spwID'] }),
};
