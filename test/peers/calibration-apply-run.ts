// Runs gencal, wvrgcal, setjy and applycal of this program; called by calibration_apply.py with a JSON list of calls.
import { readFileSync } from 'node:fs';
import { installErfa } from '../../src/astronomy/measures/index.ts';
import { silentContext } from '../../src/foundation/base/index.ts';
import { installDisk } from '../../src/foundation/bytes/index.ts';
import { nodeDisk } from '../../src/foundation/bytes/node.ts';
import { installKernels } from '../../src/foundation/numeric/index.ts';
import { applycal } from '../../src/pipeline/calibration/applycal.ts';
import { gencal } from '../../src/pipeline/calibration/gencal.ts';
import { wvrgcal } from '../../src/pipeline/calibration/wvrgcal.ts';
import { setjy } from '../../src/pipeline/skymodel/setjy.ts';

installDisk(nodeDisk());
installKernels(new Uint8Array(readFileSync(process.argv[2])));
installErfa(new Uint8Array(readFileSync(process.argv[3])));
const tasks = { applycal, gencal, wvrgcal, setjy } as unknown as Record<
  string,
  (context: unknown, options: unknown) => unknown
>;
const context = {
  ...silentContext(process.cwd()),
  log: { post: (text: string) => process.stderr.write(`${text}\n`) },
};
for (const [name, options] of JSON.parse(readFileSync(0, 'utf8')) as [string, unknown][]) {
  const start = performance.now();
  const result = tasks[name](context, options);
  const isTable = typeof result === 'object' && result !== null && 'rows' in result;
  process.stdout.write(`${JSON.stringify([name, isTable ? null : result, performance.now() - start])}\n`);
}
