import { type ListobsOptions, listedRows, listobs } from '../../../astronomy/ms/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { bool, float, inputPath, outputPath, text, variant } from '../parameters.ts';
import { summaryOf } from '../tools/ms-scans.ts';
import { closeState, type MsState, msOf, openState } from '../tools/ms-state.ts';
import type { TaskDeclaration, TaskValue } from '../types.ts';

export const listobsTask: TaskDeclaration = {
  name: 'listobs',
  summary: 'Lists what an observation holds',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    bool('selectdata', true, 'use the selection parameters that follow'),
    variant('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
    variant('field', '', 'fields by name or number; empty: all'),
    variant('antenna', '', 'antennas or baselines, e.g. DV01&DA42; empty: all'),
    variant('uvrange', '', 'baseline lengths, e.g. >50m; empty: all'),
    variant('timerange', '', 'time range, e.g. 03:00:00~03:10:00; empty: all'),
    text('correlation', '', 'correlations, e.g. XX,YY; empty: all'),
    variant('scan', '', 'scan numbers; empty: all'),
    variant('intent', '', 'scan intents, with * as wildcard; empty: all'),
    variant('feed', '', 'feed numbers; empty: all'),
    variant('array', '', 'array numbers; empty: all'),
    variant('observation', '', 'observation numbers; empty: all'),
    bool('verbose', true, 'say more'),
    outputPath('listfile', '', 'text file for the result'),
    bool('listunfl', false, 'count rows that are not flagged'),
    float('cachesize', 50.0, 'memory for the work', { inert: 'memory follows the budget' }),
    bool('overwrite', false, 'replace an output that is in the way'),
  ],
  run(context, args) {
    const options = args as unknown as ListobsOptions;
    const text = listobs(context, options);
    if (!options.listfile) context.log.post(text, 'INFO', 'listobs');
    const state: MsState = {};
    openState(state, joinPath(context.cwd, options.vis), false);
    try {
      state.rows = listedRows(msOf(state), options);
      return summaryOf(state) as TaskValue;
    } finally {
      closeState(state);
    }
  },
};
