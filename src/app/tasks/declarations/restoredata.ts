import { type Context, fail } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { type RestoreTasks, restorePackage } from '../../../pipeline/restore/index.ts';
import { runDeclaration } from '../declared-run.ts';
import { bool, text, texts } from '../parameters.ts';
import type { TaskArguments, TaskDeclaration, TaskValue } from '../types.ts';
import { applycalTask } from './applycal.ts';
import { flagmanagerTask } from './flagmanager.ts';
import { importasdmTask } from './importasdm.ts';
import { IMPORT_PARAMETERS, PIPELINE_PARAMETERS, SESSION_PARAMETER } from './pipeline-parameters.ts';

/** Imports an ASDM as the pipeline does. */
export function pipelineImport(context: Context, args: TaskArguments, asdm: string, vis: string): Promise<unknown> {
  const { lazy, bdfflags, ocorr_mode, asis, process_caldevice = false, overwrite = false } = args;
  const outfile = `${vis.replace(/\.ms$/, '')}.flagonline.txt`;
  const own = { asdm, vis, lazy, bdfflags, ocorr_mode, asis, process_caldevice, overwrite, savecmds: true, outfile };
  return runDeclaration(importasdmTask, [], own, context);
}

async function restoredata(context: Context, args: TaskArguments): Promise<TaskValue> {
  const vis = args.vis as string[];
  const session = (args.session as string[]).filter((name) => name !== '');
  if (vis.filter((name) => name !== '').length === 0) fail('usage', 'restoredata needs the names of ASDMs in vis.');
  if (session.length > 0 && session.length !== vis.length)
    fail('usage', `session has ${session.length} entries and vis has ${vis.length}; there must be one for each ASDM.`);
  const tasks: RestoreTasks = {
    importAsdm: async (asdm, name) => void (await pipelineImport(context, args, asdm, name)),
    restoreFlags: async (name, versionname) =>
      void (await runDeclaration(flagmanagerTask, [], { vis: name, mode: 'restore', versionname }, context)),
    applycal: async (call) => void (await runDeclaration(applycalTask, [], { ...call }, context)),
  };
  const place = {
    products: joinPath(context.cwd, String(args.products_dir)),
    rawdata: joinPath(context.cwd, String(args.rawdata_dir)),
    copiesProducts: args.copytoraw === true,
  };
  const restored = await restorePackage(context, { ...place, vis, session }, tasks);
  for (const block of restored)
    context.log.post(`${block.vis} is restored: ${block.applications} calls of applycal.`, 'INFO');
  return { mses: restored.map((block) => block.vis) };
}

/** The same task had other names in the first cycles and has one without an instrument. */
function declare(name: string): TaskDeclaration {
  return {
    name,
    summary: 'Restores flags and calibration of a pipeline package to new MeasurementSets',
    parameters: [
      texts('vis', undefined, 'names of the ASDMs in rawdata_dir, or paths'),
      SESSION_PARAMETER,
      text('products_dir', '../products', 'directory of the delivered calibration products', {
        aliases: ['products_directory'],
      }),
      bool('copytoraw', true, 'copy the calibration products to rawdata_dir first; else they are there'),
      text('rawdata_dir', '../rawdata', 'directory of the ASDMs', { aliases: ['rawdata_directory'] }),
      ...IMPORT_PARAMETERS,
      ...PIPELINE_PARAMETERS,
    ],
    run: restoredata,
  };
}

export const restoredataTasks: readonly TaskDeclaration[] = [
  'hifa_restoredata',
  'hif_restoredata',
  'h_restoredata',
].map(declare);
