import { bool, text, variant } from '../parameters.ts';
import type { TaskDeclaration } from '../types.ts';

const NO_WEBLOG = 'no web log is written';

/** The pipeline's beginning; Python makes the context object that scripts get from it. */
export const hInitTask: TaskDeclaration = {
  name: 'h_init',
  summary: 'Begins a restoration by pipeline tasks',
  parameters: [
    text('loglevel', 'info', 'least priority of messages', { inert: "all messages of the tasks go to CASA's log" }),
    text('plotlevel', 'default', 'which pictures to draw', { inert: NO_WEBLOG }),
    text('output_dir', './', 'working directory', { onlyDefault: true }),
    bool('weblog', true, 'write the web log', { inert: NO_WEBLOG }),
    bool('overwrite', true, 'replace files of an earlier run', { inert: 'nothing of an earlier run is read' }),
    bool('dryrun', false, 'only say what would be done', { onlyDefault: true }),
    bool('acceptresults', true, 'add the results to the context', { inert: 'tasks hand on their MeasurementSets' }),
    variant('processing_intents', null, 'purposes of the run', { inert: 'they only steer the heuristics' }),
  ],
  run: () => undefined,
};
