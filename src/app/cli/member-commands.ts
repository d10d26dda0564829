import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { fail } from '../../foundation/base/index.ts';
import { checkScienceGoal, EMPTY_GOAL, type ScienceGoal } from '../../pipeline/reduction/index.ts';
import { parseFluxSpec } from '../../pipeline/skymodel/index.ts';
import { installEngine, type MemberOptions, runMember } from '../tasks/index.ts';
import { printResult, type SharedOptions, withEngine } from './engine-use.ts';

interface MemberFlags extends SharedOptions {
  readonly out: string;
  readonly goal?: string;
  readonly flux: string[];
  readonly project?: string;
  readonly sg?: string;
  readonly group?: string;
  readonly member?: string;
  readonly keep?: boolean;
  readonly startOver?: boolean;
  readonly maxTar: string;
}

const collect = (value: string, earlier: string[]) => [...earlier, value];

/** Reads a goal.yaml; none: a goal that asks for nothing. */
export function readGoal(path: string | undefined): ScienceGoal {
  if (path === undefined) return EMPTY_GOAL;
  try {
    return checkScienceGoal(parse(readFileSync(path, 'utf8')), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      fail('missing', 'No such goal file.', { file: path }, error);
    if ((error as Error).name === 'YAMLParseError')
      fail('usage', `The goal file is no YAML: ${(error as Error).message}`, { file: path }, error);
    throw error;
  }
}

function memberOptions(asdms: readonly string[], flags: MemberFlags, calibrateOnly: boolean): MemberOptions {
  const gigabytes = Number(flags.maxTar);
  if (!(gigabytes > 0)) fail('usage', '--max-tar takes a size in GB.');
  return {
    asdms: asdms.map((path) => resolve(path)),
    out: resolve(flags.out),
    goal: readGoal(flags.goal),
    flux: flags.flux.map(parseFluxSpec),
    names: { project: flags.project, scienceGoal: flags.sg, group: flags.group, member: flags.member },
    keepIntermediate: flags.keep === true,
    maxTarBytes: gigabytes * 1e9,
    calibrateOnly,
    startOver: flags.startOver === true,
  };
}

/** Options shared by run and calibrate. */
function addMemberOptions(command: Command): Command {
  return command
    .requiredOption('--out <dir>', 'directory for everything that is made')
    .option('--goal <file>', 'goal.yaml: what the PI asked for, names, fluxes')
    .option('--flux <spec>', 'flux of a calibrator, e.g. "J1733-1304=1.85Jy@225GHz,-0.55"; repeatable', collect, [])
    .option('--project <code>', 'project code')
    .option('--sg <uid>', 'Science Goal ObsUnitSet')
    .option('--group <uid>', 'Group ObsUnitSet')
    .option('--member <uid>', 'Member ObsUnitSet')
    .option('--keep', 'keep the uncalibrated MeasurementSets')
    .option('--start-over', 'do not go on where an earlier run in the same place ended')
    .option('--max-tar <GB>', 'largest size of one tar', '10');
}

async function reduce(asdms: readonly string[], flags: MemberFlags, calibrateOnly: boolean): Promise<number> {
  const options = memberOptions(asdms, flags, calibrateOnly);
  return withEngine(flags, {}, async ({ pool, progress }) => {
    installEngine(64 * 1024 * 1024);
    const outcome = await runMember(options, pool, (step, fraction, note) => progress.update(step, fraction, note));
    progress.finish();
    for (const warning of outcome.warnings) progress.say(`Warning: ${warning}`);
    const { delivered } = outcome;
    const lines = [
      `calibrated data   ${outcome.calibrated}`,
      ...(delivered
        ? [
            `QA2 page          ${delivered.page}`,
            ...delivered.tars.map((tar) => `tar               ${tar}`),
            `verdict           ${delivered.verdict}`,
          ]
        : []),
    ];
    printResult(flags, lines.join('\n'), outcome);
    return delivered?.issues.some(({ severity }) => severity === 'error') ? 1 : 0;
  });
}

/** qa2 run and qa2 calibrate. */
export function addMemberCommands(program: Command, finish: (code: number) => void): void {
  addMemberOptions(program.command('run <asdm...>'))
    .description('reduce the Execution Blocks of one Member: calibrate, image, judge, document, package')
    .addHelpText(
      'after',
      `
Example:
  qa2 run uid___A002_X5a9_X1 uid___A002_X5a9_X2 --goal goal.yaml --out delivery \\
      --flux "J1733-1304=1.85Jy@225GHz,-0.55"`,
    )
    .action(async (asdms: string[], flags: MemberFlags) => finish(await reduce(asdms, flags, false)));
  addMemberOptions(program.command('calibrate <asdm...>'))
    .description('calibrate the Execution Blocks of one Member and stop there')
    .addHelpText('after', '\nExample:\n  qa2 calibrate uid___A002_X5a9_X1 --out work --goal goal.yaml')
    .action(async (asdms: string[], flags: MemberFlags) => finish(await reduce(asdms, flags, true)));
}
