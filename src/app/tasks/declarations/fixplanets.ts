import { fixplanets } from '../../../pipeline/reshape/index.ts';
import { bool, outputPath, text, variant } from '../parameters.ts';
import { performs } from '../room-call.ts';
import type { TaskDeclaration } from '../types.ts';

export const fixplanetsTask: TaskDeclaration = {
  name: 'fixplanets',
  summary: 'Corrects the directions of fields, from pointing data or as given',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    variant('field', undefined, 'fields by name or number'),
    bool('fixuvw', false, 'compute UVW anew'),
    text(
      'direction',
      '',
      'direction, e.g. J2000 19h30m00 -40d00m00, or table of an ephemeris; empty: where the antenna pointed',
    ),
    variant('refant', 0, 'antenna whose pointing is used'),
    text('reftime', 'first', 'when it is used: first, median, or a time'),
  ],
  run: performs(fixplanets),
};
