import { listobs } from '../../../astronomy/ms/index.ts';
import { bool, float, inputPath, outputPath, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const listobsTask: TaskDeclaration = {
  name: 'listobs',
  summary: 'Lists what an observation holds',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    bool('selectdata', true, 'use the selection parameters that follow'),
    text('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all', { onlyDefault: true }),
    text('field', '', 'fields by name or number; empty: all', { onlyDefault: true }),
    text('antenna', '', 'antennas or baselines, e.g. DV01&DA42; empty: all', { onlyDefault: true }),
    text('uvrange', '', 'baseline lengths, e.g. >50m; empty: all', { onlyDefault: true }),
    text('timerange', '', 'time range, e.g. 03:00:00~03:10:00; empty: all', { onlyDefault: true }),
    text('correlation', '', 'correlations, e.g. XX,YY; empty: all', { onlyDefault: true }),
    text('scan', '', 'scan numbers; empty: all', { onlyDefault: true }),
    text('intent', '', 'scan intents, with * as wildcard; empty: all', { onlyDefault: true }),
    text('feed', '', 'feed numbers; empty: all'),
    text('array', '', 'array numbers; empty: all'),
    variant('observation', '', 'observation numbers; empty: all'),
    bool('verbose', true, 'say more'),
    outputPath('listfile', '', 'text file for the result'),
    bool('listunfl', false, 'count rows that are not flagged', { onlyDefault: true }),
    float('cachesize', 50.0, 'memory for the work', { inert: 'memory follows the budget' }),
    bool('overwrite', false, 'replace an output that is in the way'),
  ],
  run: runs(listobs),
};
