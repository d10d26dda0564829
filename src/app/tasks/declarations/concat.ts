import { concat } from '../../../pipeline/reshape/index.ts';
import { bool, floats, inputPaths, outputPath, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const concatTask: TaskDeclaration = {
  name: 'concat',
  summary: 'Joins MeasurementSets',
  parameters: [
    inputPaths('vis', undefined, 'MeasurementSet'),
    outputPath('concatvis', undefined, 'name of the combined MeasurementSet; one that exists gets the others appended'),
    variant('freqtol', '', 'windows closer than this are one'),
    variant('dirtol', '', 'fields closer than this are one'),
    bool('respectname', false, 'never merge fields of different names'),
    bool('timesort', false, 'sort the rows by time'),
    bool('copypointing', true, 'keep POINTING'),
    floats('visweightscale', [], 'factor on the weights of each'),
    variant('forcesingleephemfield', '', 'fields whose ephemerides are joined to one, by name or number'),
  ],
  run: performs(concat),
};
