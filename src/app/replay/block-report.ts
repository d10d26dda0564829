import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkCalibrated, type FieldTruth, lostToCalibration, type SourceResult } from './calibrated-check.ts';
import { calibratedMs, type ReplayBlock, type ReplayMember } from './member.ts';

/** A calibrated flux may be off by so much. */
const TOLERANCE = 0.05;
/** A twin has no bad solutions: its calibration may flag so much of the data. */
const LOST_LIMIT = 0.05;
/** Where flags of before are not kept: a sixth of the antennas, the edges and scans of Tsys are flagged; more is no calibration. */
const FLAGGED_LIMIT = 0.6;

/** The verdict on one script, as it is printed. */
export interface Verdict {
  /** Skipped: nothing of it could be judged. */
  readonly kind: 'passed' | 'failed' | 'skipped';
  readonly line: string;
}

export const verdict = (passes: boolean, line: string): Verdict => ({
  kind: passes ? 'passed' : 'failed',
  line: `${passes ? 'PASS' : 'FAIL'} ${line}`,
});

export const skipped = (line: string): Verdict => ({ kind: 'skipped', line: `SKIP ${line}` });

/** Compares what a block's script made with the truth; the numbers of every source are kept in UID.json. */
export function judgeBlock(member: ReplayMember, block: ReplayBlock, output: string): Verdict {
  const steps = stepsOf(output, block, member);
  const did = `${steps.length} of ${block.stepCount} steps, ${countTasks(member, block)} tasks`;
  const found = calibratedMs(member, block.asdm);
  const all = join(member.root, 'calibrated', 'calibrated.ms');
  if (!found && !existsSync(all)) {
    const line = `${block.asdm}: ${did}; last step ${steps.at(-1) ?? 'none'}; no calibrated MeasurementSet`;
    return verdict(false, line);
  }
  const results = found
    ? checkCalibrated(found.path, (field) => block.truths[field], found.column)
    : checkJoined(all, [block]);
  return judge(member, block.asdm, did, results, block, steps.length >= block.stepCount);
}

/** Compares calibrated.ms, in which scriptForFluxCalibration.py joins all blocks, with the truth. */
export function judgeJoined(member: ReplayMember): Verdict | undefined {
  const path = join(member.root, 'calibrated', 'calibrated.ms');
  if (!member.hasFluxCalibration || member.blocks.length === 0) return undefined;
  if (!existsSync(path)) return verdict(false, 'scriptForFluxCalibration.py: no calibrated.ms');
  return judge(member, 'calibrated.ms', `${member.blocks.length} blocks joined`, checkJoined(path, member.blocks));
}

/** scriptForPI.py passes when it ends well, after all that it starts has passed. */
export function judgeControl(name: string, status: number, blocks: readonly Verdict[], output: string): Verdict {
  const version = /scriptForPI\.py,v ([\d.]+)/.exec(output)?.[1];
  const of = version === undefined ? '' : ` (${version})`;
  const passed = blocks.filter(({ kind }) => kind === 'passed').length;
  const line = `${name}${of}: exit ${status}, ${passed} of ${blocks.length} results right`;
  return verdict(status === 0 && passed === blocks.length, line);
}

/** Fields are renumbered in a joined MeasurementSet: their names find them. */
function checkJoined(path: string, blocks: readonly ReplayBlock[]): SourceResult[] {
  const truths = new Map<string, FieldTruth>();
  for (const truth of blocks.flatMap((block) => block.truths)) {
    if (!truths.has(truth.name)) truths.set(truth.name, truth);
  }
  return checkCalibrated(path, (_, name) => truths.get(name), 'CORRECTED_DATA');
}

function judge(
  member: ReplayMember,
  name: string,
  did: string,
  results: readonly SourceResult[],
  block?: ReplayBlock,
  isWhole = true,
): Verdict {
  writeFileSync(join(member.root, `${name}.json`), `${JSON.stringify(results, undefined, 1)}\n`);
  const worst = results.reduce<SourceResult | undefined>(
    (a, b) => (a === undefined || deviation(b) > deviation(a) ? b : a),
    undefined,
  );
  if (!worst) return verdict(false, `${name}: ${did}; no calibrated visibilities`);
  const flagged = results.reduce((sum, result) => sum + result.flagged, 0) / results.length;
  const place = block && join(member.root, 'calibrated', `${block.asdm}.calibration`, `${block.asdm}.ms.split`);
  const lost = place === undefined ? undefined : lostToCalibration(place);
  const isKept = lost === undefined ? flagged <= FLAGGED_LIMIT : lost <= LOST_LIMIT;
  const passes = isWhole && deviation(worst) <= TOLERANCE && isKept;
  const left = block && block.unscaled.length > 0 ? ` (${block.unscaled.join(', ')} left at 1 Jy by the script)` : '';
  const by = lost === undefined ? '' : `, ${(100 * lost).toFixed(1)} % by the calibration`;
  const ratio = Number.isNaN(worst.ratio) ? 'all flagged' : `${(100 * (worst.ratio - 1)).toFixed(2)} %`;
  const line = `${name}: ${did}; worst flux ${worst.name} spw ${worst.window}: ${ratio}; flagged ${(100 * flagged).toFixed(1)} %${by}${left}`;
  return verdict(passes, line);
}

function deviation({ ratio }: SourceResult): number {
  return Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : Math.abs(ratio - 1);
}

/** Steps that a block's script announced, as they were printed from its first mention to the next block's. */
function stepsOf(output: string, block: ReplayBlock, member: ReplayMember): number[] {
  const places = member.blocks.map(({ asdm }) => output.indexOf(`Processing ASDM ${asdm}`));
  const from = Math.max(0, output.indexOf(`Processing ASDM ${block.asdm}`));
  const next = Math.min(...places.filter((place) => place > from), output.length);
  return [...output.slice(from, next).matchAll(/^Step +(\d+)/gm)].map(([, step]) => Number(step));
}

/** How many tasks the logs name that work on a block. */
function countTasks(member: ReplayMember, block: ReplayBlock): number {
  const logs = [join(member.root, 'script'), join(member.root, 'calibrated', `${block.asdm}.calibration`)]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.log'))
        .map((name) => join(folder, name)),
    );
  const calls = logs.flatMap((name) => [...readFileSync(name, 'utf8').matchAll(/^.*\s\w+\(\s*vis=["']([^"']*)/gm)]);
  return calls.filter(([, vis]) => vis.startsWith(block.asdm)).length;
}
