import { bool, text, texts } from '../parameters.ts';
import type { TaskParameter } from '../types.ts';

/** ASDM tables that the ALMA pipeline copies as they are. */
const PIPELINE_ASIS = 'SBSummary ExecBlock Antenna Annotation Station Receiver Source CalAtmosphere CalWVR CalPointing';

/** How pipeline tasks import ASDMs. */
export const IMPORT_PARAMETERS: readonly TaskParameter[] = [
  bool('lazy', false, 'leave the visibilities in the ASDM and refer to them instead of copying'),
  bool('bdfflags', true, 'apply the flags of the binary data'),
  text('ocorr_mode', 'ca', 'cross-correlations co, autocorrelations ao, or both ca', { allowed: ['co', 'ao', 'ca'] }),
  text('asis', PIPELINE_ASIS, 'ASDM tables to copy as they are, or *'),
];

/** What every pipeline task of CASA 4 and 5 takes. */
export const PIPELINE_PARAMETERS: readonly TaskParameter[] = [
  text('pipelinemode', 'automatic', 'who chooses parameters', {
    allowed: ['automatic', 'interactive', 'getinputs'],
    inert: 'parameters are taken as given',
  }),
  bool('dryrun', false, 'only say what would be done', { onlyDefault: true }),
  bool('acceptresults', true, 'add the results to the context', { inert: 'there is no context to add to' }),
];

export const SESSION_PARAMETER: TaskParameter = texts('session', [], 'session of each ASDM, e.g. session_1');
