import { readFileSync } from 'node:fs';
import { nodeDisk } from '../src/foundation/bytes/node.ts';
import { installDisk } from '../src/foundation/bytes/index.ts';
import { installKernels } from '../src/foundation/numeric/index.ts';

installDisk(nodeDisk());
installKernels(new Uint8Array(readFileSync(new URL('../dist/kernels.wasm', import.meta.url))));
