import { openMs, readMetadata } from '../../astronomy/ms/index.ts';
import type { Context } from '../../foundation/base/index.ts';
import { baseName, disk, joinPath, unpackTar } from '../../foundation/bytes/index.ts';
import type { CalApplication } from './calapply.ts';
import { casaIntents } from './intents.ts';
import {
  type BlockPackage,
  FINAL_FLAGS,
  findBlock,
  findManifest,
  neededTables,
  type PackagePlace,
} from './package-files.ts';

/** Parameters of applycal that a line of a calapply file becomes. */
export interface ApplyArguments {
  readonly vis: string;
  readonly field: string;
  readonly spw: string;
  readonly intent: string;
  readonly antenna: string;
  readonly gaintable: string[];
  readonly gainfield: string[];
  readonly interp: string[];
  readonly spwmap: number[][];
  readonly calwt: boolean[];
  readonly parang: boolean;
  readonly applymode: string;
  readonly flagbackup: boolean;
}

/** The tasks that restoring is made of; whoever runs it gives them, so that each writes its own part of the log. */
export interface RestoreTasks {
  importAsdm(asdm: string, vis: string): Promise<void>;
  restoreFlags(vis: string, versionname: string): Promise<void>;
  applycal(args: ApplyArguments): Promise<void>;
}

export interface RestoreOptions extends PackagePlace {
  /** Names of the ASDMs. */
  readonly vis: readonly string[];
  /** One for each of them, or none. */
  readonly session: readonly string[];
}

/** A MeasurementSet that was restored. */
export interface RestoredBlock {
  readonly vis: string;
  readonly applications: number;
}

/**
 * Restores pipeline calibration into the working directory: imports the ASDMs, brings back the final flags, unpacks the calibration
 * tables and applies them as the pipeline did.
 *
 * All archives are looked into before the first MeasurementSet is made. A MeasurementSet that is there already is not imported again.
 *
 * @throws missing, bad-format, unsupported with what the package lacks, and whatever the tasks throw
 */
export async function restorePackage(
  context: Context,
  options: RestoreOptions,
  tasks: RestoreTasks,
): Promise<RestoredBlock[]> {
  const manifest = findManifest(options);
  if (manifest) sayOrigin(context, manifest);
  const blocks: BlockPackage[] = [];
  for (const [index, vis] of options.vis.entries())
    blocks.push(await findBlock(options, manifest, vis, options.session[index] ?? '', context.cwd));
  if (options.copiesProducts) copyProducts(blocks, options.rawdata);
  const parang = blocks.some(({ applications }) => isPolarimetric(applications));
  const restored: RestoredBlock[] = [];
  for (const [index, block] of blocks.entries()) {
    context.progress.update(index / blocks.length, block.uid);
    restored.push(await restoreBlock(context, block, parang, tasks));
  }
  return restored;
}

function sayOrigin(context: Context, manifest: { path: string; casaVersion?: string; pipelineVersion?: string }): void {
  const { casaVersion = 'unknown', pipelineVersion = 'unknown' } = manifest;
  const line = `Manifest ${baseName(manifest.path)}: calibrated with CASA ${casaVersion}, pipeline ${pipelineVersion}.`;
  context.log.post(line, 'INFO', 'restore');
}

function copyProducts(blocks: readonly BlockPackage[], rawdata: string): void {
  const paths = new Set(blocks.flatMap(({ flagversions, caltables, calapply }) => [flagversions, caltables, calapply]));
  for (const path of paths) disk().copy(path, joinPath(rawdata, baseName(path)));
}

/** Tables of hifa_polcal hold for feeds on the sky; the pipeline turns the data of all blocks by the parallactic angle then. */
function isPolarimetric(applications: readonly CalApplication[]): boolean {
  return neededTables(applications).some((name) => name.includes('.hifa_polcal.'));
}

async function restoreBlock(
  context: Context,
  block: BlockPackage,
  parang: boolean,
  tasks: RestoreTasks,
): Promise<RestoredBlock> {
  const vis = `${block.uid}.ms`;
  const path = joinPath(context.cwd, vis);
  if (disk().exists(path)) context.log.post(`${vis} is there already and is not imported again.`, 'INFO', 'restore');
  else if (disk().exists(joinPath(block.raw, 'table.dat'))) disk().copy(block.raw, path);
  else await tasks.importAsdm(block.raw, vis);

  disk().remove(`${path}.flagversions`);
  await unpackTar(block.flagversions, context.cwd, { accept: (name) => name.startsWith(`${vis}.flagversions`) });
  await tasks.restoreFlags(vis, FINAL_FLAGS);

  const tables = new Set(neededTables(block.applications));
  for (const name of tables) disk().remove(joinPath(context.cwd, name));
  await unpackTar(block.caltables, context.cwd, { accept: (name) => tables.has(name.split('/')[0]) });

  const calls = applyCalls(context, path, block.applications);
  for (const call of calls) await tasks.applycal({ ...call, parang });
  return { vis, applications: calls.length };
}

/**
 * The calls of applycal for the lines of a calapply file: intents in CASA's words, cross-correlations only, and flags where a window has
 * no solution, as the pipeline calls it. A line whose intents were not observed has no call.
 */
function applyCalls(
  context: Context,
  path: string,
  applications: readonly CalApplication[],
): Omit<ApplyArguments, 'parang'>[] {
  const ms = openMs(path);
  const modes = readMetadata(ms).states.map(({ obsMode }) => obsMode);
  ms.close();
  const calls: Omit<ApplyArguments, 'parang'>[] = [];
  for (const { line, field, spw, intent: purposes, tables } of applications) {
    const intent = casaIntents(purposes, modes);
    if (intent === undefined) {
      context.log.post(`Line ${line}: there are no scans with the intents ${purposes}.`, 'INFO', 'restore');
      continue;
    }
    calls.push({
      vis: baseName(path),
      field,
      spw,
      intent,
      antenna: '*&*',
      gaintable: tables.map(({ name }) => name),
      gainfield: tables.map(({ gainfield }) => gainfield),
      interp: tables.map(({ interp }) => interp),
      spwmap: tables.map(({ spwmap }) => [...spwmap]),
      calwt: tables.map(({ calwt }) => calwt),
      applymode: 'calflagstrict',
      flagbackup: calls.length === 0,
    });
  }
  return calls;
}
