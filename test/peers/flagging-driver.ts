// Runs flagdata, flagcmd and flagmanager of this program for flagging_tasks.py: node driver KERNELS ERFA CALLS.json.
import { readFileSync } from 'node:fs';
import { installErfa } from '../../src/astronomy/measures/index.ts';
import { silentContext } from '../../src/foundation/base/index.ts';
import { installDisk } from '../../src/foundation/bytes/index.ts';
import { nodeDisk } from '../../src/foundation/bytes/node.ts';
import { installKernels } from '../../src/foundation/numeric/index.ts';
import { flagCalTable } from '../../src/pipeline/calibration/index.ts';
import { flagcmd, flagdata, flagmanager } from '../../src/pipeline/flagging/index.ts';
import { openModel } from '../../src/pipeline/skymodel/index.ts';

installDisk(nodeDisk());
installKernels(new Uint8Array(readFileSync(process.argv[2])));
installErfa(new Uint8Array(readFileSync(process.argv[3])));
const tasks = { flagdata, flagcmd, flagmanager, flagCalTable } as unknown as Record<
  string,
  (context: unknown, options: unknown) => unknown
>;
const calls = JSON.parse(readFileSync(process.argv[4], 'utf8')) as [string, object][];
const results = calls.map(([name, options]) =>
  tasks[name](silentContext(process.cwd()), { modelOf: openModel, ...options }),
);
process.stdout.write(JSON.stringify(results));
