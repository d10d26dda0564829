import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installErfa } from '../../astronomy/measures/index.ts';
import { installCrew } from '../../foundation/base/index.ts';
import { nodeCrew } from '../../foundation/base/workers-node.ts';
import { installDisk } from '../../foundation/bytes/index.ts';
import { nodeDisk } from '../../foundation/bytes/node.ts';
import { installKernels } from '../../foundation/numeric/index.ts';
import { installFluxModels } from '../../pipeline/skymodel/index.ts';
import { builtScript, installationRoot } from './installation.ts';

/**
 * Makes this thread an engine: disk, kernels and the data that they need.
 *
 * @param memoryBytes budget of the kernel memory of this thread
 */
export function installEngine(memoryBytes: number): void {
  const read = (...parts: string[]) => new Uint8Array(readFileSync(join(installationRoot(), ...parts)));
  installDisk(nodeDisk());
  installCrew(nodeCrew(builtScript('crew-worker')));
  installKernels(read('dist', 'kernels.wasm'), memoryBytes);
  installErfa(read('data', 'erfa.wasm'));
  installFluxModels(() => readFileSync(join(installationRoot(), 'data', 'flux-models.json'), 'utf8'));
}
