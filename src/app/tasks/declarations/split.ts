import { split } from '../../../pipeline/reshape/index.ts';
import { bool, inputPath, outputPath, quantity, text, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const splitTask: TaskDeclaration = {
  name: 'split',
  formerNames: ['split2'],
  summary: 'Makes a MeasurementSet from a part of another',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    outputPath('outputvis', undefined, 'name of the new MeasurementSet'),
    bool('keepmms', true, 'keep the parts of a multi-MS', { inert: 'multi-MSs are not made' }),
    variant('field', '', 'fields by name or number; empty: all'),
    variant('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
    variant('scan', '', 'scan numbers; empty: all'),
    variant('antenna', '', 'antennas or baselines, e.g. DV01&DA42; empty: all'),
    text('correlation', '', 'correlations, e.g. XX,YY; empty: all'),
    variant('timerange', '', 'time range, e.g. 03:00:00~03:10:00; empty: all'),
    variant('intent', '', 'scan intents, with * as wildcard; empty: all'),
    variant('array', '', 'array numbers; empty: all'),
    variant('uvrange', '', 'baseline lengths, e.g. >50m; empty: all'),
    variant('observation', '', 'observation numbers; empty: all'),
    variant('feed', '', 'feed numbers; empty: all'),
    text('datacolumn', 'corrected', 'data column'),
    bool('keepflags', true, 'keep rows that are flagged'),
    variant('width', 1, 'channels to average, or channel width'),
    quantity('timebin', '0s', 'time averaged'),
    text('combine', '', 'axes over which one solution is made: scan, spw, field, obs'),
  ],
  run: performs(split),
};
