import { type StatwtOptions, statwt } from '../../../pipeline/reshape/index.ts';
import { backUpFlags } from '../flag-backup.ts';
import { bool, float, floats, int, outputPath, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import { typedReply } from '../typed-reply.ts';
import type { TaskDeclaration } from '../types.ts';

export const statwtTask: TaskDeclaration = {
  name: 'statwt',
  wantsModel: (args) => String(args.datacolumn).startsWith('residual'),
  summary: 'Computes weights from the scatter of visibilities',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    bool('selectdata', true, 'use the selection below'),
    variant('field', '', 'fields by name or number; empty: all'),
    variant('spw', '', 'spectral windows; empty: all'),
    variant('intent', '', 'scan intents, with * as wildcard; empty: all'),
    variant('array', '', 'array numbers; empty: all'),
    variant('observation', '', 'observation numbers; empty: all'),
    variant('scan', '', 'scan numbers; empty: all'),
    text('combine', '', 'what one variance may span: corr, scan, state, field'),
    variant('timebin', 1, 'integrations, or a time such as 60s'),
    bool('slidetimebin', false, 'a bin around each integration'),
    variant('chanbin', 'spw', 'channels, a bandwidth, or spw'),
    int('minsamp', 2, 'fewest values of a variance'),
    text('statalg', 'classic', 'statistics: classic, chauvenet, fit-half or hinges-fences'),
    float('fence', -1, 'hinges-fences: how many distances of the quartiles values may lie beyond them; negative: all'),
    text('center', 'mean', 'fit-half: centre of the values: mean, median or zero'),
    bool('lside', true, 'fit-half: take the values below the centre'),
    float('zscore', -1, 'chauvenet: standard deviations that values may lie away; negative: by their number'),
    int('maxiter', -1, 'chauvenet: most rounds; negative: until nothing changes'),
    text('fitspw', '', 'channels that count; empty: all'),
    bool('excludechans', false, 'fitspw names the channels that do not count'),
    floats('wtrange', [], 'smallest and largest weight'),
    bool('flagbackup', true, 'keep a flag version of the state before'),
    bool('preview', false, 'compute only'),
    text('datacolumn', 'corrected', 'data column', { allowed: ['data', 'corrected', 'residual', 'residual_data'] }),
  ],
  run: runs((context, options: StatwtOptions & { flagbackup?: boolean }) => {
    if (options.flagbackup && !options.preview) backUpFlags(context, options.vis, 'statwt');
    return statwt(context, options);
  }),
  reply: typedReply(),
};
