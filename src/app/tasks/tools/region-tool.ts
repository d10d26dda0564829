import { fail } from '../../../foundation/base/index.ts';
import { method, type ToolDeclaration, textArgument } from '../tool-types.ts';
import { boolArray, dictionary, floatArray, intArray, numberList } from './reply-values.ts';

/** rg: regions as dictionaries, which ia's methods take. */
export const regionTool: ToolDeclaration<object> = {
  name: 'rg',
  summary: 'Regions of an image',
  create: () => ({}),
  close: () => {},
  methods: {
    box: method("blc=[0.0], trc=[-1.0], inc=[1.0], absrel='abs', frac=False, comment=''", (_state, args) => {
      if (args.absrel !== 'abs' || args.frac === true)
        fail('unsupported', "rg.box(): only absrel='abs' and frac=False are available.");
      const [blc, trc] = [numberList(args.blc, 'blc'), numberList(args.trc, 'trc')];
      const given = numberList(args.inc, 'inc');
      if (blc.length !== trc.length || blc.length < 2)
        fail('usage', 'rg.box(): blc and trc are lists of the same length, a number for each axis.');
      if (blc.some((first, axis) => first > trc[axis]))
        fail('usage', `rg.box(): blc [${blc}] lies behind trc [${trc}].`);
      if (given.some((step) => step !== 1)) fail('unsupported', 'rg.box(): only inc=1 is available.');
      const no = boolArray(blc.map(() => 0));
      const ones = intArray(blc.map(() => 1));
      // casacore counts pixels from 1 in its records and says so.
      return dictionary([
        ['arblc', ones],
        ['artrc', ones],
        ['blc', floatArray(blc.map((pixel) => pixel + 1))],
        ['comment', textArgument(args, 'comment')],
        ['fracblc', no],
        ['fracinc', no],
        ['fractrc', no],
        ['inc', floatArray(blc.map(() => 1))],
        ['isRegion', 3],
        ['name', 'LCSlicer'],
        ['oneRel', true],
        ['trc', floatArray(trc.map((pixel) => pixel + 1))],
      ]);
    }),
    done: method('', () => true),
  },
};
