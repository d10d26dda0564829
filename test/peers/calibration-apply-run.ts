// Runs gencal, wvrgcal, setjy and applycal of this program; called by calibration_apply.py with a JSON list of calls.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installErfa } from '../../src/astronomy/measures/index.ts';
import { openMs } from '../../src/astronomy/ms/index.ts';
import { readChunks } from '../../src/astronomy/visibility/index.ts';
import { silentContext } from '../../src/foundation/base/index.ts';
import { installDisk } from '../../src/foundation/bytes/index.ts';
import { nodeDisk } from '../../src/foundation/bytes/node.ts';
import { installKernels } from '../../src/foundation/numeric/index.ts';
import { applycal } from '../../src/pipeline/calibration/applycal.ts';
import { gencal } from '../../src/pipeline/calibration/gencal.ts';
import { wvrgcal } from '../../src/pipeline/calibration/wvrgcal.ts';
import { installFluxModels } from '../../src/pipeline/skymodel/flux-models.ts';
import { openModel } from '../../src/pipeline/skymodel/model-provider.ts';
import { setjy } from '../../src/pipeline/skymodel/setjy.ts';

installDisk(nodeDisk());
installKernels(new Uint8Array(readFileSync(process.argv[2])));
installErfa(new Uint8Array(readFileSync(process.argv[3])));
installFluxModels(() => readFileSync(join(dirname(process.argv[3]), 'flux-models.json'), 'utf8'));
/** Model of the first row of a field and window, [chan][corr][re, im]. */
function modelOf(_context: unknown, options: { vis: string; field: string; spw: number }): number[][][] {
  const ms = openMs(options.vis, 'read');
  const provider = openModel(ms);
  for (const chunk of readChunks(ms, { columns: [], selection: { field: options.field, spw: String(options.spw) } })) {
    const values = new Float32Array(2 * chunk.rowCount * chunk.chanCount * chunk.corrCount);
    provider.fill(chunk, values);
    return Array.from({ length: chunk.chanCount }, (_, chan) =>
      Array.from({ length: chunk.corrCount }, (_, corr) => {
        const at = 2 * (chan * chunk.corrCount + corr);
        return [values[at], values[at + 1]];
      }),
    );
  }
  return [];
}

const tasks = { applycal, gencal, wvrgcal, setjy, modelOf } as unknown as Record<
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
