import { resolve } from 'node:path';
import type { Command } from 'commander';
import { fail, type Issue, worstSeverity } from '../../foundation/base/index.ts';
import { type Comparison, type TruthRow, truthText } from '../tasks/index.ts';
import { printResult, type SharedOptions, withEngine } from './engine-use.ts';

interface PackageFlags extends SharedOptions {
  readonly maxTar: string;
}

async function pack(member: string, flags: PackageFlags): Promise<void> {
  const gigabytes = Number(flags.maxTar);
  if (!(gigabytes > 0)) fail('usage', '--max-tar takes a size in GB.');
  await withEngine(flags, { workers: 1 }, async ({ run, progress }) => {
    const job = { kind: 'package', member: resolve(member), maxBytes: gigabytes * 1e9 } as const;
    const tars = await run<string[]>('package', job);
    progress.finish();
    printResult(flags, tars.join('\n'), { tars });
  });
}

async function unpack(tars: readonly string[], flags: SharedOptions & { out: string }): Promise<void> {
  await withEngine(flags, { workers: 1 }, async ({ run, progress }) => {
    const job = { kind: 'unpack', tars: tars.map((tar) => resolve(tar)), out: resolve(flags.out) } as const;
    const members = await run<string[]>('unpack', job);
    progress.finish();
    printResult(flags, members.join('\n'), { members });
  });
}

interface VerifyFlags extends SharedOptions {
  readonly against?: string;
  readonly truth?: string;
}

async function verify(path: string, flags: VerifyFlags): Promise<number> {
  return withEngine(flags, { workers: 1 }, async ({ run }) => {
    const found = await run<Issue[]>('verify', { kind: 'verify', path: resolve(path) });
    const text = [found.length > 0 ? issueLines(found) : 'The delivery is complete.'];
    const compared = { issues: [] as Issue[], rows: [] as TruthRow[] };
    if (flags.against !== undefined || flags.truth !== undefined) {
      const absolute = (name: string | undefined) => (name === undefined ? undefined : resolve(name));
      const job = {
        kind: 'compare',
        member: resolve(path),
        against: absolute(flags.against),
        truth: absolute(flags.truth),
      } as const;
      Object.assign(compared, await run<Comparison>('compare', job));
      const same = 'Calibrated data and images are the same, bit by bit.';
      if (flags.against !== undefined) text.push(compared.issues.length > 0 ? issueLines(compared.issues) : same);
      if (flags.truth !== undefined) text.push('', truthText(compared.rows));
    }
    const issues = [...found, ...compared.issues];
    printResult(flags, text.join('\n'), { issues, truth: compared.rows });
    return worstSeverity(issues) === 'error' ? 1 : 0;
  });
}

function issueLines(issues: readonly Issue[]): string {
  return issues.map(({ severity, path: place, message }) => `${severity}: ${place}: ${message}`).join('\n');
}

async function report(member: string, flags: SharedOptions): Promise<void> {
  await withEngine(flags, { workers: 1 }, async ({ run }) => {
    const page = await run<string>('report', { kind: 'report', member: resolve(member) });
    printResult(flags, page, { page });
  });
}

/** qa2 report, package, unpack, verify. */
export function addDeliveryCommands(program: Command, finish: (code: number) => void): void {
  program
    .command('report <member>')
    .description('write the QA2 page anew from qa2_report.json and the pictures of a Member')
    .addHelpText('after', '\nExample:\n  qa2 report delivery/2012.1.00001.S/sg/group/member')
    .action(report);
  program
    .command('package <member>')
    .description('write the tars of a Member: products, and raw data apart')
    .option('--max-tar <GB>', 'largest size of one tar', '10')
    .addHelpText('after', '\nExample:\n  qa2 package delivery/2012.1.00001.S/sg/group/member --max-tar 4')
    .action(pack);
  program
    .command('unpack <tar...>')
    .description('unpack the tars of a delivery')
    .requiredOption('--out <dir>', 'directory to unpack into')
    .addHelpText('after', '\nExample:\n  qa2 unpack 2012.1.00001.S_*_1_of_1.tar --out here')
    .action(unpack);
  program
    .command('verify <dir>')
    .description('check that a delivery is complete and whole; compare it with another, or with a truth')
    .option('--against <member>', 'another Member directory: calibrated data and images must be the same')
    .option('--truth <file>', 'truth.json of a simulation: print measured against true values')
    .addHelpText(
      'after',
      '\nExamples:\n  qa2 verify delivery\n  qa2 verify MEMBER --against PI_MEMBER --truth simulated/truth.json',
    )
    .action(async (path: string, flags: VerifyFlags) => finish(await verify(path, flags)));
}
