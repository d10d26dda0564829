import { exportuvfits } from '../../../pipeline/reshape/index.ts';
import { bool, inputPath, outputPath, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const exportuvfitsTask: TaskDeclaration = {
  name: 'exportuvfits',
  summary: 'Writes visibilities as UVFITS',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    outputPath('fitsfile', undefined, 'FITS file'),
    text('datacolumn', 'corrected', 'corrected (without one: data), data or model'),
    variant('field', '', 'fields by name or number; empty: all'),
    variant('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
    variant('antenna', '', 'antennas or baselines, e.g. DV01&DA42; empty: all'),
    text('timerange', '', 'time range, e.g. 03:00:00~03:10:00; empty: all'),
    bool('writesyscal', false, 'tables of system temperatures', {
      inert: 'no task of CASA since 4.0 writes them',
      inertInCasa: true,
    }),
    bool('multisource', true, 'a table of sources; several fields have one always'),
    bool('combinespw', true, 'windows as IFs of one group'),
    bool('writestation', true, 'antennas are named by their stations'),
    bool('padwithflags', true, 'windows that an integration lacks are written as flagged'),
    bool('overwrite', false, 'replace an output that is in the way'),
  ],
  run: runs(exportuvfits),
};
