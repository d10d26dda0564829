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
  transmissionOf,
  type VisibilityPlot,
  visibilityFigures,
  writeCalTable,
} from '../../src/pipeline/calibration/index.ts';
import { simulate } from '../../src/pipeline/simulation/index.ts';

interface Call {
  readonly name: string;
  readonly task: keyof typeof tasks;
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

/** What plotms draws: titles of panels and their points. */
function points(own: Context, plot: VisibilityPlot) {
  const panels = visibilityFigures(own, plot).flatMap(({ sections }) => sections.flatMap((section) => section.panels));
  return panels.map(({ title, series }) => ({
    title,
    series: series.map(({ x, y }) => ({ x: Array.from(x), y: Array.from(y) })),
  }));
}

function transmission(_: Context, { ghz, waterMm }: { ghz: number[]; waterMm: number }) {
  return Array.from(
    transmissionOf(
      Float64Array.from(ghz, (value) => 1e9 * value),
      { waterMm },
    ),
  );
}

const tasks = { applycal, gaincal, bandpass, fluxscale, rerefant, smoothcal, copy, simulate, points, transmission };
/** Tasks whose results are numbers to compare. */
const ANSWERED: readonly (keyof typeof tasks)[] = ['fluxscale', 'simulate', 'points', 'transmission'];
const output: Record<string, unknown> = {};
for (const { name, task, args } of input.calls) {
  log.length = 0;
  const start = performance.now();
  try {
    const run = tasks[task] as unknown as (context: Context, args: Record<string, unknown>) => unknown;
    const result = run(context, args);
    const seconds = (performance.now() - start) / 1000;
    output[name] = { seconds, result: ANSWERED.includes(task) ? result : null, log: [...log] };
  } catch (error) {
    output[name] = { error: error instanceof Error ? error.stack : String(error), log: [...log] };
  }
}
writeFileSync(results, JSON.stringify(output));
