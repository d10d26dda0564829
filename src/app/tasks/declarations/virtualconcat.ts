import { virtualconcat } from '../../../pipeline/reshape/index.ts';
import { bool, floats, inputPaths, outputPath, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const virtualconcatTask: TaskDeclaration = {
  name: 'virtualconcat',
  summary: 'Makes a multi-MS of MeasurementSets',
  parameters: [
    inputPaths('vis', undefined, 'MeasurementSet'),
    outputPath('concatvis', undefined, 'name of the multi-MS'),
    variant('freqtol', '', 'windows closer than this are one'),
    variant('dirtol', '', 'fields closer than this are one'),
    bool('respectname', true, 'never merge fields of different names'),
    floats('visweightscale', [], 'factor on the weights of each'),
    bool('keepcopy', false, 'leave the inputs where they are'),
    bool('copypointing', true, 'keep POINTING'),
  ],
  run: performs(virtualconcat),
};
