import { setjy } from '../../../pipeline/skymodel/index.ts';
import { bool, float, floats, outputPath, quantity, SELECTS_ALWAYS, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import { typedReply } from '../typed-reply.ts';
import type { TaskDeclaration } from '../types.ts';

export const setjyTask: TaskDeclaration = {
  name: 'setjy',
  wantsModel: () => true,
  summary: 'Sets the model of a calibrator',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    text('field', '', 'fields by name or number; empty: all'),
    text('spw', '', 'spectral windows and channels, e.g. 17:4~123; empty: all'),
    bool('selectdata', false, 'without effect: the selection parameters count always', SELECTS_ALWAYS),
    text('timerange', '', 'time range, e.g. 03:00:00~03:10:00; empty: all'),
    text('scan', '', 'scan numbers; empty: all'),
    text('intent', '', 'scan intents, with * as wildcard; empty: all'),
    variant('observation', '', 'observation numbers; empty: all'),
    bool('scalebychan', true, 'flux density by channel'),
    text('standard', 'Perley-Butler 2017', 'flux density standard, or manual', {
      allowed: [
        'Perley-Butler 2017',
        'Perley-Butler 2013',
        'Perley-Butler 2010',
        'Perley-Taylor 99',
        'Perley-Taylor 95',
        'Perley 90',
        'Baars',
        'Scaife-Heald 2012',
        'Stevens-Reynolds 2016',
        'Butler-JPL-Horizons 2010',
        'Butler-JPL-Horizons 2012',
        'manual',
        'fluxscale',
      ],
    }),
    text('model', '', 'model image', { aliases: ['modimage'], onlyDefault: true }),
    bool('listmodels', false, 'list the models that are known', { onlyDefault: true }),
    floats('fluxdensity', -1, 'Stokes I, Q, U, V'),
    floats('spix', 0.0, 'spectral index'),
    quantity('reffreq', '1GHz', 'reference frequency'),
    floats('polindex', [], 'polarization fraction coefficients', { onlyDefault: true }),
    floats('polangle', [], 'polarization angle coefficients', { onlyDefault: true }),
    float('rotmeas', 0.0, 'rotation measure, rad/m2', { onlyDefault: true }),
    variant('fluxdict', {}, 'what fluxscale returned'),
    bool('useephemdir', false, 'direction from the ephemeris'),
    text('interpolation', 'nearest', 'kind of interpolation', {
      allowed: ['nearest', 'linear', 'spline', '', 'cubic'],
      onlyDefault: true,
    }),
    bool('usescratch', true, 'write MODEL_DATA instead of a model by description'),
    bool('ismms', false, 'called for a part of a multi-MS', { inert: 'multi-MSs are not made' }),
  ],
  run: runs(setjy),
  reply: typedReply(),
};
