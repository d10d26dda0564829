import { mstransform } from '../../../pipeline/reshape/index.ts';
import { bool, float, inputPath, int, ints, outputPath, quantity, text, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration, TaskParameter } from '../types.ts';

/** Parameters that choose the output channels, in CASA's order. */
export const GRID_PARAMETERS: readonly TaskParameter[] = [
  text('mode', 'channel', 'what start and width are', { allowed: ['channel', 'frequency', 'velocity', 'channel_b'] }),
  int('nchan', -1, 'number of output channels; -1: as many as fit'),
  variant('start', 0, 'first output channel: number, frequency or velocity'),
  variant('width', 1, 'width of output channels: channels, frequency or velocity'),
];

export const FRAME_PARAMETERS: readonly TaskParameter[] = [
  variant('phasecenter', '', 'field or direction for which the channels are computed; empty: first field'),
  variant('restfreq', '', 'rest frequency of velocities'),
  text(
    'outframe',
    '',
    'frame of the output: LSRK, BARY, GEO, TOPO, LSRD, GALACTO, LGROUP, CMB, SOURCE; empty: as it is',
  ),
  text('veltype', 'radio', 'definition of velocity', { allowed: ['radio', 'optical'] }),
];

/** Parameters that select data, in the order of mstransform and cvel2. */
export const SELECTION_PARAMETERS: readonly TaskParameter[] = [
  variant('field', '', 'fields by name or number; empty: all'),
  variant('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
  variant('scan', '', 'scan numbers; empty: all'),
  variant('antenna', '', 'antennas or baselines, e.g. DV01&DA42; empty: all'),
  variant('correlation', '', 'correlations, e.g. XX,YY; empty: all'),
  variant('timerange', '', 'time range, e.g. 03:00:00~03:10:00; empty: all'),
  variant('intent', '', 'scan intents, with * as wildcard; empty: all'),
  variant('array', '', 'array numbers; empty: all'),
  variant('uvrange', '', 'baseline lengths, e.g. >50m; empty: all'),
  variant('observation', '', 'observation numbers; empty: all'),
  variant('feed', '', 'feed numbers; empty: all'),
];

export const mstransformTask: TaskDeclaration = {
  name: 'mstransform',
  summary: 'Selects, averages, smooths and regrids visibilities',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    outputPath('outputvis', undefined, 'name of the new MeasurementSet'),
    bool('createmms', false, 'make a multi-MS', { onlyDefault: true }),
    text('separationaxis', 'auto', 'how a multi-MS is divided', { inert: 'multi-MSs are not made' }),
    variant('numsubms', 'auto', 'parts of a multi-MS', { inert: 'multi-MSs are not made' }),
    ints('tileshape', [0], 'shape of tiles', { inert: 'tiles are shaped as CASA shapes them by itself' }),
    ...SELECTION_PARAMETERS,
    text('datacolumn', 'corrected', 'data column'),
    bool('realmodelcol', false, 'make a real column of a virtual model', { onlyDefault: true }),
    bool('keepflags', true, 'keep rows that are flagged altogether'),
    bool('usewtspectrum', false, 'make WEIGHT_SPECTRUM where the input has none'),
    bool('combinespws', false, 'combine spectral windows into one'),
    bool('chanaverage', false, 'average channels'),
    variant('chanbin', 1, 'channels to average: one number, or one for each window'),
    bool('hanning', false, 'smooth channels by Hanning'),
    bool('regridms', false, 'regrid channels'),
    ...GRID_PARAMETERS,
    int('nspw', 1, 'number of output windows', { onlyDefault: true }),
    text('interpolation', 'linear', 'interpolation between channels', {
      allowed: ['nearest', 'linear', 'cubic', 'spline', 'fftshift'],
    }),
    ...FRAME_PARAMETERS,
    bool('preaverage', false, 'average channels before regridding to wider ones'),
    bool('timeaverage', false, 'average in time'),
    quantity('timebin', '0s', 'time averaged'),
    text('timespan', '', 'what time averages may span: scan, state, field'),
    float('maxuvwdistance', 0, 'longest move of a baseline in an average, m; 0: any'),
    bool('docallib', false, 'calibrate on the way', { onlyDefault: true }),
    text('callib', '', 'calibration library', { onlyDefault: true }),
    bool('douvcontsub', false, 'subtract the continuum; use uvcontsub', { onlyDefault: true }),
    text('fitspw', '', 'line-free channels', { onlyDefault: true }),
    int('fitorder', 0, 'order of the continuum', { onlyDefault: true }),
    bool('want_cont', false, 'write the continuum', { onlyDefault: true }),
    bool('denoising_lib', true, 'library of the fit', { inert: 'the continuum is not fitted here' }),
    int('nthreads', 1, 'threads', { inert: 'threads are chosen here' }),
    int('niter', 1, 'rounds of the fit', { inert: 'the continuum is not fitted here' }),
    bool('disableparallel', false, 'no parallel work', { inert: 'parallel work is chosen here' }),
    int('ddistart', -1, 'first data description of a part', { onlyDefault: true }),
    text('taql', '', 'condition in the table query language that rows must fulfil'),
    bool('monolithic_processing', false, 'treat a multi-MS as one', { inert: 'multi-MSs are not made' }),
    bool('reindex', true, 'number windows, fields and antennas anew'),
  ],
  run: performs(mstransform),
};
