import { concat } from '../../../pipeline/reshape/index.ts';
import { bool, floats, inputPaths, outputPath, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const concatTask: TaskDeclaration = {
  name: 'concat',
  summary: 'Joins MeasurementSets',
  parameters: [
    inputPaths('vis', undefined, 'MeasurementSet'),
    outputPath('concatvis', undefined, 'name of the combined MeasurementSet'),
    variant('freqtol', '', 'windows closer than this are one'),
    variant('dirtol', '', 'fields closer than this are one'),
    bool('respectname', false, 'never merge fields of different names'),
    bool('timesort', false, 'sort by time', { onlyDefault: true }),
    bool('copypointing', true, 'keep POINTING'),
    floats('visweightscale', [], 'factor on the weights of each'),
    variant('forcesingleephemfield', '', 'fields that share an ephemeris', { onlyDefault: true }),
  ],
  run: performs(concat),
};
