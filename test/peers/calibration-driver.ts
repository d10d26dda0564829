/*
 * Runs calibration tasks for the comparison scripts: `node driver.mjs KERNELS.wasm ERFA.wasm CALLS.json RESULTS.json`.
 * CALLS.json: { cwd, calls: [{ name, task, args }] }; RESULTS.json: { name: { seconds, result | error } }.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { installErfa } from '../../src/astronomy/measures/index.ts';
import type { Context } from '../../src/foundation/base/index.ts';
import { installDisk } from '../../src/foundation/bytes/index.ts';
import { nodeDisk } from '../../src/foundation/bytes/node.ts';
import { installKernels } from '../../src/foundation/numeric/index.ts';
import {
  applycal,
  bandpass,
  fluxscale,
  gaincal,
  readCalTable,
  rerefant,
  smoothcal,
  writeCalTable,
} from '../../src/pipeline/calibration/index.ts';
import { simulate } from '../../src/pipeline/simulation/index.ts';

interface Call {
  readonly name: string;
  readonly task: 'applycal' | 'gaincal' | 'bandpass' | 'fluxscale' | 'rerefant' | 'smoothcal' | 'copy' | 'simulate';
  readonly args: Record<string, unknown>;
}

const [, , wasm, erfa, calls, results] = process.argv;
installDisk(nodeDisk());
installKernels(new Uint8Array(readFileSync(wasm)));
installErfa(new Uint8Array(readFileSync(erfa)));
const input = JSON.parse(readFileSync(calls, 'utf8')) as { cwd: string; calls: Call[] };
const log: string[] = [];
const context: Context = {
  log: { post: (message, priority = 'INFO', origin = '') => log.push(`${priority}\t${origin}\t${message}`) },
  progress: { update() {} },
  checkAbort() {},
  cwd: input.cwd,
};
/** Reads a table and writes it again. */
function copy(_: Context, { from, to }: { from: string; to: string }): void {
  writeCalTable(to, readCalTable(from));
}

const tasks = { applycal, gaincal, bandpass, fluxscale, rerefant, smoothcal, copy, simulate } as unknown as Record<
  Call['task'],
  (context: Context, args: Record<string, unknown>) => unknown
>;
const output: Record<string, unknown> = {};
for (const { name, task, args } of input.calls) {
  log.length = 0;
  const start = performance.now();
  try {
    const result = tasks[task](context, args);
    const seconds = (performance.now() - start) / 1000;
    output[name] = { seconds, result: task === 'fluxscale' || task === 'simulate' ? result : null, log: [...log] };
  } catch (error) {
    output[name] = { error: error instanceof Error ? error.stack : String(error), log: [...log] };
  }
}
writeFileSync(results, JSON.stringify(output));
