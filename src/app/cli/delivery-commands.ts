import { resolve } from 'node:path';
import type { Command } from 'commander';
import { fail, type Issue, worstSeverity } from '../../foundation/base/index.ts';
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

async function verify(path: string, flags: SharedOptions): Promise<number> {
  return withEngine(flags, { workers: 1 }, async ({ run }) => {
    const issues = await run<Issue[]>('verify', { kind: 'verify', path: resolve(path) });
    const lines = issues.map(({ severity, path: place, message }) => `${severity}: ${place}: ${message}`);
    printResult(flags, lines.length > 0 ? lines.join('\n') : 'The delivery is complete.', { issues });
    return worstSeverity(issues) === 'error' ? 1 : 0;
  });
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
    .description('check that a delivery is complete and whole')
    .addHelpText('after', '\nExample:\n  qa2 verify delivery')
    .action(async (path: string, flags: SharedOptions) => finish(await verify(path, flags)));
}
