/** What reduces in this thread and leaves the parts to engine threads. Only commands that do so load it: the others start sooner. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { fail } from '../../foundation/base/index.ts';
import { checkScienceGoal, EMPTY_GOAL, type ScienceGoal } from '../../pipeline/reduction/index.ts';
import { parseFluxSpec } from '../../pipeline/skymodel/index.ts';
import { imageMs, installEngine, type MemberOptions, type MemberWatch, runMember } from '../tasks/index.ts';
import { printResult, type SharedOptions, withEngine } from './engine-use.ts';

export interface MemberFlags extends SharedOptions {
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

/** Reads a goal.yaml; none: a goal that asks for nothing. */
function readGoal(path: string | undefined): ScienceGoal {
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

/** Runs `qa2 run` or `qa2 calibrate`; returns the exit code. */
export async function reduce(asdms: readonly string[], flags: MemberFlags, calibrateOnly: boolean): Promise<number> {
  const options = memberOptions(asdms, flags, calibrateOnly);
  return withEngine(flags, {}, async ({ pool, progress }) => {
    installEngine(64 * 1024 * 1024);
    const outcome = await runMember(options, pool, (step, fraction, note) => progress.update(step, fraction, note));
    progress.finish();
    for (const warning of outcome.warnings) progress.say(`Warning: ${warning}`);
    const { delivered, failures } = outcome;
    for (const { uid, message } of failures) progress.say(`Not reduced: ${uid}: ${message}`);
    const lines = [
      `calibrated data   ${outcome.calibrated}`,
      ...(delivered
        ? [
            `QA2 page          ${delivered.page}`,
            ...delivered.tars.map((tar) => `tar               ${tar}`),
            `verdict           ${delivered.verdict}`,
          ]
        : []),
      ...failures.map(({ uid }) => `not reduced       ${uid}`),
    ];
    printResult(flags, lines.join('\n'), outcome);
    return failures.length > 0 || delivered?.issues.some(({ severity }) => severity === 'error') ? 1 : 0;
  });
}

/** Runs `qa2 image`. */
export async function image(vis: string, flags: SharedOptions & { goal?: string }): Promise<void> {
  const path = resolve(vis);
  if (!existsSync(path)) fail('missing', 'There is no such MeasurementSet.', { file: path });
  const directory = dirname(path);
  const goal = readGoal(flags.goal);
  await withEngine(flags, {}, async ({ pool, progress }) => {
    installEngine(64 * 1024 * 1024);
    const watch: MemberWatch = (step, fraction, note) => progress.update(step, fraction, note);
    const { products } = await imageMs(pool, watch, directory, basename(path), goal);
    progress.finish();
    printResult(flags, products.map(({ fits }) => resolve(directory, fits)).join('\n'), { products });
  });
}
