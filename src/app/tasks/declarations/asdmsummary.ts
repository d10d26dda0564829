import { asdmsummary } from '../../../pipeline/ingest/index.ts';
import { inputPath } from '../parameters.ts';
import type { TaskDeclaration } from '../types.ts';

export const asdmsummaryTask: TaskDeclaration = {
  name: 'asdmsummary',
  summary: 'Lists what an ASDM holds in the log',
  parameters: [inputPath('asdm', undefined, 'ASDM directory')],
  run(context, args) {
    asdmsummary(context, args as unknown as { asdm: string });
    return undefined;
  },
};
