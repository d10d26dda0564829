import { openAsdm } from '../../../formats/asdm/index.ts';
import { type ErrorTag, fail, type JobPool, unpackError, withGivenPaths } from '../../../foundation/base/index.ts';
import { baseName, disk, joinPath } from '../../../foundation/bytes/index.ts';
import {
  chooseNames,
  createTree,
  type MemberNames,
  type MemberTree,
  uidToFileName,
} from '../../../pipeline/delivery/index.ts';
import type { BlockFiles, ShownField } from '../../../pipeline/qa/index.ts';
import {
  type BlockCalibration,
  type FluxCalibration,
  type MemberImaging,
  type ScienceGoal,
  taskCalls,
} from '../../../pipeline/reduction/index.ts';
import type { FluxSpec } from '../../../pipeline/skymodel/index.ts';
import { imageSideBySide } from './member-images.ts';
import { writeCalibrationScripts } from './scripts.ts';
import { StepRunner } from './step-runner.ts';
import { StepStore } from './step-store.ts';
import type { BlockOutcome, Delivered, FailedBlock, MemberStep } from './steps.ts';

/** A member step with the log file that its engine thread writes. */
export interface MemberJob {
  readonly kind: 'member';
  readonly step: MemberStep;
  readonly logfile: string;
}

export interface MemberOptions {
  /** Paths of the ASDMs, in any order. */
  readonly asdms: readonly string[];
  readonly out: string;
  readonly goal: ScienceGoal;
  readonly flux: readonly FluxSpec[];
  readonly names: Partial<MemberNames>;
  /** Keep uid….ms and uid….ms.split after the diagnostics are drawn. */
  readonly keepIntermediate: boolean;
  readonly maxTarBytes: number;
  /** Forget what an earlier run in the same place finished. */
  readonly startOver: boolean;
  /** Stop after calibrated/ is complete. */
  readonly calibrateOnly: boolean;
}

/** Told what is going on: a step's name, its share done, a few words. */
export type MemberWatch = (step: string, fraction: number, note?: string) => void;

export interface MemberOutcome {
  readonly member: string;
  readonly calibrated: string;
  readonly delivered?: Delivered;
  /** Execution Blocks that are left out because they could not be reduced. */
  readonly failures: readonly FailedBlock[];
  /** Sentences that the user should read: neutral names and the like. */
  readonly warnings: readonly string[];
}

interface Block {
  readonly uid: string;
  readonly asdm: string;
}

/**
 * Reduces a Member from raw ASDMs to a delivery (`qa2 run`), or to calibrated data (`qa2 calibrate`).
 *
 * A run that died goes on at the first unfinished step when it is started again with the same arguments.
 *
 * @param pool engine threads; Execution Blocks are calibrated side by side
 * @throws what the first failing step throws, and what went wrong first when no Execution Block can be reduced; nothing half-written stands under a final name
 */
export async function runMember(
  options: MemberOptions,
  pool: JobPool<MemberJob, unknown>,
  watch: MemberWatch,
): Promise<MemberOutcome> {
  const identity = identify(options);
  const tree = createTree(disk().resolve(options.out), identity.names);
  try {
    return await reduceMember(options, identity, tree, pool, watch);
  } catch (error) {
    const given = identity.blocks.map(({ uid, asdm }) => [workingLink(tree.member, uid), asdm] as const);
    throw withGivenPaths(error, new Map(given));
  }
}

async function reduceMember(
  options: MemberOptions,
  { names, missing, blocks }: MemberIdentity,
  tree: MemberTree,
  pool: JobPool<MemberJob, unknown>,
  watch: MemberWatch,
): Promise<MemberOutcome> {
  const { member } = tree;
  const directory = joinPath(member, 'calibrated');
  const store = new StepStore(
    member,
    blocks.map((block) => block.asdm),
  );
  if (options.startOver || store.isBroken(FLUX_STEP)) store.clear();
  const steps = new StepRunner(pool, watch, joinPath(member, 'log'), store);
  const warnings = missing.length === 0 ? [] : [neutralNames(missing)];

  const { calibrations, flux, failures } = await calibrateAll(options, blocks, member, steps);
  const calibratedVis = flux ? 'calibrated.ms' : calibrations[0].block.vis;
  const calibrated = joinPath(directory, calibratedVis);
  if (options.calibrateOnly) {
    writeCalibrationScripts(member, calibrations, flux);
    return { member, calibrated, failures, warnings };
  }

  const imaging = await imageSideBySide(steps, directory, calibratedVis, options.goal);
  const assessments = await steps.run(
    'diagnostics',
    calibrations.map(({ uid }) => `${uid}.qa`),
    calibrations.map((block) => ({
      step: 'assess-block' as const,
      member,
      files: blockFiles(directory, block, imaging),
    })),
  );
  if (!options.keepIntermediate) for (const { uid } of calibrations) removeIntermediate(directory, uid);
  const found = {
    names,
    goal: options.goal,
    blocks: calibrations,
    failures,
    flux,
    imaging,
    assessments,
    calibratedVis,
  };
  const results = { member, top: tree.top, ...found };
  const [delivered] = await steps.run(
    'deliver',
    ['delivery'],
    [{ step: 'deliver', results, maxBytes: options.maxTarBytes }],
  );
  return { member, calibrated, delivered, failures, warnings };
}

