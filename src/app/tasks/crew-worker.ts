/** The script of a thread that helps an engine thread with pieces of work. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { doFreePieces, type NumberWork, type SharedWork } from '../../foundation/base/index.ts';
import { jobData } from '../../foundation/base/workers-node.ts';
import { installKernels } from '../../foundation/numeric/index.ts';
import { RETRIEVAL_WORK, retrievePiece } from '../../pipeline/calibration/index.ts';
import { installationRoot } from './installation.ts';

const WORKS: Readonly<Record<string, NumberWork>> = { [RETRIEVAL_WORK]: retrievePiece };
const KERNEL_BYTES = 1024 * 1024;

if (!isMainThread) {
  installKernels(new Uint8Array(readFileSync(join(installationRoot(), 'dist', 'kernels.wasm'))), KERNEL_BYTES);
  const work = jobData<SharedWork>();
  doFreePieces(work, WORKS[work.kind]);
}
