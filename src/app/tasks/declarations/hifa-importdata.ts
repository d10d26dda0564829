import { fail } from '../../../foundation/base/index.ts';
import { baseName, disk, joinPath } from '../../../foundation/bytes/index.ts';
import { bool, text, texts } from '../parameters.ts';
import type { TaskDeclaration } from '../types.ts';
import { IMPORT_PARAMETERS, PIPELINE_PARAMETERS, SESSION_PARAMETER } from './pipeline-parameters.ts';
import { pipelineImport } from './restoredata.ts';

/** Restore scripts call it before hifa_restoredata when the MeasurementSet must be mended in between. */
export const hifaImportdataTask: TaskDeclaration = {
  name: 'hifa_importdata',
  summary: 'Imports ASDMs into the working directory as the pipeline does',
  parameters: [
    texts('vis', undefined, 'paths of the ASDMs'),
    SESSION_PARAMETER,
    bool('process_caldevice', false, 'fill CALDEVICE'),
    bool('overwrite', false, 'replace a MeasurementSet that is in the way; else it is used as it is'),
    bool('nocopy', false, 'leave MeasurementSets where they are', { onlyDefault: true }),
    bool('dbservice', false, "ask the observatory's catalogue of calibrators", { onlyDefault: true }),
    text('createmms', 'false', 'make a multi-MS', { inert: 'multi-MSs are not made' }),
    ...IMPORT_PARAMETERS,
    ...PIPELINE_PARAMETERS,
  ],
  async run(context, args) {
    const made: string[] = [];
    for (const path of args.vis as string[]) {
      const asdm = joinPath(context.cwd, path);
      if (!disk().exists(asdm))
        fail('missing', 'The raw data (ASDM) of this Execution Block are not there', { file: asdm });
      const vis = `${baseName(path).replace(/\.asdm\.sdm$/, '')}.ms`;
      if (args.overwrite === true || !disk().exists(joinPath(context.cwd, vis)))
        await pipelineImport(context, args, asdm, vis);
      else context.log.post(`${vis} is there already and is not imported again.`, 'INFO');
      made.push(vis);
    }
    return { mses: made };
  },
};