/** Name of the step that changes calibrated blocks in place: when it breaks off, the blocks are made anew. */
const FLUX_STEP = 'fluxcalibration';

function neutralNames(missing: readonly string[]): string {
  return `Not known, neutral names are used: ${missing.join(', ')} (give --project, --sg, --group, --member or a goal file).`;
}

/** All Execution Blocks calibrated, in time order, and on one flux scale when there are several. */
async function calibrateAll(
  options: MemberOptions,
  blocks: readonly Block[],
  member: string,
  steps: StepRunner,
): Promise<{ calibrations: BlockCalibration[]; failures: FailedBlock[]; flux?: FluxCalibration }> {
  const directory = joinPath(member, 'calibrated');
  for (const block of blocks) prepareBlock(member, block);
  const outcomes = await steps.run(
    'calibrate',
    blocks.map(({ uid }) => calibrationStep(uid)),
    blocks.map(({ uid }) => ({
      step: 'calibrate-block' as const,
      keepsColumns: options.keepIntermediate,
      options: { uid, directory: joinPath(directory, `${uid}.calibration`), goal: options.goal, flux: options.flux },
    })),
  );
  const { calibrations, failures } = sortOut(outcomes, blocks, member, steps);
  calibrations.sort((a, b) => a.startSec - b.startSec);
  for (const { uid, block } of calibrations) liftCalibrated(directory, uid, block.vis);
  if (calibrations.length === 1) return { calibrations, failures };
  const fluxStep = { step: 'calibrate-fluxes' as const, directory, blocks: calibrations };
  const [flux] = await steps.run('flux scale', [FLUX_STEP], [fluxStep]);
  return { calibrations, failures, flux };
}

/** Execution Blocks that can be used, and why the others cannot; their parts are removed, but for their logs. */
function sortOut(
  outcomes: readonly BlockOutcome[],
  blocks: readonly Block[],
  member: string,
  steps: StepRunner,
): { calibrations: BlockCalibration[]; failures: FailedBlock[] } {
  const calibrations: BlockCalibration[] = [];
  const failures: FailedBlock[] = [];
  const tags = new Set<ErrorTag>();
  outcomes.forEach((outcome, index) => {
    if (!('failure' in outcome)) {
      calibrations.push(outcome);
      return;
    }
    const { uid, asdm } = blocks[index];
    const error = withGivenPaths(unpackError(outcome.failure), new Map([[workingLink(member, uid), asdm]]));
    steps.forget(calibrationStep(uid));
    if (blocks.length === 1) throw error;
    failures.push({ uid, message: (error as Error).message });
    tags.add(outcome.failure.tag);
    disk().remove(joinPath(member, 'calibrated', `${uid}.calibration`));
    disk().remove(joinPath(member, 'raw', `${uid}.asdm.sdm`));
  });
  if (calibrations.length === 0)
    fail(
      tags.size === 1 ? [...tags][0] : 'bad-data',
      `None of the Execution Blocks can be reduced. ${failures.map(({ uid, message }) => `${uid}: ${message}`).join(' ')}`,
    );
  return { calibrations, failures };
}

/** Name of the step that calibrates a block. */
const calibrationStep = (uid: string) => `${uid}.calibration`;

interface MemberIdentity {
  readonly names: MemberNames;
  /** Names that are not known, in words. */
  readonly missing: readonly string[];
  readonly blocks: readonly Block[];
}

function identify(options: MemberOptions): MemberIdentity {
  const blocks = options.asdms.map((path) => ({
    uid: baseName(path).replace(/\.asdm(\.sdm)?$/, ''),
    asdm: disk().resolve(path),
  }));
  const twins = blocks.filter((block, index) => blocks.findIndex((other) => other.uid === block.uid) !== index);
  if (twins.length > 0) fail('usage', `The Execution Block ${twins[0].uid} was given twice.`);
  const members = membersOf(options.asdms);
  if (new Set(members).size > 1)
    fail(
      'usage',
      `The Execution Blocks belong to different Members: ${[...new Set(members)].join(', ')}; reduce each Member by itself.`,
    );
  const { names, missing } = chooseNames(options.names, options.goal, members[0]);
  return { names, missing, blocks: blocks.map((block) => ({ ...block, uid: uidToFileName(block.uid) })) };
}

