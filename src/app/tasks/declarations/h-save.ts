import { text } from '../parameters.ts';
import type { TaskDeclaration } from '../types.ts';

/** The pipeline's end. */
export const hSaveTask: TaskDeclaration = {
  name: 'h_save',
  summary: 'Ends a restoration by pipeline tasks',
  parameters: [
    text('filename', '', 'file for the state of the pipeline', {
      inert: 'the MeasurementSets hold all; h_resume is not available',
    }),
  ],
  run: () => undefined,
};
