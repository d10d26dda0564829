import { readFileSync } from 'node:fs';
import { installErfa } from '../../src/astronomy/measures/index.ts';
import { installDisk } from '../../src/foundation/bytes/index.ts';
import { nodeDisk } from '../../src/foundation/bytes/node.ts';
import { installKernels } from '../../src/foundation/numeric/index.ts';
import { type ExportFitsOptions, exportfits } from '../../src/pipeline/images/index.ts';
import { type TcleanOptions, tclean } from '../../src/pipeline/imaging/index.ts';
import { type MosaicSetup, writeMosaicMs } from '../pipeline/imaging/mosaic-ms.ts';

/** Runs the calls of a JSON file: [["tclean" | "exportfits" | "mosaic", parameters], …]; prints one JSON result a line. */
const [root, folder, file] = process.argv.slice(2);
installDisk(nodeDisk());
installKernels(new Uint8Array(readFileSync(`${root}/dist/kernels.wasm`)));
installErfa(new Uint8Array(readFileSync(`${root}/data/erfa.wasm`)));
const context = { log: { post() {} }, progress: { update() {} }, checkAbort() {}, cwd: folder };

for (const [task, parameters] of JSON.parse(readFileSync(file, 'utf8')) as [string, unknown][]) {
  const start = performance.now();
  console.log(JSON.stringify({ result: work(task, parameters), seconds: (performance.now() - start) / 1000 }));
}

function work(task: string, parameters: unknown): unknown {
  if (task === 'mosaic') {
    const { path, ...setup } = parameters as MosaicSetup & { readonly path: string };
    return writeMosaicMs(path, setup).length;
  }
  return task === 'tclean'
    ? tclean(context, parameters as TcleanOptions)
    : exportfits(context, parameters as ExportFitsOptions);
}
