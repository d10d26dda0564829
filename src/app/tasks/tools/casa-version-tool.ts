import { fail } from '../../../foundation/base/index.ts';
import { method, type ToolDeclaration, textArgument } from '../tool-types.ts';

/** '4.7.2' or '5.6.1-8' as numbers, four of them. */
function versionNumbers(text: string): number[] {
  const numbers = text.split(/[.-]/).map(Number);
  if (numbers.some(Number.isNaN)) fail('usage', `'${text}' is no CASA version.`);
  return [...numbers, 0, 0, 0, 0].slice(0, 4);
}

/** cu: what scripts ask about CASA itself. */
export const casaUtilitiesTool: ToolDeclaration<null> = {
  name: 'cu',
  summary: 'The version of CASA',
  create: () => null,
  close: () => {},
  methods: {
    version: method('', (_state, _args, { casaVersion }) => ({
      kind: 'array',
      type: 'int',
      shape: [4],
      values: Int32Array.from(versionNumbers(casaVersion)),
    })),
    version_string: method('', (_state, _args, { casaVersion }) => casaVersion),
    version_info: method('', (_state, _args, { casaVersion }) => casaVersion),
    compare_version: method('comparitor, vec', (_state, args, { casaVersion }) => {
      const ours = versionNumbers(casaVersion);
      const theirs = (args.vec as number[]).concat([0, 0, 0, 0]).slice(0, 4);
      const at = ours.findIndex((part, index) => part !== theirs[index]);
      const order = at < 0 ? 0 : Math.sign(ours[at] - theirs[at]);
      const answers: Record<string, boolean> = {
        '<': order < 0,
        '<=': order <= 0,
        '>': order > 0,
        '>=': order >= 0,
        '=': order === 0,
        '==': order === 0,
        '!=': order !== 0,
      };
      const word = textArgument(args, 'comparitor');
      return answers[word] ?? fail('usage', `'${word}' is no comparison.`);
    }),
  },
};
