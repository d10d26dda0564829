import { imtrans } from '../../../pipeline/images/index.ts';
import { inputPath, outputPath, variant } from '../parameters.ts';
import { runs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const imtransTask: TaskDeclaration = {
  name: 'imtrans',
  summary: 'Puts the axes of an image in another order',
  parameters: [
    inputPath('imagename', undefined, 'image'),
    outputPath('outfile', undefined, 'name of the output'),
    variant(
      'order',
      undefined,
      'old axes in their new order: digits, e.g. "0132", or names, e.g. ["ra", "dec", "freq", "stokes"]',
    ),
  ],
  run: runs(imtrans),
};
