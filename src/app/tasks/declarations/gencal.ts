import { gencal } from '../../../pipeline/calibration/index.ts';
import { bool, floats, inputPath, int, outputPath, text } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const gencalTask: TaskDeclaration = {
  name: 'gencal',
  summary: 'Calibration tables from metadata or stated values',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    outputPath('caltable', undefined, 'name of the calibration table'),
    text('caltype', '', 'kind of calibration', {
      allowed: [
        'eff',
        'antposvla',
        'swpwts',
        'mbd',
        'opac',
        'gc',
        'antpos',
        'tsys',
        'swp/rq',
        'swpow',
        'amp',
        'tecim',
        'gceff',
        'jyperk',
        'eop',
        'ph',
        'rq',
        'evlagain',
        'sbd',
      ],
    }),
    inputPath('infile', '', 'antpos: file of getantposalma; jyperk: file of factors'),
    text('endpoint', 'asdm', 'where the service is', { onlyDefault: true }),
    int('timeout', 180, 'wait for the service, s', { onlyDefault: true }),
    int('retry', 3, 'tries of the service', { onlyDefault: true }),
    int('retry_wait_time', 5, 'wait between tries, s', { onlyDefault: true }),
    int('ant_pos_time_limit', 0, 'age of positions, days', { onlyDefault: true }),
    text('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
    text('antenna', '', 'antennas or baselines, e.g. DV01&DA42; empty: all'),
    text('pol', '', 'polarizations'),
    floats('parameter', [], 'the values'),
    bool('uniform', true, 'tsys: a row for each antenna at each time; else rows of spectra alone'),
  ],
  run: performs(gencal),
};
