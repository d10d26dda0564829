import { FARTHEST_RADIOMETER_M, FEWEST_RADIOMETERS, wvrgcal } from '../../../pipeline/calibration/index.ts';
import { bool, float, inputPath, int, ints, outputPath, quantity, text, texts, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import { typedReply } from '../typed-reply.ts';
import type { TaskDeclaration } from '../types.ts';

export const wvrgcalTask: TaskDeclaration = {
  name: 'wvrgcal',
  summary: 'Phase corrections from the water vapour radiometers',
  parameters: [
    inputPath('vis', undefined, 'MeasurementSet'),
    outputPath('caltable', undefined, 'name of the calibration table'),
    float('toffset', 0.0, 'time of the radiometer data relative to the visibilities, s'),
    bool('segsource', true, 'separate coefficients for each source'),
    texts('sourceflag', [], 'sources left out of the solve'),
    variant('tie', [], 'sources that share coefficients'),
    int('nsol', 1, 'solutions over the observation'),
    bool('disperse', false, 'dispersive phase too'),
    texts('wvrflag', [], 'antennas whose radiometer is bad'),
    text('statfield', '', 'fields for the statistics'),
    text('statsource', '', 'source for the statistics'),
    quantity('smooth', '', 'smoothing of the solution, e.g. 2s'),
    float('scale', 1.0, 'factor on the correction'),
    ints('spw', [], 'spectral windows and channels, e.g. 17:4~123; empty: all'),
    ints('wvrspw', [], 'radiometer windows'),
    text('reversespw', '', 'windows with reversed sideband'),
    bool('cont', false, 'allow for clouds: one set of coefficients, needs segsource=False'),
    float('maxdistm', FARTHEST_RADIOMETER_M, 'largest distance to a replacing radiometer, m'),
    int('minnumants', FEWEST_RADIOMETERS, 'least number of antennas that replace one', { allowed: [1, 2, 3] }),
    float('mingoodfrac', 0.8, 'least fraction of good radiometer data'),
    bool('usefieldtab', false, 'take the directions from the FIELD table'),
    texts('refant', [], 'reference antennas in order of preference'),
    text('offsetstable', '', 'table with temperature offsets'),
    int('rseed', 0, 'seed of random numbers'),
  ],
  run: runs(wvrgcal),
  reply: typedReply({ integers: ['rval'], keepsLists: true }),
};
