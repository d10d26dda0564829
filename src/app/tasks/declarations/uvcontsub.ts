import { uvcontsub } from '../../../pipeline/reshape/index.ts';
import { bool, inputPath, int, outputPath, quantity, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import { typedReply } from '../typed-reply.ts';
import type { TaskDeclaration } from '../types.ts';

export const uvcontsubTask: TaskDeclaration = {
  name: 'uvcontsub',
  formerNames: ['uvcontsub2', 'uvcontsub_old'],
  summary: 'Fits and subtracts the continuum',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    outputPath('outputvis', '', 'name of the new MeasurementSet; without it vis.contsub, as CASA 3 to 6.4 named it'),
    text('field', '', 'fields by name or number; empty: all'),
    text('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
    text('scan', '', 'scan numbers; empty: all'),
    text('intent', '', 'scan intents, with * as wildcard; empty: all'),
    text('array', '', 'array numbers; empty: all'),
    text('observation', '', 'observation numbers; empty: all'),
    text('datacolumn', 'data', 'data column'),
    variant('fitspec', '', 'windows, channels and orders of the fit'),
    text('fitmethod', 'gsl', 'way of the fit', { allowed: ['gsl', 'casacore', 'GSL', 'CASACORE'], onlyDefault: true }),
    int('fitorder', 0, 'order of the polynomial that is fitted'),
    bool('writemodel', false, 'write the fit to MODEL_DATA', { onlyDefault: true }),
    text('fitspw', '', 'CASA 3 to 6.4: windows and channels of the fit; empty: all'),
    bool('excludechans', false, 'CASA 3 to 6.4: fitspw names the channels with lines'),
    text('combine', '', 'CASA 3 to 6.4: fit over spw, scan or both'),
    quantity('solint', 'int', 'CASA 3 to 6.4: time of one fit; int: each integration, inf: each scan'),
    bool('want_cont', false, 'CASA 3 to 6.4: write the fits as vis.cont, too'),
  ],
  run: runs(uvcontsub),
  reply: typedReply({ integers: ['count'] }),
};
