import { readFileSync } from 'node:fs';
import { installErfa } from '../src/astronomy/measures/index.ts';
import { installDisk } from '../src/foundation/bytes/index.ts';
import { nodeDisk } from '../src/foundation/bytes/node.ts';
import { installKernels } from '../src/foundation/numeric/index.ts';
import { installFluxModels } from '../src/pipeline/skymodel/index.ts';

installDisk(nodeDisk());
installKernels(new Uint8Array(readFileSync(new URL('../dist/kernels.wasm', import.meta.url))));
installErfa(new Uint8Array(readFileSync(new URL('../data/erfa.wasm', import.meta.url))));
installFluxModels(() => readFileSync(new URL('../data/flux-models.json', import.meta.url), 'utf8'));
