/** The command behind `npm run replay`: delivered scripts on observations made for them. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { errorSentence } from '../../foundation/base/index.ts';
import { installationRoot, installEngine } from '../tasks/index.ts';
import { checkCalibrated, type SourceResult } from './calibrated-check.ts';
import { calibratedMs, findScriptFolders, layOutMember, type ReplayBlock, type ReplayMember } from './member.ts';

const USAGE = `npm run replay -- DIR [--out DIR] [--only TEXT] [--keep]

Runs the calibration scripts in DIR and the folders below it, each on an observation that is made for it, and compares
the calibrated visibilities with what was put in. Every folder is taken as script/ of one delivery.

  --out DIR    where the delivery trees are made (default: a temporary directory)
  --only TEXT  only folders whose path holds TEXT
  --keep       leave everything there
`;
const MEMORY_BYTES = 1024 * 1024 * 1024;
/** A calibrated flux may be off by so much. */
const TOLERANCE = 0.05;

interface Options {
  readonly top: string;
  readonly out?: string;
  readonly only?: string;
  readonly keeps: boolean;
}

/** Runs the command; returns the exit code: 0 when every script passed. */
export async function main(args: readonly string[]): Promise<number> {
  const options = readArguments(args);
  if (!options) {
    process.stdout.write(USAGE);
    return 2;
  }
  installEngine(MEMORY_BYTES);
  const out = resolve(options.out ?? mkdtempSync(join(tmpdir(), 'qa2-replay-')));
  mkdirSync(out, { recursive: true });
  const lines: BlockLine[] = [];
  const folders = findScriptFolders(resolve(options.top)).filter((path) => path.includes(options.only ?? ''));
  folders.forEach((folder, index) => {
    const root = join(out, `${index + 1}-${basename(folder)}`);
    rmSync(root, { recursive: true, force: true });
    lines.push(...replayFolder(folder, root));
    if (!options.keeps && !options.out) rmSync(root, { recursive: true, force: true });
  });
  if (!options.keeps && !options.out) rmSync(out, { recursive: true, force: true });
  const passed = lines.filter((line) => line.passes).length;
  process.stdout.write(`${lines.length} scripts: ${passed} passed, ${lines.length - passed} did not\n`);
  return passed === lines.length ? 0 : 1;
}

function readArguments(args: readonly string[]): Options | undefined {
  const value = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const top = args[0];
  if (!top || top.startsWith('-') || !existsSync(top)) return undefined;
  return { top, out: value('--out'), only: value('--only'), keeps: args.includes('--keep') };
}

interface BlockLine {
  readonly passes: boolean;
}

/** Lays out one delivery, runs it, and prints a line for each of its calibration scripts. */
function replayFolder(folder: string, root: string): BlockLine[] {
  let member: ReplayMember;
  try {
    member = layOutMember(folder, root);
  } catch (error) {
    process.stdout.write(`${folder}: ${errorSentence(error)}\n`);
    return [{ passes: false }];
  }
  const started = Date.now();
  const status = runMember(member);
  const seconds = (Date.now() - started) / 1000;
  const output = readFileSync(join(root, 'output.txt'), 'utf8');
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  process.stdout.write(`${folder}: exit ${status}, ${seconds.toFixed(0)} s${status === 0 ? '' : `; ${last}`}\n`);
  return member.blocks.map((block) => checkBlock(member, block, output));
}

/** Runs scriptForPI.py where there is one, else each calibration script by itself; returns the exit code. */
function runMember(member: ReplayMember): number {
  const { root } = member;
  if (existsSync(join(root, 'script', 'scriptForPI.py'))) {
    return casapy(root, join(root, 'script'), "SPACESAVING=0; execfile('scriptForPI.py')");
  }
  const codes = member.blocks.map(({ asdm }) => {
    const place = join(root, 'calibrated', `${asdm}.calibration`);
    mkdirSync(place, { recursive: true });
    symlinkSync(`../../raw/${asdm}.asdm.sdm`, join(place, asdm));
    return casapy(root, place, `applyonly=True; execfile('../../script/${asdm}.ms.scriptForCalibration.py')`);
  });
  return Math.max(...codes);
}

function casapy(root: string, cwd: string, code: string): number {
  const output = openSync(join(root, 'output.txt'), 'a');
  try {
    const program = join(installationRoot(), 'bin', 'casapy.mjs');
    const result = spawnSync(process.execPath, [program, '-c', code], { cwd, stdio: ['ignore', output, output] });
    return result.status ?? 1;
  } finally {
    closeSync(output);
  }
}

function checkBlock(member: ReplayMember, block: ReplayBlock, output: string): BlockLine {
  const path = calibratedMs(member, block.asdm);
  const steps = [...output.matchAll(/^Step +(\d+)/gm)].map(([, step]) => Number(step));
  const did = `${stepsOf(output, block, member)} steps, ${tasksOf(member, block)}`;
  if (!path) {
    process.stdout.write(
      `FAIL ${block.asdm}: ${did}; last step ${steps.at(-1) ?? 'none'}; no calibrated MeasurementSet\n`,
    );
    return { passes: false };
  }
  const fluxes = block.spec.fields.map(({ fluxes: points }) => points.map(({ jy }) => jy));
  const results = checkCalibrated(path, block.spec, fluxes).filter(({ field }) => field !== block.body);
  writeFileSync(join(member.root, `${block.asdm}.json`), `${JSON.stringify(results, undefined, 1)}\n`);
  const worst = results.reduce((a, b) => (deviation(b) > deviation(a) ? b : a));
  const passes = deviation(worst) <= TOLERANCE;
  const flagged = results.reduce((sum, result) => sum + result.flagged, 0) / results.length;
  process.stdout.write(
    `${passes ? 'PASS' : 'FAIL'} ${block.asdm}: ${did}; worst flux ${worst.name} spw ${worst.window}: ` +
      `${(100 * (worst.ratio - 1)).toFixed(2)} %; flagged ${(100 * flagged).toFixed(1)} %\n`,
  );
  return { passes };
}

function deviation({ ratio }: SourceResult): number {
  return Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : Math.abs(ratio - 1);
}

/** Steps that a script announced: all between its name and the next one's in the output. */
function stepsOf(output: string, block: ReplayBlock, member: ReplayMember): number {
  const places = member.blocks.map(({ asdm }) => output.indexOf(`Processing ASDM ${asdm}`));
  const from = Math.max(0, output.indexOf(`Processing ASDM ${block.asdm}`));
  const next = Math.min(...places.filter((place) => place > from), output.length);
  return [...output.slice(from, next).matchAll(/^Step +\d+/gm)].length;
}

/** How many tasks the log names that work on a block. */
function tasksOf(member: ReplayMember, block: ReplayBlock): string {
  const logs = [join(member.root, 'script'), join(member.root, 'calibrated', `${block.asdm}.calibration`)]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.log'))
        .map((name) => join(folder, name)),
    );
  const text = logs.map((name) => readFileSync(name, 'utf8')).join('\n');
  const calls = [...text.matchAll(/^.*\s(\w+)\(\s*vis=["']([^"']*)/gm)].filter(([, , vis]) =>
    vis.startsWith(block.asdm),
  );
  return `${calls.length} tasks`;
}