/** Members that Execution Blocks name; one that cannot be read is left out later, unless there is no other or it is not there. */
function membersOf(asdms: readonly string[]): string[] {
  return asdms.flatMap((path) => {
    try {
      return memberOf(openAsdm(path)) ?? [];
    } catch (error) {
      if (asdms.length === 1 || !disk().exists(path)) throw error;
      return [];
    }
  });
}

function memberOf(asdm: ReturnType<typeof openAsdm>): string | undefined {
  if (!asdm.hasTable('SBSummary')) return undefined;
  for (const row of asdm.table('SBSummary').rows()) if (row.has('obsUnitSetUID')) return row.text('obsUnitSetUID');
  return undefined;
}

/** Links the raw data into the tree and makes the working directory of the block. */
function prepareBlock(member: string, { uid, asdm }: Block): void {
  const files = disk();
  const raw = joinPath(member, 'raw', `${uid}.asdm.sdm`);
  files.remove(raw);
  files.link(asdm, raw);
  const directory = joinPath(member, 'calibrated', `${uid}.calibration`);
  files.makeDirectory(directory);
  const link = workingLink(member, uid);
  files.remove(link);
  files.link(`../../raw/${uid}.asdm.sdm`, link);
}

/** Where the scripts of a block find its raw data. */
function workingLink(member: string, uid: string): string {
  return joinPath(member, 'calibrated', `${uid}.calibration`, uid);
}

function liftCalibrated(directory: string, uid: string, vis: string): void {
  const files = disk();
  for (const name of [vis, `${vis}.flagversions`]) {
    const made = joinPath(directory, `${uid}.calibration`, name);
    if (!files.exists(made)) continue;
    files.remove(joinPath(directory, name));
    files.rename(made, joinPath(directory, name));
  }
}

function removeIntermediate(directory: string, uid: string): void {
  for (const suffix of ['.ms', '.ms.flagversions', '.ms.split', '.ms.split.flagversions']) {
    disk().remove(joinPath(directory, `${uid}.calibration`, `${uid}${suffix}`));
  }
}

/** Fields of one name, as diagnostics are told of them. */
function shown(fields: readonly { readonly id: number | string; readonly name: string }[]): ShownField {
  const ids = fields.flatMap(({ id }) => String(id).split(','));
  return { name: fields[0].name, selection: [...new Set(ids)].join(',') };
}

function blockFiles(directory: string, block: BlockCalibration, imaging: MemberImaging): BlockFiles {
  const inBlock = (name: string) => joinPath(directory, `${block.uid}.calibration`, name);
  const vis = `${block.uid}.ms`;
  const calls = taskCalls(block.plan);
  const bandpass = calls.find((call) => call.task === 'bandpass');
  const [facts] = imaging.facts;
  const products = imaging.products.filter(({ target }) => target === facts.target);
  const [first] = products;
  const own = block.block.targets.filter(({ name }) => name === facts.target);
  // An Execution Block may lack the first target.
  const targets = own.length > 0 ? own : block.block.targets.slice(0, 1);
  const cubes = products.filter((product) => product.kind === 'cube');
  const cube = cubes.find((product) => product.line !== undefined) ?? cubes[0];
  return {
    uid: block.uid,
    vis: inBlock(vis),
    calibrated: joinPath(directory, block.block.vis),
    wvrTable: inBlock(`${vis}.wvr`),
    tsysTable: inBlock(`${vis}.tsys`),
    bandpassTable: inBlock(`${vis}.split.bandpass`),
    amplitudeTable: inBlock(`${vis}.split.flux_inf`),
    phaseTable: inBlock(`${vis}.split.phase_int`),
    bandpassField: String(bandpass?.args.field ?? '0'),
    scienceSpw: String(block.block.spws[0]),
    target: shown(targets),
    fluxField: shown([block.block.flux]),
    phaseField: shown([targets[0].phase]),
    split: inBlock(`${vis}.split`),
    spws: block.block.spws,
    image: first && joinPath(directory, `${first.imagename}.image`),
    psf: first && joinPath(directory, `${first.imagename}.psf`),
    cube: cube && joinPath(directory, `${cube.imagename}.image`),
  };
}
