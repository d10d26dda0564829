import { imhead } from '../../../pipeline/images/index.ts';
import { bool, outputPath, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import { intArray } from '../tools/reply-values.ts';
import { typedReply } from '../typed-reply.ts';
import type { TaskDeclaration } from '../types.ts';

const dictionaryReply = typedReply({
  integers: ['shape', 'ndim', 'minpixpos', 'maxpixpos', 'nChannels', 'nStokes'],
  texts: ['messages'],
});

export const imheadTask: TaskDeclaration = {
  name: 'imhead',
  summary: 'Shows or changes the header of an image',
  parameters: [
    outputPath('imagename', undefined, 'image'),
    text('mode', 'summary', 'what to do', { allowed: ['summary', 'list', 'get', 'put', 'add', 'del', 'history'] }),
    text('hdkey', '', 'keyword'),
    variant('hdvalue', '', 'value'),
    bool('verbose', false, 'say more'),
  ],
  run: runs(imhead),
  // A list of whole numbers is the shape or the place of a pixel: others come with their unit.
  reply: (result) =>
    Array.isArray(result) && result.every(Number.isInteger) && result.length > 0
      ? intArray(result as number[])
      : dictionaryReply(result),
};
