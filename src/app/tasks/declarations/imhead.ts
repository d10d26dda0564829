import { imhead } from '../../../pipeline/images/index.ts';
import { bool, outputPath, text, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

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
};
