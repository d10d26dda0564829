/** The command behind `npm run replay`: delivered scripts on observations made for them. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { errorSentence } from '../../foundation/base/index.ts';
import { installEngine } from '../tasks/index.ts';
import { judgeBlock, judgeControl, judgeJoined, type Verdict } from './block-report.ts';
import { imageCalibrated } from './chained-imaging.ts';
import { type Delivery, findDeliveries } from './deliveries.ts';
import { describeFacts } from './facts-text.ts';
import { describeImaging, findImagingScripts, replayImaging } from './imaging-replay.ts';
import { layOutMember, type ReplayMember } from './member.ts';
import { runMember } from './member-run.ts';
import { findPackages, type PackageScripts, replayPackages } from './package-replay.ts';
import { readFacts } from './script-facts.ts';

const USAGE = `npm run replay -- DIR [--out DIR] [--only TEXT] [--spacesaving N] [--whole] [--read] [--keep]

Runs the calibration scripts in DIR and the folders below it, each on an observation that is made for it, and compares
the calibrated visibilities with what was put in. Every folder is taken as script/ of one delivery: with scriptForPI.py,
that is run; without it, each calibration script by itself, then scriptForFluxCalibration.py. A scriptForPI.py beside a
casa_piperestorescript.py is run on a package of the pipeline that is made for the two. scriptForImaging.py and
scriptForImagingPrep.py run on calibrated data made for them, and the images are compared with what is in the sky there. A folder in which scripts of several
deliveries were collected under names such as PROJECT__script_7m__scriptForPI.py is taken apart.

  --out DIR        where the delivery trees are made (default: a temporary directory)
  --only TEXT      only folders and scripts whose path holds TEXT
  --spacesaving N  SPACESAVING for scriptForPI.py (default: 0)
  --whole          scriptForImaging.py beside the calibration scripts of its delivery runs on what they left, too
  --minutes N      scripts that make images are ended after so long, and what they made is compared (default: 20)
  --read           only say what each script needs
  --keep           leave everything there
`;
const MEMORY_BYTES = 1024 * 1024 * 1024;

interface Options {
  readonly top: string;
  readonly out?: string;
  readonly only?: string;
  readonly spaceSaving: number;
  /** For each script that makes images. */
  readonly minutes: number;
  /** Images are made of what calibration scripts left. */
  readonly isWhole: boolean;
  readonly reads: boolean;
  readonly keeps: boolean;
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  unread: number;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** Runs the command; returns the exit code: 0 when every script passed, or has nothing to be judged by. */
export async function main(args: readonly string[]): Promise<number> {
  const options = readArguments(args);
  const folder = args[0] ?? '-';
  if (!options) {
    if (folder.startsWith('-') || existsSync(folder)) process.stdout.write(USAGE);
    else say(`There is no folder ${folder}.`);
    return 2;
  }
  const deliveries = findDeliveries(resolve(options.top)).filter(({ label }) => label.includes(options.only ?? ''));
  const packages = findPackages(resolve(options.top)).filter(({ folder, control }) =>
    join(folder, control).includes(options.only ?? ''),
  );
  const imaging = findImagingScripts(resolve(options.top)).filter((path) => path.includes(options.only ?? ''));
  if (deliveries.length + packages.length + imaging.length === 0) {
    const kinds = '*.ms.scriptForCalibration.py, *casa_piperestorescript.py or *scriptForImaging.py';
    say(`There is no ${kinds} in ${options.top} or the folders below it.`);
    return 1;
  }
  installEngine(MEMORY_BYTES);
  const counts: Counts = { passed: 0, failed: 0, skipped: 0, unread: 0 };
  if (options.reads) {
    for (const delivery of deliveries) readDelivery(delivery, counts);
    for (const script of imaging) readImaging(script, counts);
  } else await replayAll({ deliveries, packages, imaging }, options, counts);
  const { passed, failed, skipped, unread } = counts;
  const did = options.reads ? 'read' : 'passed';
  const all = passed + failed + skipped + unread;
  say(`${all} scripts: ${passed} ${did}, ${failed} failed, ${skipped} skipped, ${unread} could not be read`);
  return failed + unread === 0 ? 0 : 1;
}

