import { outputPath, text, texts, variant } from '../parameters.ts';
import type { TaskDeclaration } from '../types.ts';
import { visHead } from '../visibility-header.ts';

export const visheadTask: TaskDeclaration = {
  name: 'vishead',
  summary: 'Shows or changes the header of a MeasurementSet',
  parameters: [
    outputPath('vis', undefined, 'MeasurementSet'),
    text('mode', 'summary', 'what to do', { allowed: ['list', 'summary', 'get', 'put', ''] }),
    texts(
      'listitems',
      [
        ...['telescope', 'observer', 'project', 'field', 'freq_group_name', 'spw_name', 'schedule'],
        ...['schedule_type', 'release_date'],
      ],
      'items to list',
    ),
    text('hdkey', '', 'item to get or put'),
    variant('hdindex', '', 'row; empty: all'),
    variant('hdvalue', '', 'new value'),
  ],
  run: visHead,
};
