import { type ImvalOptions, imval } from '../../../pipeline/images/index.ts';
import { inputPath, text, variant } from '../parameters.ts';
import { pixelValuesReply } from '../tools/image-pixels.ts';
import type { TaskDeclaration, TaskValue } from '../types.ts';

export const imvalTask: TaskDeclaration = {
  name: 'imval',
  summary: 'Values of pixels of an image',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    variant('region', '', 'region'),
    text('box', '', 'pixel box'),
    text('chans', '', 'channels'),
    text('stokes', '', 'Stokes parameters'),
  ],
  run: (context, args) => pixelValuesReply(imval(context, args as unknown as ImvalOptions)) as TaskValue,
};