function readArguments(args: readonly string[]): Options | undefined {
  const value = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const top = args[0];
  const spaceSaving = Number(value('--spacesaving') ?? 0);
  if (!top || top.startsWith('-') || !existsSync(top) || !Number.isInteger(spaceSaving)) return undefined;
  const minutes = Number(value('--minutes') ?? 20);
  if (!(minutes > 0)) return undefined;
  const reads = args.includes('--read');
  return {
    top,
    out: value('--out'),
    only: value('--only'),
    spaceSaving,
    minutes,
    isWhole: args.includes('--whole'),
    reads,
    keeps: args.includes('--keep'),
  };
}

function readDelivery({ files, calibrations }: Delivery, counts: Counts): void {
  for (const name of calibrations) {
    try {
      say(`${name}: ${describeFacts(readFacts(readFileSync(files.get(name) ?? name, 'utf8')))}`);
      counts.passed++;
    } catch (error) {
      say(`${name}: ${errorSentence(error)}`);
      counts.unread++;
    }
  }
}

function readImaging(script: string, counts: Counts): void {
  const scratch = mkdtempSync(join(tmpdir(), 'qa2-rehearsal-'));
  try {
    say(`${basename(script)}: ${describeImaging(script, scratch)}`);
    counts.passed++;
  } catch (error) {
    say(`${basename(script)}: ${errorSentence(error)}`);
    counts.unread++;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** All that is to be run. */
interface Scripts {
  readonly deliveries: readonly Delivery[];
  readonly packages: readonly PackageScripts[];
  /** Files of scripts that make images. */
  readonly imaging: readonly string[];
}

async function replayAll({ deliveries, packages, imaging }: Scripts, options: Options, counts: Counts): Promise<void> {
  const out = resolve(options.out ?? mkdtempSync(join(tmpdir(), 'qa2-replay-')));
  const keeps = options.keeps || options.out !== undefined;
  mkdirSync(out, { recursive: true });
  deliveries.forEach((delivery, index) => {
    const name = basename(delivery.label).replace(/[_.]*(?:\*|scriptForCalibration\.py)$/, '');
    const root = join(out, `${index + 1}-${name}`);
    rmSync(root, { recursive: true, force: true });
    replayDelivery(delivery, root, options, counts);
    if (!keeps) rmSync(root, { recursive: true, force: true });
  });
  for (const { kind, line } of await replayPackages(packages, out, say)) {
    say(line);
    counts[kind]++;
  }
  imaging.forEach((script, index) => {
    const root = join(out, `imaging-${index + 1}-${basename(script, '.py')}`);
    const { kind, line } = replayImaging(script, root, 60 * options.minutes);
    say(line);
    counts[kind]++;
    if (!keeps) rmSync(root, { recursive: true, force: true });
  });
  if (!keeps) rmSync(out, { recursive: true, force: true });
}

/** Lays out one delivery, runs it, and prints a line for each of its scripts. */
function replayDelivery(
  delivery: Delivery,
  root: string,
  { spaceSaving, minutes, isWhole }: Options,
  counts: Counts,
): void {
  const member = layOutMember(delivery, root);
  for (const { name, reason } of member.unread) say(`SKIP ${name}: ${reason}`);
  counts.unread += member.unread.length;
  if (member.blocks.length === 0) return;
  const { status, seconds, output } = runMember(member, spaceSaving);
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const hasControl = member.forPi !== undefined && member.missing.length === 0;
  const way = hasControl ? `${member.forPi} with SPACESAVING=${spaceSaving}` : 'scripts by themselves';
  say(`${delivery.label}: ${way}: exit ${status}, ${seconds.toFixed(0)} s${status === 0 ? '' : `; ${last}`}`);
  const verdicts = judgeMember(member, output);
  if (hasControl) verdicts.push(judgeControl(member.forPi ?? '', status, verdicts, output));
  const images = isWhole && status === 0 ? imageCalibrated(member, delivery, 60 * minutes) : undefined;
  for (const { kind, line } of images ? [...verdicts, images] : verdicts) {
    say(line);
    counts[kind]++;
  }
}

function judgeMember(member: ReplayMember, output: string): Verdict[] {
  const blocks = member.blocks.map((block) => judgeBlock(member, block, output));
  const joined = judgeJoined(member);
  return joined ? [...blocks, joined] : blocks;
}
