/** The program behind npm run ensemble. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, silentContext } from '../../../foundation/base/index.ts';
import { CasaLog } from '../casa-log.ts';
import { installEngine } from '../engine-installation.ts';
import { EngineSession } from '../engine-session.ts';
import { createPlanRunner } from '../plan-runner.ts';
import { measurePulls, type Pull, pullStatistics, pullTable } from './ensemble.ts';

const KERNEL_MEMORY = 256 * 1024 * 1024;

/** @param words --count N (200 without it), --first SEED (1 without it) */
export async function main(words: readonly string[]): Promise<number> {
  const option = (name: string, usual: number) => {
    const at = words.indexOf(name);
    const value = at < 0 ? usual : Number(words[at + 1]);
    return Number.isInteger(value) && value > 0 ? value : fail('usage', `${name} takes a whole number above 0.`);
  };
  const [count, first] = [option('--count', 200), option('--first', 1)];
  installEngine(KERNEL_MEMORY);
  const folder = mkdtempSync(join(tmpdir(), 'qa2-ensemble-'));
  const session = new EngineSession({
    log: new CasaLog({ file: join(folder, 'casa.log') }),
    checkAbort() {},
    progress: { update() {} },
    casaVersion: '4.7.2',
  });
  const pulls: Pull[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const runnerIn = (directory: string) => createPlanRunner(session, directory);
    pulls.push(...(await measurePulls(silentContext(folder), runnerIn, join(folder, 'block'), seed)));
    process.stderr.write(`\r${seed - first + 1} of ${count}`);
  }
  process.stderr.write('\n');
  rmSync(folder, { recursive: true });
  const { text, isGood } = pullTable(pullStatistics(pulls), count);
  process.stdout.write(`${text}\n`);
  return isGood ? 0 : 1;
}
