import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { installationRoot } from '../tasks/index.ts';
import type { ReplayMember } from './member.ts';

/** Exit code of a run that was ended from outside. */
export const ENDED = 137;

/** How a delivery's scripts ended. */
export interface RunResult {
  /** Exit code; the largest where there were several runs. */
  readonly status: number;
  readonly seconds: number;
  /** All that was printed. */
  readonly output: string;
}

/**
 * Runs a delivery as its PI would: scriptForPI.py in script/. Without it, each calibration script by itself, then
 * scriptForFluxCalibration.py on all results.
 *
 * @param spaceSaving what scriptForPI.py may delete, 0…3
 */
export function runMember(member: ReplayMember, spaceSaving: number): RunResult {
  const started = Date.now();
  const { root, forPi } = member;
  // With blocks missing, scriptForPI.py would stop at the flux scale.
  const codes =
    forPi === undefined || member.missing.length > 0
      ? runBlocks(member)
      : [casapy(root, join(root, 'script'), `SPACESAVING=${spaceSaving}; execfile('${forPi}')`)];
  const seconds = (Date.now() - started) / 1000;
  const log = join(root, 'output.txt');
  return { status: Math.max(0, ...codes), seconds, output: existsSync(log) ? readFileSync(log, 'utf8') : '' };
}

function runBlocks(member: ReplayMember): number[] {
  const { root, blocks } = member;
  const calibrated = join(root, 'calibrated');
  const codes = blocks.map(({ asdm, script }) => {
    const place = join(calibrated, `${asdm}.calibration`);
    mkdirSync(place, { recursive: true });
    symlinkSync(`../../raw/${asdm}.asdm.sdm`, join(place, asdm));
    // As scriptForPI.py says it: tells the steps of one block from those of the next.
    appendFileSync(join(root, 'output.txt'), `Processing ASDM ${asdm}\n`);
    const code = casapy(root, place, `applyonly=True; execfile('../../script/${script}')`);
    const result = `${asdm}.ms.split.cal`;
    if (existsSync(join(place, result))) renameSync(join(place, result), join(calibrated, result));
    return code;
  });
  const standIn = join(calibrated, `${blocks[0].asdm}.ms.split.cal`);
  for (const asdm of existsSync(standIn) ? member.missing : []) {
    cpSync(standIn, join(calibrated, `${asdm}.ms.split.cal`), { recursive: true });
  }
  if (!member.hasFluxCalibration || codes.some((code) => code !== 0)) return codes;
  return [...codes, casapy(root, calibrated, "applyonly=True; execfile('../script/scriptForFluxCalibration.py')")];
}

/**
 * Runs casapy in a directory; what it prints is added to output.txt of the delivery. Returns the exit code.
 *
 * @param options of the command line, such as `--allow`
 * @param seconds after which it is ended; undefined: never
 */
export function casapy(
  root: string,
  cwd: string,
  code: string,
  options: readonly string[] = [],
  seconds?: number,
): number {
  const output = openSync(join(root, 'output.txt'), 'a');
  try {
    const program = join(installationRoot(), 'bin', 'casapy.mjs');
    const result = spawnSync(process.execPath, [program, ...options, '-c', code], {
      cwd,
      stdio: ['ignore', output, output],
      ...(seconds === undefined ? {} : { timeout: 1000 * seconds, killSignal: 'SIGKILL' as const }),
    });
    return result.status ?? ENDED;
  } finally {
    closeSync(output);
  }
}
