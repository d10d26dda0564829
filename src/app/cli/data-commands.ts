import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { fail } from '../../foundation/base/index.ts';
import { checkFaults, FAULT_NAMES } from '../../pipeline/simulation/index.ts';
import type { EngineJob, Listing } from '../tasks/index.ts';
import { memberWork, printResult, type SharedOptions, wholeNumber, withEngine } from './engine-use.ts';

interface SimulateFlags extends SharedOptions {
  readonly out: string;
  readonly preset: string;
  readonly seed?: string;
  readonly executions?: string;
  readonly fluxCalibrator?: string;
  readonly start?: string;
  readonly fault: string[];
  readonly overwrite?: boolean;
}

interface ImportFlags extends SharedOptions {
  readonly asis: string;
  readonly bdfflags?: boolean;
  readonly syspower: boolean;
  readonly overwrite?: boolean;
}

type SimulateJob = Extract<EngineJob, { kind: 'simulate' }>;

const PRESETS = ['tiny', 'demo', 'medium'];

async function simulate(flags: SimulateFlags): Promise<void> {
  if (!PRESETS.includes(flags.preset)) fail('usage', `--preset is one of ${PRESETS.join(', ')}.`);
  const options = {
    out: resolve(flags.out),
    preset: flags.preset as SimulateJob['options']['preset'],
    ...(flags.seed === undefined ? {} : { seed: wholeNumber('--seed', flags.seed, 0, 0xffffffff) }),
    ...(flags.executions === undefined ? {} : { executionCount: wholeNumber('--executions', flags.executions, 1, 99) }),
    ...(flags.fluxCalibrator === undefined ? {} : { fluxCalibrator: flags.fluxCalibrator }),
    ...(flags.start === undefined ? {} : { start: flags.start }),
    ...(flags.fault.length === 0 ? {} : { faults: checkFaults(flags.fault) }),
    ...(flags.overwrite ? { overwrite: true } : {}),
  };
  await withEngine(flags, { workers: 1 }, async ({ run, progress }) => {
    const result = await run<{ asdms: string[]; truth: string; goal: string }>('simulate', {
      kind: 'simulate',
      options,
    });
    progress.finish();
    printResult(flags, [...result.asdms, result.truth, result.goal].join('\n'), result);
  });
}

async function importAsdm(asdm: string, vis: string | undefined, flags: ImportFlags): Promise<void> {
  const target = resolve(vis ?? `${asdm.replace(/\/+$/, '')}.ms`);
  if (!existsSync(asdm)) fail('missing', 'There is no such ASDM.', { file: asdm });
  const pool = { workers: 1, hasSmallHeap: true, echo: flags.json ? undefined : ('WARN' as const) };
  await withEngine(flags, pool, async ({ run, progress }) => {
    await run('import', {
      kind: 'task',
      name: 'importasdm',
      cwd: process.cwd(),
      named: {
        asdm: resolve(asdm),
        vis: target,
        asis: flags.asis,
        bdfflags: flags.bdfflags === true,
        process_syspower: flags.syspower,
        overwrite: flags.overwrite === true,
      },
    });
    progress.finish();
    printResult(flags, target, { vis: target });
  });
}

/** qa2 simulate, import, image, inspect. */
export function addDataCommands(program: Command): void {
  program
    .command('simulate')
    .description('make the ASDMs of a small project whose truth is known')
    .requiredOption('--out <dir>', 'directory to make')
    .option('--preset <name>', PRESETS.join(', '), 'demo')
    .option('--seed <n>', 'another seed gives other noise, sky and weather')
    .option('--executions <n>', 'number of Execution Blocks')
    .option(
      '--flux-calibrator <body>',
      'a body of the Solar System as flux calibrator, e.g. Titan; without it a quasar',
    )
    .option('--fault <name>', `${FAULT_NAMES.join(', ')}; repeatable`, (one, rest: string[]) => [...rest, one], [])
    .option('--start <time>', 'UTC of the first execution, e.g. 2013/07/20/01:10:00')
    .option('--overwrite', 'replace what is there')
    .addHelpText('after', '\nExample:\n  qa2 simulate --preset tiny --out simulated')
    .action(simulate);
  program
    .command('import <asdm> [vis]')
    .description("make a MeasurementSet from an ASDM, with the defaults of CASA's importasdm")
    .option('--asis <tables>', 'ASDM tables to copy as they are, or *', '')
    .option('--bdfflags', 'apply the flags of the binary data')
    .option('--no-syspower', 'leave out SYSPOWER')
    .option('--overwrite', 'replace what is there')
    .addHelpText('after', '\nExample:\n  qa2 import uid___A002_X5a9_X1 --asis "Antenna Station CalWVR" --bdfflags')
    .action(importAsdm);
  program
    .command('image <vis>')
    .description('image a calibrated MeasurementSet: continuum and line cubes, as FITS beside it')
    .option('--goal <file>', 'goal.yaml: what the PI asked for')
    .addHelpText('after', '\nExample:\n  qa2 image calibrated/calibrated.ms --goal goal.yaml')
    .action(async (vis: string, flags: SharedOptions & { goal?: string }) => (await memberWork()).image(vis, flags));
  program
    .command('inspect <path>')
    .description('list an ASDM, MeasurementSet, calibration table, image, FITS file or delivery')
    .option('--verbose', 'also every column and keyword')
    .addHelpText('after', '\nExamples:\n  qa2 inspect uid___A002_X5a9_X1\n  qa2 inspect calibrated.ms --json')
    .action(async (path: string, flags: SharedOptions & { verbose?: boolean }) =>
      withEngine(flags, { workers: 1 }, async ({ run }) => {
        const job = { kind: 'inspect', path: resolve(path), isVerbose: flags.verbose === true } as const;
        const { text, ...data } = await run<Listing>('inspect', job);
        printResult(flags, text, data);
      }),
    );
}
