import { type GaincalOptions, gaincal } from '../../../pipeline/calibration/index.ts';
import {
  bool,
  calibrationSelection,
  float,
  floats,
  inputPath,
  inputPaths,
  int,
  outputPath,
  quantity,
  text,
  texts,
  variant,
} from '../parameters.ts';
import { solveReply } from '../solve-reply.ts';
import type { TaskDeclaration } from '../types.ts';

export const gaincalTask: TaskDeclaration = {
  name: 'gaincal',
  wantsModel: () => true,
  summary: 'Solves for gains against time',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    outputPath('caltable', undefined, 'name of the calibration table'),
    ...calibrationSelection,
    quantity(
      'solint',
      'inf',
      'solution interval: int, inf, or a time such as 60s; a width after a comma (inf,40ch) has no effect, as in CASA',
    ),
    text('combine', '', 'axes over which one solution is made: scan, spw, field, obs'),
    float('preavg', -1.0, 'averaging before the solve, s', { onlyDefault: true }),
    texts('refant', '', 'reference antennas in order of preference'),
    text('refantmode', 'flex', 'how a missing reference antenna is replaced', { allowed: ['flex', 'strict'] }),
    int('minblperant', 4, 'least number of baselines an antenna needs'),
    float('minsnr', 3.0, 'solutions below this signal-to-noise are flagged'),
    bool('solnorm', false, 'normalize the amplitudes of the solutions'),
    text('normtype', 'mean', 'what normalizing divides by', { allowed: ['mean', 'median'] }),
    text('gaintype', 'G', 'kind of gain: G (each polarization), T (one for both), K (delay) \u2026', {
      allowed: ['G', 'T', 'GSPLINE', 'K', 'KCROSS', 'XY+YX', 'XYf+QU'],
    }),
    floats('smodel', [], 'Stokes model of a point source'),
    text('calmode', 'ap', 'what is solved: phase p, amplitude a, or ap', { allowed: ['p', 'a', 'ap'] }),
    text('solmode', '', 'robust way of solving; empty: least squares', {
      allowed: ['', 'L1', 'L1R', 'R'],
    }),
    floats('rmsthresh', [], 'thresholds of solmode R and L1R, rms residuals'),
    bool('corrdepflags', false, 'keep correlations whose partner is flagged'),
    bool('append', false, 'add to an existing table'),
    float('splinetime', 3600.0, 'spline time scale, s', { onlyDefault: true }),
    int('npointaver', 3, 'points averaged for phase unwrapping of splines', { onlyDefault: true }),
    float('phasewrap', 180.0, 'phase jump that counts as a wrap of splines, deg', { onlyDefault: true }),
    bool('docallib', false, 'take the tables from a calibration library file', { onlyDefault: true }),
    text('callib', '', 'calibration library file', { onlyDefault: true }),
    inputPaths('gaintable', [], 'calibration tables to apply first, in any order'),
    texts('gainfield', [], 'fields of each table to take solutions from; nearest: the closest on the sky'),
    texts('interp', [], 'interpolation of each table in time and frequency, e.g. linear,linear'),
    variant('spwmap', [], 'for each table, the window whose solutions each window takes'),
    bool('parang', false, 'rotate by the parallactic angle; needs XX, XY, YX, YY'),
  ],
  run: (context, args) => solveReply(context, gaincal(context, args as unknown as GaincalOptions).summary, args),
};
