import { imhistory } from '../../../pipeline/images/index.ts';
import { bool, outputPath, text } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const imhistoryTask: TaskDeclaration = {
  name: 'imhistory',
  summary: 'Lists the history of an image or adds a line to it',
  parameters: [
    outputPath('imagename', undefined, 'image'),
    text('mode', 'list', 'what to do: list or append'),
    bool('verbose', true, 'list in the log, too'),
    text('origin', 'imhistory', 'append: what the line begins with'),
    text('message', '', 'append: the line'),
  ],
  run: runs(imhistory),
};
