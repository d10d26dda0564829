import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openMs, readMetadata } from '../../astronomy/ms/index.ts';
import { errorSentence, fail } from '../../foundation/base/index.ts';
import { parseCall } from '../../pipeline/restore/index.ts';
import { directoriesIn, isCollection } from './deliveries.ts';
import { casapy } from './member-run.ts';
import { compareRestored, type RestoredDifference } from './package-check.ts';
import { makeTemplate, type PackageTemplate } from './package-template.ts';
import { memberOf, type PackageSpec, writePackage } from './package-writer.ts';

const RESTORE = 'casa_piperestorescript.py';
const CONTROL = 'scriptForPI.py';
/** What restored data may differ by: two roundings to float32, one table after the other. */
const TOLERANCE = 1e-5;
/** What a package has whose restore script is not there. */
const BLOCK = { uid: 'uid___A002_X1_X1', session: 'session_1' };

/** The scripts of one package: a restore script, and the scriptForPI that starts it. */
export interface PackageScripts {
  readonly folder: string;
  readonly control: string;
  /** Missing where only scriptForPI was kept. */
  readonly restore?: string;
}

/**
 * Packages whose scripts lie at or below a directory: each scriptForPI with a restore script of the same beginning. In a
 * collection of scripts of several deliveries, one that has a Member's name alone gets a restore script made for it.
 */
export function findPackages(top: string): PackageScripts[] {
  const names = readdirSync(top).sort();
  const own = names
    .filter((name) => name.endsWith(CONTROL) && !name.includes('manual_'))
    .flatMap((control) => {
      const prefix = control.slice(0, -CONTROL.length);
      const restore = names.find((name) => name.startsWith(prefix) && name.endsWith(RESTORE));
      const isAlone = isCollection(names) && control.startsWith('member.');
      return restore === undefined && !isAlone ? [] : [{ folder: top, control, restore }];
    });
  return [...own, ...directoriesIn(top).flatMap(findPackages)];
}

/** The Execution Blocks that a restore script names. @throws bad-format when it has no call of restoredata */
export function readRestoreScript(text: string, file: string): PackageSpec['blocks'] {
  const line = text.split('\n').find((one) => /^\s*hi?f?a?_restoredata\s*\(/.test(one));
  if (line === undefined) {
    if (/\bhsd_restoredata\b/.test(text))
      fail('unsupported', 'The package is one of single-dish data, which are not calibrated here', { file });
    fail('bad-format', 'The script has no call of hifa_restoredata', { file });
  }
  const { args } = parseCall(line.trim(), { file });
  const texts = (name: string) => {
    const value = args.get(name) ?? [];
    return (Array.isArray(value) ? value : [value]).map(String);
  };
  const sessions = texts('session');
  return texts('vis').map((vis, index) => ({ uid: basename(vis), session: sessions[index] ?? 'session_1' }));
}

/** What became of one Execution Block of a package. */
export interface RestoredLine {
  readonly uid: string;
  readonly passes: boolean;
  readonly difference?: RestoredDifference;
}

/**
 * Makes a package that fits the scripts, runs scriptForPI on it, and compares the results with what the package was made from.
 *
 * @param root directory for the Member
 */
export async function replayPackage(
  scripts: PackageScripts,
  root: string,
  template: PackageTemplate,
): Promise<{ status: number; lines: RestoredLine[] }> {
  const { prefix, member } = memberOf(scripts.control);
  const { folder, control, restore } = scripts;
  const blocks =
    restore === undefined ? [BLOCK] : readRestoreScript(readFileSync(join(folder, restore), 'utf8'), restore);
  const script = join(root, 'script');
  mkdirSync(script, { recursive: true });
  for (const name of restore === undefined ? [control] : [control, restore]) {
    copyFileSync(join(folder, name), join(script, name));
  }
  await writePackage(root, template, { prefix, member, blocks });
  // Some owners have their directory already and took its making out of the script.
  if (!/^(?!\s*#).*\bmkdir\b.*calibrated/m.test(readFileSync(join(folder, control), 'utf8')))
    mkdirSync(join(root, 'calibrated'));
  const status = casapy(root, script, `execfile('${control}')`);
  return { status, lines: blocks.map(({ uid }) => checkRestored(root, uid, template)) };
}

/** `<uid>.ms.split.cal` has the science windows; their numbers depend on the age of scriptForPI. */
function checkRestored(root: string, uid: string, template: PackageTemplate): RestoredLine {
  const path = join(root, 'calibrated', `${uid}.ms.split.cal`);
  const truth = { path: template.calibrated, column: 'DATA', spws: template.spws.map((_, index) => index) } as const;
  if (!existsSync(path)) return { uid, passes: false };
  const ms = openMs(path);
  const isRenumbered = readMetadata(ms).spectralWindows.length === template.spws.length;
  ms.close();
  const spws = isRenumbered ? truth.spws : template.spws;
  const difference = compareRestored({ path, column: 'DATA', spws }, truth);
  const passes =
    difference !== undefined &&
    difference.data < TOLERANCE &&
    difference.weight < TOLERANCE &&
    difference.flags === 0 &&
    difference.rows > 0;
  return { uid, passes, difference };
}

/** What is said of one Execution Block, or of a package that could not be tried. */
export interface PackageVerdict {
  readonly kind: 'passed' | 'failed' | 'unread';
  readonly line: string;
}

const verdictOf = ({ passes }: RestoredLine): PackageVerdict['kind'] => (passes ? 'passed' : 'failed');

/** Runs packages one after the other on copies of one simulated Execution Block; one line for each block. */
export async function replayPackages(
  packages: readonly PackageScripts[],
  out: string,
  say: (line: string) => void,
): Promise<PackageVerdict[]> {
  if (packages.length === 0) return [];
  const folder = join(out, 'package-template');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const template = await makeTemplate(folder);
  const all: RestoredLine[] = [];
  const unread: PackageVerdict[] = [];
  for (const [index, scripts] of packages.entries()) {
    const root = join(out, `package-${index + 1}`);
    rmSync(root, { recursive: true, force: true });
    const started = Date.now();
    try {
      const { status, lines } = await replayPackage(scripts, root, template);
      const seconds = ((Date.now() - started) / 1000).toFixed(0);
      say(`${join(scripts.folder, scripts.control)}: exit ${status}, ${seconds} s`);
      all.push(...lines);
    } catch (error) {
      unread.push({ kind: 'unread', line: `SKIP ${join(scripts.folder, scripts.control)}: ${errorSentence(error)}` });
    }
  }
  return [...all.map((line) => ({ kind: verdictOf(line), line: describe(line) })), ...unread];
}

function describe({ uid, passes, difference }: RestoredLine): string {
  const verdict = passes ? 'PASS' : 'FAIL';
  if (!difference) return `${verdict} ${uid}: no restored MeasurementSet with the rows of the original`;
  const { rows, data, weight, flags } = difference;
  return (
    `${verdict} ${uid}: ${rows} rows; visibilities within ${data.toExponential(1)} of their rms, ` +
    `weights within ${weight.toExponential(1)}, ${flags} flags differ`
  );
}
